/**
 * Rows are the truth of long-term memory: entries with their vectors, and one record for each namespace
 * with the next id. Every method is one atomic step, so no decision is read in one step and written in
 * another; two tabs may use the same namespace. `revision` counts the changes of a namespace, and a
 * reader that knows a revision learns in the same step whether its copy is still right.
 */
import type { MemoryEntry, Metadata } from '../memory';

/** `strict`: on disk before the promise resolves. `relaxed`: handed to the system, may be lost with power. */
export type Durability = 'strict' | 'relaxed';

export interface NamespaceRecord {
  readonly name: string;
  /** Tells a namespace from an earlier one of the same name that was dropped. */
  readonly incarnation: string;
  readonly embedderId: string;
  readonly dimension: number;
  /** The next entry is `m${nextId}`; never falls, so ids are never reused. */
  readonly nextId: number;
  /** Goes up by one with every change. */
  readonly revision: number;
  /** Number of entries. */
  readonly count: number;
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

export interface MemoryRows {
  /** Makes the namespace if there is none. Does not compare embedders of one that exists. */
  ensure(
    name: string,
    made: { readonly embedderId: string; readonly dimension: number; readonly created: number },
    durability: Durability,
  ): Promise<NamespaceRecord>;
  /** Assigns the id and writes row, vector and counter in one step. */
  insert(
    name: string,
    draft: EntryDraft,
    durability: Durability,
  ): Promise<{ readonly record: NamespaceRecord; readonly entry: MemoryEntry }>;
  replace(
    name: string,
    id: string,
    change: EntryChange,
    durability: Durability,
  ): Promise<{ readonly record: NamespaceRecord; readonly before: MemoryEntry; readonly after: MemoryEntry }>;
  remove(
    name: string,
    id: string,
    durability: Durability,
  ): Promise<{ readonly record: NamespaceRecord; readonly entry: MemoryEntry }>;
  get(name: string, id: string): Promise<MemoryEntry | undefined>;
  /** Everything, or undefined if nothing has changed since the known state. */
  read(name: string, known?: KnownState): Promise<NamespaceContent | undefined>;
  /** Removes all entries; ids go on counting. */
  clear(name: string, durability: Durability): Promise<NamespaceRecord>;
  /**
   * Puts new vectors in place of all old ones and names their embedder. Refuses (returns undefined) if the
   * namespace has changed since the known state; read again and repeat.
   */
  reembed(
    name: string,
    known: KnownState,
    embedder: { readonly id: string; readonly dimension: number },
    embeddings: ReadonlyMap<string, Float32Array>,
  ): Promise<NamespaceRecord | undefined>;
  /** Removes the namespace, entries and counter; a namespace that does not exist is no error. */
  drop(name: string, durability: Durability): Promise<void>;
  /** Removes every namespace whose name starts with the prefix, in one step; returns their names. */
  dropPrefix(prefix: string): Promise<readonly string[]>;
  /** All namespaces, by name. */
  list(): Promise<readonly NamespaceRecord[]>;
}

/** The entry that a draft becomes. */
export function entryFromDraft(record: NamespaceRecord, draft: EntryDraft): MemoryEntry {
  return { id: `m${record.nextId}`, ...draft };
}

/** The record after one more change. */
export function nextRecord(
  record: NamespaceRecord,
  change: Partial<Pick<NamespaceRecord, 'nextId' | 'count' | 'embedderId' | 'dimension'>> = {},
): NamespaceRecord {
  return { ...record, ...change, revision: record.revision + 1 };
}

/** The entry after a change: content and vector replaced, metadata merged. */
export function changedEntry(before: MemoryEntry, change: EntryChange): MemoryEntry {
  return { ...before, ...change, metadata: { ...before.metadata, ...change.metadata } };
}

/** Ids are `m` and a number; creation order is the order of the numbers. */
export function compareEntries(a: MemoryEntry, b: MemoryEntry): number {
  return Number(a.id.slice(1)) - Number(b.id.slice(1));
}
