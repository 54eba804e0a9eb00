/** Memories as wholes: profiles, backups, the browser's promise, and the embedder whose vectors are in force. */

import { say } from '../language/language';
import type { MemoryArgs } from '../state/memory-line';
import { askForPromise, askOnce, PROMISE_WORDS } from '../state/storage-promise';
import { labErrorOf } from '../state/worker-client';
import { newest } from './loaded';
import type { MemoryStore } from './memory-store';
import { storedWords } from './names';

export class MemoryKeeping {
  constructor(
    private readonly store: MemoryStore,
    /** Puts a memory on view. */
    private readonly choose: (name: string) => Promise<void>,
  ) {}

  async create(name: string): Promise<void> {
    const { store } = this;
    const names = () => newest(store.state().parts.home)?.namespaces.map((facts) => facts.name) ?? [];
    const before = new Set(names());
    const created = await store.keeping(say('Creating'), say('Created “{name}”.', { name }), () =>
      store.line.call('createNamespace', { name }),
    );
    const made = names().find((one) => !before.has(one));
    if (created && made !== undefined) await this.show(made);
  }

  async copy(from: string, to: string): Promise<void> {
    const { store } = this;
    const copied = await store.keeping(say('Copying'), say('Copied to “{name}”.', { name: to }), () =>
      store.line.call('copyNamespace', { from, to }),
    );
    if (copied) void this.keptSomething();
  }

  async drop(name: string, title: string): Promise<void> {
    const { store } = this;
    const done = await store.keeping(say('Deleting'), say('Deleted “{title}”.', { title }), () =>
      store.line.call('dropNamespace', { name }),
    );
    if (!done) return;
    store.apply({ type: 'cleared', part: 'comparison' });
    if (store.state().name !== name) return;
    const namespaces = newest(store.state().parts.home)?.namespaces ?? [];
    const next = namespaces.find(({ kind }) => kind === 'user') ?? namespaces[0];
    if (next) await this.show(next.name);
  }

  async compare(left: string, right: string): Promise<void> {
    const { store } = this;
    await store.load('comparison', () => store.line.call('compareNamespaces', { left, right }));
  }

  async backUp(): Promise<void> {
    const { store } = this;
    await store.keeping(say('Backing up'), say('Made a backup.'), () => store.line.call('backUpNow', {}));
  }

  /** @param words what is said when it is done */
  async restore(id: string, name: string, words: string): Promise<void> {
    const { store } = this;
    let stayed = 0;
    const done = await store.keeping(say('Restoring'), words, async () => {
      const restored = await store.line.call('restoreBackup', { id, name });
      stayed = restored.stayed;
      return restored.home;
    });
    if (done && stayed > 0) {
      const since =
        stayed === 1
          ? say('1 entry written since stays, under an id of its own.')
          : say('{n} entries written since stay, under ids of their own.', { n: stayed });
      store.tell(`${words} ${since}`);
    }
    if (done) await this.show(name);
  }

  /** @param words what is said when it is done */
  async accept(name: string, words: string): Promise<void> {
    const { store } = this;
    await store.keeping(say('Accepting'), words, () => store.line.call('acceptLoss', { name }));
  }

  async persist(): Promise<void> {
    const { store } = this;
    await store.during(say('Asking the browser'), async () => {
      await askForPromise();
      const storage = await store.line.call('persistStorage', {});
      store.storage(storage);
      store.tell(say(PROMISE_WORDS[storage.persisted === 'yes' ? 'yes' : 'no']));
    });
  }

  /**
   * The user has kept something here: the moment to ask the browser for its promise, if it never was. Beside everything
   * else, since the browser may ask the user; the answer joins what was said of the act.
   */
  async keptSomething(): Promise<void> {
    const { store } = this;
    const promised = await askOnce();
    if (promised === null) return;
    const words = say(PROMISE_WORDS[promised ? 'yes' : 'no']);
    const { said } = store.state();
    store.apply({
      type: 'said',
      said: { words: said ? `${said.words} ${words}` : words, undo: said?.undo ?? null },
    });
    await store.line.call('persistStorage', {}).then(
      (storage) => store.storage(storage),
      (error) => store.report(error),
    );
  }

  async deleteStored(kind: MemoryArgs<'deleteStored'>['kind']): Promise<void> {
    const { store } = this;
    const words = storedWords(kind);
    await store.during(say('Deleting {kind}', { kind: words }), async () => {
      store.storage(await store.line.call('deleteStored', { kind }));
      store.tell(say('Deleted {kind}.', { kind: words }));
    });
  }

  /** Beside everything else: the vectors in force answer until the new ones are complete. */
  async reembed(embedder: string, title: string): Promise<void> {
    const { store } = this;
    const { name, reembedding } = store.state();
    if (name === null || reembedding) return;
    store.apply({ type: 'reembedding', progress: { embedder, done: 0, total: 0 } });
    try {
      const view = await store.line.call('reembed', { name, embedder });
      store.tell(say('{title} is in force.', { title }));
      if (store.state().name === name) {
        store.drop('view');
        store.apply({ type: 'loaded', part: 'view', value: view });
        await store.follow();
      }
    } catch (error) {
      if (labErrorOf(error, '').code === 'cancelled') {
        store.tell(say('Stopped. The vectors made so far are kept; choose it again to go on.'));
      } else store.report(error);
    } finally {
      store.apply({ type: 'reembedding', progress: null });
      store.apply({ type: 'fetching', progress: null });
    }
  }

  async cancelReembedding(): Promise<void> {
    const { store } = this;
    await store.line.call('cancelReembedding', {}).catch((error) => store.report(error));
  }

  /** Puts a memory on view and keeps the note of what was done. */
  private async show(name: string): Promise<void> {
    const { said } = this.store.state();
    await this.choose(name);
    this.store.apply({ type: 'said', said });
  }
}
