/**
 * Rows in IndexedDB, shared by every tab of the page. Each method is one transaction: what it decides and
 * what it writes (entries, vectors, journal, counters) stand or fall together, and of two tabs that write at the
 * same time one waits for the other.
 *
 * `namespaces` {name, ...}; `entries` {namespace, id, ...} without vectors, so that texts are read without them;
 * `vectors` {namespace, embedderId, id, embedding}; `journal` {namespace, seq, ...}.
 */
import type { LabDatabase } from '../../storage/database';
import { MemoryChangedError, UnknownNamespaceError } from '../errors';
import { checkUnitVector } from '../index/unit-vectors';
import type { JournalRecord } from '../journal';
import type { EntryText, MemoryEntry } from '../memory';
import { idsChanged, journalSince, sorted } from './changes';
import { inOrder } from './entry-ids';
import { planErase } from './plan-erase';
import { planRestore } from './plan-restore';
import { idsConcerned, isState, planWrite } from './plan-write';
import {
  isInForce,
  newRecord,
  ownVector,
  pendingOf,
  sideBySide,
  wholeEntry,
  withAgeing,
  withEmbedder,
  withPending,
  withVectors,
} from './records';
import { ReadableRows, ROW_STORES, WritableRows } from './row-stores';
import type {
  Ageing,
  Durability,
  EmbedderKey,
  Erased,
  KnownState,
  MemoryRows,
  NamespaceChanges,
  NamespaceContent,
  NamespaceRecord,
  NamespaceVectors,
  RowErasure,
  RowHistory,
  RowWrite,
  Written,
} from './rows';

export class IdbRows implements MemoryRows {
  readonly #database: LabDatabase;

  constructor(database: LabDatabase) {
    this.#database = database;
  }

  ensure(
    name: string,
    made: { readonly embedder: EmbedderKey; readonly created: number },
    durability: Durability,
  ): Promise<NamespaceRecord> {
    return this.#write(durability, async (stores) => {
      const known = await stores.record(name);
      if (known) return known;
      const record = newRecord(name, randomName(), made);
      stores.putRecord(record);
      return record;
    });
  }

  write(name: string, write: RowWrite, durability: Durability): Promise<Written> {
    return this.#write(
      durability,
      async (stores) => {
        const record = write.made ? await fresh(stores, name, write.made) : await existing(stores, name);
        const stored = await stores.entriesById(record, idsConcerned(write));
        const { written, puts, removals } = planWrite(record, stored, write);
        if (written.journal.length === 0 && !write.made) return written;
        const aside = pendingOf(record);
        for (const { entry, fresh } of puts) {
          stores.putEntry(name, entry, fresh);
          for (const embedderId of aside) stores.deleteVector(name, embedderId, entry.id);
        }
        if (written.record.count === 0 && removals.length > 0) stores.deleteEntries(name);
        else await stores.deleteEntriesById(record, [record.embedderId, ...aside], removals);
        for (const line of written.journal) stores.addJournal(name, line);
        stores.putRecord(written.record);
        return written;
      },
      write.onProgress,
    );
  }

  restore(name: string, history: RowHistory, durability: Durability): Promise<NamespaceRecord> {
    return this.#write(durability, async (stores) => {
      const { record, entries } = planRestore(await existing(stores, name), history);
      for (const entry of entries) stores.putEntry(name, entry, true);
      for (const line of history.journal) stores.addJournal(name, line);
      stores.putRecord(record);
      return record;
    });
  }

  erase(name: string, erasure: RowErasure): Promise<Erased> {
    return this.#write('strict', async (stores) => {
      const before = await existing(stores, name);
      const [entries, journal] = await Promise.all([
        stores.entries(name),
        stores.journal(name, 1, Number.POSITIVE_INFINITY),
      ]);
      const { record, ids, removals, rewritten, added } = planErase(before, entries, journal, erasure);
      const embedders = [record.embedderId, ...pendingOf(record)];
      await stores.deleteEntriesById(before, embedders, removals);
      for (const line of rewritten) stores.replaceJournal(name, line);
      for (const line of added) stores.addJournal(name, line);
      stores.putRecord(record);
      return { record, ids, rewritten: rewritten.length };
    });
  }

  get(name: string, id: string): Promise<MemoryEntry | undefined> {
    return this.#read(async (stores) => {
      const record = await existing(stores, name);
      const [text, embedding] = await Promise.all([
        stores.entry(name, id),
        stores.vector(name, record.embedderId, id),
      ]);
      return text && wholeEntry(record, text, embedding);
    });
  }

  read(name: string, known?: KnownState): Promise<NamespaceContent | undefined> {
    return this.#read(async (stores) => {
      const record = await existing(stores, name);
      if (known && isState(record, known)) return undefined;
      const [texts, vectors] = await Promise.all([
        stores.entries(name),
        stores.vectors(name, record.embedderId),
      ]);
      const byId = new Map(vectors.map(({ id, embedding }) => [id, embedding]));
      const entries = inOrder(texts).map((text) => wholeEntry(record, text, byId.get(text.id)));
      return { record, entries };
    });
  }

  record(name: string): Promise<NamespaceRecord> {
    return this.#read((stores) => existing(stores, name));
  }

  texts(name: string, ids?: readonly string[]) {
    return this.#read(async (stores) => {
      const record = await existing(stores, name);
      const found = ids ? (await stores.entriesById(record, ids)).values() : await stores.entries(name);
      return { record, entries: inOrder(found) };
    });
  }

  vectors(name: string): Promise<NamespaceVectors> {
    return this.#read(async (stores) => {
      const record = await existing(stores, name);
      return sideBySide(record, inOrder(await stores.vectors(name, record.embedderId)));
    });
  }

  changes(name: string, since: NamespaceRecord, most: number): Promise<NamespaceChanges | undefined> {
    return this.#read(async (stores) => {
      const record = await existing(stores, name);
      const span = journalSince(record, since, most);
      if (span === undefined) return undefined;
      if (span === 'nothing changed') return { record, written: [], removed: [] };
      const ids = idsChanged(await stores.journal(name, span.from, span.to), since);
      if (!ids) return undefined;
      const vectors = await Promise.all(ids.map((id) => stores.vector(name, record.embedderId, id)));
      return sorted(record, ids, vectors);
    });
  }

  journal(name: string, from = 1, to = Number.POSITIVE_INFINITY): Promise<readonly JournalRecord[]> {
    return this.#read(async (stores) => {
      await existing(stores, name);
      return stores.journal(name, from, to);
    });
  }

  setAgeing(name: string, ageing: Ageing): Promise<NamespaceRecord> {
    return this.#write('strict', async (stores) => {
      const record = withAgeing(await existing(stores, name), ageing);
      stores.putRecord(record);
      return record;
    });
  }

  unembedded(name: string, embedder: EmbedderKey, limit: number): Promise<readonly EntryText[]> {
    return this.#read(async (stores) => {
      const record = await existing(stores, name);
      isInForce(record, embedder);
      const [ids, done] = await Promise.all([stores.entryIds(name), stores.vectorIds(name, embedder.id)]);
      const embedded = new Set(done);
      const missing = ids.filter((id) => !embedded.has(id)).map((id) => ({ id }));
      const wanted = inOrder(missing).slice(0, limit);
      const found = await stores.entriesById(
        record,
        wanted.map(({ id }) => id),
      );
      return inOrder(found.values());
    });
  }

  putVectors(
    name: string,
    embedder: EmbedderKey,
    given: readonly { readonly id: string; readonly content: string; readonly embedding: Float32Array }[],
  ): Promise<number> {
    // They can be made again; what brings them into force is strict.
    return this.#write('relaxed', async (stores) => {
      const record = await existing(stores, name);
      const mending = isInForce(record, embedder);
      for (const { embedding } of given) checkUnitVector(embedding, embedder.dimension);
      const texts = await stores.entriesById(
        record,
        given.map(({ id }) => id),
      );
      const there = new Set(mending ? await stores.vectorIds(name, embedder.id) : []);
      const kept = given.filter(({ id, content }) => texts.get(id)?.content === content && !there.has(id));
      for (const { id, embedding } of kept) stores.putVector(name, embedder.id, id, ownVector(embedding));
      if (kept.length > 0) stores.putRecord(withVectors(record, embedder));
      return kept.length;
    });
  }

  adopt(name: string, embedder: EmbedderKey): Promise<NamespaceRecord | undefined> {
    return this.#write('strict', async (stores) => {
      const before = await existing(stores, name);
      if (isInForce(before, embedder)) return before;
      // Every write drops what was put aside for its entries, so none of these is stale and a count is enough.
      if ((await stores.countVectors(name, embedder.id)) < before.count) return undefined;
      const record = withEmbedder(before, embedder);
      stores.deleteVectors(name, before.embedderId);
      stores.putRecord(record);
      return record;
    });
  }

  async dropPending(name: string): Promise<void> {
    await this.#write('relaxed', async (stores) => {
      const record = await existing(stores, name);
      for (const embedderId of pendingOf(record)) stores.deleteVectors(name, embedderId);
      stores.putRecord(withPending(record, []));
    });
  }

  async drop(name: string, durability: Durability): Promise<void> {
    await this.#write(durability, async (stores) => stores.deleteNamespace(name));
  }

  dropPrefix(prefix: string): Promise<readonly string[]> {
    return this.#write('strict', async (stores) => {
      const names = (await stores.names()).filter((name) => name.startsWith(prefix)).sort();
      for (const name of names) stores.deleteNamespace(name);
      return names;
    });
  }

  list(): Promise<readonly NamespaceRecord[]> {
    return this.#read(async (stores) => {
      const records = await stores.records();
      return records.sort((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  #write<Result>(
    durability: Durability,
    body: (stores: WritableRows) => Promise<Result>,
    onProgress?: RowWrite['onProgress'],
  ): Promise<Result> {
    return this.#database.run(ROW_STORES, 'readwrite', durability, (transaction) =>
      body(new WritableRows(transaction, onProgress)),
    );
  }

  #read<Result>(body: (stores: ReadableRows) => Promise<Result>): Promise<Result> {
    return this.#database.run(ROW_STORES, 'readonly', 'relaxed', (transaction) =>
      body(new ReadableRows(transaction)),
    );
  }
}

async function existing(stores: ReadableRows | WritableRows, name: string): Promise<NamespaceRecord> {
  const record = await stores.record(name);
  if (!record) throw new UnknownNamespaceError(name);
  return record;
}

async function fresh(
  stores: WritableRows,
  name: string,
  made: NonNullable<RowWrite['made']>,
): Promise<NamespaceRecord> {
  if (await stores.record(name)) throw new MemoryChangedError(name);
  return newRecord(name, randomName(), made);
}

function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(3)), (word) => word.toString(36)).join('');
}
