/**
 * What lies in the database of one memory, looked at from below: rows as they are, however damaged, counted
 * and read without the trust that `MemoryRows` has in them; and the one step that puts a whole memory in the
 * place of what was found. Used by the check at start, restoring and mending only.
 */
import type { LabDatabase } from '../../storage/database';
import type { JournalRecord } from '../journal';
import type { EntryText, MemoryEntry } from '../memory';
import { inOrder } from '../rows/entry-ids';
import { entrySum, sumOfEntries } from '../rows/entry-sum';
import { ReadableRows, ROW_STORES, WritableRows } from '../rows/row-stores';
import type { NamespaceRecord } from '../rows/rows';
import type { Stored } from './judge';

/** Rows read in one transaction, so that writers never wait long. */
const AT_ONCE = 1000;
/** A memory that is written to all the time is read in one transaction after so many tries. */
const PATIENT_TRIES = 3;

export interface Counted {
  readonly record: NamespaceRecord | undefined;
  readonly stored: Stored;
}

/** All that can be read, in order; vectors of the embedder in force, of entries that have a usable one. */
export interface Found {
  readonly record: NamespaceRecord | undefined;
  readonly entries: readonly EntryText[];
  readonly vectors: ReadonlyMap<string, Float32Array>;
  readonly journal: readonly JournalRecord[];
}

/** A whole memory, to be put in the place of what is there. */
export interface WholeMemory {
  /** Counters that follow from the rest are worked out. */
  readonly record: Omit<NamespaceRecord, 'count' | 'sum' | 'journal' | 'pending'>;
  readonly entries: readonly MemoryEntry[];
  readonly journal: readonly JournalRecord[];
}

export class Survey {
  constructor(private readonly database: LabDatabase) {}

  /** Record and counts, in one step. Cheap. */
  count(name: string): Promise<Counted> {
    return this.read((rows) => countOf(rows, name));
  }

  /**
   * The same with everything read. Written to meanwhile, it is read again, so that the numbers are of one
   * moment; writers hardly wait.
   */
  async audit(name: string): Promise<Counted> {
    for (let attempt = 1; attempt < PATIENT_TRIES; attempt++) {
      const before = await this.count(name);
      const pieces = new Pieces(before.record);
      let from: string | undefined = '';
      while (from !== undefined) {
        const start: string = from;
        from = await this.read((rows) => pieces.take(rows, name, start));
      }
      const after = await this.count(name);
      if (JSON.stringify(after) === JSON.stringify(before)) return pieces.result(after);
    }
    return this.read(async (rows) => {
      const counted = await countOf(rows, name);
      const pieces = new Pieces(counted.record);
      let from: string | undefined = '';
      while (from !== undefined) from = await pieces.take(rows, name, from);
      return pieces.result(counted);
    });
  }

  /** Names that have a record, and names that have rows without one. Sorted. */
  names(): Promise<readonly string[]> {
    return this.read(async (rows) =>
      [...new Set([...(await rows.names()), ...(await rows.namesOfRows())])].sort(),
    );
  }

  /** Everything that can be read, in one step. */
  find(name: string): Promise<Found> {
    return this.read(async (rows) => {
      const record = await rows.record(name);
      const entries = inOrder((await rows.entries(name)).filter(isReadable));
      const stored = record ? await rows.vectors(name, record.embedderId) : [];
      const usable = stored.filter(({ embedding }) => isUsable(embedding, record?.dimension));
      const vectors = new Map(usable.map(({ id, embedding }) => [id, embedding]));
      const journal = await rows.journal(name, 1, Number.POSITIVE_INFINITY);
      return { record, entries, vectors, journal };
    });
  }

  /** Throws away what lies there under this name and puts the whole memory in its place, in one strict step. */
  replace(name: string, memory: WholeMemory): Promise<NamespaceRecord> {
    const whole = wholeRecord(name, memory);
    const { entries, journal } = memory;
    return this.database.run(ROW_STORES, 'readwrite', 'strict', async (transaction) => {
      const rows = new WritableRows(transaction);
      rows.deleteNamespace(name);
      rows.putRecord(whole);
      for (const entry of entries) rows.putEntry(name, entry, true);
      for (const written of journal) rows.addJournal(name, written);
      return whole;
    });
  }

  private read<Result>(body: (rows: ReadableRows) => Promise<Result>): Promise<Result> {
    return this.database.run(ROW_STORES, 'readonly', 'relaxed', (transaction) =>
      body(new ReadableRows(transaction)),
    );
  }
}

/** With the counters that follow. */
export function wholeRecord(name: string, { record, entries, journal }: WholeMemory): NamespaceRecord {
  const { incarnation, embedderId, dimension, nextId, revision, lastAt, ageing, created } = record;
  const counters = { count: entries.length, sum: sumOfEntries(entries), journal: journal.length };
  return { name, incarnation, embedderId, dimension, nextId, revision, lastAt, ageing, created, ...counters };
}

/** Sums up entries and vectors piece by piece. */
class Pieces {
  private sum = 0;
  private withoutVector = 0;

  constructor(private readonly record: NamespaceRecord | undefined) {}

  /** Takes the entries after the id `from`; the id to go on with, undefined at the end. */
  async take(rows: ReadableRows, name: string, from: string): Promise<string | undefined> {
    const entries = await rows.entriesAfter(name, from, AT_ONCE);
    if (entries.length === 0) return undefined;
    const last = entries[entries.length - 1].id;
    const vectors = await rows.vectorsAfter(name, this.record?.embedderId ?? '', from, last);
    const usable = new Set(
      vectors.filter(({ embedding }) => isUsable(embedding, this.record?.dimension)).map(({ id }) => id),
    );
    for (const entry of entries) {
      // What is no entry adds nothing, and so the sum does not fit.
      if (isReadable(entry)) this.sum = (this.sum + entrySum(entry)) >>> 0;
      if (!usable.has(entry.id)) this.withoutVector++;
    }
    return entries.length < AT_ONCE ? undefined : last;
  }

  result({ record, stored }: Counted): Counted {
    return { record, stored: { ...stored, read: { sum: this.sum, withoutVector: this.withoutVector } } };
  }
}

async function countOf(rows: ReadableRows, name: string): Promise<Counted> {
  const record = await rows.record(name);
  return {
    record,
    stored: {
      entries: await rows.countEntries(name),
      journal: await rows.countJournal(name),
      vectors: record ? await rows.countVectors(name, record.embedderId) : 0,
    },
  };
}

function isReadable({ id, content, metadata }: EntryText): boolean {
  return (
    /^m[1-9]\d*$/.test(id) && typeof content === 'string' && typeof metadata === 'object' && metadata !== null
  );
}

function isUsable(embedding: unknown, dimension: number | undefined): boolean {
  return (
    embedding instanceof Float32Array && embedding.length === dimension && embedding.every(Number.isFinite)
  );
}
