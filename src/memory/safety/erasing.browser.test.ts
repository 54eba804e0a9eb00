/** Forgetting for good over a real database and real files: no file that is kept holds the text afterwards. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LabDatabase } from '../../storage/database';
import { StorageClosedError } from '../../storage/errors';
import type { Folder } from '../../storage/folder';
import { FolderInMemory } from '../../storage/folder.fixture';
import type { GrowingFiles } from '../../storage/growing-file';
import { OpfsFolder } from '../../storage/opfs-folder';
import { takeAway } from '../../storage/take-away.fixture';
import { NgramEmbedder } from '../embedders/ngram-embedder';
import { BackupError } from '../errors';
import { openMemory, USER_NAMESPACE } from '../long-term-memory';
import { IdbRows } from '../rows/idb-rows';
import { ErasureMark, MARK } from './erasing';
import { MemoryKeeper } from './memory-keeper';
import { SharedRows } from './shared-rows';
import { Survey } from './survey';
import { Tabs } from './tabs';

const NAME = 'erasing-test';
/** Words that no time, number or checksum has in it by chance. */
const SECRET = 'The door of the cellar opens with a spoon';
const embedder = new NgramEmbedder();
/** Backups are made when the test says so. */
const WHEN_ASKED = { sentinel: 1, settled: 1e9, betweenBackups: 1e9 };

let folder: Folder;
/** A page has no handles for a log, so here only where a test says so. */
let growing: GrowingFiles | null = null;
let tests = 0;
let ends: (() => void)[] = [];

/** @param scope of its locks: those of a tab that is killed go with it, so one that only stops here has its own */
async function begin(scope = NAME) {
  const database = await LabDatabase.open({ name: NAME });
  const stored = new IdbRows(database);
  const tabs = Tabs.open(scope);
  const isKept = (name: string) => name.startsWith('user/');
  const { keeper, complete } = await MemoryKeeper.open({
    rows: stored,
    survey: new Survey(database),
    folder,
    growing,
    tabs,
    isKept,
    embedder: async () => embedder,
    announce: () => undefined,
    // A session that ends closes the database under whatever it was still doing.
    trouble: (error) => {
      if (!(error instanceof StorageClosedError)) throw error;
    },
    pace: WHEN_ASKED,
  });
  await complete;
  const rows = new SharedRows(stored, tabs, keeper, isKept);
  const end = () => {
    keeper.close();
    tabs.close();
    database.close();
  };
  ends.push(end);
  return {
    keeper,
    rows,
    stored,
    end,
    memory: (namespace = USER_NAMESPACE) => openMemory({ rows, embedder, namespace }),
  };
}

/** All files beside the database, as text. */
async function files(): Promise<string> {
  const texts = [];
  for (const { name } of await folder.list()) {
    texts.push(`${name}\n${new TextDecoder().decode(await folder.read(name))}`);
  }
  return texts.join('\n');
}

const isBackups = (lock: string | undefined) => lock?.endsWith('/backups');

/** Puts other words in the place of those of an entry, behind everybody's back. */
async function garble(namespace: string, id: string): Promise<void> {
  const database = await LabDatabase.open({ name: NAME });
  await database.run(['entries'], 'readwrite', 'strict', async (transaction) => {
    const store = transaction.objectStore('entries');
    await store.put({ ...(await store.get([namespace, id])), content: 'garbled' });
  });
  database.close();
}

beforeEach(async () => {
  const opened = await OpfsFolder.open(`${NAME}/${++tests}`);
  if (!opened) throw new Error('this browser keeps no files');
  folder = opened;
  growing = null;
});

afterEach(async () => {
  for (const end of ends) end();
  ends = [];
  await takeAway(NAME);
  // What was under way may still hold a file; the next test has a folder of its own.
  const root = await navigator.storage.getDirectory();
  await root.removeEntry(NAME, { recursive: true }).catch(() => undefined);
});

test('older backups go, one of what is left is made, and the sentinel finds all of it whole', async () => {
  const { keeper, rows, memory, end } = await begin();
  const user = await memory();
  await user.add({ content: SECRET });
  await keeper.backUpNow();
  await user.add({ content: 'Ann likes tea' });
  await keeper.backUpNow();
  await user.delete('m1');
  expect(await keeper.backups()).toHaveLength(2);
  expect(await files()).toContain('cellar');

  await keeper.erasing(() => rows.erase(USER_NAMESPACE, { ids: 'deleted', at: Date.now() }));
  expect(await files()).not.toMatch(/cellar|erasing/);
  const [backup, ...older] = await keeper.backups();
  expect(older).toEqual([]);
  expect(JSON.stringify(await rows.journal(USER_NAMESPACE))).not.toContain('cellar');
  end();

  const again = await begin();
  expect(again.keeper.health()[USER_NAMESPACE].state).toBe('whole');
  await (await again.memory()).clear();
  await again.keeper.restore(backup.id, USER_NAMESPACE);
  expect((await again.rows.texts(USER_NAMESPACE)).entries).toMatchObject([
    { id: 'm2', content: 'Ann likes tea' },
  ]);
  expect(again.keeper.health()[USER_NAMESPACE].state).toBe('whole');
});

test('killed between rows and backups, the next start finishes it', async () => {
  const { keeper, stored, memory, end } = await begin('killed between rows and backups');
  await (await memory()).add({ content: SECRET });
  await keeper.backUpNow();
  // What is written never comes back: as of a tab that is killed here.
  void keeper.erasing(async () => {
    await stored.erase(USER_NAMESPACE, { ids: ['m1'], at: Date.now() });
    return new Promise(() => undefined);
  });
  await expect.poll(async () => (await stored.texts(USER_NAMESPACE)).entries.length).toBe(0);
  end();
  expect(await files()).toContain('cellar');

  const again = await begin();
  expect(await files()).not.toMatch(/cellar|erasing/);
  expect(await again.keeper.backups()).toHaveLength(1);
  expect(again.keeper.health()[USER_NAMESPACE].state).toBe('whole');
});

test('an erasure that is refused leaves everything, the backups too', async () => {
  const { keeper, rows, memory } = await begin();
  await (await memory()).add({ content: SECRET });
  await keeper.backUpNow();
  await expect(keeper.erasing(() => rows.erase(USER_NAMESPACE, { ids: ['m9'], at: 1 }))).rejects.toThrow(
    /m9/,
  );
  await keeper.backUpNow();
  expect(await files()).toContain('cellar');
  expect(await files()).not.toContain('erasing');
});

test('an erasure that is refused ends nothing that another one has begun', async () => {
  const { keeper, rows, memory } = await begin();
  await (await memory()).add({ content: SECRET });
  const mark = new ErasureMark(folder);
  await mark.set();
  const refused = keeper.erasing(() => rows.erase(USER_NAMESPACE, { ids: ['m9'], at: 1 }));
  await expect(refused).rejects.toThrow(/m9/);
  expect(await mark.isSet()).toBe(true);
  await keeper.backUpNow();
  expect(await mark.isSet()).toBe(false);
});

test.each(['in this tab', 'in another tab'])(
  'a round of backups %s that has read the text and not yet looked for the mark keeps nothing of it',
  async (where) => {
    const one = await begin();
    await (await one.memory()).add({ content: SECRET });
    const { keeper } = where === 'in this tab' ? one : await begin();
    await (await one.memory()).add({ content: 'Ann likes tea' });
    const read = folder.read.bind(folder);
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const looking = new Promise<void>((resolve) => {
      folder.read = async (name) => {
        if (name !== MARK) return read(name);
        folder.read = read;
        resolve();
        await released;
        return read(name);
      };
    });
    const round = keeper.backUpNow();
    await looking;
    let erased = false;
    const forgotten = one.keeper.erasing(async () => {
      await one.rows.erase(USER_NAMESPACE, { ids: ['m1'], at: Date.now() });
      erased = true;
    });
    // It waits for the round, or is through with the rows.
    const waits = async () => (await navigator.locks.query()).pending?.some(({ name }) => isBackups(name));
    await expect.poll(async () => erased || (await waits())).toBe(true);
    release();
    await Promise.all([round, forgotten]);
    expect(await files()).not.toMatch(/cellar|erasing/);
    expect(await one.keeper.backups()).toHaveLength(1);
  },
);

test('a memory found damaged only when the backups are made anew keeps them, and that is said', async () => {
  const { keeper, rows, memory } = await begin();
  await (await memory()).add({ content: SECRET });
  await (await memory('user/other')).add({ content: 'Ann likes tea' });
  await keeper.backUpNow();
  const forgotten = keeper.erasing(async () => {
    await rows.erase(USER_NAMESPACE, { ids: ['m1'], at: Date.now() });
    await garble('user/other', 'm1');
  });
  await expect(forgotten).rejects.toThrow(BackupError);
  await expect(forgotten).rejects.toThrow(/but for the backups/);
  expect((await rows.texts(USER_NAMESPACE)).entries).toEqual([]);
  expect(keeper.health()['user/other'].state).toBe('damaged');
  expect(await files()).toMatch(/cellar/);
  await keeper.acceptLoss('user/other');
  await keeper.backUpNow();
  expect(await files()).not.toMatch(/cellar|erasing/);
});

test('while a memory is lost its backups are needed: refused in words, nothing goes', async () => {
  const { keeper, memory, end } = await begin();
  await (await memory()).add({ content: SECRET });
  await (await memory('user/other')).add({ content: 'Ann likes tea' });
  await keeper.backUpNow();
  end();
  const database = await LabDatabase.open({ name: NAME });
  await new IdbRows(database).drop('user/other', 'strict');
  database.close();

  const again = await begin();
  expect(again.keeper.health()['user/other'].state).toBe('lost');
  const erase = () => again.rows.erase(USER_NAMESPACE, { ids: ['m1'], at: Date.now() });
  await expect(again.keeper.erasing(erase)).rejects.toThrow(BackupError);
  expect((await again.rows.texts(USER_NAMESPACE)).entries).toHaveLength(1);
  await again.keeper.acceptLoss('user/other');
  await again.keeper.erasing(erase);
  expect(await files()).not.toMatch('cellar');
});

test('the log of acts holds nothing of it either, and goes on; killed in between, the next start sees to it', async () => {
  const inMemory = new FolderInMemory();
  folder = inMemory;
  growing = inMemory;
  const { keeper, rows, stored, memory, end } = await begin('killed between rows and log');
  const user = await memory();
  for (const content of [SECRET, 'Ann likes tea', `again: ${SECRET}`]) await user.add({ content });
  await folder.write('aside-1-acts-x.log', [new TextEncoder().encode(SECRET)]);
  expect(await files()).toContain('cellar');
  await keeper.erasing(() => rows.erase(USER_NAMESPACE, { ids: ['m1'], at: Date.now() }));
  // The other entry was not asked for.
  expect((await rows.texts(USER_NAMESPACE)).entries[1].content).toContain('cellar');
  await keeper.erasing(() => rows.erase(USER_NAMESPACE, { ids: ['m3'], at: Date.now() }));
  expect(await files()).not.toMatch(/cellar|erasing|aside-/);

  // Killed when the rows are erased and the log is not.
  await user.add({ content: SECRET });
  expect(await files()).toContain('cellar');
  void keeper.erasing(async () => {
    await stored.erase(USER_NAMESPACE, { ids: ['m4'], at: Date.now() });
    return new Promise(() => undefined);
  });
  await expect.poll(async () => (await stored.texts(USER_NAMESPACE)).entries.length).toBe(1);
  end();
  const later = await begin();
  expect(await files()).not.toMatch(/cellar|erasing/);
  expect(later.keeper.health()[USER_NAMESPACE].state).toBe('whole');
  // What is left is in the log from its beginning: lost, it comes back without what was erased.
  await (await later.memory()).add({ content: 'Bo has a dog' });
  await later.keeper.deleteBackups();
  await (await later.memory()).add({ content: 'Omar has boss Lin' });
  later.end();
  const database = await LabDatabase.open({ name: NAME });
  await new IdbRows(database).drop(USER_NAMESPACE, 'strict');
  database.close();
  const last = await begin();
  const health = last.keeper.health()[USER_NAMESPACE];
  const id = health.state === 'lost' ? health.backup?.id : undefined;
  await last.keeper.restore(id ?? 'none', USER_NAMESPACE);
  expect((await last.rows.texts(USER_NAMESPACE)).entries.map(({ content }) => content)).toEqual([
    'Ann likes tea',
    'Bo has a dog',
    'Omar has boss Lin',
  ]);
  expect(last.keeper.health()[USER_NAMESPACE].state).toBe('whole');
});
