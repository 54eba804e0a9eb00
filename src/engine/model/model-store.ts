/**
 * Models kept in the browser's own storage (OPFS), so that they work with the network gone.
 *
 * A file is stored in pieces, each a file of its own that is written whole or not at all; so a download
 * that was interrupted goes on where it stopped, and nothing is ever copied to be extended. A manifest with
 * the lengths is written first and marked complete last; what is not complete is not opened. Lengths are
 * compared on opening, so pieces that went missing are noticed.
 *
 *     models/<name>/manifest.json      {"version": 1, "from", "files": {"name": bytes}, "complete"}
 *     models/<name>/<file>.<piece>     piece = 0, 1, …
 */
import { EngineError, ModelFileError } from '../errors';
import { checkLength, type WeightSource } from './weight-source';
import { LoadAbortedError } from './weight-stream';

const FOLDER = 'models';
const MANIFEST = 'manifest.json';
const PIECE_BYTES = 32 * 2 ** 20;

/** The browser's storage cannot be used, or is full. */
export class ModelStoreError extends EngineError {}

interface Manifest {
  readonly version: 1;
  /** Where it came from, in words. */
  readonly from: string;
  readonly files: Readonly<Record<string, number>>;
  readonly complete: boolean;
}

export interface StoredModelEntry {
  readonly name: string;
  readonly from: string;
  /** Of all files, when complete. */
  readonly bytes: number;
  readonly storedBytes: number;
  readonly complete: boolean;
}

export interface StoreControl {
  readonly signal?: AbortSignal;
  readonly onProgress?: (storedBytes: number, totalBytes: number) => void;
}

export class ModelStore {
  private constructor(
    private readonly root: FileSystemDirectoryHandle,
    private readonly pieceBytes: number,
  ) {}

  /** @throws ModelStoreError where the browser gives no storage (private windows, pages opened from a file) */
  static async open(pieceBytes = PIECE_BYTES): Promise<ModelStore> {
    try {
      const storage = await navigator.storage.getDirectory();
      return new ModelStore(await storage.getDirectoryHandle(FOLDER, { create: true }), pieceBytes);
    } catch (cause) {
      throw new ModelStoreError(
        'no-storage',
        'This browser gives the page no storage of its own (a private window, or a page opened from a file). ' +
          'Models can be used, but not kept.',
        { cause },
      );
    }
  }

  /**
   * Stores files of a source under a name, going on where an earlier try stopped.
   * @throws ModelFileError for files that are not there or changed since, ModelStoreError when storage is full,
   *   LoadAbortedError; what was stored is kept for the next try
   */
  async put(
    name: string,
    source: WeightSource,
    files: readonly string[],
    control: StoreControl = {},
  ): Promise<void> {
    const sizes: Record<string, number> = {};
    for (const file of files) {
      const size = await source.size(file, control.signal);
      if (size === null)
        throw new ModelFileError('file-missing', `${file} was not found at ${source.where}.`);
      sizes[file] = size;
    }
    const folder = await this.root.getDirectoryHandle(name, { create: true });
    const before = await readManifest(folder);
    if (before && !sameFiles(before.files, sizes)) await this.emptied(folder);
    const manifest: Manifest = { version: 1, from: source.where, files: sizes, complete: false };
    await this.write(folder, MANIFEST, encode(manifest));
    const total = sum(Object.values(sizes));
    let stored = 0;
    for (const [file, size] of Object.entries(sizes)) {
      for (let piece = 0; piece * this.pieceBytes < size; piece++) {
        if (control.signal?.aborted) throw new LoadAbortedError();
        const [start, end] = [piece * this.pieceBytes, Math.min(size, (piece + 1) * this.pieceBytes)];
        if ((await sizeOf(folder, `${file}.${piece}`)) !== end - start) {
          await this.write(folder, `${file}.${piece}`, await this.fetched(source, file, start, end, control));
        }
        stored += end - start;
        control.onProgress?.(stored, total);
      }
    }
    await this.write(folder, MANIFEST, encode({ ...manifest, complete: true }));
  }

  async list(): Promise<readonly StoredModelEntry[]> {
    const entries: StoredModelEntry[] = [];
    for await (const [name, handle] of this.root.entries()) {
      if (handle.kind !== 'directory') continue;
      const folder = handle as FileSystemDirectoryHandle;
      const manifest = await readManifest(folder);
      if (!manifest) continue;
      let storedBytes = 0;
      for await (const [file] of folder.entries()) {
        if (file !== MANIFEST) storedBytes += (await sizeOf(folder, file)) ?? 0;
      }
      const bytes = sum(Object.values(manifest.files));
      entries.push({ name, from: manifest.from, bytes, storedBytes, complete: manifest.complete });
    }
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * A stored model to read from.
   * @throws ModelFileError if it is not stored, not complete, or pieces of it are gone
   */
  async source(name: string): Promise<WeightSource> {
    const folder = await this.root.getDirectoryHandle(name).catch(() => null);
    const manifest = folder && (await readManifest(folder));
    if (!folder || !manifest) {
      throw new ModelFileError('model-not-stored', `"${name}" is not kept in this browser. Load it anew.`);
    }
    if (!manifest.complete) {
      throw new ModelFileError(
        'model-incomplete',
        `"${name}" was not stored to its end. Load it again: what is there already is not fetched twice.`,
      );
    }
    const pieces = new Map<string, File>();
    for (const [file, size] of Object.entries(manifest.files)) {
      for (let piece = 0; piece * this.pieceBytes < size; piece++) {
        const own = await (await folder.getFileHandle(`${file}.${piece}`).catch(() => null))?.getFile();
        if (own?.size !== Math.min(this.pieceBytes, size - piece * this.pieceBytes)) {
          throw new ModelFileError(
            'model-damaged',
            `Part ${piece} of ${file} of "${name}" is gone or cut off. Load the model again to repair it.`,
          );
        }
        pieces.set(`${file}.${piece}`, own);
      }
    }
    return this.reader(name, manifest, pieces);
  }

  /** Removes a model and gives its room back; nothing happens if there is none. */
  async delete(name: string): Promise<void> {
    await this.root.removeEntry(name, { recursive: true }).catch((error: unknown) => {
      if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
    });
  }

  private reader(name: string, manifest: Manifest, pieces: ReadonlyMap<string, File>): WeightSource {
    const where = `the browser's storage (${name})`;
    const { pieceBytes } = this;
    return {
      where,
      size: async (file) => manifest.files[file] ?? null,
      async read(file, start, end, signal) {
        signal?.throwIfAborted();
        const parts: Blob[] = [];
        for (let at = start; at < end; ) {
          const piece = Math.floor(at / pieceBytes);
          const last = Math.min(end, (piece + 1) * pieceBytes);
          const own = pieces.get(`${file}.${piece}`);
          if (own) parts.push(own.slice(at - piece * pieceBytes, last - piece * pieceBytes));
          at = last;
        }
        const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
        return checkLength(bytes, file, start, end, where);
      },
    };
  }

  private async fetched(
    source: WeightSource,
    file: string,
    start: number,
    end: number,
    { signal }: StoreControl,
  ): Promise<Uint8Array> {
    try {
      return await source.read(file, start, end, signal);
    } catch (error) {
      throw signal?.aborted ? new LoadAbortedError() : error;
    }
  }

  private async emptied(folder: FileSystemDirectoryHandle): Promise<void> {
    const names: string[] = [];
    for await (const [file] of folder.entries()) names.push(file);
    for (const file of names) await folder.removeEntry(file);
  }

  /** Whole or not at all: a writable's bytes take effect when it is closed. */
  private async write(folder: FileSystemDirectoryHandle, name: string, bytes: Uint8Array): Promise<void> {
    try {
      const file = await folder.getFileHandle(name, { create: true });
      const writable = await file.createWritable();
      await writable.write(bytes.slice());
      await writable.close();
    } catch (cause) {
      if (!(cause instanceof DOMException && cause.name === 'QuotaExceededError')) throw cause;
      throw new ModelStoreError(
        'storage-full',
        `The browser's storage is full: ${name} did not fit. Delete a stored model or free disk space, then go on: ` +
          'what is there already is kept.',
        { cause },
      );
    }
  }
}

function encode(manifest: Manifest): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(manifest));
}

async function readManifest(folder: FileSystemDirectoryHandle): Promise<Manifest | null> {
  const file = await folder.getFileHandle(MANIFEST).catch(() => null);
  if (!file) return null;
  try {
    const manifest = JSON.parse(await (await file.getFile()).text()) as Manifest;
    return manifest.version === 1 && typeof manifest.files === 'object' ? manifest : null;
  } catch {
    // A manifest that cannot be read is as good as none: the model is stored anew.
    return null;
  }
}

async function sizeOf(folder: FileSystemDirectoryHandle, name: string): Promise<number | null> {
  const file = await folder.getFileHandle(name).catch(() => null);
  return file ? (await file.getFile()).size : null;
}

function sameFiles(a: Manifest['files'], b: Manifest['files']): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
