/**
 * Where snapshots of indices lie: files of the site's own (OPFS), beside the database, so that opening a memory of
 * 50,000 entries reads one file of 100 MB instead of 50,000 rows. They are a cache: any of them may be missing,
 * old or damaged at any time, and rows stay the truth.
 *
 * A file is replaced as a whole when its writing has ended, so a tab that is killed leaves the one before. Where the
 * browser has no such files (pages from file://, some older browsers) they lie in an IndexedDB of their own.
 */
import { type IDBPDatabase, openDB } from 'idb';
import { hashText, mix } from '../hashing';

export interface SnapshotFiles {
  /** Undefined if there is none. */
  read(namespace: string): Promise<Uint8Array | undefined>;
  /** The parts one after the other; all of them or, if it fails, what was there before. */
  write(namespace: string, parts: readonly Uint8Array<ArrayBuffer>[]): Promise<void>;
  remove(namespace: string): Promise<void>;
  /** Removes those of all other namespaces: what is deleted leaves no copy behind. */
  keepOnly(namespaces: readonly string[]): Promise<void>;
  /** Bytes of all. */
  size(): Promise<number>;
}

export const SNAPSHOT_FOLDER = 'index-snapshots';

/** The name of a namespace's file: namespaces may be longer than names of files. What is in it says whose it is. */
export function fileNameOf(namespace: string): string {
  const hash = hashText(namespace);
  return `${hash.toString(16)}-${mix(hash ^ hashText(`${namespace.length}/${namespace}`)).toString(16)}`;
}

/** Files if the browser has them, else a database, else undefined: then every opening reads the rows. */
export async function openSnapshotFiles(folder = SNAPSHOT_FOLDER): Promise<SnapshotFiles | undefined> {
  try {
    if ('createWritable' in FileSystemFileHandle.prototype) {
      const root = await navigator.storage.getDirectory();
      return new OpfsSnapshots(await root.getDirectoryHandle(folder, { create: true }));
    }
  } catch {
    // Not there, or not for this page: the database is next.
  }
  try {
    return await DatabaseSnapshots.open(`agemem-lab-${folder}`);
  } catch {
    return undefined;
  }
}

export class OpfsSnapshots implements SnapshotFiles {
  constructor(private readonly folder: FileSystemDirectoryHandle) {}

  async read(namespace: string): Promise<Uint8Array | undefined> {
    try {
      const handle = await this.folder.getFileHandle(fileNameOf(namespace));
      return new Uint8Array(await (await handle.getFile()).arrayBuffer());
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async write(namespace: string, parts: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
    const handle = await this.folder.getFileHandle(fileNameOf(namespace), { create: true });
    const stream = await handle.createWritable();
    try {
      for (const part of parts) await stream.write(part);
      await stream.close();
    } catch (error) {
      await stream.abort().catch(() => {});
      throw error;
    }
  }

  async remove(namespace: string): Promise<void> {
    await this.removeFile(fileNameOf(namespace));
  }

  async keepOnly(namespaces: readonly string[]): Promise<void> {
    const kept = new Set(namespaces.map(fileNameOf));
    const others: string[] = [];
    for await (const name of this.folder.keys()) if (!kept.has(name)) others.push(name);
    for (const name of others) await this.removeFile(name);
  }

  async size(): Promise<number> {
    let bytes = 0;
    for await (const handle of this.folder.values()) {
      if (handle.kind === 'file') bytes += (await (handle as FileSystemFileHandle).getFile()).size;
    }
    return bytes;
  }

  private async removeFile(name: string): Promise<void> {
    try {
      await this.folder.removeEntry(name);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

const STORE = 'snapshots';

export class DatabaseSnapshots implements SnapshotFiles {
  private constructor(private readonly database: IDBPDatabase) {}

  static async open(name: string): Promise<DatabaseSnapshots> {
    const database = await openDB(name, 1, {
      upgrade: (created) => {
        created.createObjectStore(STORE);
      },
      blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
    });
    return new DatabaseSnapshots(database);
  }

  async read(namespace: string): Promise<Uint8Array | undefined> {
    const blob = (await this.database.get(STORE, fileNameOf(namespace))) as Blob | undefined;
    return blob && new Uint8Array(await blob.arrayBuffer());
  }

  async write(namespace: string, parts: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
    await this.database.put(STORE, new Blob([...parts]), fileNameOf(namespace));
  }

  remove(namespace: string): Promise<void> {
    return this.database.delete(STORE, fileNameOf(namespace));
  }

  async keepOnly(namespaces: readonly string[]): Promise<void> {
    const kept = new Set(namespaces.map(fileNameOf));
    const names = (await this.database.getAllKeys(STORE)) as string[];
    for (const name of names) if (!kept.has(name)) await this.database.delete(STORE, name);
  }

  async size(): Promise<number> {
    const blobs = (await this.database.getAll(STORE)) as Blob[];
    return blobs.reduce((bytes, { size }) => bytes + size, 0);
  }

  close(): void {
    this.database.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotFoundError';
}
