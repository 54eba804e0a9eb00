/**
 * The lab's long-term memory: IndexedDB rows behind a vector index, or rows in this tab where the browser
 * keeps nothing. Rollouts write to namespaces of their own, which are dropped after they are paid, but for the
 * last group's; the user's namespace is opened by name only here and never handed to a rollout.
 */

import { UnknownNamespaceError } from '../memory/errors';
import { chosenIndex, indexInWords, loadIndexParts } from '../memory/index/choose-index';
import type { IndexFactory } from '../memory/index/exact-index';
import { exactIndex } from '../memory/index/exact-index';
import { openSnapshotFiles, type SnapshotFiles } from '../memory/index/snapshot-files';
import {
  type Clock,
  dropNamespace,
  type OpenedMemory,
  openMemory,
  ROLLOUT_PREFIX,
  USER_NAMESPACE,
} from '../memory/long-term-memory';
import type { Embedder, LongTermMemory } from '../memory/memory';
import type { MemoryRows, NamespaceRecord } from '../memory/rows/rows';
import { TransientRows } from '../memory/rows/transient-rows';
import type { MemoryProvider } from '../rl/rollouts';
import { CheckpointStore } from '../storage/checkpoint-store';
import { closedWords, LabDatabase } from '../storage/database';
import { StorageError, StorageUnavailableError } from '../storage/errors';
import { type TaskSetRows, TaskSetStore, TransientTaskSets } from '../storage/task-set-store';
import { type EmbedderSources, LabEmbedders } from './embedders';
import { KeptRollouts } from './kept-rollouts';
import { LabRefusal, toLabError } from './lab-errors';
import { type MemorySafety, type Trouble, watchMemories } from './memory-safety';
import type { LabError } from './protocol';
import type { RunStore } from './run-checkpoint';

const DATA_LOSS: LabError = {
  code: 'storage-data-loss',
  message:
    "The browser reports that this site's stored data was damaged and has been emptied: checkpoints kept before are gone, and memories that neither a backup nor the log beside it holds.",
  whatToDo: 'Open the memory page to restore memories; what is kept from now on is stored anew.',
};

const OUT_OF_REACH =
  'What this site has kept cannot be opened, and nothing of it was changed: the memory shown is another one, empty.';

function outOfReach(error: StorageError): LabError {
  const { code, message, whatToDo } = toLabError(error);
  return { code, message: `${OUT_OF_REACH} ${message}`, whatToDo };
}

/** Where there is neither a policy nor a site with encoders; nothing is asked of other hosts. */
const LETTERS_ONLY: EmbedderSources = {
  policy: () => null,
  site: null,
  tellForeign: ({ host }) => {
    throw new LabRefusal('no-foreign-host', `${host} is not asked from here.`, 'Choose another embedder.');
  },
};

export class LabMemories implements MemoryProvider {
  /** What new memories and those of rollouts are written with. */
  readonly embedder: Embedder;
  /** Those of the last group are kept until the next run. */
  readonly rollouts: MemoryProvider = new KeptRollouts(this);
  private readonly listeners = new Set<(name: string, elsewhere: boolean) => void>();

  private constructor(
    readonly rows: MemoryRows,
    private readonly index: IndexFactory,
    /** Namespaces of this tab's rollouts start so; other tabs have others. */
    readonly prefix: string,
    /** Null where this browser keeps nothing. */
    readonly checkpoints: RunStore | null,
    /** Saved indices of large memories; undefined where there is no place for them. */
    readonly indexFiles: SnapshotFiles | undefined,
    /** One sentence for the page. */
    readonly description: string,
    /** Who watches over what is kept; null where this browser keeps nothing. */
    readonly safety: MemorySafety | null,
    readonly embedders: LabEmbedders,
    private readonly now: Clock = Date.now,
    /** Task sets of the user's own. */
    readonly taskSets: TaskSetRows = new TransientTaskSets(),
    /** For what else is kept; null where this browser keeps nothing. */
    readonly database: LabDatabase | null = null,
  ) {
    this.embedder = embedders.standard;
  }

  /**
   * Falls back, in words, to what works here; leftovers of rollouts a closed tab had running are removed.
   * What was found lost or is lost later is told.
   */
  static async open(
    tell: (trouble: Trouble) => void,
    openDatabase: () => Promise<LabDatabase> = () => LabDatabase.open(),
    embedders: LabEmbedders = new LabEmbedders(LETTERS_ONLY),
  ): Promise<LabMemories> {
    const parts = await loadIndexParts();
    const index = chosenIndex(parts);
    const search = indexInWords(parts);
    let database: LabDatabase | undefined;
    try {
      database = await openDatabase();
      const checkpoints = new CheckpointStore(database);
      const files = await openSnapshotFiles();
      const { rows, safety } = await watchMemories(database, checkpoints, files, tell, (id) =>
        // Vectors can be made again by another; what is restored are the texts.
        embedders.open(id).catch(() => embedders.standard),
      );
      const prefix = `${ROLLOUT_PREFIX}tab${await claimTab()}/`;
      await rows.dropPrefix(prefix);
      database.onClosed((reason) =>
        tell({
          fatal: true,
          error: { code: 'storage-closed', message: closedWords(reason), whatToDo: 'Reload the page.' },
        }),
      );
      if (database.opened.dataLoss) tell({ fatal: false, error: DATA_LOSS });
      const description = `Memory is kept in IndexedDB and searched by ${search}.`;
      const names = (await rows.list()).map(({ name }) => name);
      // What a memory that is gone left behind; if that fails it is tried again at the next start.
      files?.keepOnly(names).catch(() => {});
      const memories = new LabMemories(
        rows,
        index,
        prefix,
        checkpoints,
        files,
        description,
        safety,
        embedders,
        undefined,
        new TaskSetStore(database),
        database,
      );
      safety.onChange(({ name, elsewhere }) => {
        if (elsewhere) memories.changed(name, true);
      });
      return memories;
    } catch (error) {
      database?.close();
      if (!(error instanceof StorageError)) throw error;
      // Where nothing can be kept nothing is hidden. Anything else may hide what was kept behind an empty memory.
      const hidden = !(error instanceof StorageUnavailableError);
      if (hidden) tell({ fatal: false, error: outOfReach(error) });
      const why = hidden ? OUT_OF_REACH : 'This browser keeps nothing.';
      return LabMemories.transient(
        `${why} ${error.message} Memory and checkpoints last as long as this tab; it is searched by ${search}.`,
        index,
        null,
        undefined,
        undefined,
        undefined,
        embedders,
      );
    }
  }

  /** Rows in this process; checkpoints only where a store is given. */
  static transient(
    description: string,
    index: IndexFactory = exactIndex,
    checkpoints: RunStore | null = null,
    now: Clock = Date.now,
    rows: MemoryRows = new TransientRows(),
    prefix = ROLLOUT_PREFIX,
    embedders: LabEmbedders = new LabEmbedders(LETTERS_ONLY),
  ): LabMemories {
    return new LabMemories(rows, index, prefix, checkpoints, undefined, description, null, embedders, now);
  }

  open(name: string): Promise<LongTermMemory> {
    return this.openNamespace(this.prefix + name);
  }

  async drop(name: string): Promise<void> {
    await dropNamespace(this.rows, this.prefix + name);
  }

  /** For acts: its index is made when it is searched. */
  user(): Promise<OpenedMemory> {
    return this.openNamespace(USER_NAMESPACE, true);
  }

  /** With the embedder whose vectors are in force there. Throws `EmbedderUnavailableError`. */
  async openNamespace(namespace: string, lazy = false): Promise<OpenedMemory> {
    return openMemory({
      rows: this.rows,
      embedder: await this.embedderOf(namespace),
      index: this.index,
      files: this.indexFiles,
      namespace,
      now: this.now,
      lazy,
    });
  }

  private async embedderOf(namespace: string): Promise<Embedder> {
    if (namespace.startsWith(ROLLOUT_PREFIX)) return this.embedder;
    try {
      return await this.embedders.open((await this.rows.record(namespace)).embedderId);
    } catch (error) {
      // Not there yet: it is about to be made.
      if (error instanceof UnknownNamespaceError) return this.embedder;
      throw error;
    }
  }

  /** Bytes of text, vectors and journal. */
  async bytesOf(record: NamespaceRecord): Promise<number> {
    if (this.safety) {
      const { memories, journals, vectors } = await this.safety.measure.of(record);
      return memories + journals + vectors;
    }
    const { name, count, dimension } = record;
    const { entries } = await this.rows.texts(name);
    const journal = await this.rows.journal(name);
    const encoder = new TextEncoder();
    const length = (rows: readonly unknown[]) =>
      rows.reduce<number>((sum, row) => sum + encoder.encode(JSON.stringify(row)).length, 0);
    return length(entries) + length(journal) + count * dimension * Float32Array.BYTES_PER_ELEMENT;
  }

  /** Whether it was found lost or damaged and nobody has said yet what to do about it. */
  inTrouble(name: string): boolean {
    const state = this.safety?.keeper.health()[name]?.state;
    return state === 'lost' || state === 'damaged';
  }

  /** Tells whoever listens that a memory was changed, in this tab or another one. */
  changed(name: string, elsewhere = false): void {
    for (const listener of this.listeners) listener(name, elsewhere);
  }

  onChange(listener: (name: string, elsewhere: boolean) => void): void {
    this.listeners.add(listener);
  }
}

/**
 * A number no other open tab has, held until this tab is gone: the first tab is 1, so that its rollouts
 * have the same names every time. Leftovers under it belong to a tab that was closed while it worked.
 * Pages served without TLS have no locks; a random name is as good, but nobody cleans up after it.
 */
async function claimTab(): Promise<string> {
  // The type says it is always there; outside secure contexts it is not.
  const locks = navigator.locks as LockManager | undefined;
  for (let tab = 1; locks; tab++) {
    const claimed = await claim(locks, `agemem-lab/tab-${tab}`);
    if (claimed === 'refused') break;
    if (claimed) return String(tab);
  }
  return `-${randomName()}`;
}

/** True if it is ours now, for as long as the worker lives. `refused`: this page may hold no locks. */
function claim(locks: LockManager, name: string): Promise<boolean | 'refused'> {
  return new Promise((resolve) => {
    locks
      .request(name, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise<never>(() => {});
      })
      .catch(() => resolve('refused'));
  });
}

function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(2)), (word) => word.toString(36)).join('');
}
