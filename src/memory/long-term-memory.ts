/**
 * Opening namespaces of long-term memory, and what is done with whole ones. What an open one does is in
 * rows-memory.ts.
 */
import { NgramEmbedder } from './embedders/ngram-embedder';
import { embedMissing, reembed } from './embedders/reembedding';
import { EmbedderMismatchError, MemoryArgumentError, MemoryDamagedError } from './errors';
import type { IndexFactory } from './index/exact-index';
import type { SnapshotFiles } from './index/snapshot-files';
import type { IndexOrigin } from './index/synced-index';
import type { Act, Note } from './journal';
import type { Embedder, EntryText, LongTermMemory, MemoryEntry, VectorIndex } from './memory';
import type { Durability, MemoryRows, NamespaceRecord, RowWrite, Written } from './rows/rows';
import { TransientRows } from './rows/transient-rows';
import { RowsMemory } from './rows-memory';

/** Milliseconds since the epoch; injected, so that a test or a replay sees the same times again. */
export type Clock = () => number;

/** The user's own memory. */
export const USER_NAMESPACE = 'user/default';
/** Namespaces of rollouts start so; `dropRollouts` removes them and no other. */
export const ROLLOUT_PREFIX = 'rollout/';

export interface OpenMemoryOptions {
  readonly rows: MemoryRows;
  readonly embedder: Embedder;
  /** Default: the exact scan. */
  readonly index?: IndexFactory;
  readonly namespace: string;
  /** Where a large index is saved, so that the next start is quick; default: nowhere. Not for rollouts. */
  readonly files?: SnapshotFiles;
  /** Default `Date.now`. */
  readonly now?: Clock;
  /** Default: `relaxed` for namespaces under `rollout/`, else `strict`. Retrievals are journaled relaxed always. */
  readonly durability?: Durability;
  /**
   * The index is made at the first search and not before it is open: for acts alone, which need none and would wait
   * seconds for that of a large memory. Default false.
   */
  readonly lazy?: boolean;
  /** Embed every entry anew if the namespace was written with another embedder. Default false: refuse. */
  readonly reembed?: boolean;
}

/** All vectors of a namespace in one state. */
export interface CurrentVectors {
  readonly record: NamespaceRecord;
  /** Of this state until the next wait only; to be read, not to be changed. */
  readonly index: Pick<VectorIndex, 'size' | 'ids' | 'search' | 'scores' | 'vector'>;
}

/** What `openMemory` gives beyond the seam. */
export interface OpenedMemory extends LongTermMemory {
  /**
   * What answers searches at this moment ("voy", "simd", "exact"), why it is not what was asked for, if so, and whence
   * it was filled.
   */
  readonly indexStatus: { readonly kind: string; readonly degraded?: string; readonly origin: IndexOrigin };
  /** Vectors of the newest state: scores of all entries, neighbours, a map of all, without reading a row. */
  current(): Promise<CurrentVectors>;
  /** Writes the index to its file now, if there is one and it is behind; else that waits until writes have settled. */
  saveIndex(): Promise<void>;
  /** All of them as one act of this kind, or none. */
  addAll(
    inputs: readonly Omit<Parameters<LongTermMemory['add']>[0], 'note'>[],
    kind: Act['kind'],
    note: Note,
  ): Promise<readonly MemoryEntry[]>;
  /** All of them as one act, or none. Throws `UnknownMemoryError`. */
  deleteAll(ids: readonly string[], note?: Note): Promise<readonly EntryText[]>;
  /**
   * Any act, at the time of this memory's clock; the copy that searches go by follows without being read anew.
   * Vectors are of `embedder`. Throws what `MemoryRows.write` throws.
   */
  write(write: Omit<RowWrite, 'at'>): Promise<Written>;
}

/**
 * Opens a namespace, makes it if there is none, and builds the index from its rows. Vectors that were lost are made
 * anew. Throws `EmbedderMismatchError` if it was written with another embedder and `reembed` is not set.
 */
export async function openMemory(options: OpenMemoryOptions): Promise<OpenedMemory> {
  const { rows, embedder, namespace } = options;
  checkName(namespace);
  const now = options.now ?? Date.now;
  const durability = durabilityOf(options);
  const made = { embedder: { id: embedder.id, dimension: embedder.dimension }, created: now() };
  const record = await rows.ensure(namespace, made, durability);
  if (record.embedderId !== embedder.id || record.dimension !== embedder.dimension) {
    if (!options.reembed) throw new EmbedderMismatchError(namespace, record.embedderId, embedder.id);
    await reembed(rows, namespace, embedder);
  }
  const files = namespace.startsWith(ROLLOUT_PREFIX) ? undefined : options.files;
  const memory = new RowsMemory({ ...options, durability, now, files });
  if (options.lazy) return memory;
  try {
    await memory.refresh();
  } catch (error) {
    if (!(error instanceof MemoryDamagedError)) throw error;
    await embedMissing(rows, namespace, embedder);
    await memory.refresh();
  }
  return memory;
}

/** A memory of its own in its own rows: one for each rollout in Node, gone when it is let go. */
export async function createTransientMemory(
  options: { readonly embedder?: Embedder; readonly namespace?: string; readonly now?: Clock } = {},
): Promise<OpenedMemory> {
  return openMemory({
    rows: new TransientRows(),
    embedder: options.embedder ?? new NgramEmbedder(),
    namespace: options.namespace ?? `${ROLLOUT_PREFIX}transient`,
    now: options.now,
  });
}

export function listNamespaces(rows: MemoryRows): Promise<readonly NamespaceRecord[]> {
  return rows.list();
}

/**
 * Entries, journal and all, the saved index too. A handle that is open elsewhere throws `UnknownNamespaceError` from
 * then on.
 */
export async function dropNamespace(
  rows: MemoryRows,
  namespace: string,
  files?: SnapshotFiles,
): Promise<void> {
  checkName(namespace);
  await rows.drop(namespace, durabilityOf({ namespace }));
  await files?.remove(namespace);
}

/** Removes every namespace of rollouts and nothing else; returns their names. */
export function dropRollouts(rows: MemoryRows): Promise<readonly string[]> {
  return rows.dropPrefix(ROLLOUT_PREFIX);
}

/** A rollout's memory is thrown away after it is paid: waiting for the disk would buy nothing. */
function durabilityOf({
  namespace,
  durability,
}: Pick<OpenMemoryOptions, 'namespace' | 'durability'>): Durability {
  return durability ?? (namespace.startsWith(ROLLOUT_PREFIX) ? 'relaxed' : 'strict');
}

function checkName(namespace: string): void {
  if (namespace.trim() === '' || namespace.length > 200) {
    throw new MemoryArgumentError(
      'namespace',
      `A namespace needs a name of 1 to 200 characters, e.g. ${JSON.stringify(USER_NAMESPACE)}.`,
    );
  }
}
