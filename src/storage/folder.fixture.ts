/** For tests: a folder in memory with room for so many bytes, whose files a test may damage. */
import { StorageFullError } from './errors';
import type { Folder } from './folder';
import type { GrowingFile, GrowingFiles } from './growing-file';

export class FolderInMemory implements Folder, GrowingFiles {
  readonly files = new Map<string, Uint8Array>();
  room = Number.POSITIVE_INFINITY;

  async read(name: string) {
    return this.files.get(name);
  }

  async readStart(name: string, length: number) {
    return this.files.get(name)?.slice(0, length);
  }

  async write(name: string, parts: readonly Uint8Array[]) {
    const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
    const others = [...this.files].filter(([other]) => other !== name);
    const used = others.reduce((sum, [, { length }]) => sum + length, 0);
    if (used + bytes.length > this.room) throw new StorageFullError('storage-full', 'no room');
    this.files.set(name, bytes);
  }

  async remove(name: string) {
    this.files.delete(name);
  }

  /** Bytes that were brought to disk, one number for each time. */
  readonly flushed: number[] = [];

  async open<Result>(name: string, body: (file: GrowingFile) => Result | Promise<Result>): Promise<Result> {
    if (!this.files.has(name)) this.files.set(name, new Uint8Array());
    const bytes = () => this.files.get(name) ?? new Uint8Array();
    const put = (size: number, at: number, given: Uint8Array) => {
      const next = new Uint8Array(size);
      next.set(bytes().subarray(0, size));
      next.set(given, at);
      this.files.set(name, next);
    };
    return body({
      get size() {
        return bytes().length;
      },
      read: (at, length) => bytes().slice(at, at + length),
      write: (at, given) => {
        if (at + given.length > this.room) throw new StorageFullError('storage-full', 'no room');
        put(Math.max(bytes().length, at + given.length), at, given);
      },
      cut: (size) => put(size, 0, new Uint8Array()),
      flush: () => {
        this.flushed.push(bytes().length);
      },
    });
  }

  async list() {
    return [...this.files].map(([name, { length }]) => ({ name, bytes: length })).sort(byName);
  }
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
