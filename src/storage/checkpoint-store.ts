/**
 * Training states in IndexedDB: a few numbers as JSON and some large blobs (weights, optimiser, random
 * state), saved so that a reload, a crash or a full disk at any moment leaves a state to go on from.
 *
 * One transaction writes all of a checkpoint. Its head is text with a CRC-32 of its own and names length
 * and CRC-32 of every blob, so that damage anywhere is noticed before a number of it is used. The newest two
 * of each name are kept: while the newest is damaged, the one before it is still there (`recover`).
 */
import { crc32 } from './checksum';
import type { LabDatabase } from './database';
import { CheckpointError } from './errors';

const STORE = 'checkpoints';
const FORMAT = 1;
const KEPT = 2;

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
interface Row {
  readonly name: string;
  readonly generation: number;
  /** A `Head` as JSON. */
  readonly head: string;
  readonly headCrc: number;
  readonly blobs: Readonly<Record<string, Uint8Array>>;
}

export class CheckpointStore {
  readonly #database: LabDatabase;
  readonly #now: () => number;

  constructor(database: LabDatabase, options: { readonly now?: () => number } = {}) {
    this.#database = database;
    this.#now = options.now ?? Date.now;
  }

  /**
   * Saves, on disk when it resolves, and lets go of all but the newest two of that name. Blobs may be views
   * into larger or shared memory; they are copied. Throws `CheckpointError` for a meta that JSON cannot
   * hold, `StorageFullError` with everything as it was.
   */
  async put(name: string, checkpoint: Checkpoint): Promise<CheckpointInfo> {
    checkName(name);
    const blobs = Object.fromEntries(
      Object.entries(checkpoint.blobs).map(([blob, bytes]) => [blob, new Uint8Array(bytes)]),
    );
    const listed = Object.entries(blobs).map(([blob, bytes]) => ({
      name: blob,
      length: bytes.length,
      crc: crc32(bytes),
    }));
    const metaText = jsonText(name, checkpoint.meta);
    const saved = this.#now();
    const generation = await this.#database.run([STORE], 'readwrite', 'strict', async (transaction) => {
      const store = transaction.objectStore(STORE);
      const keys = (await store.getAllKeys(rangeOf(name))) as [string, number][];
      const next = Math.max(0, ...keys.map(([, number]) => number)) + 1;
      const head: Head = {
        format: FORMAT,
        name,
        generation: next,
        saved,
        meta: JSON.parse(metaText),
        blobs: listed,
      };
      const text = JSON.stringify(head);
      const row: Row = { name, generation: next, head: text, headCrc: crcOfText(text), blobs };
      await store.put(row);
      for (const key of keys) if (key[1] <= next - KEPT) await store.delete(key);
      return next;
    });
    return { name, generation, saved, bytes: listed.reduce((sum, { length }) => sum + length, 0) };
  }

  /** The newest, or undefined if there is none of that name. Throws `CheckpointError` if it is damaged. */
  async get(name: string): Promise<LoadedCheckpoint | undefined> {
    const rows = await this.#rows(name);
    return rows.length === 0 ? undefined : readRow(rows[0]);
  }

  /**
   * The newest one that is intact, and what is wrong with those that are newer. Undefined if nothing was
   * ever saved; throws `CheckpointError` if nothing intact is left.
   */
  async recover(
    name: string,
  ): Promise<
    { readonly checkpoint: LoadedCheckpoint; readonly damaged: readonly CheckpointError[] } | undefined
  > {
    const damaged: CheckpointError[] = [];
    for (const row of await this.#rows(name)) {
      try {
        return { checkpoint: readRow(row), damaged };
      } catch (error) {
        if (!(error instanceof CheckpointError)) throw error;
        damaged.push(error);
      }
    }
    if (damaged.length > 0) throw damaged[0];
    return undefined;
  }

  /** All of the name that are intact, newest first; those that are not are left out. */
  async intact(name: string): Promise<readonly LoadedCheckpoint[]> {
    return (await this.#rows(name)).flatMap((row) => {
      try {
        return [readRow(row)];
      } catch (error) {
        if (!(error instanceof CheckpointError)) throw error;
        return [];
      }
    });
  }

  /** Everything that is kept, by name, newest first; damaged ones included, as far as they can be read. */
  async list(): Promise<readonly CheckpointInfo[]> {
    const rows = await this.#database.run([STORE], 'readonly', 'relaxed', (transaction) =>
      transaction.objectStore(STORE).getAll(),
    );
    return (rows as Row[])
      .map(infoOf)
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : b.generation - a.generation));
  }

  /** All generations of the name; one that does not exist is no error. */
  async delete(name: string): Promise<void> {
    await this.#database.run([STORE], 'readwrite', 'strict', (transaction) =>
      transaction.objectStore(STORE).delete(rangeOf(name)),
    );
  }

  /** Newest first. */
  async #rows(name: string): Promise<readonly Row[]> {
    const rows = await this.#database.run([STORE], 'readonly', 'relaxed', (transaction) =>
      transaction.objectStore(STORE).getAll(rangeOf(name)),
    );
    return (rows as Row[]).reverse();
  }
}

/** Keys [name, number]; an empty array sorts after every number. */
function rangeOf(name: string): IDBKeyRange {
  return IDBKeyRange.bound([name], [name, []]);
}

function checkName(name: string): void {
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

function infoOf(row: Row): CheckpointInfo {
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

/** Throws `CheckpointError` that names what is wrong. */
function readRow(row: Row): LoadedCheckpoint {
  const fail = (what: string): never => {
    throw new CheckpointError(
      'checkpoint-damaged',
      `The checkpoint ${JSON.stringify(row.name)} (number ${row.generation}) is damaged: ${what}. Go on from the one before it, or start anew.`,
    );
  };
  if (typeof row.head !== 'string' || row.headCrc !== crcOfText(row.head))
    fail('its description does not fit its checksum');
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
