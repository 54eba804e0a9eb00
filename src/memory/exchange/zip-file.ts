/**
 * The zip in which a memory travels with its journal. Writing and inflating are fflate's; the directory is
 * read here, because nothing in a file from elsewhere may be believed before it is checked:
 *
 *     local header, bytes | local header, bytes | … | central directory | end record
 *
 * Files are named by the central directory, at the end. Refused with words: names with folders or a way out
 * of them, equal names, encryption, zip64, methods other than stored and deflate, files that overlap (one
 * block of bytes unpacked many times is how the worst zip bombs work), more than `LIMITS.zipFiles` files,
 * sizes over `LIMITS.fileBytes`, a ratio over `LIMITS.zipRatio`. Inflating goes by small pieces and stops
 * where more comes out than was declared, so a lie about the size costs no memory; the CRC is checked.
 *
 * Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12, 4.3.16; D. Fifield, "A better zip bomb" (2019).
 */
import { Inflate, zipSync } from 'fflate';
import { crc32 } from '../../storage/checksum';
import { ImportFileError } from './errors';
import { grouped, LIMITS, megabytes } from './limits';

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;
/** Deflate makes at most 1,032 bytes of one, so a piece becomes at most 4 MB before it is looked at. */
const PIECE = 4096;

/** Is this a zip, as its first bytes say? */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

/**
 * Equal files give an equal zip: no time, no machine. What would unpack to more than `LIMITS.zipRatio` times
 * its size (a memory full of one letter) is stored as it is, so that the zip can be read back.
 */
export function writeZip(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  // Zip has local times without a zone; the first that it can express, in whatever zone, is written alike.
  const mtime = new Date(1980, 0, 1);
  const packed = zipSync({ ...files }, { mtime, level: 6, os: 0 });
  const size = Object.values(files).reduce((sum, file) => sum + file.length, 0);
  return isSuspicious(size, packed.length) ? zipSync({ ...files }, { mtime, level: 0, os: 0 }) : packed;
}

function isSuspicious(unpacked: number, packed: number): boolean {
  return unpacked > LIMITS.zipFreeBytes && unpacked > packed * LIMITS.zipRatio;
}

interface ZipFile {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: Uint8Array;
  readonly size: number;
  /** Where its local header begins and its bytes end. */
  readonly from: number;
  readonly to: number;
}

/** Name to contents. Throws `ImportFileError` for anything that is not a small, plain, whole zip. */
export function readZip(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const files = readDirectory(bytes);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (size > LIMITS.zipBytes) throw tooLarge('What is', size, LIMITS.zipBytes);
  if (isSuspicious(size, bytes.length)) {
    throw new ImportFileError(
      'zip-ratio',
      `The zip says it unpacks to ${grouped(Math.round(size / bytes.length))} times its size, which is how zip bombs look. Unpack it yourself, if you trust it, and import the file in it.`,
    );
  }
  return new Map(files.map((file) => [file.name, unpack(file)]));
}

function readDirectory(bytes: Uint8Array): readonly ZipFile[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  const size = view.getUint32(end + 12, true);
  const start = view.getUint32(end + 16, true);
  if (count > LIMITS.zipFiles) {
    throw new ImportFileError(
      'zip-files',
      `The zip holds ${grouped(count)} files; at most ${LIMITS.zipFiles} are read. Import the one with the memories alone.`,
    );
  }
  if (view.getUint16(end + 4, true) !== 0 || start === 0xffffffff || start + size > end) throw damaged();
  const files: ZipFile[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== CENTRAL) throw damaged();
    const lengths = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const next = at + 46 + lengths[0] + lengths[1] + lengths[2];
    if (next > end) throw damaged();
    files.push(readFile(bytes, view, at, start));
    at = next;
  }
  checkNames(files);
  checkOverlaps(files);
  return files;
}

/** The end record: the last one whose comment reaches exactly to the end of the file. */
function findEnd(view: DataView): number {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= 0 && at >= last - LONGEST_COMMENT; at--) {
    if (
      view.getUint32(at, true) === END &&
      at + END_BYTES + view.getUint16(at + 20, true) === view.byteLength
    ) {
      return at;
    }
  }
  throw damaged();
}

/** The file that the directory record at `at` tells of. */
function readFile(bytes: Uint8Array, view: DataView, at: number, directory: number): ZipFile {
  const name = readName(bytes.subarray(at + 46, at + 46 + view.getUint16(at + 28, true)));
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const crc = view.getUint32(at + 16, true);
  const packedSize = view.getUint32(at + 20, true);
  const size = view.getUint32(at + 24, true);
  const from = view.getUint32(at + 42, true);
  if (flags & ENCRYPTED || (method !== STORED && method !== DEFLATED)) {
    throw new ImportFileError(
      'zip-method',
      `${quoted(name)} in the zip is encrypted or packed in a way this page cannot read. Unpack it yourself and import the file.`,
    );
  }
  if (size > LIMITS.fileBytes) throw tooLarge(quoted(name), size, LIMITS.fileBytes);
  if (from + 30 > directory || view.getUint32(from, true) !== LOCAL) throw damaged();
  const begin = from + 30 + view.getUint16(from + 26, true) + view.getUint16(from + 28, true);
  const to = begin + packedSize;
  if (to > directory) throw damaged();
  return { name, method, crc, packed: bytes.subarray(begin, to), size, from, to };
}

function readName(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw damaged();
  }
}

function checkNames(files: readonly ZipFile[]): void {
  const seen = new Set<string>();
  for (const { name } of files) {
    if (/[/\\:\0]/.test(name) || name === '' || name === '.' || name === '..') {
      throw new ImportFileError(
        'zip-path',
        `The zip holds ${quoted(name)}; files in folders, or with a path, are not read. Put the files into the zip without folders.`,
      );
    }
    if (seen.has(name)) {
      throw new ImportFileError(
        'zip-duplicate',
        `The zip holds ${quoted(name)} twice, and which one counts nobody can say. Pack it again.`,
      );
    }
    seen.add(name);
  }
}

function checkOverlaps(files: readonly ZipFile[]): void {
  const inPlace = [...files].sort((a, b) => a.from - b.from);
  if (inPlace.some((file, i) => i > 0 && file.from < inPlace[i - 1].to)) {
    throw new ImportFileError(
      'zip-overlap',
      'Two files of the zip use the same bytes, which is how zip bombs are made. It is not read.',
    );
  }
}

function unpack(file: ZipFile): Uint8Array {
  const contents = file.method === STORED ? file.packed : inflate(file);
  if (contents.length !== file.size || crc32(contents) !== file.crc) throw damaged();
  return contents;
}

function inflate({ name, packed, size }: ZipFile): Uint8Array {
  const contents = new Uint8Array(size);
  let length = 0;
  const stream = new Inflate((piece) => {
    if (length + piece.length > size) {
      throw new ImportFileError(
        'zip-size',
        `${quoted(name)} in the zip unpacks to more than the ${grouped(size)} bytes it declares. It is not read.`,
      );
    }
    contents.set(piece, length);
    length += piece.length;
  });
  try {
    for (let at = 0; at < packed.length || at === 0; at += PIECE) {
      stream.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length);
    }
  } catch (error) {
    if (error instanceof ImportFileError) throw error;
    throw damaged(error);
  }
  return contents.subarray(0, length);
}

function tooLarge(what: string, size: number, limit: number): ImportFileError {
  return new ImportFileError(
    'zip-size',
    `${what} in the zip unpacks to ${megabytes(size)}; ${megabytes(limit)} are the limit. Divide it.`,
  );
}

/** A name from a file may be long and hold anything. */
function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}

function damaged(cause?: unknown): ImportFileError {
  return new ImportFileError(
    'zip-damaged',
    'The zip is damaged or cut short. Get it again, or unpack it yourself and import the file in it.',
    { cause },
  );
}
