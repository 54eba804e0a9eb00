/**
 * One namespace of long-term memory over rows, an embedder and an index. The rows are the truth. What is kept here
 * is a copy of one state: the vectors in the index, and the texts where something needed all of them (a filter, a
 * list). A search asks the rows for the texts of what the index found and learns in the same step whether the index
 * is of the newest state; if it is not, it is brought in step and asked again, so an edit in another tab is seen.
 * Opening reads no texts.
 */
import { decayAt, decayedScore } from './ageing';
import { MemoryChangedError } from './errors';
import { exactIndex } from './index/exact-index';
import { checkCount, compareHits } from './index/ranking';
import { SyncedIndex, type VectorChange } from './index/synced-index';
import { type Act, BY_USER, type Note } from './journal';
import type { Clock, CurrentVectors, OpenedMemory, OpenMemoryOptions } from './long-term-memory';
import type { Embedder, EntryText, LongTermMemory, MemoryEntry, Metadata, ScoredEntry } from './memory';
import { matches, ownCopy } from './metadata';
import { inOrder } from './rows/entry-ids';
import { isState } from './rows/plan-write';
import type { Durability, MemoryRows, NamespaceRecord, RowChange, RowWrite, Written } from './rows/rows';

type Addition = Omit<Parameters<LongTermMemory['add']>[0], 'note'>;

export class RowsMemory implements OpenedMemory {
  readonly namespace: string;
  readonly embedder: Embedder;
  readonly #rows: MemoryRows;
  readonly #now: Clock;
  readonly #durability: Durability;
  readonly #synced: SyncedIndex;
  /** All of them, of one state; undefined until something needs them, and once they may be old. */
  #texts: { readonly record: NamespaceRecord; readonly byId: Map<string, EntryText> } | undefined;

  /** Empty until `refresh`; `openMemory` makes sure that the namespace is there and of this embedder. */
  constructor(options: OpenMemoryOptions & { readonly now: Clock; readonly durability: Durability }) {
    const { rows, embedder, namespace, index: createIndex = exactIndex, files } = options;
    this.namespace = namespace;
    this.embedder = embedder;
    this.#rows = rows;
    this.#now = options.now;
    this.#durability = options.durability;
    this.#synced = new SyncedIndex({ rows, namespace, embedder, createIndex, files });
  }

  get indexStatus(): OpenedMemory['indexStatus'] {
    const { kind, degraded } = this.#synced.index;
    return { kind, degraded, origin: this.#synced.origin };
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
    const texts = await this.#allTexts();
    // Of one state, so each has its vector.
    return inOrder(texts.values()).map((text) => this.#whole(text, this.#vectorOf(text.id)!));
  }

  async search(
    query: string,
    options: { readonly topK: number; readonly filter?: Metadata; readonly note?: Note },
  ): Promise<readonly ScoredEntry[]> {
    const { topK, filter, note } = options;
    checkCount(topK);
    const [vector] = await this.embedder.embed([query]);
    const found =
      filter && Object.keys(filter).length > 0
        ? await this.#searchAmong(vector, filter, topK)
        : await this.#searchAll(vector, topK);
    if (note) await this.#journalRetrieval(query, topK, found, note);
    return found;
  }

  async current(): Promise<CurrentVectors> {
    await this.refresh();
    // There is a state after a refresh.
    return { record: this.#synced.known!, index: this.#synced.index };
  }

  saveIndex(): Promise<void> {
    return this.#synced.save();
  }

  /** Brings the copy in step with the rows. */
  refresh(): Promise<void> {
    return this.#synced.refresh();
  }

  async #searchAll(vector: Float32Array, topK: number): Promise<readonly ScoredEntry[]> {
    for (;;) {
      const { index, known } = this.#synced;
      // Which are best is then not for the vectors alone to say.
      if (known && known.ageing.halfLife !== null) return this.#searchAmong(vector, {}, topK);
      // With its vector at once: after the wait the index may be of another state.
      const hits = index.search(vector, topK).map((hit) => ({ ...hit, embedding: this.#vectorOf(hit.id)! }));
      const { record, entries } = await this.#rows.texts(
        this.namespace,
        hits.map(({ id }) => id),
      );
      if (known && isState(record, known)) {
        const texts = new Map(entries.map((entry) => [entry.id, entry]));
        // Of one state, so each hit has its text.
        return hits.map(({ id, score, embedding }) => ({
          entry: this.#whole(texts.get(id)!, embedding),
          score,
        }));
      }
      await this.refresh();
    }
  }

  /** Over all entries: a filter or decay after the top k would lose matches further down. */
  async #searchAmong(vector: Float32Array, filter: Metadata, topK: number): Promise<readonly ScoredEntry[]> {
    const texts = await this.#allTexts();
    const { index, known } = this.#synced;
    const cosines = index.scores(vector);
    // There is a state after a refresh.
    const { ageing } = known!;
    const now = this.#now();
    const hits = index.ids().flatMap((id, i) => {
      const text = texts.get(id);
      if (!text || !matches(text.metadata, filter)) return [];
      return [{ id, score: decayedScore(cosines[i], decayAt(text, ageing, now)), cosine: cosines[i], text }];
    });
    return hits
      .sort(compareHits)
      .slice(0, topK)
      .map(({ id, cosine, text }) => ({ entry: this.#whole(text, this.#vectorOf(id)!), score: cosine }));
  }

  /** All texts, of the very state that the index is of until the next wait. */
  async #allTexts(): Promise<ReadonlyMap<string, EntryText>> {
    for (;;) {
      await this.refresh();
      // There is a state after a refresh.
      if (this.#texts && isState(this.#texts.record, this.#synced.known!)) return this.#texts.byId;
      const { record, entries } = await this.#rows.texts(this.namespace);
      this.#texts = { record, byId: new Map(entries.map((entry) => [entry.id, entry])) };
      if (isState(record, this.#synced.known!)) return this.#texts.byId;
    }
  }

  #whole(text: EntryText, embedding: Float32Array): MemoryEntry {
    return { ...text, embedding, embedderId: this.embedder.id };
  }

  /** A copy, since what is given out must not change with the index. */
  #vectorOf(id: string): Float32Array | undefined {
    return this.#synced.index.vector(id)?.slice();
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
    const { record, entries } = written;
    // A `put` of what is there already changes nothing, whatever vector it came with.
    const changed = entries.flatMap(({ before, after }, i) => {
      const id = (after ?? before)?.id;
      return id === undefined || before === after ? [] : [{ id, after, change: write.changes[i] }];
    });
    this.#synced.follow(
      record,
      changed.map(
        ({ id, after, change }): VectorChange => ({ id, embedding: after ? vectorOf(change) : undefined }),
      ),
    );
    const texts = this.#texts;
    if (texts?.record.incarnation === record.incarnation && texts.record.revision === record.revision - 1) {
      for (const { id, after } of changed) {
        if (after) texts.byId.set(id, after);
        else texts.byId.delete(id);
      }
      this.#texts = { record, byId: texts.byId };
    }
    return written;
  }
}

/** The vector that a change brings with it. */
function vectorOf(change: RowChange): Float32Array | undefined {
  switch (change.kind) {
    case 'add':
      return change.draft.embedding;
    case 'replace':
      return change.change.embedding;
    case 'put':
      return change.entry.embedding;
    default:
      return undefined;
  }
}
