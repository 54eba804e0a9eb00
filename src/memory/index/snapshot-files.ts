/**
 * Where saved indices lie: in a folder of files beside the database, so that opening a memory of 50,000 entries reads
 * one file of 100 MB instead of 50,000 rows. They are a cache: any of them may be missing, old or damaged at any
 * time, and rows stay the truth.
 *
 * Where the browser has no files of the site's own (pages from file://) the folder is an IndexedDB of its own.
 */
import { DatabaseFolder } from '../../storage/database-folder';
import type { Folder } from '../../storage/folder';
import { OpfsFolder } from '../../storage/opfs-folder';
import { hashText, mix } from '../hashing';

export const SNAPSHOT_FOLDER = 'index-snapshots';

/** The name of a namespace's file: namespaces may be longer than names of files. What is in it says whose it is. */
export function fileNameOf(namespace: string): string {
  const hash = hashText(namespace);
  return `${hash.toString(16)}-${mix(hash ^ hashText(`${namespace.length}/${namespace}`)).toString(16)}`;
}

/** Undefined where the browser keeps nothing at all: then every opening reads the rows. */
export async function openSnapshotFiles(path = SNAPSHOT_FOLDER): Promise<SnapshotFiles | undefined> {
  // In the background: a hundred megabytes on their way to the disk must not hold up the worker.
  const folder = (await OpfsFolder.open(path, 'background')) ?? (await DatabaseFolder.open(path));
  return folder ? new SnapshotFiles(folder) : undefined;
}

/** One file for each namespace. */
export class SnapshotFiles {
  constructor(readonly folder: Folder) {}

  /** Undefined if there is none. */
  read(namespace: string): Promise<Uint8Array | undefined> {
    return this.folder.read(fileNameOf(namespace));
  }

  /** The parts one after the other, all of them or, if it fails, what was there before. */
  write(namespace: string, parts: readonly Uint8Array[]): Promise<void> {
    return this.folder.write(fileNameOf(namespace), parts);
  }

  remove(namespace: string): Promise<void> {
    return this.folder.remove(fileNameOf(namespace));
  }

  /** Removes those of all other namespaces: what is deleted leaves no copy behind. */
  async keepOnly(namespaces: readonly string[]): Promise<void> {
    const kept = new Set(namespaces.map(fileNameOf));
    for (const { name } of await this.folder.list()) if (!kept.has(name)) await this.folder.remove(name);
  }

  /** Bytes of all. */
  async size(): Promise<number> {
    return (await this.folder.list()).reduce((sum, { bytes }) => sum + bytes, 0);
  }
}
