/**
 * Models kept in the browser's own storage (OPFS), so that they work with the network gone.
 *
 * A file is stored in pieces, each a file of its own that is written whole or not at all; so a download
 * that was interrupted goes on where it stopped, and nothing is ever copied to be extended. A manifest is written
 * first and marked complete last; what is not complete is not opened. Lengths are compared on opening, so pieces that
 * went missing are noticed.
 *
 * Pieces are used again only for the same content: same place, same lengths, same revision of every file (entity tag,
 * date or hash, see `WeightSource`) and same size of pieces. Where any differs, or a server names no revision, all is
 * fetched anew; a file that changes while it is fetched is refused.
 *
 *     models/<name>/manifest.json      {"version": 2, "from", "pieceBytes", "files": {"name": {"bytes", "revision"}},
 *                                       "complete"}
 *     models/<name>/<file>.<piece>     piece = 0, 1, …
 *
 * Names (`Qwen/Qwen3-0.6B`) are percent-encoded, as folders may not be called everything.
 */
import { EngineError, ModelFileError } from '../errors';
import { checkLength, type WeightSource } from './weight-source';
import { LoadAbortedError } from './weight-stream';

const FOLDER = 'models';
const MANIFEST = 'manifest.json';
const PIECE_BYTES = 32 * 2 ** 20;

/** The browser's storage cannot be used, or is full. */
export class ModelStoreError extends EngineError {}

interface StoredFile {
  readonly bytes: number;
  readonly revision: string | null;
}

interface Manifest {
  readonly version: 2;
  /** Where it came from, in words. */
  readonly from: string;
  readonly pieceBytes: number;
  readonly files: Readonly<Record<string, StoredFile>>;
  readonly complete: boolean;
}

export interface StoredModelEntry {
  readonly name: string;
  readonly from: string;
  /** Of all files, when complete; 0 where the manifest is lost. */
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
   * @throws ModelFileError for files that are not there or change under way, ModelStoreError when storage is full or
   *   for a name that cannot be one, LoadAbortedError; what was stored is kept for the next try
   */
  async put(
    name: string,
    source: WeightSource,
    files: readonly string[],
    control: StoreControl = {},
  ): Promise<void> {
    const found: Record<string, StoredFile> = {};
    for (const file of files)
      found[file] = await unlessAborted(control, () => lookedUp(source, file, control));
    const folder = await this.root.getDirectoryHandle(encodedName(name), { create: true });
    const { pieceBytes } = this;
    const manifest: Manifest = { version: 2, from: source.where, pieceBytes, files: found, complete: false };
    const before = await readManifest(folder);
    if (!before || !sameContent(before, manifest)) await this.emptied(folder);
    await this.write(folder, MANIFEST, encode(manifest));
    const total = bytesOf(manifest);
    let stored = 0;
    for (const [file, { bytes: size }] of Object.entries(found)) {
      for (let piece = 0; piece * pieceBytes < size; piece++) {
        if (control.signal?.aborted) throw new LoadAbortedError();
        const [start, end] = [piece * pieceBytes, Math.min(size, (piece + 1) * pieceBytes)];
        if ((await sizeOf(folder, pieceName(file, piece))) !== end - start) {
          const bytes = await unlessAborted(control, () => source.read(file, start, end, control.signal));
          await this.write(folder, pieceName(file, piece), bytes);
        }
        stored += end - start;
        control.onProgress?.(stored, total);
      }
    }
    for (const [file, { revision }] of Object.entries(found)) {
      if ((await unlessAborted(control, () => source.revision(file, control.signal))) === revision) continue;
      await this.emptied(folder);
      throw new ModelFileError(
        'file-changed',
        `${file} at ${source.where} changed while it was stored; nothing of it is kept. Load the model again.`,
      );
    }
    await this.write(folder, MANIFEST, encode({ ...manifest, complete: true }));
  }

  async list(): Promise<readonly StoredModelEntry[]> {
    const entries: StoredModelEntry[] = [];
    for await (const [encoded, handle] of this.root.entries()) {
      if (handle.kind !== 'directory') continue;
      const name = decodedName(encoded);
      const folder = handle as FileSystemDirectoryHandle;
      // What lost its manifest still takes room: it is listed, to be deleted.
      const manifest = await readManifest(folder);
      let storedBytes = 0;
      for await (const [file] of folder.entries()) {
        if (file !== MANIFEST) storedBytes += (await sizeOf(folder, file)) ?? 0;
      }
      const { from = 'unknown', complete = false } = manifest ?? {};
      entries.push({ name, from, bytes: manifest ? bytesOf(manifest) : 0, storedBytes, complete });
    }
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * A stored model to read from.
   * @throws ModelFileError if it is not stored, not complete, or pieces of it are gone
   */
  async source(name: string): Promise<WeightSource> {
    const folder = await this.root.getDirectoryHandle(encodedName(name)).catch(() => null);
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
    const { pieceBytes } = manifest;
    for (const [file, { bytes: size }] of Object.entries(manifest.files)) {
      for (let piece = 0; piece * pieceBytes < size; piece++) {
        const own = await (await folder.getFileHandle(pieceName(file, piece)).catch(() => null))?.getFile();
        if (own?.size !== Math.min(pieceBytes, size - piece * pieceBytes)) {
          throw new ModelFileError(
            'model-damaged',
            `Part ${piece} of ${file} of "${name}" is gone or cut off. Load the model again to repair it.`,
          );
        }
        pieces.set(pieceName(file, piece), own);
      }
    }
    return this.reader(name, manifest, pieces);
  }

  /** Removes a model and gives its room back; nothing happens if there is none. */
  async delete(name: string): Promise<void> {
    // Under its own name too: an earlier version did not encode all that this one does.
    for (const folder of new Set([encodedName(name), name])) {
      await this.root.removeEntry(folder, { recursive: true }).catch((error: unknown) => {
        // A name with a slash is no name of a folder: a TypeError.
        const none =
          error instanceof TypeError || (error instanceof DOMException && error.name === 'NotFoundError');
        if (!none) throw error;
      });
    }
  }

  private reader(name: string, manifest: Manifest, pieces: ReadonlyMap<string, File>): WeightSource {
    const where = `the browser's storage (${name})`;
    const { pieceBytes, files } = manifest;
    return {
      where,
      size: async (file) => files[file]?.bytes ?? null,
      revision: async (file) => files[file]?.revision ?? null,
      async read(file, start, end, signal) {
        signal?.throwIfAborted();
        const parts: Blob[] = [];
        for (let at = start; at < end; ) {
          const piece = Math.floor(at / pieceBytes);
          const last = Math.min(end, (piece + 1) * pieceBytes);
          const own = pieces.get(pieceName(file, piece));
          if (own) parts.push(own.slice(at - piece * pieceBytes, last - piece * pieceBytes));
          at = last;
        }
        const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
        return checkLength(bytes, file, start, end, where);
      },
    };
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
    return manifest.version === 2 && typeof manifest.files === 'object' ? manifest : null;
  } catch {
    // A manifest that cannot be read is as good as none: the model is stored anew.
    return null;
  }
}

async function sizeOf(folder: FileSystemDirectoryHandle, name: string): Promise<number | null> {
  const file = await folder.getFileHandle(name).catch(() => null);
  return file ? (await file.getFile()).size : null;
}

async function lookedUp(source: WeightSource, file: string, { signal }: StoreControl): Promise<StoredFile> {
  const bytes = await source.size(file, signal);
  if (bytes === null) throw new ModelFileError('file-missing', `${file} was not found at ${source.where}.`);
  return { bytes, revision: await source.revision(file, signal) };
}

async function unlessAborted<T>({ signal }: StoreControl, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw signal?.aborted ? new LoadAbortedError() : error;
  }
}

/** Whether pieces of the one are pieces of the other. What has no revision is like nothing, itself included. */
function sameContent(a: Manifest, b: Manifest): boolean {
  const names = Object.keys(a.files);
  return (
    a.from === b.from &&
    a.pieceBytes === b.pieceBytes &&
    names.length === Object.keys(b.files).length &&
    names.every((name) => {
      const [one, other] = [a.files[name], b.files[name]];
      return one.bytes === other?.bytes && one.revision !== null && one.revision === other.revision;
    })
  );
}

function bytesOf({ files }: Manifest): number {
  return Object.values(files).reduce((total, { bytes }) => total + bytes, 0);
}

/** A folder's name as it was given; one that nobody here made, as it is. */
function decodedName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/** @throws ModelStoreError for what cannot be the name of a model */
function encodedName(name: string): string {
  try {
    // A folder may not be called "." or "..".
    if (name !== '') return encodeURIComponent(name).replaceAll('.', '%2E');
  } catch {
    // Half a surrogate pair; said below.
  }
  throw new ModelStoreError(
    'model-name',
    `${JSON.stringify(name)} cannot be the name of a model. Give another.`,
  );
}

function pieceName(file: string, piece: number): string {
  return `${encodeURIComponent(file)}.${piece}`;
}
