/**
 * One namespace of long-term memory over rows, an embedder and an index. The rows are the truth. What
 * is kept here (the entries and the index over them) is a copy of one revision: every search asks the rows
 * whether that is still the newest one and rebuilds when it is not, so an edit in another tab is seen.
 */

import { NgramEmbedder } from './embedders/ngram-embedder';
import { EmbedderMismatchError, MemoryArgumentError } from './errors';
import { exactIndex, type IndexFactory } from './index/exact-index';
import { checkCount, compareHits } from './index/ranking';
import { cosine } from './index/unit-vectors';
import type {
  Embedder,
  JsonValue,
  LongTermMemory,
  MemoryEntry,
  Metadata,
  ScoredEntry,
  VectorIndex,
} from './memory';
import type { Durability, MemoryRows, NamespaceContent, NamespaceRecord } from './rows/rows';
import { TransientRows } from './rows/transient-rows';

/** Milliseconds since the epoch; injected, so that a test or a replay sees the same times again. */
export type Clock = () => number;

/** The user's own memory. */
export const USER_NAMESPACE = 'user/default';
/** Namespaces of rollouts start so; `dropRollouts` removes them and no other. */
export const ROLLOUT_PREFIX = 'rollout/';

export interface OpenMemoryOptions {
  readonly rows: MemoryRows;
  readonly embedder: Embedder;
  /** Default: the exact scan. */
  readonly index?: IndexFactory;
  readonly namespace: string;
  /** Default `Date.now`. */
  readonly now?: Clock;
  /** Default: `relaxed` for namespaces under `rollout/`, else `strict`. */
  readonly durability?: Durability;
  /** Embed every entry anew if the namespace was written with another embedder. Default false: refuse. */
  readonly reembed?: boolean;
}

/** What `openMemory` gives beyond the seam. */
export interface OpenedMemory extends LongTermMemory {
  /** What answers searches at this moment ("voy", "exact"), and why it is not what was asked for, if so. */
  readonly indexStatus: { readonly kind: string; readonly degraded?: string };
}

/**
 * Opens a namespace, makes it if there is none, and builds the index from its rows. Throws
 * `EmbedderMismatchError` if it was written with another embedder and `reembed` is not set.
 */
export async function openMemory(options: OpenMemoryOptions): Promise<OpenedMemory> {
  const { rows, embedder, namespace } = options;
  checkName(namespace);
  const now = options.now ?? Date.now;
  const made = { embedderId: embedder.id, dimension: embedder.dimension, created: now() };
  const record = await rows.ensure(namespace, made, durabilityOf(options));
  if (record.embedderId !== embedder.id || record.dimension !== embedder.dimension) {
    if (!options.reembed) throw new EmbedderMismatchError(namespace, record.embedderId, embedder.id);
    await reembed(rows, namespace, embedder);
  }
  const memory = new RowsMemory(options, now);
  await memory.refresh();
  return memory;
}

/** A memory of its own in its own rows: one for each rollout in Node, gone when it is let go. */
export async function createTransientMemory(
  options: { readonly embedder?: Embedder; readonly namespace?: string; readonly now?: Clock } = {},
): Promise<OpenedMemory> {
  return openMemory({
    rows: new TransientRows(),
    embedder: options.embedder ?? new NgramEmbedder(),
    namespace: options.namespace ?? `${ROLLOUT_PREFIX}transient`,
    now: options.now,
  });
}

export function listNamespaces(rows: MemoryRows): Promise<readonly NamespaceRecord[]> {
  return rows.list();
}

/** Entries, counter and all. A handle that is open elsewhere throws `UnknownNamespaceError` from then on. */
export function dropNamespace(rows: MemoryRows, namespace: string): Promise<void> {
  checkName(namespace);
  return rows.drop(namespace, durabilityOf({ namespace }));
}

/** Removes every namespace of rollouts and nothing else; returns their names. */
export function dropRollouts(rows: MemoryRows): Promise<readonly string[]> {
  return rows.dropPrefix(ROLLOUT_PREFIX);
}

/** A rollout's memory is thrown away after it is paid: waiting for the disk would buy nothing. */
function durabilityOf({
  namespace,
  durability,
}: Pick<OpenMemoryOptions, 'namespace' | 'durability'>): Durability {
  return durability ?? (namespace.startsWith(ROLLOUT_PREFIX) ? 'relaxed' : 'strict');
}

function checkName(namespace: string): void {
  if (namespace.trim() === '' || namespace.length > 200) {
    throw new MemoryArgumentError(
      'namespace',
      `A namespace needs a name of 1 to 200 characters, e.g. ${JSON.stringify(USER_NAMESPACE)}.`,
    );
  }
}

async function reembed(rows: MemoryRows, namespace: string, embedder: Embedder): Promise<void> {
  for (;;) {
    const content = (await rows.read(namespace))!; /* undefined only where a known state is given */
    const vectors = await embedder.embed(content.entries.map((entry) => entry.content));
    const embeddings = new Map(content.entries.map((entry, i) => [entry.id, vectors[i]]));
    if (await rows.reembed(namespace, content.record, embedder, embeddings)) return;
  }
}

class RowsMemory implements OpenedMemory {
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

  constructor(options: OpenMemoryOptions, now: Clock) {
    this.namespace = options.namespace;
    this.embedder = options.embedder;
    this.#rows = options.rows;
    this.#createIndex = options.index ?? exactIndex;
    this.#now = now;
    this.#durability = durabilityOf(options);
    this.#index = this.#newIndex();
  }

  get indexStatus(): OpenedMemory['indexStatus'] {
    return { kind: this.#index.kind, degraded: this.#index.degraded };
  }

  async add(input: Parameters<LongTermMemory['add']>[0]): Promise<MemoryEntry> {
    const [embedding] = await this.embedder.embed([input.content]);
    const time = this.#now();
    const { record, entry } = await this.#rows.insert(
      this.namespace,
      {
        content: input.content,
        embedding,
        embedderId: this.embedder.id,
        metadata: ownCopy(input.metadata),
        memoryType: input.memoryType ?? '',
        created: time,
        updated: time,
        sourceStep: input.sourceStep ?? '',
      },
      this.#durability,
    );
    this.#follow(record, () => this.#keep(entry));
    return entry;
  }

  async update(id: string, change: Parameters<LongTermMemory['update']>[1]) {
    const [embedding] = await this.embedder.embed([change.content]);
    const { record, before, after } = await this.#rows.replace(
      this.namespace,
      id,
      {
        content: change.content,
        embedding,
        embedderId: this.embedder.id,
        metadata: ownCopy(change.metadata),
        updated: this.#now(),
        sourceStep: change.sourceStep ?? '',
      },
      this.#durability,
    );
    this.#follow(record, () => this.#keep(after));
    return { before, after };
  }

  async delete(id: string): Promise<MemoryEntry> {
    const { record, entry } = await this.#rows.remove(this.namespace, id, this.#durability);
    this.#follow(record, () => {
      this.#entries.delete(id);
      this.#index.remove(id);
    });
    return entry;
  }

  get(id: string): Promise<MemoryEntry | undefined> {
    return this.#rows.get(this.namespace, id);
  }

  async list(): Promise<readonly MemoryEntry[]> {
    await this.refresh();
    return [...this.#entries.values()];
  }

  async search(
    query: string,
    options: { readonly topK: number; readonly filter?: Metadata },
  ): Promise<readonly ScoredEntry[]> {
    checkCount(options.topK);
    const [vector] = await this.embedder.embed([query]);
    await this.refresh();
    const { filter } = options;
    if (filter && Object.keys(filter).length > 0) return this.#searchAmong(vector, filter, options.topK);
    // Every id of the index is a key of the copy: both are changed together.
    return this.#index
      .search(vector, options.topK)
      .map(({ id, score }) => ({ entry: this.#entries.get(id)!, score }));
  }

  async clear(): Promise<void> {
    const record = await this.#rows.clear(this.namespace, this.#durability);
    this.#replaceAll({ record, entries: [] });
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

/** The caller may go on changing its object; what was stored must not. */
function ownCopy(metadata: Metadata | undefined): Metadata {
  return metadata && Object.keys(metadata).length > 0 ? structuredClone(metadata) : {};
}

/** Every key of the filter must be there with an equal value (deep, arrays in order). */
function matches(metadata: Metadata, filter: Metadata): boolean {
  return Object.keys(filter).every(
    (key) => Object.hasOwn(metadata, key) && equalJson(metadata[key], filter[key]),
  );
}

function equalJson(a: JsonValue, b: JsonValue): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equalJson((a as Metadata)[key], (b as Metadata)[key]))
  );
}
