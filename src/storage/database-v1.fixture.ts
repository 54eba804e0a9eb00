/**
 * Databases of earlier versions, as the code of those versions wrote them, for tests of upgrading. The dump is one
 * line for each object store and for each row; bytes stand as base64. It was made once, before version 2, by
 * writing memories and a checkpoint through the code of that day, and is never made anew.
 */
import dump from './database-v1.jsonl?raw';

export interface DumpedStore {
  readonly name: string;
  readonly keyPath: string | readonly string[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Version 1: 11 entries of "user/default", 500 of "user/large", "user/empty", one rollout, one checkpoint. */
export function storesOfVersion1(): readonly DumpedStore[] {
  const stores: (DumpedStore & { rows: Readonly<Record<string, unknown>>[] })[] = [];
  for (const line of dump.trimEnd().split('\n')) {
    const { store, keyPath, row } = JSON.parse(line);
    if (keyPath !== undefined) stores.push({ name: store, keyPath, rows: [] });
    else stores.at(-1)?.rows.push(decoded(row) as Readonly<Record<string, unknown>>);
  }
  return stores;
}

/** Makes a database of version 1 by this name, without any code of later versions. */
export function makeVersion1(name: string): Promise<void> {
  const stores = storesOfVersion1();
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      for (const store of stores) {
        const keyPath = typeof store.keyPath === 'string' ? store.keyPath : [...store.keyPath];
        const objects = request.result.createObjectStore(store.name, { keyPath });
        for (const row of store.rows) objects.add(row);
      }
    };
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
    request.onerror = () => reject(request.error);
  });
}

/** All that a database holds, and its version: a reader that knows nothing of what is in it. */
export function contentOf(name: string): Promise<{
  readonly version: number;
  readonly stores: Readonly<Record<string, readonly unknown[]>>;
}> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const database = request.result;
      const names = [...database.objectStoreNames];
      const transaction = database.transaction(names);
      const reading = names.map((store) => [store, transaction.objectStore(store).getAll()] as const);
      transaction.oncomplete = () => {
        database.close();
        const stores = Object.fromEntries(reading.map(([store, all]) => [store, all.result]));
        resolve({ version: database.version, stores });
      };
      transaction.onabort = () => reject(transaction.error);
    };
  });
}

function decoded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decoded);
  if (typeof value !== 'object' || value === null) return value;
  const { $f32, $u8 } = value as { readonly $f32?: string; readonly $u8?: string };
  if ($u8 !== undefined) return bytesOf($u8);
  if ($f32 !== undefined) return new Float32Array(bytesOf($f32).buffer);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, decoded(part)]));
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
