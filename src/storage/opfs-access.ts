/** What files replaced as wholes and files that grow share: their place, synchronous handles, patience, and words for what fails. */
import { StorageError, StorageFullError } from './errors';

const ATTEMPTS = 100;
/** Milliseconds. */
const PAUSE = 10;

/** What TypeScript's types of the page leave out: workers only. */
export interface SyncAccess {
  getSize(): number;
  read(bytes: Uint8Array, options: { readonly at: number }): number;
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

/** Made where it is missing. `path`: with slashes. */
export async function directoryAt(path: string): Promise<FileSystemDirectoryHandle> {
  let directory = await navigator.storage.getDirectory();
  for (const step of path.split('/')) {
    directory = await directory.getDirectoryHandle(step, { create: true });
  }
  return directory;
}

/** Tries again while it fails for what passes by itself: by default that somebody else has the file. */
export async function unlessPassing<Result>(
  body: () => Promise<Result>,
  passes: (error: unknown) => boolean = isTaken,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await body();
    } catch (error) {
      if (!passes(error) || attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotFoundError';
}

/** Another tab has the file open, or another part of this one. */
export function isTaken(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NoModificationAllowedError';
}

/**
 * In words: what the browser could not do; anything but its own errors as it is.
 * @param after what has become of the file
 */
export function fileFailure(error: unknown, what: string, after = 'Nothing was changed.'): unknown {
  if (!(error instanceof DOMException)) return error;
  if (error.name === 'QuotaExceededError') return noRoom(what, error);
  return new StorageError(
    'files-failed',
    `The browser could not ${what} in its file storage (${error.name}${error.message && `: ${error.message}`}). ${after}`,
    { cause: error },
  );
}

export function noRoom(what: string, cause?: DOMException): StorageFullError {
  return new StorageFullError(
    'storage-full',
    `There is no room left in the browser's storage for this site, so it could not ${what}. Delete backups, checkpoints or memories that are no longer needed, or free some disk space.`,
    { cause },
  );
}
