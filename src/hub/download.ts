/**
 * A model on its way into the browser's storage. The store goes on where it stopped (`model-store.ts`), the stream over
 * connections that drop (`steady-stream.ts`); here is what is told meanwhile, and what an end of it means: whole, stopped
 * by the user, or a trouble with a next step. What is whole works with the network gone.
 */
import { FileHashError, type ModelStore, ModelStoreError } from '../engine/model/model-store';
import type { WeightSource } from '../engine/model/weight-source';
import { LoadAbortedError } from '../engine/model/weight-stream';
import { FileDamagedError, NoRoomError } from './errors';
import type { ModelFile } from './model-entry';

export interface Progress {
  readonly storedBytes: number;
  readonly totalBytes: number;
  /** Over the last seconds; null until it is known. */
  readonly bytesPerSecond: number | null;
  readonly file: string;
}

export interface DownloadOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Milliseconds. Default `performance.now`. */
  readonly now?: () => number;
}

/** Over which the rate is taken, milliseconds. */
const RATE_MS = 5000;
/** Less than this says nothing yet. */
const RATE_LEAST_MS = 500;

/**
 * Stores all files under the name; what is there already is not fetched again.
 * @returns whether it is whole; false: the signal stopped it, and what came stays
 * @throws FileDamagedError for a file that came wrong twice; NoRoomError; what the source throws. What came stays.
 */
export async function download(
  store: ModelStore,
  name: string,
  source: WeightSource,
  files: readonly ModelFile[],
  { signal, onProgress, now = () => performance.now() }: DownloadOptions = {},
): Promise<boolean> {
  const hashes = new Map(files.map(({ path, sha256 }) => [path, sha256]));
  const rate = new Rate(now);
  const once = () =>
    store.put(
      name,
      source,
      files.map(({ path }) => path),
      {
        signal,
        sha256: (file) => hashes.get(file) ?? null,
        onProgress: (storedBytes, totalBytes, file) =>
          onProgress?.({ storedBytes, totalBytes, file, bytesPerSecond: rate.at(storedBytes) }),
      },
    );
  const wrong = new Set<string>();
  try {
    for (;;) {
      try {
        await once();
        return true;
      } catch (error) {
        // Nothing of that file is kept; everything else is. It may come right the second time.
        if (!(error instanceof FileHashError) || wrong.has(error.file)) throw error;
        wrong.add(error.file);
        rate.forget();
      }
    }
  } catch (error) {
    if (error instanceof LoadAbortedError) return false;
    throw inWords(error);
  }
}

function inWords(error: unknown): unknown {
  if (error instanceof FileHashError) {
    return new FileDamagedError(
      'file-damaged',
      `${error.file} came wrong twice: its SHA-256 is not the one the hub names. Something on the way alters it, or the hub's own copy is damaged.`,
      'Try another network, or take the files from a folder. What else came is kept.',
      { cause: error },
    );
  }
  if (error instanceof ModelStoreError && error.code === 'storage-full') {
    return new NoRoomError(
      'storage-full',
      'The browser has no more room for this model.',
      'Delete another model, or free space on the disk, then go on: what came is kept.',
      { cause: error },
    );
  }
  return error;
}

/** Bytes a second over the last seconds. What was stored before is no part of it: it came at once. */
class Rate {
  private readonly seen: { readonly at: number; readonly bytes: number }[] = [];

  constructor(private readonly now: () => number) {}

  at(bytes: number): number | null {
    const at = this.now();
    this.seen.push({ at, bytes });
    while (this.seen.length > 2 && at - this.seen[1].at >= RATE_MS) this.seen.shift();
    const first = this.seen[0];
    const took = at - first.at;
    return took < RATE_LEAST_MS ? null : Math.max(0, ((bytes - first.bytes) / took) * 1000);
  }

  forget(): void {
    this.seen.length = 0;
  }
}
