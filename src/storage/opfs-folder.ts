/**
 * A folder in the origin private file system. It survived every damage to IndexedDB that we tried (another
 * place on the disk, other code), which is why sentinel and backups lie here.
 *
 * A file is written under a name of its own, brought to disk, then moved over the old one. Workers do so
 * through a synchronous handle, whose `flush` reaches the disk; pages through a writable stream. Where the
 * file system cannot move, the stream writes to the name itself: it also replaces as a whole when closed.
 *
 * Absent in pages from `file://`, in private windows of some browsers and without TLS: `open` gives null.
 */
import type { Folder } from './folder';
import { directoryAt, fileFailure, isNotFound, type SyncAccess, unlessPassing } from './opfs-access';

/** Names of files that are being written. A closed tab may leave one. */
const UNFINISHED = '~';
/** No file takes so long to write. Milliseconds. */
const ABANDONED_AFTER = 3_600_000;
const READ_ATTEMPTS = 3;

/** What TypeScript's types of the page leave out: workers only, or not in every browser. */
interface FileHandle extends FileSystemFileHandle {
  createSyncAccessHandle?(): Promise<SyncAccess>;
  move?(name: string): Promise<void>;
}

export class OpfsFolder implements Folder {
  private constructor(
    private readonly path: string,
    private readonly writing: 'to disk' | 'background',
  ) {}

  /**
   * Makes the folder (a path with slashes) where it is missing; null where this page may keep no files.
   * @param writing `to disk`: a worker is held up until what it writes is there. `background`: it goes on meanwhile,
   *   for large files that may be lost.
   */
  static async open(path: string, writing: 'to disk' | 'background' = 'to disk'): Promise<OpfsFolder | null> {
    // The types say that both are always there; outside secure contexts they are not.
    const storage = navigator.storage as StorageManager | undefined;
    if (!storage?.getDirectory) return null;
    try {
      const folder = new OpfsFolder(path, writing);
      await folder.#sweep();
      return folder;
    } catch (error) {
      if (error instanceof DOMException) return null;
      throw error;
    }
  }

  read(name: string): Promise<Uint8Array | undefined> {
    return this.#bytes(name);
  }

  readStart(name: string, length: number): Promise<Uint8Array | undefined> {
    return this.#bytes(name, length);
  }

  async write(name: string, parts: readonly Uint8Array[]): Promise<void> {
    const movable = 'move' in FileSystemFileHandle.prototype;
    const target = movable ? `${UNFINISHED}${crypto.randomUUID()}` : name;
    try {
      const directory = await this.#directory();
      const handle: FileHandle = await directory.getFileHandle(target, { create: true });
      const background = this.writing === 'background' && 'createWritable' in handle;
      if (movable && handle.createSyncAccessHandle && !background)
        writeThrough(await handle.createSyncAccessHandle(), parts);
      else await writeStream(handle, parts);
      // The place is taken for as long as another tab moves its own file there.
      if (movable) await unlessPassing(async () => handle.move?.(name));
    } catch (error) {
      if (movable) await this.#removeQuietly(target);
      throw fileFailure(error, `write ${JSON.stringify(name)}`);
    }
  }

  async remove(name: string): Promise<void> {
    try {
      await (await this.#directory()).removeEntry(name);
    } catch (error) {
      if (!isNotFound(error)) throw fileFailure(error, `remove ${JSON.stringify(name)}`);
    }
  }

  async list(): Promise<readonly { readonly name: string; readonly bytes: number }[]> {
    try {
      const files: { name: string; bytes: number }[] = [];
      for await (const handle of (await this.#directory()).values()) {
        if (handle.kind !== 'file' || handle.name.startsWith(UNFINISHED)) continue;
        const file = await this.#file(handle.name);
        if (file) files.push({ name: handle.name, bytes: file.size });
      }
      return files.sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      throw fileFailure(error, 'list the files');
    }
  }

  /** Found anew each time: a handle is of no more use after site data were cleared, the path is. */
  #directory(): Promise<FileSystemDirectoryHandle> {
    return directoryAt(this.path);
  }

  /** A file that another tab replaces while it is read cannot be read to its end, so the new one is. */
  async #bytes(name: string, length?: number): Promise<Uint8Array | undefined> {
    for (let attempt = 1; ; attempt++) {
      const file = await this.#file(name);
      if (!file) return undefined;
      try {
        return new Uint8Array(await file.slice(0, length).arrayBuffer());
      } catch (error) {
        if (attempt === READ_ATTEMPTS) throw fileFailure(error, `read ${JSON.stringify(name)}`);
      }
    }
  }

  async #file(name: string): Promise<File | undefined> {
    try {
      return await (await (await this.#directory()).getFileHandle(name)).getFile();
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw fileFailure(error, `read ${JSON.stringify(name)}`);
    }
  }

  /** Unfinished files of tabs that were closed. */
  async #sweep(): Promise<void> {
    for await (const { kind, name } of (await this.#directory()).values()) {
      if (kind !== 'file' || !name.startsWith(UNFINISHED)) continue;
      const file = await this.#file(name);
      if (file && Date.now() - file.lastModified > ABANDONED_AFTER) await this.#removeQuietly(name);
    }
  }

  /** What cannot be removed now is swept another time. */
  async #removeQuietly(name: string): Promise<void> {
    await this.#directory()
      .then((directory) => directory.removeEntry(name))
      .catch(() => undefined);
  }
}

function writeThrough(access: SyncAccess, parts: readonly Uint8Array[]): void {
  try {
    let at = 0;
    for (const part of parts) {
      const written = access.write(part, { at });
      if (written !== part.length) throw new DOMException('a short write', 'QuotaExceededError');
      at += written;
    }
    access.flush();
  } finally {
    access.close();
  }
}

async function writeStream(handle: FileSystemFileHandle, parts: readonly Uint8Array[]): Promise<void> {
  const stream = await handle.createWritable();
  try {
    // A stream takes no views into shared memory, and the types know it.
    for (const part of parts) {
      const { buffer } = part;
      await stream.write(
        buffer instanceof ArrayBuffer ? (part as Uint8Array<ArrayBuffer>) : new Uint8Array(part),
      );
    }
    await stream.close();
  } catch (error) {
    await stream.abort().catch(() => undefined);
    throw error;
  }
}
