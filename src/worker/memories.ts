/**
 * The lab's long-term memory: IndexedDB rows behind the voy index, or rows in this tab where the browser
 * keeps nothing. Rollouts write to namespaces of their own, which are dropped after they are paid; the
 * user's namespace is opened by name only here and never handed to a rollout.
 */
import type { IndexFactory } from '../memory/exact-index';
import { exactIndex } from '../memory/exact-index';
import { IdbRows } from '../memory/idb-rows';
import { dropNamespace, openMemory, ROLLOUT_PREFIX, USER_NAMESPACE } from '../memory/long-term-memory';
import type { LongTermMemory } from '../memory/memory';
import { NgramEmbedder } from '../memory/ngram-embedder';
import type { MemoryRows } from '../memory/rows';
import { TransientRows } from '../memory/transient-rows';
import { voyIndex } from '../memory/voy-index';
import type { MemoryProvider } from '../rl/rollouts';
import { CheckpointStore } from '../storage/checkpoint-store';
import { LabDatabase } from '../storage/database';
import { StorageError } from '../storage/errors';

export class LabMemories implements MemoryProvider {
  private readonly embedder = new NgramEmbedder();

  private constructor(
    private readonly rows: MemoryRows,
    private readonly index: IndexFactory,
    /** Namespaces of this tab's rollouts start so; other tabs have others. */
    private readonly prefix: string,
    /** Null where this browser keeps nothing. */
    readonly checkpoints: CheckpointStore | null,
    /** One sentence for the page. */
    readonly description: string,
  ) {}

  /** Falls back, in words, to what works here; leftovers of rollouts a closed tab had running are removed. */
  static async open(onClosed: (reason: string) => void): Promise<LabMemories> {
    let index = exactIndex;
    let search = 'an exact scan, because the voy index could not be loaded';
    try {
      index = await voyIndex();
      search = 'the voy index (WebAssembly)';
    } catch {
      // The exact scan finds the same entries; the description says which one is at work.
    }
    try {
      const database = await LabDatabase.open();
      database.onClosed(onClosed);
      const rows = new IdbRows(database);
      const prefix = `${ROLLOUT_PREFIX}tab${await claimTab()}/`;
      await rows.dropPrefix(prefix);
      const store = new CheckpointStore(database);
      return new LabMemories(
        rows,
        index,
        prefix,
        store,
        `Memory is kept in IndexedDB and searched by ${search}.`,
      );
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      const description = `This browser keeps nothing (${error.message}) Memory and checkpoints last as long as this tab; it is searched by ${search}.`;
      return new LabMemories(new TransientRows(), index, ROLLOUT_PREFIX, null, description);
    }
  }

  open(name: string): Promise<LongTermMemory> {
    return this.openNamespace(this.prefix + name);
  }

  async drop(name: string): Promise<void> {
    await dropNamespace(this.rows, this.prefix + name);
  }

  user(): Promise<LongTermMemory> {
    return this.openNamespace(USER_NAMESPACE);
  }

  private openNamespace(namespace: string): Promise<LongTermMemory> {
    return openMemory({ rows: this.rows, embedder: this.embedder, index: this.index, namespace });
  }
}

/**
 * A number no other open tab has, held until this tab is gone: the first tab is 1, so that its rollouts
 * have the same names every time. Leftovers under it belong to a tab that was closed while it worked.
 */
async function claimTab(): Promise<number> {
  for (let tab = 1; ; tab++) {
    const claimed = await new Promise<boolean>((resolve) => {
      void navigator.locks.request(`agemem-lab/tab-${tab}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        // Held for as long as the worker lives.
        return lock === null ? undefined : new Promise<never>(() => {});
      });
    });
    if (claimed) return tab;
  }
}
