/**
 * The object stores of long-term memory within one transaction: keys, ranges and shapes, no decisions.
 *
 * Writes are requested without waiting for each: an act may have tens of thousands, and the transaction as a whole
 * tells how they went. A request that fails aborts it.
 */
import { unwrap } from 'idb';
import type { Transaction, TransactionMode } from '../../storage/database';
import type { JournalRecord } from '../journal';
import type { EntryText, MemoryEntry } from '../memory';
import type { NamespaceRecord } from './rows';

const NAMESPACES = 'namespaces';
const ENTRIES = 'entries';
const VECTORS = 'vectors';
const JOURNAL = 'journal';
export const ROW_STORES = [NAMESPACES, ENTRIES, VECTORS, JOURNAL] as const;

/** Its key is [namespace, id]. */
type EntryRow = EntryText & { readonly namespace: string };
/** Its key is [namespace, seq]. */
type JournalRow = JournalRecord & { readonly namespace: string };
/** Its key is [namespace, embedderId, id]. */
interface VectorRow {
  readonly namespace: string;
  readonly embedderId: string;
  readonly id: string;
  readonly embedding: Float32Array;
}

/** From this share of a namespace's entries on, reading all of them is quicker than each by itself. */
const MOST = 1 / 4;

/** From so many on they are deleted by ranges of keys. */
const RANGED = 64;

export class ReadableRows<Mode extends TransactionMode = 'readonly'> {
  constructor(protected readonly transaction: Transaction<Mode>) {}

  async record(name: string): Promise<NamespaceRecord | undefined> {
    return (await this.store(NAMESPACES).get(name)) as NamespaceRecord | undefined;
  }

  async records(): Promise<NamespaceRecord[]> {
    return (await this.store(NAMESPACES).getAll()) as NamespaceRecord[];
  }

  async names(): Promise<string[]> {
    return (await this.store(NAMESPACES).getAllKeys()) as string[];
  }

  async entry(name: string, id: string): Promise<EntryText | undefined> {
    const row = (await this.store(ENTRIES).get([name, id])) as EntryRow | undefined;
    return row && textOf(row);
  }

  /** In the order of their keys, m10 before m2. */
  async entries(name: string): Promise<EntryText[]> {
    const rows = (await this.store(ENTRIES).getAll(within(name))) as EntryRow[];
    return rows.map(textOf);
  }

  async entryIds(name: string): Promise<string[]> {
    const keys = (await this.store(ENTRIES).getAllKeys(within(name))) as [string, string][];
    return keys.map(([, id]) => id);
  }

  /** Those that there are. */
  async entriesById(
    { name, count }: NamespaceRecord,
    ids: readonly string[],
  ): Promise<Map<string, EntryText>> {
    const wanted = new Set(ids);
    const found =
      wanted.size > 1 && wanted.size >= count * MOST
        ? (await this.entries(name)).filter(({ id }) => wanted.has(id))
        : await Promise.all(Array.from(wanted, (id) => this.entry(name, id)));
    return new Map(found.flatMap((entry): [string, EntryText][] => (entry ? [[entry.id, entry]] : [])));
  }

  /** Those whose key comes after that of `id` ('': from the first on), at most `limit`, in the order of their keys. */
  async entriesAfter(name: string, id: string, limit: number): Promise<EntryText[]> {
    const range = IDBKeyRange.bound([name, id], [name, []], true, true);
    const rows = (await this.store(ENTRIES).getAll(range, limit)) as EntryRow[];
    return rows.map(textOf);
  }

  countEntries(name: string): Promise<number> {
    return this.store(ENTRIES).count(within(name));
  }

  async vector(name: string, embedderId: string, id: string): Promise<Float32Array | undefined> {
    const row = (await this.store(VECTORS).get([name, embedderId, id])) as VectorRow | undefined;
    return row?.embedding;
  }

  /** In the order of their keys. */
  async vectors(name: string, embedderId: string): Promise<readonly VectorRow[]> {
    return (await this.store(VECTORS).getAll(within(name, embedderId))) as VectorRow[];
  }

  /** Of ids after the one and up to the other, in the order of their keys. */
  async vectorsAfter(
    name: string,
    embedderId: string,
    after: string,
    upTo: string,
  ): Promise<readonly VectorRow[]> {
    const range = IDBKeyRange.bound([name, embedderId, after], [name, embedderId, upTo], true, false);
    return (await this.store(VECTORS).getAll(range)) as VectorRow[];
  }

  async vectorIds(name: string, embedderId: string): Promise<string[]> {
    const keys = await this.store(VECTORS).getAllKeys(within(name, embedderId));
    return (keys as [string, string, string][]).map(([, , id]) => id);
  }

  countVectors(name: string, embedderId: string): Promise<number> {
    return this.store(VECTORS).count(within(name, embedderId));
  }

  /** Records `from` to `to`, both included, in order. */
  async journal(name: string, from: number, to: number): Promise<readonly JournalRecord[]> {
    if (to < from) return [];
    const rows = await this.store(JOURNAL).getAll(IDBKeyRange.bound([name, from], [name, to]));
    return (rows as JournalRow[]).map(({ namespace: _, ...record }) => record);
  }

  countJournal(name: string): Promise<number> {
    return this.store(JOURNAL).count(within(name));
  }

  /** Names that have entries or journal records, whether there is a record of the namespace or not. */
  async namesOfRows(): Promise<string[]> {
    const names = new Set<string>();
    for (const store of [ENTRIES, JOURNAL]) {
      // From name to name: nothing else gives the distinct first parts of keys without reading all of them.
      let range: IDBKeyRange | undefined;
      for (;;) {
        const [key] = (await this.store(store).getAllKeys(range, 1)) as [string, unknown][];
        if (!key) break;
        names.add(key[0]);
        range = IDBKeyRange.lowerBound([key[0], []], true);
      }
    }
    return [...names];
  }

  protected store(name: string) {
    return this.transaction.objectStore(name);
  }
}

/** So many requests are answered between two tellings of progress. */
const TOLD_EVERY = 500;

export class WritableRows extends ReadableRows<'readwrite'> {
  #asked = 0;

  /** @param onProgress told now and then how many of the writes asked for are done, and of how many */
  constructor(
    transaction: Transaction<'readwrite'>,
    private readonly onProgress?: (done: number, total: number) => void,
  ) {
    super(transaction);
  }

  putRecord(record: NamespaceRecord): void {
    this.raw(NAMESPACES).put(record);
  }

  /** `fresh`: fails if there is an entry of this id, so that none is given twice, whatever the counter says. */
  putEntry(namespace: string, { embedding, embedderId, ...text }: MemoryEntry, fresh: boolean): void {
    const row: EntryRow = { namespace, ...text };
    this.counted(fresh ? this.raw(ENTRIES).add(row) : this.raw(ENTRIES).put(row));
    this.putVector(namespace, embedderId, text.id, embedding);
  }

  putVector(namespace: string, embedderId: string, id: string, embedding: Float32Array): void {
    const row: VectorRow = { namespace, embedderId, id, embedding };
    this.counted(this.raw(VECTORS).put(row));
  }

  /** Its vectors of these embedders go with it. */
  deleteEntry(name: string, embedderIds: readonly string[], id: string): void {
    this.raw(ENTRIES).delete([name, id]);
    for (const embedderId of embedderIds) this.deleteVector(name, embedderId, id);
  }

  /** Neighbours by their keys go together, which of tens of thousands takes a tenth of the time. */
  async deleteEntriesById(
    record: NamespaceRecord,
    embedderIds: readonly string[],
    ids: readonly string[],
  ): Promise<void> {
    const { name } = record;
    if (ids.length < RANGED) {
      for (const id of ids) this.deleteEntry(name, embedderIds, id);
      return;
    }
    for (const [first, last] of runsOf(await this.entryIds(name), new Set(ids))) {
      this.raw(ENTRIES).delete(IDBKeyRange.bound([name, first], [name, last]));
      for (const id of embedderIds) {
        this.raw(VECTORS).delete(IDBKeyRange.bound([name, id, first], [name, id, last]));
      }
    }
  }

  deleteVector(name: string, embedderId: string, id: string): void {
    this.raw(VECTORS).delete([name, embedderId, id]);
  }

  deleteVectors(name: string, embedderId: string): void {
    this.raw(VECTORS).delete(within(name, embedderId));
  }

  /** All of them, with all vectors. */
  deleteEntries(name: string): void {
    this.raw(ENTRIES).delete(within(name));
    this.raw(VECTORS).delete(within(name));
  }

  /** A `seq` is never given twice: fails if there is one. */
  addJournal(namespace: string, record: JournalRecord): void {
    const row: JournalRow = { namespace, ...record };
    this.counted(this.raw(JOURNAL).add(row));
  }

  /** In the place of the one with its `seq`: for erasing, which alone may touch what was written. */
  replaceJournal(namespace: string, record: JournalRecord): void {
    const row: JournalRow = { namespace, ...record };
    this.raw(JOURNAL).put(row);
  }

  deleteNamespace(name: string): void {
    this.deleteEntries(name);
    this.raw(JOURNAL).delete(within(name));
    this.raw(NAMESPACES).delete(name);
  }

  private raw(name: string): IDBObjectStore {
    return unwrap(this.store(name));
  }

  /** Requests are answered in the order they were made. */
  private counted(request: IDBRequest): void {
    const { onProgress } = this;
    const number = ++this.#asked;
    if (onProgress && number % TOLD_EVERY === 0) request.onsuccess = () => onProgress(number, this.#asked);
  }
}

/** First and last of the runs of chosen ids among all, both in the order of their keys. */
function runsOf(all: readonly string[], chosen: ReadonlySet<string>): readonly (readonly [string, string])[] {
  const runs: [string, string][] = [];
  let open = false;
  for (const id of all) {
    if (!chosen.has(id)) open = false;
    else if (open) runs[runs.length - 1][1] = id;
    else {
      runs.push([id, id]);
      open = true;
    }
  }
  return runs;
}

/** Keys that begin so; an empty array sorts after every text and number. */
function within(...parts: readonly string[]): IDBKeyRange {
  return IDBKeyRange.bound([...parts], [...parts, []]);
}

function textOf({ namespace: _, ...text }: EntryRow): EntryText {
  return text;
}
