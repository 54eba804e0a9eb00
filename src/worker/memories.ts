/**
 * The lab's long-term memory: IndexedDB rows behind a vector index, or rows in this tab where the browser
 * keeps nothing. Rollouts write to namespaces of their own, which are dropped after they are paid; the
 * user's namespace is opened by name only here and never handed to a rollout.
 */

import { NgramEmbedder } from '../memory/embedders/ngram-embedder';
import { chosenIndex, indexInWords, loadIndexParts } from '../memory/index/choose-index';
import type { IndexFactory } from '../memory/index/exact-index';
import { exactIndex } from '../memory/index/exact-index';
import { openSnapshotFiles, type SnapshotFiles } from '../memory/index/snapshot-files';
import {
  dropNamespace,
  type OpenedMemory,
  openMemory,
  ROLLOUT_PREFIX,
  USER_NAMESPACE,
} from '../memory/long-term-memory';
import type { LongTermMemory } from '../memory/memory';
import { IdbRows } from '../memory/rows/idb-rows';
import type { MemoryRows } from '../memory/rows/rows';
import { TransientRows } from '../memory/rows/transient-rows';
import type { MemoryProvider } from '../rl/rollouts';
import { CheckpointStore } from '../storage/checkpoint-store';
import { LabDatabase } from '../storage/database';
import { StorageError } from '../storage/errors';
import type { LabError, News } from './protocol';
import type { RunStore } from './run-checkpoint';

type Trouble = Omit<Extract<News, { kind: 'trouble' }>, 'kind'>;

const DATA_LOSS: LabError = {
  code: 'storage-data-loss',
  message:
    "The browser reports that this site's stored data was damaged and has been emptied: memories and checkpoints kept before are gone.",
  whatToDo: 'Nothing can be done about it here; what is kept from now on is stored anew.',
};

export class LabMemories implements MemoryProvider {
  private readonly embedder = new NgramEmbedder();

  private constructor(
    private readonly rows: MemoryRows,
    private readonly index: IndexFactory,
    /** Namespaces of this tab's rollouts start so; other tabs have others. */
    private readonly prefix: string,
    /** Null where this browser keeps nothing. */
    readonly checkpoints: RunStore | null,
    /** Saved indices of large memories; undefined where there is no place for them. */
    readonly indexFiles: SnapshotFiles | undefined,
    /** One sentence for the page. */
    readonly description: string,
  ) {}

  /**
   * Falls back, in words, to what works here; leftovers of rollouts a closed tab had running are removed.
   * What was found lost or is lost later is told.
   */
  static async open(
    tell: (trouble: Trouble) => void,
    openDatabase: () => Promise<LabDatabase> = () => LabDatabase.open(),
  ): Promise<LabMemories> {
    const parts = await loadIndexParts();
    const index = chosenIndex(parts);
    const search = indexInWords(parts);
    let database: LabDatabase | undefined;
    try {
      database = await openDatabase();
      const rows = new IdbRows(database);
      const prefix = `${ROLLOUT_PREFIX}tab${await claimTab()}/`;
      await rows.dropPrefix(prefix);
      database.onClosed((message) =>
        tell({ fatal: true, error: { code: 'storage-closed', message, whatToDo: 'Reload the page.' } }),
      );
      if (database.opened.dataLoss) tell({ fatal: false, error: DATA_LOSS });
      const description = `Memory is kept in IndexedDB and searched by ${search}.`;
      const files = await openSnapshotFiles();
      const names = (await rows.list()).map(({ name }) => name);
      // What a memory that is gone left behind; if that fails it is tried again at the next start.
      files?.keepOnly(names).catch(() => {});
      return new LabMemories(rows, index, prefix, new CheckpointStore(database), files, description);
    } catch (error) {
      database?.close();
      if (!(error instanceof StorageError)) throw error;
      return LabMemories.transient(
        `This browser keeps nothing (${error.message}) Memory and checkpoints last as long as this tab; it is searched by ${search}.`,
        index,
      );
    }
  }

  /** Rows in this process; checkpoints only where a store is given. */
  static transient(
    description: string,
    index: IndexFactory = exactIndex,
    checkpoints: RunStore | null = null,
  ): LabMemories {
    return new LabMemories(new TransientRows(), index, ROLLOUT_PREFIX, checkpoints, undefined, description);
  }

  open(name: string): Promise<LongTermMemory> {
    return this.openNamespace(this.prefix + name);
  }

  async drop(name: string): Promise<void> {
    await dropNamespace(this.rows, this.prefix + name);
  }

  user(): Promise<OpenedMemory> {
    return this.openNamespace(USER_NAMESPACE);
  }

  private openNamespace(namespace: string): Promise<OpenedMemory> {
    return openMemory({
      rows: this.rows,
      embedder: this.embedder,
      index: this.index,
      files: this.indexFiles,
      namespace,
    });
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
