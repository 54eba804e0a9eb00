/**
 * How many bytes the rows of a memory take, by kind. Texts and journals are counted by the length of their JSON in
 * UTF-8, which is close to what the browser writes; vectors by their numbers. Counting reads every text, so the
 * result is kept, and brought up to date by what the journal says has changed.
 */
import type { LabDatabase } from '../../storage/database';
import { changeOf } from '../history/past';
import { ReadableRows, ROW_STORES } from '../rows/row-stores';
import type { NamespaceRecord } from '../rows/rows';

/** Rows read in one transaction, so that writers never wait long. */
const AT_ONCE = 1000;
const BYTES_PER_NUMBER = 4;
/** Records since the last count up to which it is brought up to date rather than made anew. */
const MOST_RECORDS = 5000;

export interface RowBytes {
  readonly memories: number;
  readonly journals: number;
  readonly vectors: number;
}

export class RowMeasure {
  private readonly known = new Map<string, { readonly record: NamespaceRecord; readonly bytes: RowBytes }>();

  constructor(private readonly database: LabDatabase) {}

  async of(record: NamespaceRecord): Promise<RowBytes> {
    const before = this.known.get(record.name);
    const bytes = (before && (await this.sinceThen(before, record))) ?? (await this.measure(record));
    this.known.set(record.name, { record, bytes });
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

  /** What is known, and what the journal has had since; undefined where that would not do. */
  private async sinceThen(
    known: { readonly record: NamespaceRecord; readonly bytes: RowBytes },
    { name, incarnation, embedderId, journal, count, dimension, pending = [] }: NamespaceRecord,
  ): Promise<RowBytes | undefined> {
    const { record: before, bytes } = known;
    const behind = journal - before.journal;
    const moved = before.incarnation !== incarnation || before.embedderId !== embedderId;
    if (moved || behind < 0 || behind > MOST_RECORDS || pending.length + (before.pending ?? []).length > 0) {
      return undefined;
    }
    if (behind === 0) return bytes;
    const records = await this.read((rows) => rows.journal(name, before.journal + 1, journal));
    if (records.length < behind) return undefined;
    const changes = records.flatMap(({ op }) => changeOf(op) ?? []);
    const [gone, come] = [
      changes.flatMap(({ before }) => before ?? []),
      changes.flatMap(({ after }) => after ?? []),
    ];
    return {
      memories: bytes.memories + lengthOf(come) - lengthOf(gone),
      journals: bytes.journals + lengthOf(records),
      vectors: count * dimension * BYTES_PER_NUMBER,
    };
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
