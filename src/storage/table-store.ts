/**
 * What was played of the table of methods: a row for each seed of a cell, under who played it and how, and the run that
 * asked for them last. A seed is there whole or not at all, so a run that was cut off goes on behind its last one.
 */
import type { LabDatabase } from './database';

export const TABLE_SEEDS = 'tableSeeds';
export const TABLE_RUNS = 'tableRuns';

/** A row of the object store: one method in one environment on one seed. */
export interface TableSeedRow {
  /** Hash of all that the episodes depend on besides: weights, rules, dice, device. */
  readonly identity: string;
  readonly method: string;
  readonly environment: string;
  readonly seed: number;
  /** Means over its episodes, by metric. */
  readonly values: Readonly<Record<string, number>>;
  /** Of each episode, in order: its score (of what was reached where a limit cut it off; null: none) and why it ended. */
  readonly ends: readonly { readonly score: number | null; readonly reason: string }[];
  /** Weights that acted and where they computed, in words. */
  readonly policy: string;
  readonly backend: string;
  /** Milliseconds of work. */
  readonly ms: number;
  /** Milliseconds since the epoch. */
  readonly played: number;
}

/** The run started last. */
export interface TableRunRow {
  /** What it plays, as whoever runs it wrote it. */
  readonly choice: unknown;
  readonly finished: boolean;
  /** Why it ended before its end, as whoever ran it wrote it; left out: it did not, or was cut off. */
  readonly ended?: unknown;
}

export interface TableRows {
  /** All seeds of one identity. */
  seeds(identity: string): Promise<readonly TableSeedRow[]>;
  /** On disk when it resolves; the same seed played once more is replaced. Throws `StorageFullError`. */
  put(row: TableSeedRow): Promise<void>;
  run(): Promise<TableRunRow | undefined>;
  putRun(row: TableRunRow): Promise<void>;
  clear(): Promise<void>;
}

const LAST = 'last';

export class TableStore implements TableRows {
  constructor(private readonly database: LabDatabase) {}

  async seeds(identity: string): Promise<readonly TableSeedRow[]> {
    return this.database.run([TABLE_SEEDS], 'readonly', 'relaxed', (transaction) =>
      transaction.objectStore(TABLE_SEEDS).getAll(IDBKeyRange.bound([identity], [identity, []])),
    );
  }

  async put(row: TableSeedRow): Promise<void> {
    await this.database.run([TABLE_SEEDS], 'readwrite', 'strict', (transaction) =>
      transaction.objectStore(TABLE_SEEDS).put(row),
    );
  }

  async run(): Promise<TableRunRow | undefined> {
    return this.database.run([TABLE_RUNS], 'readonly', 'relaxed', (transaction) =>
      transaction.objectStore(TABLE_RUNS).get(LAST),
    );
  }

  async putRun(row: TableRunRow): Promise<void> {
    await this.database.run([TABLE_RUNS], 'readwrite', 'strict', (transaction) =>
      transaction.objectStore(TABLE_RUNS).put({ ...row, name: LAST }),
    );
  }

  async clear(): Promise<void> {
    await this.database.run([TABLE_SEEDS, TABLE_RUNS], 'readwrite', 'strict', async (transaction) => {
      await transaction.objectStore(TABLE_SEEDS).clear();
      await transaction.objectStore(TABLE_RUNS).clear();
    });
  }
}

/** For as long as the tab lives, where the browser keeps nothing. */
export class TransientTable implements TableRows {
  private readonly rows = new Map<string, TableSeedRow>();
  private last: TableRunRow | undefined;

  async seeds(identity: string): Promise<readonly TableSeedRow[]> {
    return [...this.rows.values()].filter((row) => row.identity === identity);
  }

  async put(row: TableSeedRow): Promise<void> {
    this.rows.set([row.identity, row.method, row.environment, row.seed].join(' '), row);
  }

  async run(): Promise<TableRunRow | undefined> {
    return this.last;
  }

  async putRun(row: TableRunRow): Promise<void> {
    this.last = row;
  }

  async clear(): Promise<void> {
    this.rows.clear();
    this.last = undefined;
  }
}
