/**
 * Models kept in the browser's own storage (OPFS), so that they work with the network gone.
 *
 * A file is stored in pieces, each a file of its own that is written whole or not at all; so a download
 * that was interrupted goes on where it stopped, and nothing is ever copied to be extended. A manifest is written
 * first and marked complete last; what is not complete is not opened. Lengths are compared on opening, so pieces that
 * went missing are noticed; where the hash of a file is known beforehand, it is compared once, as the bytes go by.
 *
 * Pieces are used again only for the same content: same place, same lengths, same revision of every file (entity tag,
 * date or hash, see `WeightSource`) and same size of pieces. Where any differs, or a server names no revision, all is
 * fetched anew; a file that changes while it is fetched is refused.
 *
 *     models/<name>/manifest.json      {"version": 2, "from", "pieceBytes", "files": {"name": {"bytes", "revision"}},
 *                                       "complete"}
 *     models/<name>/<file>.<piece>     piece = 0, 1, …
 *     models/<name>/notes.json         whatever its owner wants to know of it
 */
import { ModelFileError } from '../errors';
import { Sha256 } from './sha256';
import {
  bytesOf,
  decodedName,
  encodedName,
  encodeJson,
  MANIFEST,
  type Manifest,
  ModelStoreError,
  NOTES,
  pieceName,
  readJson,
  readManifest,
  type StoredFile,
  sameContent,
  sizeOf,
  whileThere,
} from './stored-manifest';
import { checkLength, cutOff, type WeightSource } from './weight-source';
import { LoadAbortedError } from './weight-stream';

export { ModelStoreError } from './stored-manifest';

const FOLDER = 'models';
/** What is lost of a file when its download stops. */
const PIECE_BYTES = 8 * 2 ** 20;

/** What came is not what was meant; nothing of the file is kept. */
export class FileHashError extends ModelFileError {
  constructor(
    readonly file: string,
    where: string,
  ) {
    super(
      'file-hash',
      `${file} from ${where} is not the file that was meant: its SHA-256 is another. It was altered or damaged on the way.`,
    );
  }
}

export interface StoredModelEntry {
  readonly name: string;
  readonly from: string;
  /** Of all files, when complete; 0 where the manifest is lost. */
  readonly bytes: number;
  readonly storedBytes: number;
  readonly complete: boolean;
  /** As they were given to `note`; left out where there are none. */
  readonly notes?: unknown;
}

export interface StoreControl {
  readonly signal?: AbortSignal;
  /** `file`: the one under way. */
  readonly onProgress?: (storedBytes: number, totalBytes: number, file: string) => void;
  /** SHA-256 of a file, hexadecimal; null where it is not known. */
  readonly sha256?: (file: string) => string | null;
}

export class ModelStore {
  private constructor(
    private readonly root: FileSystemDirectoryHandle,
    private readonly pieceBytes: number,
  ) {}

  /**
   * @param storage whose directory holds the folder of models. Default: the page's own
   * @throws ModelStoreError where the browser gives no storage (private windows, pages opened from a file)
   */
  static async open(
    pieceBytes = PIECE_BYTES,
    storage?: Pick<StorageManager, 'getDirectory'>,
  ): Promise<ModelStore> {
    try {
      const root = await (storage ?? navigator.storage).getDirectory();
      return new ModelStore(await root.getDirectoryHandle(FOLDER, { create: true }), pieceBytes);
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
    const from = source.where;
    let manifest: Manifest = { version: 2, from, pieceBytes, files: found, complete: false };
    const before = await readManifest(folder);
    if (before && sameContent(before, manifest)) manifest = { ...before, complete: false };
    else await this.emptied(folder);
    await this.write(folder, MANIFEST, encodeJson(manifest));
    const total = bytesOf(manifest);
    let stored = 0;
    for (const [file, facts] of Object.entries(manifest.files)) {
      const wanted = control.sha256?.(file)?.toLowerCase() ?? null;
      const hash = wanted === null || facts.checked ? null : new Sha256();
      await this.fill(folder, source, { file, bytes: facts.bytes, hash }, control.signal, (done) =>
        control.onProgress?.(stored + done, total, file),
      );
      if (hash) {
        if (hash.digest() !== wanted) {
          await this.emptied(folder, `${encodeURIComponent(file)}.`);
          throw new FileHashError(file, from);
        }
        manifest = { ...manifest, files: { ...manifest.files, [file]: { ...facts, checked: true } } };
        await this.write(folder, MANIFEST, encodeJson(manifest));
      }
      stored += facts.bytes;
    }
    for (const [file, { revision }] of Object.entries(found)) {
      if ((await unlessAborted(control, () => source.revision(file, control.signal))) === revision) continue;
      await this.emptied(folder);
      throw new ModelFileError(
        'file-changed',
        `${file} at ${source.where} changed while it was stored; nothing of it is kept. Load the model again.`,
      );
    }
    await this.write(folder, MANIFEST, encodeJson({ ...manifest, complete: true }));
  }

  /** Notes kept with a model, stored or not: JSON, whole or not at all. @throws ModelStoreError */
  async note(name: string, notes: unknown): Promise<void> {
    const folder = await this.root.getDirectoryHandle(encodedName(name), { create: true });
    await this.write(folder, NOTES, encodeJson(notes));
  }

  async list(): Promise<readonly StoredModelEntry[]> {
    const entries: StoredModelEntry[] = [];
    for await (const [encoded, handle] of this.root.entries()) {
      if (handle.kind !== 'directory') continue;
      const name = decodedName(encoded);
      const folder = handle as FileSystemDirectoryHandle;
      // What lost its manifest still takes room: it is listed, to be deleted.
      const manifest = await readManifest(folder);
      const storedBytes = await whileThere(null, () => bytesIn(folder));
      // Deleted by another tab meanwhile.
      if (storedBytes === null) continue;
      const { from = 'unknown', complete = false } = manifest ?? {};
      const notes = await readJson(folder, NOTES);
      entries.push({ name, from, bytes: manifest ? bytesOf(manifest) : 0, storedBytes, complete, notes });
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
          // So that it is listed as what it is, and what is missing is fetched.
          await this.write(folder, MANIFEST, encodeJson({ ...manifest, complete: false }));
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

  /** Removes its files and gives their room back; its notes stay. Nothing happens if there is none. */
  async clear(name: string): Promise<void> {
    const folder = await this.root.getDirectoryHandle(encodedName(name)).catch(() => null);
    if (folder) await this.emptied(folder);
  }

  /** Removes a model with its notes and gives its room back; nothing happens if there is none. */
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

  /**
   * Stores what is missing of a file. What is there already is read only if it is to be hashed.
   * @param tell bytes of the file that are there
   */
  private async fill(
    folder: FileSystemDirectoryHandle,
    source: WeightSource,
    { file, bytes: size, hash }: { file: string; bytes: number; hash: Sha256 | null },
    signal: AbortSignal | undefined,
    tell: (done: number) => void,
  ): Promise<void> {
    const { pieceBytes } = this;
    const endOf = (piece: number) => Math.min(size, (piece + 1) * pieceBytes);
    const isThere = async (piece: number) =>
      (await sizeOf(folder, pieceName(file, piece))) === endOf(piece) - piece * pieceBytes;
    for (let piece = 0; piece * pieceBytes < size; ) {
      if (signal?.aborted) throw new LoadAbortedError();
      if (await isThere(piece)) {
        if (hash) {
          const own = await (await folder.getFileHandle(pieceName(file, piece))).getFile();
          hash.update(new Uint8Array(await own.arrayBuffer()));
        }
        tell(endOf(piece));
        piece++;
        continue;
      }
      const first = piece;
      while (piece * pieceBytes < size && !(await isThere(piece))) piece++;
      const [start, end] = [first * pieceBytes, endOf(piece - 1)];
      await unlessAborted({ signal }, async () => {
        let at = start;
        let buffer = new Uint8Array(Math.min(pieceBytes, end - start));
        for await (const chunk of bytesFrom(source, file, start, end, pieceBytes, signal)) {
          if (at + chunk.length > end)
            throw cutOff(at + chunk.length - start, file, start, end, source.where);
          for (let from = 0; from < chunk.length; ) {
            const own = at % pieceBytes;
            const part = chunk.subarray(from, from + Math.min(chunk.length - from, buffer.length - own));
            buffer.set(part, own);
            hash?.update(part);
            at += part.length;
            from += part.length;
            if (own + part.length < buffer.length) continue;
            await this.write(folder, pieceName(file, Math.floor((at - 1) / pieceBytes)), buffer);
            buffer = new Uint8Array(Math.min(pieceBytes, end - at));
          }
          tell(at);
        }
        if (at !== end) throw cutOff(at - start, file, start, end, source.where);
      });
    }
  }

  /** @param start only what is called so; left out: all but the notes */
  private async emptied(folder: FileSystemDirectoryHandle, start = ''): Promise<void> {
    const names: string[] = [];
    for await (const [file] of folder.entries()) names.push(file);
    for (const file of names) if (file !== NOTES && file.startsWith(start)) await folder.removeEntry(file);
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

/** Of all pieces. */
async function bytesIn(folder: FileSystemDirectoryHandle): Promise<number | null> {
  let bytes = 0;
  for await (const [file] of folder.entries()) {
    if (file !== MANIFEST && file !== NOTES) bytes += (await sizeOf(folder, file)) ?? 0;
  }
  return bytes;
}

/** Exactly the bytes start .. end - 1, as they come. */
async function* bytesFrom(
  source: WeightSource,
  file: string,
  start: number,
  end: number,
  pieceBytes: number,
  signal?: AbortSignal,
): AsyncIterable<Uint8Array> {
  if (source.stream) return yield* source.stream(file, start, end, signal);
  for (let at = start; at < end; at += pieceBytes) {
    if (signal?.aborted) throw new LoadAbortedError();
    yield await source.read(file, at, Math.min(end, at + pieceBytes), signal);
  }
}

async function lookedUp(source: WeightSource, file: string, { signal }: StoreControl): Promise<StoredFile> {
  const bytes = await source.size(file, signal);
  if (bytes === null) throw new ModelFileError('file-missing', `${file} was not found at ${source.where}.`);
  return { bytes, revision: await source.revision(file, signal) };
}

async function unlessAborted<T>({ signal }: Pick<StoreControl, 'signal'>, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw signal?.aborted ? new LoadAbortedError() : error;
  }
}
