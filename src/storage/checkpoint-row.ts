/**
 * How a checkpoint lies in the object store: a head that is text with a CRC-32 of its own and names length and CRC-32
 * of every blob, so that damage anywhere is noticed before a number of it is used.
 */
import { crc32 } from './checksum';
import { CheckpointError } from './errors';

const FORMAT = 1;

export interface Checkpoint {
  /** JSON: finite numbers, strings, booleans, null, arrays, plain objects. What it holds is the caller's to check. */
  readonly meta: unknown;
  readonly blobs: Readonly<Record<string, Uint8Array>>;
}

export interface CheckpointInfo {
  readonly name: string;
  /** 1 for the first one saved under this name, then counting up. */
  readonly generation: number;
  /** Milliseconds since the epoch. */
  readonly saved: number;
  /** Of all blobs together. */
  readonly bytes: number;
}

export interface LoadedCheckpoint extends Checkpoint {
  readonly info: CheckpointInfo;
}

interface Head {
  readonly format: number;
  readonly name: string;
  readonly generation: number;
  readonly saved: number;
  readonly meta: unknown;
  readonly blobs: readonly { readonly name: string; readonly length: number; readonly crc: number }[];
}

/** A row of the object store. */
export interface Row {
  readonly name: string;
  readonly generation: number;
  /** A `Head` as JSON. */
  readonly head: string;
  readonly headCrc: number;
  readonly blobs: Readonly<Record<string, Uint8Array>>;
}

/** A checkpoint as it is about to be written: its blobs copied and summed, its description proved to be JSON. */
export interface Prepared {
  readonly name: string;
  readonly bytes: number;
  row(generation: number, saved: number): Row;
}

/** Throws `CheckpointError` for a name or a description that cannot be kept. */
export function prepare(name: string, checkpoint: Checkpoint): Prepared {
  checkName(name);
  const blobs = Object.fromEntries(
    Object.entries(checkpoint.blobs).map(([blob, bytes]) => [blob, new Uint8Array(bytes)]),
  );
  const listed = Object.entries(blobs).map(([blob, bytes]) => ({
    name: blob,
    length: bytes.length,
    crc: crc32(bytes),
  }));
  const meta: unknown = JSON.parse(jsonText(name, checkpoint.meta));
  return {
    name,
    bytes: listed.reduce((sum, { length }) => sum + length, 0),
    row: (generation, saved) =>
      withHead({ format: FORMAT, name, generation, saved, meta, blobs: listed }, blobs),
  };
}

function withHead(head: Head, blobs: Row['blobs']): Row {
  const text = JSON.stringify(head);
  return { name: head.name, generation: head.generation, head: text, headCrc: crcOfText(text), blobs };
}

/** The same checkpoint under another name and number; one whose head is damaged stays as damaged as it is. */
export function renamed(row: Row, name: string, generation: number): Row {
  if (!isHeadWhole(row)) return { ...row, name, generation };
  return withHead({ ...(JSON.parse(row.head) as Head), name, generation }, row.blobs);
}

export function checkName(name: string): void {
  if (name.trim() === '' || name.length > 200) {
    throw new CheckpointError('checkpoint-name', 'A checkpoint needs a name of 1 to 200 characters.');
  }
}

/** Throws where JSON would put null for NaN or drop a value in silence. */
function jsonText(name: string, meta: unknown): string {
  const refuse = (what: string): never => {
    throw new CheckpointError(
      'checkpoint-meta',
      `The checkpoint ${JSON.stringify(name)} was not saved: its description holds ${what}, which JSON cannot keep.`,
    );
  };
  const text = JSON.stringify(meta, (key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) refuse(`${value} at ${JSON.stringify(key)}`);
    if (
      value === undefined ||
      typeof value === 'function' ||
      typeof value === 'symbol' ||
      typeof value === 'bigint'
    ) {
      refuse(`${typeof value} at ${JSON.stringify(key)}`);
    }
    return value;
  });
  return text;
}

function crcOfText(text: string): number {
  return crc32(new TextEncoder().encode(text));
}

export function infoOf(row: Row): CheckpointInfo {
  let saved = 0;
  try {
    saved = (JSON.parse(row.head) as Head).saved;
  } catch {
    // Damaged: it is still listed, so that it can be deleted.
  }
  const sizes = Object.values(row.blobs ?? {}).map((bytes) => bytes?.byteLength ?? 0);
  return {
    name: row.name,
    generation: row.generation,
    saved,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

function isHeadWhole({ head, headCrc }: Row): boolean {
  return typeof head === 'string' && headCrc === crcOfText(head);
}

/** Throws `CheckpointError` that names what is wrong. */
export function readRow(row: Row): LoadedCheckpoint {
  const fail = (what: string): never => {
    throw new CheckpointError(
      'checkpoint-damaged',
      `The checkpoint ${JSON.stringify(row.name)} (number ${row.generation}) is damaged: ${what}. Go on from the one before it, or start anew.`,
    );
  };
  if (!isHeadWhole(row)) fail('its description does not fit its checksum');
  const head = JSON.parse(row.head) as Head;
  if (head.format !== FORMAT) {
    throw new CheckpointError(
      'checkpoint-format',
      `The checkpoint ${JSON.stringify(row.name)} has format ${head.format}; this version of the page reads format ${FORMAT}. Reload the page to get the newest version.`,
    );
  }
  if (head.name !== row.name || head.generation !== row.generation)
    fail('its description is of another checkpoint');
  const blobs: Record<string, Uint8Array> = {};
  for (const { name, length, crc } of head.blobs) {
    const bytes = row.blobs?.[name];
    if (!(bytes instanceof Uint8Array)) fail(`the part ${JSON.stringify(name)} is missing`);
    if (bytes.length !== length) {
      fail(`the part ${JSON.stringify(name)} has ${bytes.length} bytes instead of ${length}`);
    }
    if (crc32(bytes) !== crc) fail(`the part ${JSON.stringify(name)} does not fit its checksum`);
    blobs[name] = bytes;
  }
  return { meta: head.meta, blobs, info: infoOf(row) };
}
