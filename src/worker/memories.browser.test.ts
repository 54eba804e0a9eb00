import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSnapshotFiles } from '../memory/index/snapshot-files';
import { USER_NAMESPACE } from '../memory/long-term-memory';
import { IdbRows } from '../memory/rows/idb-rows';
import { ErasureMark } from '../memory/safety/erasing';
import { deleteDatabase, LabDatabase, UPGRADES } from '../storage/database';
import { StorageClosedError, StorageUnavailableError } from '../storage/errors';
import { OpfsFolder } from '../storage/opfs-folder';
import { takeAway } from '../storage/take-away.fixture';
import { LabMemories } from './memories';

/** A site and a list of troubles for each test: what one had begun to write may still be on its way in the next. */
let site = '';
let sites = 0;
const open: LabDatabase[] = [];
const openDatabase = async () => {
  const database = await LabDatabase.open({ name: site });
  open.push(database);
  return database;
};
let troubles: Parameters<Parameters<typeof LabMemories.open>[0]>[0][] = [];
const openMemories = (from = openDatabase) => {
  const mine = troubles;
  return LabMemories.open((trouble) => mine.push(trouble), from);
};

beforeEach(() => {
  site = `lab-memories-test-${sites++}`;
  troubles = [];
});

afterEach(async () => {
  for (const database of open.splice(0)) database.close();
  await takeAway(site);
  const root = await navigator.storage.getDirectory();
  await root.removeEntry(site, { recursive: true }).catch(() => undefined);
});

const rowNames = async () => (await new IdbRows(open[0]).list()).map(({ name }) => name);

test('each open tab has rollout memories of its own; all share what the user keeps', async () => {
  const [one, two] = [await openMemories(), await openMemories()];
  await (await one.open('a')).add({ content: 'of the first tab' });
  expect(await (await two.open('a')).list()).toEqual([]);
  await (await one.user()).add({ content: 'kept' });
  expect((await (await two.user()).list()).map(({ content }) => content)).toEqual(['kept']);
  expect(troubles).toEqual([]);
});

test.each([
  ['has no locks', undefined],
  ['may hold no locks', { request: () => Promise.reject(new DOMException('no', 'SecurityError')) }],
])('where the page %s the lab works on, its tabs still apart', async (_, locks) => {
  Object.defineProperty(navigator, 'locks', { value: locks, configurable: true });
  try {
    const [one, two] = [await openMemories(), await openMemories()];
    expect(one.description).toMatch(/IndexedDB/);
    await (await one.open('a')).add({ content: 'of the first tab' });
    expect(await (await two.open('a')).list()).toEqual([]);
    await one.drop('a');
    await two.drop('a');
    expect(await rowNames()).toEqual([]);
  } finally {
    Reflect.deleteProperty(navigator, 'locks');
  }
});

test('data that the browser has emptied are told, and the lab goes on', async () => {
  const memories = await openMemories(async () => {
    const database = await openDatabase();
    Object.defineProperty(database, 'opened', { value: { created: true, dataLoss: true } });
    return database;
  });
  expect(troubles).toMatchObject([{ fatal: false, error: { code: 'storage-data-loss' } }]);
  expect(troubles[0].error.message).toMatch(/damaged and has been emptied/);
  expect(memories.checkpoints).not.toBeNull();
});

test('a connection that fails while opening is closed, and memory lasts as long as the tab', async () => {
  const memories = await openMemories(async () => {
    const database = await openDatabase();
    database.close();
    return database;
  });
  expect(memories.checkpoints).toBeNull();
  expect(memories.description).toMatch(/cannot be opened.*last as long as this tab/);
  expect(troubles).toMatchObject([{ fatal: false, error: { code: 'storage-closed' } }]);
  await (await memories.user()).add({ content: 'for now' });
  expect(await (await memories.user()).list()).toHaveLength(1);

  // Anything but a failure of storage is thrown on, the connection given up.
  const broken = openMemories(async () => {
    const database = await openDatabase();
    Object.defineProperty(database, 'opened', { value: undefined });
    return database;
  });
  await expect(broken).rejects.toThrow(TypeError);
  await expect(open[1].run(['entries'], 'readonly', 'relaxed', async () => 0)).rejects.toThrow(
    StorageClosedError,
  );
});

test('files that cannot be read cost the watch, never the memory', async () => {
  await (await (await openMemories()).user()).add({ content: 'kept' });
  const usual = FileSystemDirectoryHandle.prototype.getFileHandle;
  FileSystemDirectoryHandle.prototype.getFileHandle = () =>
    Promise.reject(new DOMException('the folder is damaged', 'InvalidStateError'));
  try {
    const memories = await openMemories();
    expect(memories.description).toMatch(/IndexedDB/);
    expect((await (await memories.user()).list()).map(({ content }) => content)).toEqual(['kept']);
    await expect.poll(() => troubles.map(({ error }) => error.code)).toContain('watch-files-failed');
    expect(memories.safety?.keeper.health()['user/default']?.state).toBe('unchecked');
  } finally {
    FileSystemDirectoryHandle.prototype.getFileHandle = usual;
  }
});

test('what a newer page has kept is not hidden behind an empty memory in silence, and stays as it is', async () => {
  const newer = await LabDatabase.open({
    name: site,
    upgrades: [...UPGRADES, (database) => void database.createObjectStore('of-tomorrow')],
  });
  newer.close();
  const memories = await openMemories();
  expect(memories.safety).toBeNull();
  expect(troubles).toMatchObject([{ fatal: false, error: { code: 'storage-version' } }]);
  expect(troubles[0].error.message).toMatch(/cannot be opened.*nothing of it was changed.*newer version/);
  await (await memories.user()).add({ content: 'for now' });
  const found = (await indexedDB.databases()).find(({ name }) => name === site);
  expect(found?.version).toBe(UPGRADES.length + 1);
});

test('where nothing can be kept that is no trouble, and said', async () => {
  const memories = await openMemories(() =>
    Promise.reject(new StorageUnavailableError('storage-unavailable', 'No.')),
  );
  expect(memories.description).toMatch(/^This browser keeps nothing\. No\./);
  expect(troubles).toEqual([]);
});

test('an erasure that a closed tab left unfinished takes the saved indices with it at the next start', async () => {
  const files = await openSnapshotFiles();
  await (await openMemories()).user();
  const save = () => files?.write(USER_NAMESPACE, [new TextEncoder().encode('vectors of what was erased')]);
  await save();
  await openMemories();
  expect(await files?.read(USER_NAMESPACE)).toBeDefined();
  await new ErasureMark(await OpfsFolder.open(`${site}/safety`)).set();
  const { safety } = await openMemories();
  expect(await files?.read(USER_NAMESPACE)).toBeUndefined();
  await safety?.checked;
  expect(troubles).toEqual([]);
});

test('who listens is told that a backup was made, and that the database has gone', async () => {
  const memories = await openMemories();
  await memories.safety?.checked;
  let told = 0;
  memories.safety?.onKept(() => told++);
  await (await memories.user()).add({ content: 'one' });
  await memories.safety?.keeper.backUpNow();
  expect(told).toBe(1);
  await deleteDatabase(site);
  expect(told).toBe(2);
  expect(troubles).toMatchObject([
    {
      error: {
        code: 'storage-closed',
        message:
          'The storage cannot be used any more: it was deleted from another tab or in the settings of the browser.',
        whatToDo: 'Reload the page.',
      },
    },
  ]);
});
