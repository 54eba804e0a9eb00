/** The lab's own memory, opened as its worker opens it, and worked hard. */
import { BY_USER } from '../../src/memory/journal';
import { type OpenedMemory, openMemory, USER_NAMESPACE } from '../../src/memory/long-term-memory';
import { sumOfEntries } from '../../src/memory/rows/entry-sum';
import { IdbRows } from '../../src/memory/rows/idb-rows';
import { type RowsWatch, SharedRows } from '../../src/memory/safety/shared-rows';
import { Survey } from '../../src/memory/safety/survey';
import { Tabs } from '../../src/memory/safety/tabs';
import { LabDatabase } from '../../src/storage/database';
import { LabMemories } from '../../src/worker/memories';
import type { Acknowledged, CallName, Calls, Reply, Request } from './calls';

const troubles: Calls['troubles']['result'][number][] = [];
const elsewhere: string[] = [];
let database: LabDatabase | undefined;
let memories: LabMemories | undefined;

function need(): LabMemories {
  if (!memories) throw new Error('not open');
  return memories;
}

function watch() {
  const { safety, description } = need();
  if (!safety) throw new Error(description);
  return safety;
}

const user = () => need().user();

const calls: { readonly [N in CallName]: (args: Calls[N]['args']) => Promise<Calls[N]['result']> } = {
  async open() {
    memories = await LabMemories.open(
      ({ fatal, error }) => troubles.push({ fatal, code: error.code, message: error.message }),
      async () => {
        database = await LabDatabase.open();
        return database;
      },
    );
    memories.safety?.onChange((change) => {
      if (change.elsewhere) elsewhere.push(change.name);
    });
    await memories.safety?.checked;
    return { description: memories.description };
  },

  async work({ tag, changes }) {
    const memory = await user();
    for (let i = 0; changes === null || i < changes; i++) {
      const change = await step(memory, `${tag}.${i}`, i);
      const { journal, revision } = await need().rows.record(USER_NAMESPACE);
      post({ kind: 'acknowledged', change: { journal, revision, changes: change } });
    }
    return null;
  },

  async bring({ entries, length }) {
    const memory = await user();
    const text = (i: number) => `${i} ${'lorem ipsum dolor '.repeat(length / 18)}`;
    const added = await memory.addAll(
      Array.from({ length: entries }, (_, i) => ({ content: text(i) })),
      'import',
      BY_USER,
    );
    return added.length;
  },

  async retrieve({ query }) {
    return (await (await user()).search(query, { topK: 3, note: BY_USER })).map(({ entry }) => entry.content);
  },

  async clear() {
    await (await user()).clear();
    return null;
  },

  async dump() {
    if (!database) throw new Error('not open');
    const { rows } = need();
    const { record, entries } = await rows.texts(USER_NAMESPACE);
    const journal = await rows.journal(USER_NAMESPACE);
    const { stored } = await new Survey(database).audit(USER_NAMESPACE);
    const found = await (await user()).search('anything', { topK: 1_000_000 });
    return { record, entries, journal, stored, sum: sumOfEntries(entries), searched: found.length };
  },

  health: async () => watch().keeper.health(),
  backups: () => watch().keeper.backups(),
  async settle() {
    await watch().keeper.sentinelNow();
    return null;
  },
  async backUp() {
    await watch().keeper.backUpNow();
    return watch().keeper.backups();
  },
  async restore({ id }) {
    await watch().keeper.restore(id, USER_NAMESPACE);
    return null;
  },
  async accept() {
    await watch().keeper.acceptLoss(USER_NAMESPACE);
    return null;
  },
  async cost({ acts }) {
    if (!database) throw new Error('not open');
    const silent = Tabs.open('/cost');
    const nobody: RowsWatch = {
      committed: async () => undefined,
      changed: () => undefined,
      opened: () => undefined,
      leaving: async () => undefined,
      left: async () => undefined,
      stayed: () => undefined,
      missing: () => undefined,
    };
    const { embedder, rows } = need();
    const plainRows = new SharedRows(new IdbRows(database), silent, nobody, () => true);
    const memories = {
      plain: await openMemory({ rows: plainRows, embedder, namespace: 'user/cost-plain' }),
      logged: await openMemory({ rows, embedder, namespace: 'user/cost-logged' }),
    };
    const written = countLogWrites();
    const flushes = { plain: 0, logged: 0 };
    const times = { plain: [] as number[], logged: [] as number[] };
    for (let i = 0; i < acts; i++) {
      for (const kind of ['plain', 'logged'] as const) {
        const [start, flushed] = [performance.now(), written.flushes];
        await memories[kind].add({
          content: `What an act costs is measured with a sentence like this, number ${i}`,
        });
        times[kind].push(performance.now() - start);
        flushes[kind] += written.flushes - flushed;
      }
    }
    silent.close();
    const logBytesPerAct = written.bytes / acts;
    return { acts, plain: median(times.plain), logged: median(times.logged), logBytesPerAct, flushes };
  },
  elsewhere: async () => elsewhere.splice(0),
  troubles: async () => troubles,
};

/** What is written to logs of acts from now on, by what the browser is asked for. */
function countLogWrites(): { readonly bytes: number; readonly flushes: number } {
  const counts = { bytes: 0, flushes: 0 };
  interface Access {
    write(bytes: Uint8Array, options: { readonly at: number }): number;
    flush(): void;
  }
  const files = FileSystemFileHandle.prototype as FileSystemFileHandle & {
    createSyncAccessHandle(): Promise<Access>;
  };
  const { createSyncAccessHandle } = files;
  files.createSyncAccessHandle = async function () {
    const access = await createSyncAccessHandle.call(this);
    if (!this.name.startsWith('acts-')) return access;
    const [write, flush] = [access.write.bind(access), access.flush.bind(access)];
    return Object.assign(access, {
      write: (bytes: Uint8Array, options: { readonly at: number }) => {
        counts.bytes += bytes.length;
        return write(bytes, options);
      },
      flush: () => {
        counts.flushes++;
        flush();
      },
    });
  };
  return counts;
}

/**
 * The i-th change: mostly one entry, sometimes a retrieval, sometimes an act of several entries. Of the entries only
 * those whose content begins as this one does: another tab may delete its own at the same time.
 */
async function step(memory: OpenedMemory, content: string, i: number): Promise<Acknowledged['changes']> {
  const own = content.slice(0, content.indexOf('.') + 1);
  const entries = (await memory.list()).filter((entry) => entry.content.startsWith(own));
  const some = entries[(i * 7) % Math.max(1, entries.length)];
  if (i % 5 === 1 && some) {
    await memory.update(some.id, { content });
    return [{ id: some.id, content }];
  }
  if (i % 7 === 3 && some) {
    await memory.delete(some.id);
    return [{ id: some.id, content: null }];
  }
  if (i % 11 === 5) {
    await memory.search(content, { topK: 2, note: BY_USER });
    return [];
  }
  if (i % 13 === 6) {
    const several = [1, 2, 3, 4].map((part) => ({ content: `${content}.${part}` }));
    return (await memory.addAll(several, 'import', BY_USER)).map((entry) => ({
      id: entry.id,
      content: entry.content,
    }));
  }
  const { id } = await memory.add({ content });
  return [{ id, content }];
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1];
}

function post(reply: Reply): void {
  self.postMessage(reply);
}

self.onmessage = ({ data }: MessageEvent<Request>) => {
  // The call's name and its arguments come together (`Request`), which TypeScript cannot follow through the table.
  const call = calls[data.call] as (args: Request['args']) => Promise<unknown>;
  call(data.args).then(
    (result) => post({ kind: 'result', id: data.id, result }),
    (error: Error) => post({ kind: 'error', id: data.id, name: error.name, message: error.message }),
  );
};
