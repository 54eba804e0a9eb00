/**
 * One namespace of long-term memory over rows, an embedder and an index. The rows are the truth. What
 * is kept here (the entries and the index over them) is a copy of one revision: every search asks the rows
 * whether that is still the newest one and rebuilds when it is not, so an edit in another tab is seen.
 */
import { MemoryChangedError } from './errors';
import { exactIndex, type IndexFactory } from './index/exact-index';
import { checkCount, compareHits } from './index/ranking';
import { cosine } from './index/unit-vectors';
import { type Act, BY_USER, type Note } from './journal';
import type { Clock, OpenedMemory, OpenMemoryOptions } from './long-term-memory';
import type {
  Embedder,
  EntryText,
  LongTermMemory,
  MemoryEntry,
  Metadata,
  ScoredEntry,
  VectorIndex,
} from './memory';
import { matches, ownCopy } from './metadata';
import { inOrder } from './rows/entry-ids';
import type {
  Durability,
  MemoryRows,
  NamespaceContent,
  NamespaceRecord,
  RowChange,
  RowWrite,
  Written,
} from './rows/rows';

type Addition = Omit<Parameters<LongTermMemory['add']>[0], 'note'>;

export class RowsMemory implements OpenedMemory {
  readonly namespace: string;
  readonly embedder: Embedder;
  readonly #rows: MemoryRows;
  readonly #createIndex: IndexFactory;
  readonly #now: Clock;
  readonly #durability: Durability;
  #index: VectorIndex;
  #entries = new Map<string, MemoryEntry>();
  /** The state that entries and index are a copy of; undefined before the first read. */
  #known: NamespaceRecord | undefined;

  /** Empty until `refresh`; `openMemory` makes sure that the namespace is there and of this embedder. */
  constructor(options: OpenMemoryOptions & { readonly now: Clock; readonly durability: Durability }) {
    this.namespace = options.namespace;
    this.embedder = options.embedder;
    this.#rows = options.rows;
    this.#createIndex = options.index ?? exactIndex;
    this.#now = options.now;
    this.#durability = options.durability;
    this.#index = this.#newIndex();
  }

  get indexStatus(): OpenedMemory['indexStatus'] {
    return { kind: this.#index.kind, degraded: this.#index.degraded };
  }

  async add({ note = BY_USER, ...input }: Parameters<LongTermMemory['add']>[0]): Promise<MemoryEntry> {
    const [entry] = await this.addAll([input], 'add', note);
    return entry;
  }

  async addAll(inputs: readonly Addition[], kind: Act['kind'], note: Note): Promise<readonly MemoryEntry[]> {
    // Before the first wait, so that what the caller does to its objects meanwhile makes no difference.
    const texts = inputs.map(({ content, metadata, memoryType = '', sourceStep = '' }) => ({
      content,
      metadata: ownCopy(metadata),
      memoryType,
      sourceStep,
    }));
    const embeddings = await this.embedder.embed(texts.map(({ content }) => content));
    const time = this.#now();
    const drafts = texts.map((text, i) => ({
      ...text,
      embedding: embeddings[i],
      embedderId: this.embedder.id,
      created: time,
      updated: time,
    }));
    const changes = drafts.map((draft): RowChange => ({ kind: 'add', draft }));
    const { entries } = await this.#carryOut({ act: { kind }, note, at: time, changes });
    // An addition always leaves an entry.
    return drafts.map((draft, i) => ({ ...draft, ...entries[i].after! }));
  }

  async update(id: string, change: Parameters<LongTermMemory['update']>[1]) {
    const { content, sourceStep = '', note = BY_USER } = change;
    const metadata = ownCopy(change.metadata);
    const [embedding] = await this.embedder.embed([content]);
    const time = this.#now();
    const embedderId = this.embedder.id;
    const { entries } = await this.#carryOut({
      act: { kind: 'update' },
      note,
      at: time,
      changes: [
        {
          kind: 'replace',
          id,
          change: { content, embedding, embedderId, metadata, updated: time, sourceStep },
        },
      ],
    });
    // A replacement has an entry before and after it; otherwise it throws.
    const [{ before, after }] = entries as readonly [{ before: EntryText; after: EntryText }];
    return { before, after: { ...after, embedding, embedderId } };
  }

  async delete(id: string, note: Note = BY_USER): Promise<EntryText> {
    const [entry] = await this.deleteAll([id], note);
    return entry;
  }

  async deleteAll(ids: readonly string[], note: Note = BY_USER): Promise<readonly EntryText[]> {
    const changes = ids.map((id): RowChange => ({ kind: 'remove', id }));
    const { entries } = await this.write({ act: { kind: 'delete' }, note, changes });
    // Removing what is not there throws.
    return entries.map(({ before }) => before!);
  }

  /** One act of deletions: what it emptied can be brought back. */
  async clear(note: Note = BY_USER): Promise<void> {
    for (;;) {
      const { record, entries } = await this.#rows.texts(this.namespace);
      const changes = entries.map(({ id }): RowChange => ({ kind: 'remove', id }));
      try {
        await this.write({ act: { kind: 'clear' }, note, changes, expected: record });
        return;
      } catch (error) {
        // Somebody wrote between reading and writing; that entry goes as well.
        if (!(error instanceof MemoryChangedError)) throw error;
      }
    }
  }

  write(write: Omit<RowWrite, 'at'>): Promise<Written> {
    return this.#carryOut({ ...write, at: this.#now() });
  }

  get(id: string): Promise<MemoryEntry | undefined> {
    return this.#rows.get(this.namespace, id);
  }

  async list(): Promise<readonly MemoryEntry[]> {
    await this.refresh();
    return inOrder(this.#entries.values());
  }

  async search(
    query: string,
    options: { readonly topK: number; readonly filter?: Metadata; readonly note?: Note },
  ): Promise<readonly ScoredEntry[]> {
    const { topK, filter, note } = options;
    checkCount(topK);
    const [vector] = await this.embedder.embed([query]);
    await this.refresh();
    const found =
      filter && Object.keys(filter).length > 0
        ? this.#searchAmong(vector, filter, topK)
        : // Every id of the index is a key of the copy: both are changed together.
          this.#index.search(vector, topK).map(({ id, score }) => ({ entry: this.#entries.get(id)!, score }));
    if (note) await this.#journalRetrieval(query, topK, found, note);
    return found;
  }

  /** Reads the rows anew if they have changed since the last read. */
  async refresh(): Promise<void> {
    const content = await this.#rows.read(this.namespace, this.#known);
    // Two reads may overlap; the older answer must not replace the newer.
    if (content && !this.#isOlder(content.record)) this.#replaceAll(content);
  }

  /** Over all entries: a filter after the top k would lose matches further down. */
  #searchAmong(vector: Float32Array, filter: Metadata, topK: number): readonly ScoredEntry[] {
    const hits = [];
    for (const entry of this.#entries.values()) {
      if (matches(entry.metadata, filter))
        hits.push({ id: entry.id, score: cosine(vector, entry.embedding), entry });
    }
    return hits
      .sort(compareHits)
      .slice(0, topK)
      .map(({ entry, score }) => ({ entry, score }));
  }

  /** Relaxed: a trace, and the entries do not depend on it. */
  async #journalRetrieval(
    query: string,
    topK: number,
    found: readonly ScoredEntry[],
    note: Note,
  ): Promise<void> {
    const hits = found.map(({ entry, score }) => ({ id: entry.id, score }));
    const changes: readonly RowChange[] = [{ kind: 'retrieved', query, topK, hits }];
    const write = { act: { kind: 'retrieve' }, note, at: this.#now(), changes } as const;
    await this.#rows.write(this.namespace, write, 'relaxed');
  }

  async #carryOut(write: RowWrite): Promise<Written> {
    const written = await this.#rows.write(this.namespace, write, this.#durability);
    // One that changed nothing made no revision; the newest may be somebody else's.
    if (written.journal.some(({ op }) => op.kind !== 'retrieve')) {
      this.#follow(written.record, () => {
        for (const [i, change] of write.changes.entries()) this.#apply(change, written.entries[i]);
      });
    }
    return written;
  }

  /**
   * Carries one's own write over to the copy if the copy was of the revision just before; otherwise
   * somebody else wrote in between, and the next read starts from the rows.
   */
  #follow(record: NamespaceRecord, apply: () => void): void {
    if (this.#known?.incarnation === record.incarnation && this.#known.revision === record.revision - 1) {
      apply();
      this.#known = record;
    } else if (!this.#isOlder(record)) {
      this.#known = undefined;
    }
  }

  #isOlder(record: NamespaceRecord): boolean {
    return this.#known?.incarnation === record.incarnation && record.revision <= this.#known.revision;
  }

  #apply(change: RowChange, { before, after }: Written['entries'][number]): void {
    if (after) {
      const source = vectorOf(change);
      // A `put` of what is there already changes nothing, whatever vector it came with.
      if (source && before !== after) this.#keep({ ...after, ...source });
    } else if (before) {
      this.#entries.delete(before.id);
      this.#index.remove(before.id);
    }
  }

  #keep(entry: MemoryEntry): void {
    this.#entries.set(entry.id, entry);
    this.#index.upsert(entry.id, entry.embedding);
  }

  #replaceAll(content: NamespaceContent): void {
    this.#entries = new Map();
    this.#index = this.#newIndex();
    for (const entry of content.entries) this.#keep(entry);
    this.#known = content.record;
  }

  #newIndex(): VectorIndex {
    return this.#createIndex({ embedderId: this.embedder.id, dimension: this.embedder.dimension });
  }
}

/** The vector that a change brings with it. */
function vectorOf(change: RowChange): Pick<MemoryEntry, 'embedding' | 'embedderId'> | undefined {
  switch (change.kind) {
    case 'add':
      return { embedding: change.draft.embedding, embedderId: change.draft.embedderId };
    case 'replace':
      return { embedding: change.change.embedding, embedderId: change.change.embedderId };
    case 'put':
      return { embedding: change.entry.embedding, embedderId: change.entry.embedderId };
    default:
      return undefined;
  }
}
