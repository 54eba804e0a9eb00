/**
 * Changing the embedder of a memory. Vectors of the new one are made beside those in force, a slice at a time, each
 * slice kept as soon as it is made; when none is missing, all come into force in one step. Until then searches go by
 * the old ones and nothing has changed. So it may be stopped, fail or be killed at any moment: what was made stays,
 * and the next try makes the rest. Entries written meanwhile are entries without a vector like any other, and a vector
 * of a text that has changed since is never kept.
 */
import { MemoryError } from '../errors';
import type { Embedder } from '../memory';
import type { MemoryRows, NamespaceRecord } from '../rows/rows';

export interface ReembeddingControl {
  /** When it fires, `ReembeddingStoppedError` is thrown after the slice at hand. */
  readonly signal?: AbortSignal;
  /** Entries that have their vector, of how many there are; first with what earlier tries have left. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Entries of a slice: what a kill can cost. Default: as many as take about a tenth of a second. */
  readonly slice?: number;
}

const FEWEST = 16;
const MOST = 1024;
/** Milliseconds of a slice within which the next one is as long. */
const SHORT_SLICE = 50;
const LONG_SLICE = 200;

/** An encoder takes milliseconds for a text, the n-gram embedder microseconds, and each slice a transaction. */
function nextSlice(size: number, took: number): number {
  if (took < SHORT_SLICE) return Math.min(MOST, size * 2);
  return took > LONG_SLICE ? Math.max(FEWEST, size >> 1) : size;
}

/** Stopped on request; the old vectors are in force. */
export class ReembeddingStoppedError extends MemoryError {
  constructor(namespace: string, done: number, total: number) {
    super(
      'reembedding-stopped',
      `Embedding ${JSON.stringify(namespace)} anew was stopped with ${done} of ${total} entries done. It is searched as ` +
        'before; start again to go on from there.',
    );
  }
}

/**
 * Makes what is missing and brings it into force. Returns at once if it is in force already and whole.
 * @returns the record as it is with the new embedder
 * @throws ReembeddingStoppedError, UnknownNamespaceError, and what the embedder throws
 */
export async function reembed(
  rows: MemoryRows,
  namespace: string,
  embedder: Embedder,
  control: ReembeddingControl = {},
): Promise<NamespaceRecord> {
  for (;;) {
    await embedMissing(rows, namespace, embedder, control);
    const record = await rows.adopt(namespace, embedder);
    // Undefined: an entry was written between the two.
    if (record) return record;
  }
}

/** Makes vectors for entries that have none of this embedder, in force or not, until there is no such entry. */
export async function embedMissing(
  rows: MemoryRows,
  namespace: string,
  embedder: Embedder,
  { signal, onProgress, slice }: ReembeddingControl = {},
): Promise<void> {
  const key = { id: embedder.id, dimension: embedder.dimension };
  for (;;) {
    const missing = await rows.unembedded(namespace, key, Number.MAX_SAFE_INTEGER);
    const { count } = await rows.record(namespace);
    let done = Math.max(0, count - missing.length);
    onProgress?.(done, count);
    if (missing.length === 0) return;
    let size = slice ?? FEWEST;
    for (let at = 0; at < missing.length; ) {
      if (signal?.aborted) throw new ReembeddingStoppedError(namespace, done, count);
      const started = performance.now();
      const entries = missing.slice(at, at + size);
      const embeddings = await embedder.embed(entries.map(({ content }) => content));
      const made = entries.map(({ id, content }, i) => ({ id, content, embedding: embeddings[i] }));
      done += await rows.putVectors(namespace, key, made);
      at += entries.length;
      if (slice === undefined) size = nextSlice(size, performance.now() - started);
      onProgress?.(Math.min(done, count), count);
    }
  }
}
