/**
 * Long-term memory as the agent sees it, and the seams behind it. Rows are the truth; every vector
 * index is a cache that can be dropped and rebuilt. Knows nothing of agents or engines.
 */
import type { Note } from './journal';

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };
export type Metadata = { readonly [key: string]: JsonValue };

/** An entry without its vector: what lists, the journal and the page hold. */
export interface EntryText {
  /** Short and readable, unique within its namespace: m1, m2, … never given twice. */
  readonly id: string;
  readonly content: string;
  readonly metadata: Metadata;
  /** `memory_type` of Add_memory; empty when not given. */
  readonly memoryType: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly updated: number;
  /** The step that wrote it, e.g. "run3/k2/s4"; empty for entries made by hand. */
  readonly sourceStep: string;
  /** In the journal only: when its text was erased for good (rows/erased.ts). Milliseconds since the epoch. */
  readonly erased?: number;
}

export interface MemoryEntry extends EntryText {
  /** Unit length, `[dimension]` of the embedder named in `embedderId`. */
  readonly embedding: Float32Array;
  readonly embedderId: string;
}

export interface ScoredEntry {
  readonly entry: MemoryEntry;
  /** Cosine in [-1, 1], recomputed exactly from the stored vectors. */
  readonly score: number;
}

/** Turns text into unit vectors. `threshold` is theta, calibrated for this embedder on labelled pairs. */
export interface Embedder {
  readonly id: string;
  readonly dimension: number;
  readonly threshold: number;
  embed(texts: readonly string[]): Promise<readonly Float32Array[]>;
}

export interface IndexHit {
  readonly id: string;
  readonly score: number;
}

/** A search structure over unit vectors. Ties in score are broken by id, so results are deterministic. */
export interface VectorIndex {
  readonly kind: string;
  readonly size: number;
  /** Why a simpler structure answers in place of the one asked for, in words; absent when all is well. */
  readonly degraded?: string;
  upsert(id: string, vector: Float32Array): void;
  remove(id: string): void;
  /** Best first, at most `k` (k >= 1). */
  search(query: Float32Array, k: number): readonly IndexHit[];
  /** In the order of `scores`. */
  ids(): readonly string[];
  /** Cosine of the query and every entry, `[size]`, the very numbers that `search` gives; in the order of `ids`. */
  scores(query: Float32Array): Float64Array;
  /** Undefined for an unknown id. Copy it to keep it: it may be a view that is valid until the next change. */
  vector(id: string): Float32Array | undefined;
  /** In place of all it held. `vectors`: `[ids.length, dimension]`, the index's own from now on. */
  load(ids: readonly string[], vectors: Float32Array): void;
  snapshot(): Uint8Array;
  /** Throws `SnapshotError` and leaves the index unchanged if the bytes are not a snapshot of it. */
  restore(snapshot: Uint8Array): void;
}

/** One namespace of long-term memory. Different namespaces never see one another's entries. */
export interface LongTermMemory {
  readonly namespace: string;
  readonly embedder: Embedder;
  add(input: {
    readonly content: string;
    readonly metadata?: Metadata;
    readonly memoryType?: string;
    readonly sourceStep?: string;
    /** Who and why, for the journal. Default: the user, without a reason. */
    readonly note?: Note;
  }): Promise<MemoryEntry>;
  /** Replaces content and embedding, merges metadata. Throws `UnknownMemoryError`. */
  update(
    id: string,
    change: {
      readonly content: string;
      readonly metadata?: Metadata;
      readonly sourceStep?: string;
      readonly note?: Note;
    },
  ): Promise<{ readonly before: EntryText; readonly after: MemoryEntry }>;
  /** Throws `UnknownMemoryError`. */
  delete(id: string, note?: Note): Promise<EntryText>;
  get(id: string): Promise<MemoryEntry | undefined>;
  /** In order of creation. */
  list(): Promise<readonly MemoryEntry[]>;
  /**
   * Best first: by cosine, times decay where the memory has a half-life (ageing.ts). `filter`: every given key must equal the entry's metadata value. With a note the retrieval is
   * written to the journal; looking around on the page leaves no trace.
   */
  search(
    query: string,
    options: { readonly topK: number; readonly filter?: Metadata; readonly note?: Note },
  ): Promise<readonly ScoredEntry[]>;
  clear(note?: Note): Promise<void>;
}
