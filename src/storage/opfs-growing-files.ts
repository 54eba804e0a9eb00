/**
 * Growing files in the origin private file system, through synchronous handles, which only workers have. A handle is
 * held for as long as the body runs: opening and closing it takes 0.2 ms, and so tabs can take turns.
 */
import type { GrowingFile, GrowingFiles } from './growing-file';
import {
  directoryAt,
  fileFailure,
  isNotFound,
  isTaken,
  noRoom,
  type SyncAccess,
  unlessPassing,
} from './opfs-access';

/** What a write that failed leaves; whoever reads the file finds out how far it is good. */
const IN_PART = 'It may have been changed in part.';

/** What TypeScript's types of the page leave out: workers only. */
interface FileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncAccess>;
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

  #access(name: string): Promise<SyncAccess> {
    const open = async () => {
      try {
        this.#directory ??= await directoryAt(this.path);
        // Found anew each time: Chromium opens what was removed meanwhile, and then it has no size.
        const handle = await this.#directory.getFileHandle(name, { create: true });
        return await (handle as FileHandle).createSyncAccessHandle();
      } catch (error) {
        // Site data were cleared: the path is still good.
        this.#directory = undefined;
        throw error;
      }
    };
    return unlessPassing(open, (error) => isNotFound(error) || isTaken(error));
  }
}

class OpenFile implements GrowingFile {
  constructor(
    private readonly access: SyncAccess,
    private readonly name: string,
  ) {}

  get size(): number {
    return this.#do('read', () => this.access.getSize());
  }

  read(at: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - at)));
    return this.#do('read', () => bytes.subarray(0, this.access.read(bytes, { at })));
  }

  write(at: number, bytes: Uint8Array): void {
    this.#change('write', () => {
      if (this.access.write(bytes, { at }) !== bytes.length) throw noRoom(this.#named('write'));
    });
  }

  cut(size: number): void {
    this.#change('cut', () => this.access.truncate(size));
  }

  flush(): void {
    this.#change('write', () => this.access.flush());
  }

  #change(what: string, body: () => void): void {
    this.#do(what, body, IN_PART);
  }

  #do<Result>(what: string, body: () => Result, after?: string): Result {
    try {
      return body();
    } catch (error) {
      throw fileFailure(error, this.#named(what), after);
    }
  }

  #named(what: string): string {
    return `${what} ${JSON.stringify(this.name)}`;
  }
}
