/**
 * For tests in the browser: other storage in place of the page's own, to see a disk fill up and storage
 * vanish for real. Storage Buckets (Chromium) give an IndexedDB and a file system with a quota of their own.
 */

interface Bucket extends Pick<StorageManager, 'getDirectory'> {
  readonly indexedDB: IDBFactory;
}

interface StorageBuckets {
  open(name: string, options: { readonly quota: number }): Promise<Bucket>;
  delete(name: string): Promise<void>;
}

/** Runs the body with something else as the global `indexedDB`. */
export async function withIndexedDb(replacement: unknown, body: () => Promise<void>): Promise<void> {
  const usual = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB');
  if (!usual) throw new Error('This browser has no IndexedDB.');
  Object.defineProperty(globalThis, 'indexedDB', { value: replacement, configurable: true });
  try {
    await body();
  } finally {
    Object.defineProperty(globalThis, 'indexedDB', usual);
  }
}

/** Runs the body with a file system that holds at most `quota` bytes, then deletes it. */
export async function inFilesOf(
  name: string,
  quota: number,
  body: (storage: Pick<StorageManager, 'getDirectory'>) => Promise<void>,
): Promise<void> {
  const { storageBuckets } = navigator as Navigator & { readonly storageBuckets: StorageBuckets };
  const bucket = await storageBuckets.open(name, { quota });
  try {
    await body(bucket);
  } finally {
    await storageBuckets.delete(name);
  }
}

/** Runs the body with an IndexedDB that holds at most `quota` bytes, then deletes that storage. */
export async function inBucket(name: string, quota: number, body: () => Promise<void>): Promise<void> {
  const { storageBuckets } = navigator as Navigator & { readonly storageBuckets: StorageBuckets };
  const bucket = await storageBuckets.open(name, { quota });
  try {
    await withIndexedDb(bucket.indexedDB, body);
  } finally {
    await storageBuckets.delete(name);
  }
}
