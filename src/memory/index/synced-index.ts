/**
 * The index over the vectors of one namespace, kept in step with its rows. The rows are the truth; this is a copy of
 * one state of them, and knows which. In step it gets by what costs least:
 *
 *   own writes         `follow` applies them, if the copy was of the state just before
 *   others' writes     `refresh` asks the rows what has changed since (rows/changes.ts) and applies that
 *   at the start       the index saved in a file, and what has changed since it was saved
 *   in any doubt       all vectors, from the rows
 *
 * A large index is saved when writes have settled, and only when there is much that the file does not know yet:
 * a start catches up with some hundreds of changes in less time than it takes to write 100 MB.
 */
import { EmbedderMismatchError, SnapshotError } from '../errors';
import type { VectorIndex } from '../memory';
import type { EmbedderKey, MemoryRows, NamespaceChanges, NamespaceRecord } from '../rows/rows';
import { LARGE } from './choose-index';
import type { IndexFactory } from './exact-index';
import { decodeSaved, encodeSavedHead } from './saved-index';
import type { SnapshotFiles } from './snapshot-files';

/** Journal records since the copy's state up to which it is brought in step rather than made anew. */
const MOST_RECORDS = 2000;
/** Journal records that the file may be behind before it is written again. */
export const BEHIND_ALLOWED = 500;
/** So long nothing must have been written. Milliseconds. */
const SETTLED = 3000;

export interface SyncedIndexOptions {
  readonly rows: MemoryRows;
  readonly namespace: string;
  readonly embedder: EmbedderKey;
  readonly createIndex: IndexFactory;
  /** Where the index is saved; left out: nowhere. */
  readonly files?: SnapshotFiles;
  /** Default 3000 ms. */
  readonly settled?: number;
}

/** How the copy came about, last time it was not just brought in step. */
export type IndexOrigin = 'nothing' | 'file' | 'rows';

/** One change of an own write: with a vector written, without one gone. */
export interface VectorChange {
  readonly id: string;
  readonly embedding?: Float32Array;
}

export class SyncedIndex {
  readonly #options: SyncedIndexOptions;
  readonly #index: VectorIndex;
  /** The state that the index is a copy of; undefined before the first. */
  #known: NamespaceRecord | undefined;
  /** `journal` of the state in the file; undefined: there is none that is known to be good. */
  #saved: number | undefined;
  #saving: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #origin: IndexOrigin = 'nothing';

  constructor(options: SyncedIndexOptions) {
    this.#options = options;
    const { embedder, createIndex } = options;
    this.#index = createIndex({ embedderId: embedder.id, dimension: embedder.dimension });
  }

  /** To be read only. Of the state `known` until the next wait. */
  get index(): VectorIndex {
    return this.#index;
  }

  get known(): NamespaceRecord | undefined {
    return this.#known;
  }

  get origin(): IndexOrigin {
    return this.#origin;
  }

  /**
   * Brings the copy to the newest state. Throws `UnknownNamespaceError`, `EmbedderMismatchError`,
   * `MemoryDamagedError` where vectors are missing.
   */
  async refresh(): Promise<void> {
    const since = this.#known ?? (await this.#fromFile());
    const { rows, namespace } = this.#options;
    if (since) {
      const changes = await rows.changes(namespace, since, MOST_RECORDS);
      // Two refreshes may overlap, and own writes come in between: what was asked for another state is not applied.
      if (this.#known !== since) return this.refresh();
      if (changes && this.#apply(changes)) return;
    }
    await this.#fromRows();
  }

  /** Carries one's own write over, if the copy is of the state just before; otherwise `refresh` will. */
  follow(record: NamespaceRecord, changes: readonly VectorChange[]): void {
    const known = this.#known;
    if (known?.incarnation !== record.incarnation) return;
    // Of retrievals there may be many between two changes; the next refresh need not read them again.
    if (known.revision === record.revision && known.journal < record.journal) this.#known = record;
    if (known.revision !== record.revision - 1) return;
    for (const { id, embedding } of changes) {
      if (embedding) this.#index.upsert(id, embedding);
      else this.#index.remove(id);
    }
    this.#become(record);
  }

  /** Writes the file now if it is behind at all; nothing is thrown, since it is only a cache. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#saving = this.#saving
      .then(() => this.#save())
      .catch(() => {
        // No room, or no permission: the next start reads the rows.
        this.#saved = undefined;
      });
    return this.#saving;
  }

  /** False if the outcome does not add up. */
  #apply({ record, written, removed }: NamespaceChanges): boolean {
    for (const { id, embedding } of written) this.#index.upsert(id, embedding);
    for (const id of removed) this.#index.remove(id);
    if (this.#index.size !== record.count) return false;
    if (record.revision === this.#known?.revision) this.#known = record;
    else this.#become(record);
    return true;
  }

  async #fromRows(): Promise<void> {
    const { rows, namespace, embedder } = this.#options;
    const before = this.#known;
    const { record, ids, vectors } = await rows.vectors(namespace);
    if (record.embedderId !== embedder.id || record.dimension !== embedder.dimension) {
      throw new EmbedderMismatchError(namespace, record.embedderId, embedder.id);
    }
    if (this.#known !== before) return this.refresh();
    this.#index.load(ids, vectors);
    this.#origin = 'rows';
    this.#saved = undefined;
    this.#become(record);
  }

  /** The state of the file, its vectors in the index; undefined if there is no file that can be trusted. */
  async #fromFile(): Promise<NamespaceRecord | undefined> {
    const { rows, files, namespace, embedder } = this.#options;
    // A small memory is read from its rows as fast.
    if (!files || (await rows.record(namespace)).count <= LARGE) return this.#known;
    try {
      const bytes = await files.read(namespace);
      if (!bytes || this.#known) return this.#known;
      const { record, snapshot } = decodeSaved(bytes);
      if (record.name !== namespace || record.embedderId !== embedder.id) {
        throw new SnapshotError('saved-other', 'The saved index is of another memory. Drop the file.');
      }
      this.#index.restore(snapshot);
      if (this.#index.size !== record.count) {
        throw new SnapshotError('saved-other', 'The saved index is not of its state. Drop the file.');
      }
      this.#origin = 'file';
      this.#saved = record.journal;
      this.#known = record;
      return record;
    } catch {
      // Whatever it was, the rows are there and the file is of no use.
      await files.remove(namespace).catch(() => {});
      return this.#known;
    }
  }

  #become(record: NamespaceRecord): void {
    this.#known = record;
    const { files, settled = SETTLED } = this.#options;
    if (!files || record.count <= LARGE) return;
    if (this.#saved !== undefined && record.journal - this.#saved < BEHIND_ALLOWED) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), settled);
  }

  async #save(): Promise<void> {
    const record = this.#known;
    const { files, namespace } = this.#options;
    if (!files || !record || record.journal === this.#saved) return;
    const snapshot = this.#index.snapshot();
    await files.write(namespace, [encodeSavedHead(record, snapshot), snapshot]);
    this.#saved = record.journal;
  }
}
