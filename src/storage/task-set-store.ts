/**
 * Sets of tasks that somebody brought: each a text under the hash of that text, so a set never changes, what is read
 * is checked by its own name, and a link that names the hash means the same tasks wherever the set lies.
 */
import type { LabDatabase } from './database';
import { StorageError } from './errors';

export const TASK_SETS = 'taskSets';

export interface TaskSetInfo {
  /** Of the text; names the set. */
  readonly hash: string;
  /** As its owner calls it. */
  readonly name: string;
  readonly tasks: number;
  /** Milliseconds since the epoch. */
  readonly added: number;
  /** Of the text in UTF-8. */
  readonly bytes: number;
}

/** A row of the object store. */
export interface TaskSetRow extends TaskSetInfo {
  readonly text: string;
}

export interface TaskSetRows {
  /** Newest first. */
  list(): Promise<readonly TaskSetInfo[]>;
  /** Undefined if it is not here. */
  get(hash: string): Promise<TaskSetRow | undefined>;
  /** On disk when it resolves; one of the same hash is replaced. Throws `StorageFullError`. */
  put(row: TaskSetRow): Promise<void>;
  /** One that does not exist is no error. */
  delete(hash: string): Promise<void>;
}

/** The text of a set is not the one it is named after. */
export class TaskSetDamagedError extends StorageError {
  constructor(name: string) {
    super(
      'task-set-damaged',
      `The task set ${JSON.stringify(name)} is damaged: its text does not fit its hash. Delete it and open its file again.`,
    );
  }
}

export class TaskSetStore implements TaskSetRows {
  constructor(private readonly database: LabDatabase) {}

  async list(): Promise<readonly TaskSetInfo[]> {
    const rows = await this.database.run([TASK_SETS], 'readonly', 'relaxed', async (transaction) => {
      const found: TaskSetInfo[] = [];
      // One at a time: a set may have tens of megabytes, and only what is said of it is wanted.
      let cursor = await transaction.objectStore(TASK_SETS).openCursor();
      while (cursor) {
        found.push(infoOf(cursor.value as TaskSetRow));
        cursor = await cursor.continue();
      }
      return found;
    });
    return newestFirst(rows);
  }

  async get(hash: string): Promise<TaskSetRow | undefined> {
    return this.database.run([TASK_SETS], 'readonly', 'relaxed', (transaction) =>
      transaction.objectStore(TASK_SETS).get(hash),
    );
  }

  async put(row: TaskSetRow): Promise<void> {
    await this.database.run([TASK_SETS], 'readwrite', 'strict', (transaction) =>
      transaction.objectStore(TASK_SETS).put(row),
    );
  }

  async delete(hash: string): Promise<void> {
    await this.database.run([TASK_SETS], 'readwrite', 'strict', (transaction) =>
      transaction.objectStore(TASK_SETS).delete(hash),
    );
  }
}

/** For as long as the tab lives, where the browser keeps nothing. */
export class TransientTaskSets implements TaskSetRows {
  private readonly rows = new Map<string, TaskSetRow>();

  async list(): Promise<readonly TaskSetInfo[]> {
    return newestFirst([...this.rows.values()].map(infoOf));
  }

  async get(hash: string): Promise<TaskSetRow | undefined> {
    return this.rows.get(hash);
  }

  async put(row: TaskSetRow): Promise<void> {
    this.rows.set(row.hash, row);
  }

  async delete(hash: string): Promise<void> {
    this.rows.delete(hash);
  }
}

function infoOf({ hash, name, tasks, added, bytes }: TaskSetRow): TaskSetInfo {
  return { hash, name, tasks, added, bytes };
}

const newestFirst = (sets: readonly TaskSetInfo[]) =>
  [...sets].sort((a, b) => b.added - a.added || (a.hash < b.hash ? -1 : 1));
