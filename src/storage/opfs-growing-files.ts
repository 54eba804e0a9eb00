/**
 * Growing files in the origin private file system, through synchronous handles, which only workers have. A handle is
 * held for as long as the body runs: opening and closing it takes 0.2 ms, and so tabs can take turns.
 */
import { StorageFullError } from './errors';
import type { GrowingFile, GrowingFiles } from './growing-file';
import { directoryAt, fileFailure, isNotFound, isTaken } from './opfs-folder';

const ATTEMPTS = 100;
/** Milliseconds. */
const PAUSE = 10;

/** What TypeScript's types of the page leave out: workers only. */
interface FileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncAccess>;
}

interface SyncAccess {
  getSize(): number;
  read(bytes: Uint8Array, options: { readonly at: number }): number;
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

export class OpfsGrowingFiles implements GrowingFiles {
  #directory: FileSystemDirectoryHandle | undefined;

  private constructor(private readonly path: string) {}

  /** In the folder of this path; null where this program has no synchronous handles, or may keep no files. */
  static async open(path: string): Promise<OpfsGrowingFiles | null> {
    if (typeof FileSystemFileHandle === 'undefined') return null;
    if (!('createSyncAccessHandle' in FileSystemFileHandle.prototype)) return null;
    try {
      await directoryAt(path);
      return new OpfsGrowingFiles(path);
    } catch (error) {
      if (error instanceof DOMException) return null;
      throw error;
    }
  }

  async open<Result>(name: string, body: (file: GrowingFile) => Result | Promise<Result>): Promise<Result> {
    let access: SyncAccess;
    try {
      access = await this.#access(name);
    } catch (error) {
      throw fileFailure(error, `open ${JSON.stringify(name)}`);
    }
    try {
      return await body(new OpenFile(access, name));
    } finally {
      access.close();
    }
  }

  async #access(name: string): Promise<SyncAccess> {
    for (let attempt = 1; ; attempt++) {
      try {
        this.#directory ??= await directoryAt(this.path);
        // Found anew each time: Chromium opens what was removed meanwhile, and then it has no size.
        const handle = await this.#directory.getFileHandle(name, { create: true });
        return await (handle as FileHandle).createSyncAccessHandle();
      } catch (error) {
        // Site data were cleared: the path is still good.
        this.#directory = undefined;
        if (attempt === ATTEMPTS || !(isNotFound(error) || isTaken(error))) throw error;
        if (isTaken(error)) await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    }
  }
}

class OpenFile implements GrowingFile {
  constructor(
    private readonly access: SyncAccess,
    private readonly name: string,
  ) {}

  get size(): number {
    return this.access.getSize();
  }

  read(at: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - at)));
    return this.#do('read', () => bytes.subarray(0, this.access.read(bytes, { at })));
  }

  write(at: number, bytes: Uint8Array): void {
    this.#do('write', () => {
      if (this.access.write(bytes, { at }) === bytes.length) return;
      throw new StorageFullError(
        'storage-full',
        `There is no room left in the browser's storage for this site, so it could not write ${JSON.stringify(this.name)}. Delete backups, checkpoints or memories that are no longer needed, or free some disk space.`,
      );
    });
  }

  cut(size: number): void {
    this.#do('cut', () => this.access.truncate(size));
  }

  flush(): void {
    this.#do('write', () => this.access.flush());
  }

  #do<Result>(what: string, body: () => Result): Result {
    try {
      return body();
    } catch (error) {
      throw fileFailure(error, `${what} ${JSON.stringify(this.name)}`);
    }
  }
}
