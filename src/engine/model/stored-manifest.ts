/**
 * What lies beside the pieces of a stored model (`model-store.ts`): the manifest that says which files they are of, and
 * the names under which folders and pieces are kept. Names (`Qwen/Qwen3-0.6B`) are percent-encoded, as folders may not be
 * called everything.
 */
import { EngineError } from '../errors';

export const MANIFEST = 'manifest.json';
/** JSON that whoever stores models keeps with one; no part of it. */
export const NOTES = 'notes.json';

/** The browser's storage cannot be used, or is full. */
export class ModelStoreError extends EngineError {}

export interface StoredFile {
  readonly bytes: number;
  readonly revision: string | null;
  /** All of it came, and its hash was the one that was wanted. */
  readonly checked?: boolean;
}

export interface Manifest {
  readonly version: 2;
  /** Where it came from, in words. */
  readonly from: string;
  readonly pieceBytes: number;
  readonly files: Readonly<Record<string, StoredFile>>;
  readonly complete: boolean;
}

export function encodeJson(json: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(json));
}

/** Null where there is none, or one that cannot be read: the model is stored anew. */
export async function readManifest(folder: FileSystemDirectoryHandle): Promise<Manifest | null> {
  const manifest = (await readJson(folder, MANIFEST)) as Manifest | undefined;
  return manifest?.version === 2 && typeof manifest.files === 'object' ? manifest : null;
}

/** Undefined where there is none, or what is there is no JSON. */
export async function readJson(folder: FileSystemDirectoryHandle, name: string): Promise<unknown> {
  const file = await folder.getFileHandle(name).catch(() => null);
  if (!file) return undefined;
  try {
    return JSON.parse(await (await file.getFile()).text()) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Null where there is none, or it goes away meanwhile: another tab may be writing or deleting. */
export async function sizeOf(folder: FileSystemDirectoryHandle, name: string): Promise<number | null> {
  return whileThere(null, async () => (await (await folder.getFileHandle(name)).getFile()).size);
}

/** The other value where what is read is not there, or no more. */
export async function whileThere<T>(otherwise: T, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return otherwise;
    throw error;
  }
}

/** Whether pieces of the one are pieces of the other. What has no revision is like nothing, itself included. */
export function sameContent(a: Manifest, b: Manifest): boolean {
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

export function bytesOf({ files }: Manifest): number {
  return Object.values(files).reduce((total, { bytes }) => total + bytes, 0);
}

/** A folder's name as it was given; one that nobody here made, as it is. */
export function decodedName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/** @throws ModelStoreError for what cannot be the name of a model */
export function encodedName(name: string): string {
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

export function pieceName(file: string, piece: number): string {
  return `${encodeURIComponent(file)}.${piece}`;
}
