/**
 * Training states in IndexedDB: a few numbers as JSON and some large blobs (weights, optimiser, random
 * state), saved so that a reload, a crash or a full disk at any moment leaves a state to go on from.
 *
 * One transaction writes all of a checkpoint, and what is said beside it. Damage is noticed before a number of it is
 * used (checkpoint-row.ts). The newest two of each name are kept: while the newest is damaged, the one before it is
 * still there (`recover`).
 */
import {
  type Checkpoint,
  type CheckpointInfo,
  checkName,
  infoOf,
  type LoadedCheckpoint,
  prepare,
  type Row,
  readRow,
  renamed,
} from './checkpoint-row';
import type { LabDatabase } from './database';
import { CheckpointError } from './errors';

export type { Checkpoint, CheckpointInfo, LoadedCheckpoint } from './checkpoint-row';

const STORE = 'checkpoints';
const KEPT = 2;

/** Something small that belongs to a checkpoint under a name of its own, of which one generation is kept. */
export interface Beside {
  readonly name: string;
  /** Null: the name is deleted. */
  readonly checkpoint: Checkpoint | null;
}

/** What was taken away, whole or damaged, for `giveBack`. */
export interface TakenCheckpoints {
  readonly rows: readonly Row[];
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
   * @param beside written, or deleted, in the same transaction: all of it is there afterwards or nothing
   */
  async put(name: string, checkpoint: Checkpoint, beside: readonly Beside[] = []): Promise<CheckpointInfo> {
    const prepared = prepare(name, checkpoint);
    const others = beside.map((other) => ({
      name: other.name,
      prepared: other.checkpoint && prepare(other.name, other.checkpoint),
    }));
    const saved = this.#now();
    const generation = await this.#database.run([STORE], 'readwrite', 'strict', async (transaction) => {
      const store = transaction.objectStore(STORE);
      const keys = (await store.getAllKeys(rangeOf(name))) as Key[];
      const next = Math.max(0, ...keys.map(([, number]) => number)) + 1;
      await store.put(prepared.row(next, saved));
      for (const key of keys) if (key[1] <= next - KEPT) await store.delete(key);
      for (const other of others) {
        await store.delete(rangeOf(other.name));
        if (other.prepared) await store.put(other.prepared.row(1, saved));
      }
      return next;
    });
    return { name, generation, saved, bytes: prepared.bytes };
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
    const infos = await this.#database.run([STORE], 'readonly', 'relaxed', async (transaction) => {
      const found: CheckpointInfo[] = [];
      // One at a time: all of them together may be more than fits into memory.
      for (let at = await transaction.objectStore(STORE).openCursor(); at; at = await at.continue()) {
        found.push(infoOf(at.value as Row));
      }
      return found;
    });
    return infos.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : b.generation - a.generation));
  }

  /** Names that begin so, with the numbers of their generations, oldest first; nothing else of them is read. */
  async names(prefix: string): Promise<ReadonlyMap<string, readonly number[]>> {
    const keys = (await this.#database.run([STORE], 'readonly', 'relaxed', (transaction) =>
      transaction.objectStore(STORE).getAllKeys(beginningWith(prefix)),
    )) as Key[];
    const names = new Map<string, number[]>();
    for (const [name, generation] of keys) names.set(name, [...(names.get(name) ?? []), generation]);
    return names;
  }

  /** Takes away a name and all below it ("name/…"); `giveBack` undoes it. */
  async take(name: string): Promise<TakenCheckpoints> {
    return this.#database.run([STORE], 'readwrite', 'strict', async (transaction) => {
      const store = transaction.objectStore(STORE);
      // No name here goes on with a character that sorts before the slash.
      const below = IDBKeyRange.bound([name], [`${name}/\uffff`]);
      const rows = (await store.getAll(below)) as Row[];
      await store.delete(below);
      return { rows };
    });
  }

  /** Puts back what was taken, as it was. Throws `StorageFullError` with everything as it was. */
  async giveBack({ rows }: TakenCheckpoints): Promise<void> {
    await this.#database.run([STORE], 'readwrite', 'strict', async (transaction) => {
      const store = transaction.objectStore(STORE);
      for (const row of rows) await store.put(row);
    });
  }

  /**
   * Gives all generations of a name another one. Where that is taken already, the newest two of both are kept, by
   * the time they were saved.
   */
  async rename(from: string, to: string): Promise<void> {
    checkName(to);
    await this.#database.run([STORE], 'readwrite', 'strict', async (transaction) => {
      const store = transaction.objectStore(STORE);
      const there = (await store.getAll(rangeOf(to))) as Row[];
      const moving = (await store.getAll(rangeOf(from))) as Row[];
      // By generation already where only one has any: a damaged one does not say when it was saved.
      const all = [...there, ...moving];
      if (there.length > 0) all.sort((a, b) => infoOf(a).saved - infoOf(b).saved);
      const first = Math.max(0, ...all.map(({ generation }) => generation)) + 1 - Math.min(KEPT, all.length);
      await store.delete(rangeOf(from));
      await store.delete(rangeOf(to));
      for (const [i, row] of all.slice(-KEPT).entries()) await store.put(renamed(row, to, first + i));
    });
  }

  /** All generations of the name; one that does not exist is no error. */
  async delete(name: string): Promise<void> {
    await this.#database.run([STORE], 'readwrite', 'strict', (transaction) =>
      transaction.objectStore(STORE).delete(rangeOf(name)),
    );
  }

  /** Everything of every name, in one step; nothing of it is read. */
  async clear(): Promise<void> {
    await this.#database.run([STORE], 'readwrite', 'strict', (transaction) =>
      transaction.objectStore(STORE).clear(),
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

type Key = [name: string, generation: number];

/** Keys [name, number]; an empty array sorts after every number. */
function rangeOf(name: string): IDBKeyRange {
  return IDBKeyRange.bound([name], [name, []]);
}

/** Names are of plain letters; this one sorts behind all that begin so. */
function beginningWith(prefix: string): IDBKeyRange {
  return IDBKeyRange.bound([prefix], [`${prefix}\uffff`]);
}
