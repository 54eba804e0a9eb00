/**
 * Rows that several tabs share: a writer of one of the user's memories holds its lock, and what it committed
 * is told to everybody here and elsewhere, and to the watch that keeps sentinel and backups. Namespaces of
 * rollouts belong to one tab and pass through: nobody else looks at them, and they are dropped within minutes.
 */
import { UnknownNamespaceError } from '../errors';
import type { JournalRecord } from '../journal';
import type {
  Ageing,
  Durability,
  EmbedderKey,
  KnownState,
  MemoryRows,
  NamespaceRecord,
  RowErasure,
  RowHistory,
  RowWrite,
} from '../rows/rows';
import type { Tabs } from './tabs';

/** Who is told what happens to the user's memories in this tab. */
export interface RowsWatch {
  /** Committed, with its newest journal records; awaited before whoever wrote it is told. */
  committed(record: NamespaceRecord, fresh: readonly JournalRecord[], durability: Durability): Promise<void>;
  /** Was changed so. */
  changed(record: NamespaceRecord): void;
  /** Opened; made if it was not there. */
  opened(record: NamespaceRecord): void;
  /** Is to be deleted because the user wants it; awaited before it is. */
  leaving(names: readonly string[]): Promise<void>;
  /** Was deleted so; awaited before whoever did it is told. */
  left(names: readonly string[]): Promise<void>;
  /** Could not be deleted after all. */
  stayed(names: readonly string[]): void;
  /** Was to be there and is not. */
  missing(name: string): void;
}

interface Change {
  readonly record: NamespaceRecord;
  readonly fresh: readonly JournalRecord[];
  readonly durability: Durability;
}

export class SharedRows implements MemoryRows {
  constructor(
    private readonly rows: MemoryRows,
    private readonly tabs: Tabs,
    private readonly watch: RowsWatch,
    private readonly isShared: (name: string) => boolean,
  ) {}

  ensure(
    name: string,
    made: { readonly embedder: EmbedderKey; readonly created: number },
    durability: Durability,
  ) {
    return this.alone(name, async () => {
      const record = await this.rows.ensure(name, made, durability);
      if (this.isShared(name)) this.watch.opened(record);
      return record;
    });
  }

  write(name: string, write: RowWrite, durability: Durability) {
    return this.changing(
      name,
      async () => {
        const written = await this.rows.write(name, write, durability);
        if (write.made && this.isShared(name)) this.watch.opened(written.record);
        return written;
      },
      ({ record, journal }) => ({ record, fresh: journal, durability }),
    );
  }

  restore(name: string, history: RowHistory, durability: Durability) {
    return this.changing(
      name,
      () => this.rows.restore(name, history, durability),
      (record) => ({ record, fresh: history.journal, durability }),
    );
  }

  erase(name: string, erasure: RowErasure) {
    return this.changing(
      name,
      () => this.rows.erase(name, erasure),
      ({ record }) => ({ record, fresh: [], durability: 'strict' }),
    );
  }

  get(name: string, id: string) {
    return this.looking(name, this.rows.get(name, id));
  }

  read(name: string, known?: KnownState) {
    return this.looking(name, this.rows.read(name, known));
  }

  record(name: string) {
    return this.looking(name, this.rows.record(name));
  }

  texts(name: string, ids?: readonly string[]) {
    return this.looking(name, this.rows.texts(name, ids));
  }

  vectors(name: string) {
    return this.looking(name, this.rows.vectors(name));
  }

  changes(name: string, since: NamespaceRecord, most: number) {
    return this.looking(name, this.rows.changes(name, since, most));
  }

  journal(name: string, from?: number, to?: number) {
    return this.looking(name, this.rows.journal(name, from, to));
  }

  setAgeing(name: string, ageing: Ageing) {
    return this.changing(
      name,
      () => this.rows.setAgeing(name, ageing),
      (record) => ({ record, fresh: [], durability: 'strict' }),
    );
  }

  unembedded(name: string, embedder: EmbedderKey, limit: number) {
    return this.looking(name, this.rows.unembedded(name, embedder, limit));
  }

  async putVectors(name: string, embedder: EmbedderKey, vectors: Parameters<MemoryRows['putVectors']>[2]) {
    const { kept } = await this.changing(
      name,
      async () => ({
        kept: await this.rows.putVectors(name, embedder, vectors),
        // Vectors in the place of lost ones are a change; those put aside are none, and telling of it does no harm.
        record: await this.rows.record(name),
      }),
      ({ record }) => ({ record, fresh: [], durability: 'relaxed' }),
    );
    return kept;
  }

  adopt(name: string, embedder: EmbedderKey) {
    return this.changing(
      name,
      () => this.rows.adopt(name, embedder),
      (record) => record && { record, fresh: [], durability: 'strict' },
    );
  }

  dropPending(name: string) {
    return this.alone(name, () => this.rows.dropPending(name));
  }

  async drop(name: string, durability: Durability): Promise<void> {
    if (!this.isShared(name)) return this.rows.drop(name, durability);
    await this.alone(name, () => this.parting([name], () => this.rows.drop(name, durability)));
  }

  async dropPrefix(prefix: string): Promise<readonly string[]> {
    const shared = (await this.rows.list())
      .map(({ name }) => name)
      .filter((name) => name.startsWith(prefix) && this.isShared(name));
    return this.parting(shared, () => this.rows.dropPrefix(prefix));
  }

  list() {
    return this.rows.list();
  }

  /** Carries out what changes entries, and tells of it once it is committed. */
  private changing<Result>(
    name: string,
    body: () => Promise<Result>,
    changeOf: (result: Result) => Change | undefined,
  ): Promise<Result> {
    return this.alone(name, async () => {
      const result = await body();
      const change = changeOf(result);
      if (change && this.isShared(name)) {
        const { record, fresh, durability } = change;
        await this.watch.committed(record, fresh, durability);
        this.watch.changed(record);
        this.tabs.announce(name, record);
      }
      return result;
    });
  }

  private alone<Result>(name: string, body: () => Promise<Result>): Promise<Result> {
    if (!this.isShared(name)) return body();
    return this.tabs.exclusive(`memory/${name}`, () => this.looking(name, body()));
  }

  /** A memory that this tab works with and that is gone may be one that was lost; the watch finds out. */
  private async looking<Result>(name: string, result: Promise<Result>): Promise<Result> {
    try {
      return await result;
    } catch (error) {
      if (error instanceof UnknownNamespaceError && this.isShared(name)) this.watch.missing(name);
      throw error;
    }
  }

  private async parting<Result>(names: readonly string[], body: () => Promise<Result>): Promise<Result> {
    if (names.length === 0) return body();
    await this.watch.leaving(names);
    let result: Result;
    try {
      result = await body();
    } catch (error) {
      this.watch.stayed(names);
      throw error;
    }
    await this.watch.left(names);
    for (const name of names) this.tabs.announce(name, null);
    return result;
  }
}
