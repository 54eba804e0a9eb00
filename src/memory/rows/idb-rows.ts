/**
 * Rows in IndexedDB, shared by every tab of the page. Each method is one transaction: what it decides and
 * what it writes (row, vector, counter, revision) stand or fall together, and of two tabs that write at the
 * same time one waits for the other.
 */
import type { LabDatabase, Transaction } from '../../storage/database';
import { EmbedderMismatchError, UnknownMemoryError, UnknownNamespaceError } from '../errors';
import type { MemoryEntry } from '../memory';
import {
  changedEntry,
  compareEntries,
  type Durability,
  type EntryChange,
  type EntryDraft,
  entryFromDraft,
  type KnownState,
  type MemoryRows,
  type NamespaceContent,
  type NamespaceRecord,
  nextRecord,
} from './rows';

const NAMESPACES = 'namespaces';
const ENTRIES = 'entries';

/** An entry as the object store keeps it; its key is [namespace, id]. */
type EntryRow = MemoryEntry & { readonly namespace: string };

export class IdbRows implements MemoryRows {
  readonly #database: LabDatabase;

  constructor(database: LabDatabase) {
    this.#database = database;
  }

  ensure(
    name: string,
    made: { readonly embedderId: string; readonly dimension: number; readonly created: number },
    durability: Durability,
  ): Promise<NamespaceRecord> {
    return this.#write(durability, async (transaction) => {
      const store = transaction.objectStore(NAMESPACES);
      const known = (await store.get(name)) as NamespaceRecord | undefined;
      if (known) return known;
      const record: NamespaceRecord = {
        name,
        incarnation: randomName(),
        ...made,
        nextId: 1,
        revision: 0,
        count: 0,
      };
      await store.add(record);
      return record;
    });
  }

  insert(name: string, draft: EntryDraft, durability: Durability) {
    return this.#write(durability, async (transaction) => {
      const before = await writable(transaction, name, draft.embedderId);
      const entry = entryFromDraft(before, draft);
      const record = nextRecord(before, { nextId: before.nextId + 1, count: before.count + 1 });
      // `add` refuses a key that exists: an id is never given twice, whatever the counter says.
      await Promise.all([
        transaction.objectStore(ENTRIES).add(toRow(name, entry)),
        transaction.objectStore(NAMESPACES).put(record),
      ]);
      return { record, entry };
    });
  }

  replace(name: string, id: string, change: EntryChange, durability: Durability) {
    return this.#write(durability, async (transaction) => {
      const record = nextRecord(await writable(transaction, name, change.embedderId));
      const before = await existingEntry(transaction, name, id);
      const after = changedEntry(before, change);
      await Promise.all([
        transaction.objectStore(ENTRIES).put(toRow(name, after)),
        transaction.objectStore(NAMESPACES).put(record),
      ]);
      return { record, before, after };
    });
  }

  remove(name: string, id: string, durability: Durability) {
    return this.#write(durability, async (transaction) => {
      const before = await existing(transaction, name);
      const entry = await existingEntry(transaction, name, id);
      const record = nextRecord(before, { count: before.count - 1 });
      await Promise.all([
        transaction.objectStore(ENTRIES).delete([name, id]),
        transaction.objectStore(NAMESPACES).put(record),
      ]);
      return { record, entry };
    });
  }

  get(name: string, id: string): Promise<MemoryEntry | undefined> {
    return this.#read(async (transaction) => {
      await existing(transaction, name);
      const row = (await transaction.objectStore(ENTRIES).get([name, id])) as EntryRow | undefined;
      return row && fromRow(row);
    });
  }

  read(name: string, known?: KnownState): Promise<NamespaceContent | undefined> {
    return this.#read(async (transaction) => {
      const record = await existing(transaction, name);
      if (known?.incarnation === record.incarnation && known.revision === record.revision) return undefined;
      return { record, entries: await allEntries(transaction, name) };
    });
  }

  clear(name: string, durability: Durability): Promise<NamespaceRecord> {
    return this.#write(durability, async (transaction) => {
      const record = nextRecord(await existing(transaction, name), { count: 0 });
      await Promise.all([
        transaction.objectStore(ENTRIES).delete(entriesOf(name)),
        transaction.objectStore(NAMESPACES).put(record),
      ]);
      return record;
    });
  }

  reembed(
    name: string,
    known: KnownState,
    embedder: { readonly id: string; readonly dimension: number },
    embeddings: ReadonlyMap<string, Float32Array>,
  ): Promise<NamespaceRecord | undefined> {
    return this.#write('strict', async (transaction) => {
      const before = await existing(transaction, name);
      if (before.incarnation !== known.incarnation || before.revision !== known.revision) return undefined;
      const store = transaction.objectStore(ENTRIES);
      for (const [id, embedding] of embeddings) {
        const entry = await existingEntry(transaction, name, id);
        await store.put(toRow(name, { ...entry, embedding, embedderId: embedder.id }));
      }
      const record = nextRecord(before, { embedderId: embedder.id, dimension: embedder.dimension });
      await transaction.objectStore(NAMESPACES).put(record);
      return record;
    });
  }

  async drop(name: string, durability: Durability): Promise<void> {
    await this.#write(durability, (transaction) => dropAll(transaction, [name]));
  }

  dropPrefix(prefix: string): Promise<readonly string[]> {
    return this.#write('strict', async (transaction) => {
      const keys = (await transaction.objectStore(NAMESPACES).getAllKeys()) as string[];
      const names = keys.filter((name) => name.startsWith(prefix)).sort();
      await dropAll(transaction, names);
      return names;
    });
  }

  list(): Promise<readonly NamespaceRecord[]> {
    return this.#read(async (transaction) => {
      const records = (await transaction.objectStore(NAMESPACES).getAll()) as NamespaceRecord[];
      return records.sort((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  #write<Result>(
    durability: Durability,
    body: (transaction: Transaction<'readwrite'>) => Promise<Result>,
  ): Promise<Result> {
    return this.#database.run([NAMESPACES, ENTRIES], 'readwrite', durability, body);
  }

  #read<Result>(body: (transaction: Transaction<'readonly'>) => Promise<Result>): Promise<Result> {
    return this.#database.run([NAMESPACES, ENTRIES], 'readonly', 'relaxed', body);
  }
}

type AnyTransaction = Transaction<'readonly'> | Transaction<'readwrite'>;

async function existing(transaction: AnyTransaction, name: string): Promise<NamespaceRecord> {
  const record = (await transaction.objectStore(NAMESPACES).get(name)) as NamespaceRecord | undefined;
  if (!record) throw new UnknownNamespaceError(name);
  return record;
}

async function writable(
  transaction: AnyTransaction,
  name: string,
  embedderId: string,
): Promise<NamespaceRecord> {
  const record = await existing(transaction, name);
  if (record.embedderId !== embedderId) throw new EmbedderMismatchError(name, record.embedderId, embedderId);
  return record;
}

async function existingEntry(transaction: AnyTransaction, name: string, id: string): Promise<MemoryEntry> {
  const row = (await transaction.objectStore(ENTRIES).get([name, id])) as EntryRow | undefined;
  if (!row) throw new UnknownMemoryError(id, name);
  return fromRow(row);
}

async function allEntries(transaction: AnyTransaction, name: string): Promise<readonly MemoryEntry[]> {
  const rows = (await transaction.objectStore(ENTRIES).getAll(entriesOf(name))) as EntryRow[];
  // Keys sort as text, m10 before m2.
  return rows.map(fromRow).sort(compareEntries);
}

async function dropAll(transaction: Transaction<'readwrite'>, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await transaction.objectStore(ENTRIES).delete(entriesOf(name));
    await transaction.objectStore(NAMESPACES).delete(name);
  }
}

/** Keys [name, text]; an empty array sorts after every text. */
function entriesOf(name: string): IDBKeyRange {
  return IDBKeyRange.bound([name], [name, []]);
}

function toRow(namespace: string, entry: MemoryEntry): EntryRow {
  return { namespace, ...entry };
}

function fromRow({ namespace: _, ...entry }: EntryRow): MemoryEntry {
  return entry;
}

function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(3)), (word) => word.toString(36)).join('');
}
