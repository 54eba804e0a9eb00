/**
 * A folder of files in an IndexedDB of its own, for pages to which the browser gives no file system (file://). It
 * shares the fate of every other database of the site, so it is a place for caches, not for what vouches for them.
 */
import { type IDBPDatabase, openDB } from 'idb';
import type { Folder } from './folder';

const STORE = 'files';

export class DatabaseFolder implements Folder {
  private constructor(private readonly database: IDBPDatabase) {}

  /** Null where this page may keep nothing. */
  static async open(name: string): Promise<DatabaseFolder | null> {
    if (typeof indexedDB === 'undefined') return null;
    try {
      const database = await openDB(`agemem-lab-${name}`, 1, {
        upgrade: (created) => {
          created.createObjectStore(STORE);
        },
        // Holding on would block for ever whoever deletes it.
        blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
      });
      return new DatabaseFolder(database);
    } catch (error) {
      if (error instanceof DOMException) return null;
      throw error;
    }
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    const blob = await this.#blob(name);
    return blob && new Uint8Array(await blob.arrayBuffer());
  }

  async readStart(name: string, length: number): Promise<Uint8Array | undefined> {
    const blob = await this.#blob(name);
    return blob && new Uint8Array(await blob.slice(0, length).arrayBuffer());
  }

  async write(name: string, parts: readonly Uint8Array[]): Promise<void> {
    // The types know that a blob takes no views into shared memory; there are none here.
    const blob = new Blob([...parts] as Uint8Array<ArrayBuffer>[]);
    await this.database.put(STORE, blob, name);
  }

  async remove(name: string): Promise<void> {
    await this.database.delete(STORE, name);
  }

  async list(): Promise<readonly { readonly name: string; readonly bytes: number }[]> {
    const { store, done } = this.database.transaction(STORE);
    const [names, blobs] = await Promise.all([store.getAllKeys(), store.getAll(), done]);
    return (names as string[]).map((name, i) => ({ name, bytes: (blobs[i] as Blob).size }));
  }

  close(): void {
    this.database.close();
  }

  async #blob(name: string): Promise<Blob | undefined> {
    const { store, done } = this.database.transaction(STORE);
    const [blob] = await Promise.all([store.get(name), done]);
    return blob as Blob | undefined;
  }
}
