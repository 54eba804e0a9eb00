/** For tests in Node: a folder in memory with room for so many bytes, whose files a test may damage. */
import { StorageFullError } from './errors';
import type { Folder } from './folder';

export class FolderInMemory implements Folder {
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

  async list() {
    return [...this.files].map(([name, { length }]) => ({ name, bytes: length })).sort(byName);
  }
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
