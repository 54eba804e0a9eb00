/**
 * Rows are the truth of long-term memory: entries, their vectors, the journal, and one record for each
 * namespace with its counters. Every method is one atomic step, so no decision is read in one step and
 * written in another, and two tabs may use the same namespace. `write` puts entries, vectors, journal and
 * counters in place together or not at all.
 *
 * `revision` counts the changes of a namespace; a reader that knows a revision learns in the same step whether
 * its copy is still right. Retrievals are journaled without a new revision: they change no entry.
 *
 * Vectors are kept for each embedder apart. Those of `record.embedderId` are in force; those of another one
 * are being made (`reembedding`), and come into force together when none is missing (`adopt`).
 */
import type { ActKind, JournalRecord, Note } from '../journal';
import type { EntryText, MemoryEntry, Metadata } from '../memory';

/** `strict`: on disk before the promise resolves. `relaxed`: handed to the system, may be lost with power. */
export type Durability = 'strict' | 'relaxed';

/** What an embedder's vectors are known by. */
export interface EmbedderKey {
  readonly id: string;
  readonly dimension: number;
}

/** Rules that a namespace may have; both off (null) unless the user sets them. */
export interface Ageing {
  /** Entries neither written nor retrieved for so long are removed, journaled, when the lab opens. Milliseconds. */
  readonly expireAfter: number | null;
  /** In a search the cosine of an entry is halved with each such time since it was written. Milliseconds. */
  readonly halfLife: number | null;
}

export interface NamespaceRecord {
  readonly name: string;
  /** Tells a namespace from an earlier one of the same name that was dropped. */
  readonly incarnation: string;
  readonly embedderId: string;
  readonly dimension: number;
  /** The next entry is `m${nextId}`; never falls, so ids are never reused. */
  readonly nextId: number;
  /** Goes up by one with every write that changes entries, vectors in force or ageing, however many. */
  readonly revision: number;
  /** Number of entries. */
  readonly count: number;
  /** Sum of `entrySum` over the entries, modulo 2^32: what is stored must add up to it. */
  readonly sum: number;
  /** Records in the journal, and so the `seq` of the last one. */
  readonly journal: number;
  /** `at` of the last record; no later one is before it. Milliseconds since the epoch. */
  readonly lastAt: number;
  readonly ageing: Ageing;
  /**
   * How often texts were erased from its journal (`erase`); absent if never. Who reads entries and journal one after the
   * other, or keeps what was read, learns by it that they are not of one time.
   */
  readonly erasures?: number;
  /** Ids of embedders whose vectors are being made (`putVectors`) and are not in force; absent if there is none. */
  readonly pending?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly created: number;
}

/** A state of a namespace that a reader has a copy of. */
export interface KnownState {
  readonly incarnation: string;
  readonly revision: number;
}

export interface NamespaceContent {
  readonly record: NamespaceRecord;
  /** In order of creation. */
  readonly entries: readonly MemoryEntry[];
}

/** An entry before it has its id. */
export type EntryDraft = Omit<MemoryEntry, 'id'>;

/** What an update replaces; metadata is merged with what the row holds at that moment. */
export interface EntryChange {
  readonly content: string;
  readonly embedding: Float32Array;
  readonly embedderId: string;
  readonly metadata: Metadata;
  readonly updated: number;
  readonly sourceStep: string;
}

export type RowChange =
  /** Gets the next id. */
  | { readonly kind: 'add'; readonly draft: EntryDraft }
  /** Throws `UnknownMemoryError`. */
  | { readonly kind: 'replace'; readonly id: string; readonly change: EntryChange }
  /**
   * As it stands, under its own id, whether that is taken or not: imports, copies, undoing. Ids go on after it.
   * Where the same texts are stored already nothing is done: their vector is there too. Throws
   * `MemoryArgumentError` for an id that is not m and a number up to 10^9.
   */
  | { readonly kind: 'put'; readonly entry: MemoryEntry }
  /** Throws `UnknownMemoryError`. */
  | { readonly kind: 'remove'; readonly id: string }
  /** Journaled only. */
  | {
      readonly kind: 'retrieved';
      readonly query: string;
      readonly topK: number;
      readonly hits: readonly { readonly id: string; readonly score: number }[];
    };

/** One act: all of it, in this order, or nothing. */
export interface RowWrite {
  readonly act: { readonly kind: ActKind; readonly of?: number };
  readonly note: Note;
  /** The clock's time; the journal never goes back, whatever this says. Milliseconds since the epoch. */
  readonly at: number;
  readonly changes: readonly RowChange[];
  /** Throws `MemoryChangedError` unless the namespace is still in this state. */
  readonly expected?: KnownState;
  /** Told now and then while the rows of a large act are stored: how many, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Makes the namespace in the same step. Throws `MemoryChangedError` if there is one. */
  readonly made?: { readonly embedder: EmbedderKey; readonly created: number };
}

export interface Written {
  readonly record: NamespaceRecord;
  /** One record for each change; a `put` of what is there already, to the letter, has none. */
  readonly journal: readonly JournalRecord[];
  /** What became of each change, in order: the entry before and after it, null where there is none. */
  readonly entries: readonly { readonly before: EntryText | null; readonly after: EntryText | null }[];
}

/** A whole history and the entries it led to, as an export of this lab holds them. */
export interface RowHistory {
  readonly entries: readonly MemoryEntry[];
  /** From the first record, without gaps; checked to lead to the entries. */
  readonly journal: readonly JournalRecord[];
  readonly expected: KnownState;
}

/** What is to be erased for good. */
export interface RowErasure {
  /** Entries that are there or were; `deleted`: all that were and are not there any more. */
  readonly ids: readonly string[] | 'deleted';
  /** The clock's time, for the marks. Milliseconds since the epoch. */
  readonly at: number;
}

export interface Erased {
  readonly record: NamespaceRecord;
  /** Entries whose texts went; those erased before are not among them. */
  readonly ids: readonly string[];
  /** Records of the journal that were rewritten. */
  readonly rewritten: number;
}

/** Vectors in force, side by side. */
export interface NamespaceVectors {
  readonly record: NamespaceRecord;
  /** In order of creation. */
  readonly ids: readonly string[];
  /** `[ids.length, dimension]` */
  readonly vectors: Float32Array;
}

/** What makes a copy of an earlier state one of this state. */
export interface NamespaceChanges {
  readonly record: NamespaceRecord;
  /** Entries written since, with their vectors in force. */
  readonly written: readonly { readonly id: string; readonly embedding: Float32Array }[];
  /** Ids without an entry by now; they may never have been in the copy. */
  readonly removed: readonly string[];
}

export interface MemoryRows {
  /** Makes the namespace if there is none. Does not compare embedders of one that exists. */
  ensure(
    name: string,
    made: { readonly embedder: EmbedderKey; readonly created: number },
    durability: Durability,
  ): Promise<NamespaceRecord>;
  /**
   * Carries out one act. Throws `UnknownMemoryError`, `UnknownNamespaceError`, `EmbedderMismatchError` for a
   * vector that is not of the embedder in force, `VectorError`, `MemoryArgumentError` for metadata that is no JSON,
   * `MemoryChangedError`; then nothing was changed. Vectors put aside for an entry that is written are dropped.
   */
  write(name: string, write: RowWrite, durability: Durability): Promise<Written>;
  /**
   * Puts a history in place as it is, without a record of its own: a memory that was taken out comes back as it
   * was. Throws `MemoryChangedError` unless the namespace is in the expected state and has neither entries nor
   * journal, `MemoryArgumentError` for a history that is not whole, and what `write` throws for an entry.
   */
  restore(name: string, history: RowHistory, durability: Durability): Promise<NamespaceRecord>;
  /**
   * Erases entries for good, on disk before it resolves: rows, vectors of every embedder, and their texts in the journal
   * (plan-erase.ts). Nothing brings them back. Throws `UnknownMemoryError` for an id that was never given.
   */
  erase(name: string, erasure: RowErasure): Promise<Erased>;
  /** Throws `MemoryDamagedError` if its vector is missing; so do `read` and `vectors`. */
  get(name: string, id: string): Promise<MemoryEntry | undefined>;
  /** Everything, or undefined if nothing has changed since the known state. */
  read(name: string, known?: KnownState): Promise<NamespaceContent | undefined>;
  /** The record alone. Throws `UnknownNamespaceError`. */
  record(name: string): Promise<NamespaceRecord>;
  /** As `read`, without vectors: all of them, or those of these ids that there are. In order of creation. */
  texts(
    name: string,
    ids?: readonly string[],
  ): Promise<{ readonly record: NamespaceRecord; readonly entries: readonly EntryText[] }>;
  vectors(name: string): Promise<NamespaceVectors>;
  /**
   * Undefined if it cannot be told from the journal: the namespace or its embedder is another one, its history is, or
   * it has more than `most` records since. Throws `UnknownNamespaceError`.
   */
  changes(name: string, since: NamespaceRecord, most: number): Promise<NamespaceChanges | undefined>;
  /** Records `from` to `to`, both included (defaults: all). Throws `UnknownNamespaceError`. */
  journal(name: string, from?: number, to?: number): Promise<readonly JournalRecord[]>;
  /** Throws `MemoryArgumentError` for a time that is not positive. */
  setAgeing(name: string, ageing: Ageing): Promise<NamespaceRecord>;

  /**
   * Entries that have no vector of this embedder yet, or one of an older content; at most `limit`, in order of
   * creation. Each call looks at all ids, so ask for hundreds at a time. Of the embedder in force: entries
   * whose vector was lost.
   */
  unembedded(name: string, embedder: EmbedderKey, limit: number): Promise<readonly EntryText[]>;
  /**
   * Puts vectors of an embedder that is not in force aside. One whose entry is gone or has other content by now
   * is dropped. Returns how many were kept. Of the embedder in force: takes the place of vectors that were lost.
   * Throws `VectorError`.
   */
  putVectors(
    name: string,
    embedder: EmbedderKey,
    vectors: readonly { readonly id: string; readonly content: string; readonly embedding: Float32Array }[],
  ): Promise<number>;
  /**
   * Brings the vectors of this embedder into force and drops the old ones, if none is missing; undefined, and
   * nothing changed, if one is.
   */
  adopt(name: string, embedder: EmbedderKey): Promise<NamespaceRecord | undefined>;
  /** Throws away vectors that are not in force, of every embedder. */
  dropPending(name: string): Promise<void>;

  /** Removes the namespace, entries, journal and counter; a namespace that does not exist is no error. */
  drop(name: string, durability: Durability): Promise<void>;
  /** Removes every namespace whose name starts with the prefix, in one step; returns their names. */
  dropPrefix(prefix: string): Promise<readonly string[]>;
  /** All namespaces, by name. */
  list(): Promise<readonly NamespaceRecord[]>;
}
