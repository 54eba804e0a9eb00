/** The keeper over a real database and real files: what it notices, what it says, and that it brings things back. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LabDatabase } from '../../storage/database';
import { StorageError } from '../../storage/errors';
import type { Folder } from '../../storage/folder';
import { FolderInMemory } from '../../storage/folder.fixture';
import type { GrowingFiles } from '../../storage/growing-file';
import { OpfsFolder } from '../../storage/opfs-folder';
import { takeAway } from '../../storage/take-away.fixture';
import { NgramEmbedder } from '../embedders/ngram-embedder';
import { BackupError } from '../errors';
import { expireEntries } from '../expiry';
import { undoAct } from '../history/acts';
import { BY_USER } from '../journal';
import { dropNamespace, openMemory, USER_NAMESPACE } from '../long-term-memory';
import { IdbRows } from '../rows/idb-rows';
import { ClockWatch } from './clock-watch';
import { MemoryKeeper } from './memory-keeper';
import { readSentinel } from './sentinel';
import { SharedRows } from './shared-rows';
import { Survey } from './survey';
import { Tabs } from './tabs';

const NAME = 'memory-keeper-test';
const USER = USER_NAMESPACE;
const OTHER = 'user/other';
const embedder = new NgramEmbedder();
/** So that a test says when something is written. */
const WHEN_ASKED = { sentinel: 1, settled: 1e9, betweenBackups: 1e9 };

interface Session {
  readonly database: LabDatabase;
  readonly keeper: MemoryKeeper;
  readonly rows: SharedRows;
  readonly survey: Survey;
  readonly announced: string[];
  readonly troubles: unknown[];
  readonly memory: (namespace?: string) => ReturnType<typeof openMemory>;
  readonly end: () => void;
}

let folder: Folder | null;
/** Beside it; a page has no handles for that, so here only where a test says so. */
const growing: GrowingFiles | null = null;
let tests = 0;
const sessions: Session[] = [];

/** A tab that opens the lab. */
async function begin(now: () => number = Date.now): Promise<Session> {
  const database = await LabDatabase.open({ name: NAME });
  const stored = new IdbRows(database);
  const survey = new Survey(database);
  const tabs = Tabs.open(NAME);
  const announced: string[] = [];
  const troubles: unknown[] = [];
  const isKept = (name: string) => !name.startsWith('rollout/');
  const { keeper, complete } = await MemoryKeeper.open({
    rows: stored,
    survey,
    folder,
    growing,
    tabs,
    isKept,
    embedder: async () => embedder,
    announce: (name, { state }) => announced.push(`${name} ${state}`),
    trouble: (error) => troubles.push(error),
    now,
    pace: WHEN_ASKED,
  });
  await complete;
  const rows = new SharedRows(stored, tabs, keeper, isKept);
  const session: Session = {
    database,
    keeper,
    rows,
    survey,
    announced,
    troubles,
    memory: (namespace = USER) => openMemory({ rows, embedder, namespace }),
    end: () => {
      keeper.close();
      tabs.close();
      database.close();
    },
  };
  sessions.push(session);
  return session;
}

/** Waits until the sentinel knows what is stored now. */
async function settled(session: Session): Promise<void> {
  const records = (await session.rows.list()).filter(({ name }) => !name.startsWith('rollout/'));
  const wanted = records.map(({ name, revision, journal }) => `${name} ${revision} ${journal}`).join();
  await expect
    .poll(async () =>
      (await readSentinel(folder!)).witnesses
        .filter(({ leaving }) => !leaving)
        .map(({ name, revision, journal }) => `${name} ${revision} ${journal}`)
        .join(),
    )
    .toBe(wanted);
}

/** A session that stored five entries and a backup of them, and ended. */
async function earlier(): Promise<void> {
  const session = await begin();
  const memory = await session.memory();
  for (let i = 1; i <= 5; i++) await memory.add({ content: `fact number ${i}` });
  await memory.update('m2', { content: 'fact number two' });
  await memory.delete('m5');
  await session.keeper.backUpNow();
  await settled(session);
  session.end();
}

/** Changes rows behind everybody's back. */
async function tamper(body: (stores: (name: string) => IDBObjectStore) => void): Promise<void> {
  const database = await LabDatabase.open({ name: NAME });
  await database.run(['namespaces', 'entries', 'vectors', 'journal'], 'readwrite', 'strict', async (t) => {
    body((name) => t.objectStore(name) as unknown as IDBObjectStore);
  });
  database.close();
}

const clearAll = () =>
  tamper((store) => {
    for (const name of ['namespaces', 'entries', 'vectors', 'journal']) store(name).clear();
  });

const texts = async (session: Session, name = USER) =>
  (await session.rows.texts(name)).entries.map(({ id, content }) => `${id} ${content}`);
const FACTS = ['m1 fact number 1', 'm2 fact number two', 'm3 fact number 3', 'm4 fact number 4'];

async function expectSound(session: Session, name = USER): Promise<void> {
  expect(session.keeper.health()[name]).toMatchObject({ state: 'whole' });
  const { record, stored } = await session.survey.audit(name);
  expect(stored).toEqual({
    entries: record?.count,
    vectors: record?.count,
    journal: record?.journal,
    read: { sum: record?.sum, withoutVector: 0 },
  });
  const journal = await session.rows.journal(name);
  expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_, i) => i + 1));
  const state = new Map<string, string>();
  for (const { op } of journal) {
    if (op.kind === 'delete') state.delete(op.before.id);
    else if (op.kind !== 'retrieve') state.set(op.after.id, op.after.content);
  }
  const { entries } = await session.rows.texts(name);
  expect([...state].sort()).toEqual(entries.map(({ id, content }) => [id, content]).sort());
}

beforeEach(async () => {
  // A place of its own: what the test before had begun to write may still be on its way.
  folder = await OpfsFolder.open(`${NAME}/${tests++}`);
});

afterEach(async () => {
  for (const session of sessions.splice(0)) session.end();
  // A check may still be reading; the connection closes after it.
  await takeAway(NAME);
  await (await navigator.storage.getDirectory())
    .removeEntry(NAME, { recursive: true })
    .catch(() => undefined);
});

describe('a memory that is well', () => {
  test('is called whole, today and tomorrow', async () => {
    await earlier();
    const session = await begin();
    expect(session.announced).toEqual([]);
    await expectSound(session);
    expect(await texts(session)).toEqual(FACTS);
    expect(session.troubles).toEqual([]);
  });

  test('rollouts are none of the keeper’s business', async () => {
    const session = await begin();
    await (await session.memory('rollout/x')).add({ content: 'passing' });
    await (await session.memory()).add({ content: 'stays' });
    await settled(session);
    await session.keeper.backUpNow();
    expect(Object.keys(session.keeper.health())).toEqual([USER]);
    expect((await session.keeper.backups())[0].namespaces.map(({ name }) => name)).toEqual([USER]);
  });

  test('is backed up when it changed, and only then', async () => {
    await earlier();
    const session = await begin();
    await session.keeper.backUpNow();
    expect(await session.keeper.backups()).toHaveLength(1);
    await (await session.memory()).search('fact', { topK: 1, note: BY_USER });
    await session.keeper.backUpNow();
    expect(await session.keeper.backups()).toHaveLength(2);
    expect(await session.keeper.bytes()).toBeGreaterThan(1000);
    await session.keeper.deleteBackups();
    expect(await session.keeper.backups()).toEqual([]);
    session.end();
    await expectSound(await begin());
  });

  test('what a session left that was killed before its first backup is backed up when the next one begins', async () => {
    const first = await begin();
    const memory = await first.memory();
    for (const content of ['one', 'two']) await memory.add({ content });
    await settled(first);
    expect(await first.keeper.backups()).toEqual([]);
    first.end();
    const second = await begin();
    expect((await second.keeper.backups())[0].namespaces).toMatchObject([{ name: USER, count: 2 }]);
    // Killed as well, and the browser loses its database.
    second.end();
    await clearAll();
    const third = await begin();
    expect(third.keeper.health()[USER]).toMatchObject({ state: 'lost', expected: 2, backup: { number: 1 } });
    await third.keeper.restore((await third.keeper.backups())[0].id, USER);
    expect(await texts(third)).toEqual(['m1 one', 'm2 two']);
    // And a session in which nothing changed makes no backup.
    expect(await third.keeper.backups()).toHaveLength(1);
  });

  test('a text that is damaged while the lab is open is told before it gets into a backup', async () => {
    const session = await begin();
    const memory = await session.memory();
    for (let i = 1; i <= 5; i++) await memory.add({ content: `fact number ${i}` });
    await session.keeper.backUpNow();
    // As many entries as before, one with other words.
    await tamper((store) => store('entries').put({ namespace: USER, ...entryRow('m2') }));
    await memory.add({ content: 'fact number 6' });
    await session.keeper.backUpNow();
    expect(session.announced).toEqual([`${USER} damaged`]);
    const backups = await session.keeper.backups();
    expect(backups.map(({ namespaces }) => namespaces.map(({ count }) => count))).toEqual([[5]]);
    await session.keeper.restore(backups[0].id, USER);
    expect(await texts(session)).toEqual([1, 2, 3, 4, 5].map((i) => `m${i} fact number ${i}`));
    await expectSound(session);
  });

  test('a backup brings an earlier state back as one act, and what was since is in the journal', async () => {
    await earlier();
    const session = await begin();
    const memory = await session.memory();
    await memory.add({ content: 'later' });
    await memory.update('m1', { content: 'changed later' });
    await memory.delete('m3');
    const [backup] = await session.keeper.backups();
    const before = await session.rows.record(USER);
    await session.keeper.restore(backup.id, USER);
    expect(await texts(session)).toEqual(FACTS);
    await expectSound(session);
    const act = await session.rows.journal(USER, before.journal + 1);
    expect(act.map(({ op }) => op.kind)).toEqual(['update', 'add', 'delete']);
    expect(new Set(act.map(({ act: { id, kind } }) => `${kind} ${id}`))).toEqual(
      new Set([`restore ${before.journal + 1}`]),
    );
    expect(act[0].why).toContain(new Date(backup.made).toISOString());
    // Memory that was open goes on with what is there now.
    expect((await memory.list()).map(({ content }) => content)).toContain('fact number 3');
  });
});

describe('a restore that was a mistake', () => {
  test.each([
    ['after changes', async () => undefined, null],
    ['after a loss', clearAll, 'm6 written since'],
    ['after damage', () => tamper((store) => store('entries').delete([USER, 'm1'])), null],
  ])('%s is undone as one act: the memory is what was found', async (_, happens, stays) => {
    await earlier();
    await happens();
    const session = await begin();
    const memory = await session.memory();
    await memory.add({ content: 'written since' });
    const found = await texts(session);
    await session.keeper.restore((await session.keeper.backups())[0].id, USER);
    expect(await texts(session)).toEqual([...FACTS, ...(stays ? [stays] : [])]);
    const journal = await session.rows.journal(USER);
    const { act } = journal[journal.length - 1];
    expect(act.kind).toBe('restore');
    await undoAct({ rows: session.rows, memory }, act.id);
    expect(await texts(session)).toEqual(stays ? [stays] : found);
    await expectSound(session);
  });
});

type Damage = Parameters<typeof tamper>[0];
const DAMAGES: readonly (readonly [string, Damage])[] = [
  ['an entry is missing', (store) => store('entries').delete([USER, 'm1'])],
  ['an entry too many', (store) => store('entries').put({ ...entryRow('m77'), namespace: USER })],
  ['a text is another', (store) => store('entries').put({ ...entryRow('m1'), namespace: USER })],
  ['an entry is no entry', (store) => store('entries').put({ namespace: USER, id: 'm1', content: 5 })],
  ['a vector is missing', (store) => store('vectors').delete([USER, embedder.id, 'm2'])],
  [
    'a vector has another length',
    (store) =>
      store('vectors').put({
        namespace: USER,
        embedderId: embedder.id,
        id: 'm2',
        embedding: new Float32Array(3),
      }),
  ],
  [
    'a vector is not finite',
    (store) =>
      store('vectors').put({
        namespace: USER,
        embedderId: embedder.id,
        id: 'm2',
        embedding: new Float32Array(embedder.dimension).fill(Number.NaN),
      }),
  ],
  ['a journal record is missing', (store) => store('journal').delete([USER, 3])],
  ['the journal is missing', (store) => store('journal').clear()],
  ['all entries are missing', (store) => store('entries').clear()],
  ['the record is missing', (store) => store('namespaces').clear()],
];

function entryRow(id: string) {
  return { id, content: 'garbled', metadata: {}, memoryType: '', created: 1, updated: 1, sourceStep: '' };
}

describe.each(DAMAGES)('%s', (what, damage) => {
  test('is announced each time, and the backup brings everything back', async () => {
    await earlier();
    await tamper(damage);
    for (const _ of [1, 2]) {
      const session = await begin();
      const state = what === 'the record is missing' ? 'lost' : 'damaged';
      expect(session.announced).toEqual([`${USER} ${state}`]);
      expect(session.keeper.health()[USER]).toMatchObject({ state, backup: { number: 1 } });
      session.end();
    }
    const session = await begin();
    const [{ id }] = await session.keeper.backups();
    await session.keeper.restore(id, USER);
    expect(await texts(session)).toEqual(FACTS);
    await expectSound(session);
    await settled(session);
    session.end();
    const later = await begin();
    expect(later.announced).toEqual([]);
    await expectSound(later);
    // Ids go on where they were.
    expect((await (await later.memory()).add({ content: 'new' })).id).toMatch(/^m(6|78)$/);
  });

  test('accepted, what was found is a sound memory, and the journal tells the difference', async () => {
    await earlier();
    await tamper(damage);
    const session = await begin();
    const found = (await session.survey.find(USER)).entries.map(({ id }) => id);
    await session.keeper.acceptLoss(USER);
    await expectSound(session);
    expect((await session.rows.texts(USER)).entries.map(({ id }) => id)).toEqual(found);
    session.end();
    expect((await begin()).announced).toEqual([]);
  });
});

describe('a memory that is gone', () => {
  test('is announced before anything is made anew, and after', async () => {
    await earlier();
    await clearAll();
    const session = await begin();
    expect(session.announced).toEqual([`${USER} lost`]);
    expect(session.keeper.health()[USER]).toMatchObject({ expected: 4, found: 0, backup: { number: 1 } });
    await (await session.memory()).add({ content: 'written since' });
    session.end();
    const later = await begin();
    expect(later.announced).toEqual([`${USER} lost`]);
    expect(later.keeper.health()[USER]).toMatchObject({ expected: 4, found: 1 });
    await later.keeper.restore((await later.keeper.backups())[0].id, USER);
    expect(await texts(later)).toEqual([...FACTS, 'm6 written since']);
    await expectSound(later);
    expect(later.keeper.health()[USER]).toMatchObject({ state: 'whole' });
  });

  test('comes back with its history, the loss in it', async () => {
    await earlier();
    await clearAll();
    const session = await begin();
    await session.keeper.restore((await session.keeper.backups())[0].id, USER);
    const journal = await session.rows.journal(USER);
    expect(journal.map(({ act, op }) => `${act.kind} ${op.kind}`)).toEqual([
      ...Array(5).fill('add add'),
      'update update',
      'delete delete',
      ...Array(4).fill('loss delete'),
      ...Array(4).fill('restore add'),
    ]);
    await expectSound(session);
  });

  test('is whole once it is restored, though a look that began before ends after', async () => {
    await earlier();
    await clearAll();
    const session = await begin();
    const [backup] = await session.keeper.backups();
    const list = folder!.list.bind(folder);
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const looking = new Promise<void>((resolve) => {
      folder!.list = async () => {
        folder!.list = list;
        resolve();
        await released;
        return list();
      };
    });
    const look = session.keeper.sentinelNow();
    await looking;
    await session.keeper.restore(backup.id, USER);
    expect(session.keeper.health()[USER].state).toBe('whole');
    release();
    await look;
    expect(session.keeper.health()[USER].state).toBe('whole');
  });

  test('keeps its backup while others go on being backed up', async () => {
    const before = await begin();
    for (const name of [USER, OTHER]) await (await before.memory(name)).add({ content: `of ${name}` });
    await before.keeper.backUpNow();
    await settled(before);
    before.end();
    await tamper((store) => {
      store('namespaces').delete(USER);
      store('entries').delete([USER, 'm1']);
    });
    const session = await begin();
    expect(session.announced).toEqual([`${USER} lost`]);
    const other = await session.memory(OTHER);
    for (let i = 0; i < 8; i++) {
      await other.add({ content: `more ${i}` });
      await session.keeper.backUpNow();
    }
    const backups = await session.keeper.backups();
    expect(backups[0].namespaces.map(({ name, count }) => `${name} ${count}`)).toEqual([`${OTHER} 9`]);
    const health = session.keeper.health();
    expect(health[OTHER]?.state).toBe('whole');
    const holding = backups.find(({ namespaces }) => namespaces.some(({ name }) => name === USER));
    await session.keeper.restore(holding!.id, USER);
    expect(await texts(session)).toEqual([`m1 of ${USER}`]);
  });

  test('cleared under an open tab, files and rows, it is announced at the next use', async () => {
    await earlier();
    const session = await begin();
    const memory = await session.memory();
    await clearAll();
    const root = await navigator.storage.getDirectory();
    // Not while a file in it is being written.
    const removed = () => root.removeEntry(NAME, { recursive: true }).then(() => 'removed', String);
    await expect.poll(removed).toBe('removed');
    await expect(memory.add({ content: 'into nothing' })).rejects.toThrow(/was deleted/);
    await expect.poll(() => session.announced).toEqual([`${USER} lost`]);
    // And after the next one has made it anew.
    await (await session.memory()).add({ content: 'anew' });
    await expect.poll(async () => (await readSentinel(folder!)).witnesses[0]?.count).toBe(4);
    session.end();
    expect((await begin()).announced).toEqual([`${USER} lost`]);
  });
});

describe('a memory that the user deletes', () => {
  test('is not missed', async () => {
    await earlier();
    const session = await begin();
    await dropNamespace(session.rows, USER);
    session.end();
    const later = await begin();
    expect(later.announced).toEqual([]);
    expect(later.keeper.health()).toEqual({});
    await (await later.memory()).add({ content: 'anew' });
    await settled(later);
    await expectSound(later);
  });

  test('is not missed if the tab dies right after the rows went', async () => {
    await earlier();
    const session = await begin();
    await session.keeper.leaving([USER]);
    session.end();
    await clearAll();
    expect((await begin()).announced).toEqual([]);
  });

  test('is watched again if the tab died before the rows went', async () => {
    await earlier();
    const session = await begin();
    await session.keeper.leaving([USER]);
    session.end();
    const later = await begin();
    await expectSound(later);
    await settled(later);
    later.end();
    await clearAll();
    expect((await begin()).announced).toEqual([`${USER} lost`]);
  });
});

describe('two tabs', () => {
  test('what one restores is well in the other; what one deletes the other forgets', async () => {
    await earlier();
    await clearAll();
    const [one, two] = [await begin(), await begin()];
    expect([one.announced, two.announced]).toEqual([[`${USER} lost`], [`${USER} lost`]]);
    await one.keeper.restore((await one.keeper.backups())[0].id, USER);
    await expect.poll(() => two.keeper.health()[USER]?.state).toBe('whole');
    await dropNamespace(one.rows, USER);
    await expect.poll(() => two.keeper.health()).toEqual({});
    await (await two.memory()).add({ content: 'anew' });
    await settled(two);
    expect([one.announced.length, two.announced.length]).toEqual([1, 1]);
  });
});

describe('where something is missing', () => {
  test('without file storage memory works, and it is said that nothing vouches for it', async () => {
    folder = null;
    const session = await begin();
    await (await session.memory()).add({ content: 'x' });
    await expect.poll(() => session.keeper.health()[USER]?.state).toBe('unchecked');
    expect(session.keeper.health()[USER]).toHaveProperty(
      'message',
      expect.stringMatching(/may keep no files/),
    );
    expect(await session.keeper.backups()).toEqual([]);
    await expect(session.keeper.backUpNow()).rejects.toThrow(BackupError);
    expect(session.troubles).toEqual([]);
  });

  test('with a damaged sentinel it is said so once, and the next time all is well', async () => {
    await earlier();
    const files = folder!;
    for (const name of ['sentinel-a', 'sentinel-b']) await files.write(name, [Uint8Array.of(1, 2, 3)]);
    const session = await begin();
    expect(session.keeper.health()[USER]).toMatchObject({ state: 'unchecked' });
    session.end();
    await expectSound(await begin());
  });

  describe('with files that cannot be read for a while', () => {
    const unreadable = (files: Folder): Folder => ({
      read: () => Promise.reject(new StorageError('files-failed', 'not now')),
      readStart: () => Promise.reject(new StorageError('files-failed', 'not now')),
      list: () => Promise.reject(new StorageError('files-failed', 'not now')),
      write: (name, parts) => files.write(name, parts),
      remove: (name) => files.remove(name),
    });

    test('memory works, it is told, and the watch goes on where it was', async () => {
      await earlier();
      const files = folder!;
      folder = unreadable(files);
      const session = await begin();
      expect(session.keeper.health()[USER]).toMatchObject({ state: 'unchecked' });
      expect(session.troubles[0]).toMatchObject({ code: 'files-failed' });
      expect(await session.keeper.backups()).toEqual([]);
      await (await session.memory()).add({ content: 'meanwhile' });
      expect(await texts(session)).toHaveLength(5);
      session.end();
      folder = files;
      const later = await begin();
      expect(later.announced).toEqual([]);
      await expectSound(later);
    });

    test('a loss at that time is known afterwards: nothing was written over what could not be read', async () => {
      await earlier();
      await clearAll();
      const files = folder!;
      folder = unreadable(files);
      const session = await begin();
      await (await session.memory()).add({ content: 'anew' });
      await expect.poll(() => session.troubles.length).toBeGreaterThan(2);
      session.end();
      folder = files;
      const later = await begin();
      expect(later.announced).toEqual([`${USER} lost`]);
      await later.keeper.restore((await later.keeper.backups())[0].id, USER);
      expect(await texts(later)).toEqual([...FACTS, 'm6 anew']);
    });

    test('damage within the rows is found all the same', async () => {
      await earlier();
      await tamper((store) => store('entries').put({ ...entryRow('m1'), namespace: USER }));
      folder = unreadable(folder!);
      expect((await begin()).announced).toEqual([`${USER} damaged`]);
    });
  });

  test('with a full disk memory is kept, and the trouble told', async () => {
    const full = new FolderInMemory();
    full.room = 0;
    folder = full;
    const session = await begin();
    await (await session.memory()).add({ content: 'x' });
    await expect.poll(() => session.troubles.length).toBeGreaterThan(0);
    expect(session.troubles[0]).toMatchObject({ code: 'storage-full' });
    await dropNamespace(session.rows, USER);
    expect(await session.rows.list()).toEqual([]);
    full.room = 1e6;
    await (await session.memory()).add({ content: 'y' });
    await settled(session);
  });

  test('a damaged backup is refused, the memory stays what it is', async () => {
    await earlier();
    const session = await begin();
    const [{ id }] = await session.keeper.backups();
    const bytes = (await folder!.read(id))!;
    await folder!.write(id, [bytes.with(400, bytes[400] ^ 1)]);
    await expect(session.keeper.restore(id, USER)).rejects.toThrow(BackupError);
    await expect(session.keeper.restore('memories-000009-1.jsonl', USER)).rejects.toThrow(BackupError);
    expect(await texts(session)).toEqual(FACTS);
    expect((await session.rows.record(USER)).journal).toBe(7);
  });
});

test('a clock that jumps back years changes no order, loses nothing, and is no damage', async () => {
  let now = Date.UTC(2030, 0, 1);
  const session = await begin(() => now);
  const memory = await openMemory({ rows: session.rows, embedder, namespace: USER, now: () => now });
  await memory.add({ content: 'in 2030' });
  await session.keeper.backUpNow();
  now = Date.UTC(2001, 0, 1);
  await memory.add({ content: 'in 2001, after it' });
  await session.keeper.backUpNow();
  const [newest, older] = await session.keeper.backups();
  expect([newest.namespaces[0].count, older.namespaces[0].count]).toEqual([2, 1]);
  expect(newest.made).toBeLessThan(older.made);
  const journal = await session.rows.journal(USER);
  expect(journal[1].at).toBe(journal[0].at);
  await settled(session);
  session.end();
  await clearAll();
  const later = await begin(() => now);
  expect(later.keeper.health()[USER]).toMatchObject({ state: 'lost', backup: { id: newest.id } });
  await later.keeper.restore(newest.id, USER);
  expect(await texts(later)).toEqual(['m1 in 2030', 'm2 in 2001, after it']);
  await expectSound(later);
});

test('a clock that jumps forward is told, nothing expires by it, and set right it is told again', async () => {
  const right = Date.UTC(2026, 10, 26);
  const wrong = Date.UTC(2041, 0, 1);
  const told: string[] = [];
  const start = async (time: number) => {
    const session = await begin(() => time);
    const clock = await ClockWatch.open(
      {
        folder,
        now: () => time,
        tell: (trouble) => told.push(trouble),
        trouble: (error) => session.troubles.push(error),
      },
      await session.rows.list(),
    );
    const memory = await openMemory({ rows: session.rows, embedder, namespace: USER, now: () => time });
    const record = await session.rows.record(USER);
    if (clock.mayExpire(record)) await expireEntries({ rows: session.rows, memory }, time);
    return { session, memory, clock };
  };
  const first = await start(right);
  await first.memory.add({ content: 'in 2026' });
  await first.session.rows.setAgeing(USER, { expireAfter: 30 * 86_400_000, halfLife: null });
  await settled(first.session);
  first.session.end();

  const jumped = await start(wrong);
  expect(told).toEqual(['ahead']);
  await jumped.memory.add({ content: 'in 2041, as the clock said' });
  jumped.clock.acted(await jumped.session.rows.record(USER));
  await settled(jumped.session);
  jumped.session.end();

  const again = await start(right + 86_400_000);
  expect(told).toEqual(['ahead', 'behind']);
  await again.memory.add({ content: 'in 2026 again' });
  expect(await texts(again.session)).toEqual([
    'm1 in 2026',
    'm2 in 2041, as the clock said',
    'm3 in 2026 again',
  ]);
  const times = (await again.session.rows.journal(USER)).map(({ at }) => at);
  expect(times).toEqual([right, wrong, wrong]);
  // What an entry says of itself is the clock's time.
  expect((await again.memory.get('m3'))?.created).toBe(right + 86_400_000);
  await expectSound(again.session);
  expect(again.session.troubles).toEqual([]);
});
