/**
 * How many bytes the rows of a memory take, by kind. Texts and journals are counted by the length of their JSON in
 * UTF-8, which is close to what the browser writes; vectors by their numbers. Counting reads every text, so the
 * result is kept until the memory changes.
 */
import type { LabDatabase } from '../../storage/database';
import { ReadableRows, ROW_STORES } from '../rows/row-stores';
import type { NamespaceRecord } from '../rows/rows';

/** Rows read in one transaction, so that writers never wait long. */
const AT_ONCE = 1000;
const BYTES_PER_NUMBER = 4;

export interface RowBytes {
  readonly memories: number;
  readonly journals: number;
  readonly vectors: number;
}

export class RowMeasure {
  private readonly known = new Map<string, { readonly stamp: string; readonly bytes: RowBytes }>();

  constructor(private readonly database: LabDatabase) {}

  async of(record: NamespaceRecord): Promise<RowBytes> {
    const { name, incarnation, revision, journal, pending } = record;
    const stamp = JSON.stringify([incarnation, revision, journal, pending]);
    const before = this.known.get(name);
    if (before?.stamp === stamp) return before.bytes;
    const bytes = await this.measure(record);
    this.known.set(name, { stamp, bytes });
    return bytes;
  }

  async all(): Promise<RowBytes> {
    const records = await this.read((rows) => rows.records());
    const sum = { memories: 0, journals: 0, vectors: 0 };
    for (const record of records) {
      const bytes = await this.of(record);
      for (const kind of ['memories', 'journals', 'vectors'] as const) sum[kind] += bytes[kind];
    }
    for (const name of this.known.keys()) {
      if (!records.some((record) => record.name === name)) this.known.delete(name);
    }
    return sum;
  }

  private async measure({ name, journal, embedderId, dimension, pending = [] }: NamespaceRecord) {
    let memories = 0;
    for (let from: string | undefined = ''; from !== undefined; ) {
      const start: string = from;
      const entries = await this.read((rows) => rows.entriesAfter(name, start, AT_ONCE));
      memories += lengthOf(entries);
      from = entries.length < AT_ONCE ? undefined : entries[entries.length - 1].id;
    }
    let journals = 0;
    for (let from = 1; from <= journal; from += AT_ONCE) {
      journals += lengthOf(await this.read((rows) => rows.journal(name, from, from + AT_ONCE - 1)));
    }
    let vectors = 0;
    for (const id of [embedderId, ...pending]) {
      // Vectors being made are taken to be as long as those in force: near enough, and they do not stay.
      vectors += (await this.read((rows) => rows.countVectors(name, id))) * dimension * BYTES_PER_NUMBER;
    }
    return { memories, journals, vectors };
  }

  private read<Result>(body: (rows: ReadableRows) => Promise<Result>): Promise<Result> {
    return this.database.run(ROW_STORES, 'readonly', 'relaxed', (transaction) =>
      body(new ReadableRows(transaction)),
    );
  }
}

const encoder = new TextEncoder();

function lengthOf(rows: readonly unknown[]): number {
  return rows.reduce<number>((sum, row) => sum + encoder.encode(JSON.stringify(row)).length, 0);
}
