/** A database that is lost, goes back or is damaged, over real rows: what backups do not hold comes back from the log. */
import { unwrap } from 'idb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LabDatabase } from '../../storage/database';
import { StorageClosedError } from '../../storage/errors';
import { FolderInMemory } from '../../storage/folder.fixture';
import { takeAway } from '../../storage/take-away.fixture';
import { exportMemory } from '../exchange/export-memory';
import { undoAct } from '../history/acts';
import { BY_USER } from '../journal';
import { dropNamespace, openMemory } from '../long-term-memory';
import type { Embedder } from '../memory';
import { IdbRows } from '../rows/idb-rows';
import { ROW_STORES, WritableRows } from '../rows/row-stores';
import type { MemoryRows, NamespaceRecord } from '../rows/rows';
import type { BackupFacts } from './health';
import { embedder, randomActs, LOGGED as USER } from './logged-acts.fixture';
import { MemoryKeeper } from './memory-keeper';
import { SharedRows } from './shared-rows';
import { Survey } from './survey';
import { Tabs } from './tabs';

const NAME = 'lost-and-logged-test';
const SEEDS = Array.from({ length: 4 }, (_, seed) => seed);
/** Backups are made at the start and when the test says so. */
const WHEN_ASKED = { sentinel: 1, settled: 1e9, betweenBackups: 1e9 };

/** An embedder that cannot be asked just now. */
const failing: Embedder = {
  id: embedder.id,
  dimension: embedder.dimension,
  threshold: embedder.threshold,
  embed: () => Promise.reject(new Error('no vectors now')),
};
let silent = false;
let folder: FolderInMemory;
let ends: (() => void)[] = [];

async function begin() {
  const database = await LabDatabase.open({ name: NAME });
  const stored = new IdbRows(database);
  const survey = new Survey(database);
  const tabs = Tabs.open(NAME);
  const isKept = (name: string) => name.startsWith('user/');
  const announced: string[] = [];
  const troubles: unknown[] = [];
  const { keeper, complete } = await MemoryKeeper.open({
    rows: stored,
    survey,
    folder,
    growing: folder,
    tabs,
    isKept,
    embedder: async () => (silent ? failing : embedder),
    announce: (name, { state }) => announced.push(`${name} ${state}`),
    // A session that ends closes the database under whatever it was still doing.
    trouble: (error) => {
      if (!(error instanceof StorageClosedError)) troubles.push(error);
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
  const lost = () => {
    const health = keeper.health()[USER];
    if (health?.state !== 'lost' && health?.state !== 'damaged') throw new Error(JSON.stringify(health));
    return health;
  };
  const restore = async () => keeper.restore((lost().backup as BackupFacts).id, USER);
  const memory = () => openMemory({ rows, embedder, namespace: USER });
  return { keeper, rows, survey, memory, announced, troubles, lost, restore, end };
}

/** Changes rows behind everybody's back. */
async function tamper(body: (rows: WritableRows, journal: IDBObjectStore) => void): Promise<void> {
  const database = await LabDatabase.open({ name: NAME });
  await database.run(ROW_STORES, 'readwrite', 'strict', async (transaction) =>
    body(new WritableRows(transaction), unwrap(transaction.objectStore('journal'))),
  );
  database.close();
}

const loseAll = () => tamper((rows) => rows.deleteNamespace(USER));

/** The sentinel, which is written a moment later, had not been written yet. */
const loseSentinel = async () => {
  for (const name of ['sentinel-a', 'sentinel-b']) await folder.remove(name);
};

async function contents(rows: MemoryRows): Promise<readonly string[]> {
  return (await rows.texts(USER)).entries.map(({ content }) => content);
}

async function exported(rows: MemoryRows): Promise<string> {
  const { bytes } = await exportMemory(rows, USER, { format: 'jsonl-vectors', theta: 0.5 });
  return new TextDecoder().decode(bytes);
}

const logs = () => [...folder.files.keys()].filter((name) => name.startsWith('acts-'));

async function expectSound({ keeper, survey }: Awaited<ReturnType<typeof begin>>): Promise<void> {
  expect(keeper.health()[USER]).toMatchObject({ state: 'whole' });
  const { record, stored } = await survey.audit(USER);
  const { count, sum, journal } = record as NamespaceRecord;
  expect(stored).toEqual({ entries: count, vectors: count, journal, read: { sum, withoutVector: 0 } });
}

beforeEach(() => {
  silent = false;
  folder = new FolderInMemory();
});

afterEach(async () => {
  for (const end of ends) end();
  ends = [];
  // A check may still be reading; the connection closes after it.
  await takeAway(NAME);
});

describe('a database that is lost', () => {
  test('before there was a backup, or a sentinel: told, and the log brings all of it back', async () => {
    const session = await begin();
    const memory = await session.memory();
    for (const content of ['one', 'two', 'three']) await memory.add({ content });
    await memory.search('two', { topK: 1, note: BY_USER });
    await memory.delete('m1');
    const before = await session.rows.record(USER);
    session.end();
    await loseAll();
    await loseSentinel();
    const later = await begin();
    expect(later.announced).toEqual([`${USER} lost`]);
    expect(later.lost()).toMatchObject({
      expected: 2,
      found: 0,
      backup: { logged: { acts: 5, onBackup: false }, namespaces: [{ count: 2 }] },
      message: expect.stringMatching(
        /5 changes, all that were ever logged of it, bring it back with 2 entries/,
      ),
    });
    await later.restore();
    expect(await contents(later.rows)).toEqual(['two', 'three']);
    const journal = await later.rows.journal(USER);
    expect(journal.slice(0, before.journal).map(({ op }) => op.kind)).toEqual([
      'add',
      'add',
      'add',
      'retrieve',
      'delete',
    ]);
    expect(journal[journal.length - 1].why).toBe('from the log of 5 changes');
    await expectSound(later);
    expect(logs()).toHaveLength(1);
    // Ids go on where they were, and what was restored is logged like everything else.
    expect(await (await later.memory()).add({ content: 'four' })).toMatchObject({ id: 'm4' });
    later.end();
    await loseAll();
    const last = await begin();
    await last.restore();
    expect(await contents(last.rows)).toEqual(['two', 'three', 'four']);
  });

  test.each(SEEDS)(
    'after any acts, backups among them: the export is what it was, to the byte (seed %i)',
    async (seed) => {
      const session = await begin();
      await session.memory();
      for (let part = 0; part < 3; part++) {
        await randomActs(session.rows, seed * 10 + part, 8);
        if (part < seed % 3) await session.keeper.backUpNow();
      }
      const before = await exported(session.rows);
      const record = await session.rows.record(USER);
      session.end();
      await loseAll();
      const later = await begin();
      const { backup, message } = later.lost();
      expect(backup?.logged?.onBackup).toBe(seed % 3 > 0);
      if (seed % 3 > 0)
        expect(message).toMatch(/The backup of .* and \d+ changes logged since bring it back with/);
      await later.restore();
      expect(await exported(later.rows)).toBe(before);
      expect((await later.rows.record(USER)).ageing).toEqual(record.ageing);
      await expectSound(later);
      expect(later.troubles).toEqual([]);
    },
  );

  test('whose newest backup is damaged as well: the one before and the log', async () => {
    const session = await begin();
    const memory = await session.memory();
    for (const content of ['one', 'two', 'three', 'four']) {
      await memory.add({ content });
      if (content !== 'four') await session.keeper.backUpNow();
    }
    const [newest] = await session.keeper.backups();
    session.end();
    const bytes = folder.files.get(newest.id) as Uint8Array;
    folder.files.set(newest.id, bytes.with(400, bytes[400] ^ 1));
    await loseAll();
    const later = await begin();
    expect(later.lost().backup).toMatchObject({ logged: { acts: 2, onBackup: true } });
    await later.restore();
    expect(await contents(later.rows)).toEqual(['one', 'two', 'three', 'four']);
  });

  test('whose log is damaged too: what can be joined comes back, and what cannot is told and kept', async () => {
    const session = await begin();
    const memory = await session.memory();
    for (const content of ['one', 'two', 'three', 'four']) await memory.add({ content });
    session.end();
    const [log] = logs();
    const bytes = folder.files.get(log) as Uint8Array;
    const place = new TextDecoder().decode(bytes).indexOf('three');
    folder.files.set(log, bytes.with(place, bytes[place] ^ 1));
    await loseAll();
    const later = await begin();
    expect(later.lost().message).toMatch(
      /2 changes, .* bring it back with 2 entries \(1 change in its log cannot be joined to that and is kept beside it\)/,
    );
    await later.restore();
    expect(await contents(later.rows)).toEqual(['one', 'two']);
    const aside = [...folder.files].find(([name]) => name.startsWith('aside-'));
    expect(new TextDecoder().decode(aside?.[1])).toContain('four');
    await later.keeper.deleteBackups();
    expect([...folder.files.keys()].filter((name) => !name.startsWith('sentinel'))).toEqual([]);
  });

  test('and accepted so: nothing of it is told again', async () => {
    const session = await begin();
    await (await session.memory()).add({ content: 'one' });
    session.end();
    await loseAll();
    const later = await begin();
    await (await later.memory()).add({ content: 'begun anew' });
    await later.keeper.acceptLoss(USER);
    expect(logs()).toHaveLength(1);
    later.end();
    const last = await begin();
    expect(last.announced).toEqual([]);
    await expectSound(last);
    expect(await contents(last.rows)).toEqual(['begun anew']);
  });

  test('is begun anew and written to: restored with all that was known of it, and what was written since stays', async () => {
    const session = await begin();
    const memory = await session.memory();
    for (const content of ['one', 'two', 'three']) await memory.add({ content });
    await memory.update('m1', { content: 'one, changed' });
    await memory.search('two', { topK: 1, note: BY_USER });
    await memory.delete('m3');
    await session.rows.setAgeing(USER, { expireAfter: 1e12, halfLife: null });
    await session.keeper.backUpNow();
    const before = { record: await session.rows.record(USER), journal: await session.rows.journal(USER) };
    session.end();
    await loseAll();
    const later = await begin();
    // As the page does, which makes a place to write in.
    const anew = await later.memory();
    const since = await anew.add({ content: 'written since' });
    expect(since.id).toBe('m1');
    await anew.search('since', { topK: 1, note: BY_USER });
    expect(await later.restore()).toBe(1);
    const { record, entries } = await later.rows.texts(USER);
    expect(entries.map(({ id, content }) => [id, content])).toEqual([
      ['m1', 'one, changed'],
      ['m2', 'two'],
      ['m4', 'written since'],
    ]);
    expect(record.nextId).toBe(5);
    expect(record.ageing).toEqual(before.record.ageing);
    const journal = await later.rows.journal(USER);
    expect(journal.slice(0, before.journal.length)).toEqual(before.journal);
    expect(journal.slice(before.journal.length).map(({ act, op }) => `${act.kind} ${op.kind}`)).toEqual([
      ...['loss delete', 'loss delete'],
      ...['add add', 'retrieve retrieve'],
      ...['restore add', 'restore add'],
    ]);
    expect(journal[before.journal.length + 3].op).toMatchObject({ hits: [{ id: 'm4' }] });
    await expectSound(later);
    // What it was for those who know the entry by its new place: the memory opened before sees it too.
    expect((await (await later.memory()).search('written since', { topK: 1 }))[0].entry.id).toBe('m4');
    await undoAct({ rows: later.rows, memory: await later.memory() }, journal[journal.length - 1].act.id);
    expect(await contents(later.rows)).toEqual(['written since']);
    later.end();
    const last = await begin();
    expect(last.announced).toEqual([]);
    await expectSound(last);
  });

  test('and one that is whole, made what it was in an older backup of the same history: an act like any other', async () => {
    const session = await begin();
    const memory = await session.memory();
    await memory.add({ content: 'one' });
    await session.keeper.backUpNow();
    const [older] = await session.keeper.backups();
    await memory.add({ content: 'two' });
    const { incarnation } = await session.rows.record(USER);
    expect(await session.keeper.restore(older.id, USER)).toBe(0);
    expect(await contents(session.rows)).toEqual(['one']);
    expect((await session.rows.record(USER)).incarnation).toBe(incarnation);
    expect((await session.rows.journal(USER)).map(({ act }) => act.kind)).toEqual(['add', 'add', 'restore']);
  });

  test('that the user has emptied or deleted is not missed, also if the tab died before its log went', async () => {
    const session = await begin();
    await (await session.memory()).add({ content: 'one' });
    await dropNamespace(session.rows, USER);
    expect(logs()).toEqual([]);
    await (await session.memory()).add({ content: 'two' });
    await session.keeper.leaving([USER]);
    session.end();
    await loseAll();
    expect(logs()).toHaveLength(1);
    const later = await begin();
    expect(later.announced).toEqual([]);
    expect(logs()).toEqual([]);
    later.end();
    expect((await begin()).announced).toEqual([]);
  });
});

/** As Chromium may bring it back: the last act is gone, everything that is there adds up. */
async function goBack(): Promise<void> {
  const session = await begin();
  const memory = await session.memory();
  for (const content of ['one', 'two']) await memory.add({ content });
  const older = await session.rows.record(USER);
  await memory.add({ content: 'three' });
  session.end();
  await tamper((rows, journal) => {
    rows.deleteEntry(USER, [embedder.id], 'm3');
    journal.delete([USER, 3]);
    rows.putRecord(older);
  });
}

describe('a database that goes back', () => {
  test('is found by the log alone, and restored as one act that can be undone', async () => {
    await goBack();
    await loseSentinel();
    const session = await begin();
    expect(session.lost().message).toMatch(/is older than it was: it is at change 2/);
    await session.restore();
    expect(await contents(session.rows)).toEqual(['one', 'two', 'three']);
    await expectSound(session);
    const journal = await session.rows.journal(USER);
    const memory = await session.memory();
    await undoAct({ rows: session.rows, memory }, journal[journal.length - 1].act.id);
    expect(await contents(session.rows)).toEqual(['one', 'two']);
    session.end();
    expect((await begin()).announced).toEqual([]);
  });

  test('and is written to again is still told, however much is written, until it is restored', async () => {
    await goBack();
    const session = await begin();
    const memory = await session.memory();
    for (let i = 0; i < 5; i++) await memory.add({ content: `since ${i}` });
    expect(logs()).toHaveLength(2);
    session.end();
    const later = await begin();
    expect(later.announced).toEqual([`${USER} lost`]);
    expect(later.lost().message).toMatch(/went back: it was at change 3 with 3 entries/);
    // What was written since stays beside it, under ids of its own.
    expect(await later.restore()).toBe(5);
    expect(await contents(later.rows)).toEqual([
      'one',
      'two',
      'three',
      ...[0, 1, 2, 3, 4].map((i) => `since ${i}`),
    ]);
    const written = (await later.rows.journal(USER)).flatMap(({ op }) =>
      op.kind === 'add' ? [op.after.content] : [],
    );
    expect(written).toContain('since 4');
    expect(logs()).toHaveLength(1);
    later.end();
    const last = await begin();
    expect(last.announced).toEqual([]);
    await expectSound(last);
  });
});

test('an entry that is damaged comes back as the log has it, newer than the backup', async () => {
  const session = await begin();
  const memory = await session.memory();
  await memory.add({ content: 'one' });
  await session.keeper.backUpNow();
  await memory.add({ content: 'two' });
  session.end();
  await tamper((rows) => rows.deleteEntry(USER, [embedder.id], 'm2'));
  const later = await begin();
  expect(later.lost()).toMatchObject({ state: 'damaged', backup: { logged: { acts: 1, onBackup: true } } });
  await later.restore();
  expect(await contents(later.rows)).toEqual(['one', 'two']);
  await expectSound(later);
});

test('a restore is one step: what fails in the middle of it leaves what was found, and the next one goes through', async () => {
  const session = await begin();
  const memory = await session.memory();
  for (const content of ['one', 'two', 'three']) await memory.add({ content });
  session.end();
  await tamper((rows) => rows.deleteEntry(USER, [embedder.id], 'm2'));
  const later = await begin();
  const before = await later.survey.find(USER);
  silent = true;
  await expect(later.restore()).rejects.toThrow('no vectors now');
  expect(await later.survey.find(USER)).toEqual(before);
  expect(later.lost().state).toBe('damaged');
  silent = false;
  await later.restore();
  expect(await contents(later.rows)).toEqual(['one', 'two', 'three']);
  const kinds = (await later.rows.journal(USER)).map(({ act }) => act.kind);
  expect(kinds).toEqual(['add', 'add', 'add', 'loss', 'restore']);
  await expectSound(later);
});

describe('a tab that is killed when a memory is restored, before sentinel and log know it', () => {
  const SINCE = ['since 0', 'since 1', 'since 2'];

  async function writeSince(): Promise<void> {
    const session = await begin();
    for (const content of SINCE) await (await session.memory()).add({ content });
    session.end();
  }

  /** Rows as the restore left them, files as they were before. */
  async function restoreAndDie(): Promise<void> {
    const session = await begin();
    expect(session.lost()).toBeDefined();
    const files = new Map(folder.files);
    await session.restore();
    session.end();
    const kept = new FolderInMemory();
    for (const [name, bytes] of files) kept.files.set(name, bytes);
    folder = kept;
  }

  test.each<[string, () => Promise<void>]>([
    ['it was gone', loseAll],
    ['it was damaged', () => tamper((rows) => rows.deleteEntry(USER, [embedder.id], 'm2'))],
    ['it was older than it had been', async () => undefined],
    ['it was older, and written to since', () => writeSince()],
    [
      'it was gone, and written to since',
      async () => {
        await loseAll();
        await writeSince();
      },
    ],
  ])('%s: nothing is announced again, now and after the next change', async (what, happens) => {
    const since = what.includes('since') ? SINCE : [];
    if (what.includes('older')) await goBack();
    else {
      const session = await begin();
      for (const content of ['one', 'two', 'three']) await (await session.memory()).add({ content });
      session.end();
    }
    await happens();
    await restoreAndDie();
    const later = await begin();
    expect(later.announced).toEqual([]);
    await expectSound(later);
    expect(await contents(later.rows)).toEqual(['one', 'two', 'three', ...since]);
    expect(logs()).toHaveLength(1);
    await (await later.memory()).add({ content: 'four' });
    later.end();
    const last = await begin();
    expect(last.announced).toEqual([]);
    await expectSound(last);
    last.end();
    await loseAll();
    const lost = await begin();
    await lost.restore();
    expect(await contents(lost.rows)).toEqual(['one', 'two', 'three', ...since, 'four']);
  });

  test('a database that goes back to just after a restore is told all the same', async () => {
    await goBack();
    const session = await begin();
    await session.restore();
    const restored = await session.rows.record(USER);
    await (await session.memory()).add({ content: 'four' });
    session.end();
    await tamper((rows, journal) => {
      rows.deleteEntry(USER, [embedder.id], 'm4');
      journal.delete([USER, restored.journal + 1]);
      rows.putRecord(restored);
    });
    const later = await begin();
    expect(later.announced).toEqual([`${USER} lost`]);
    await later.restore();
    expect(await contents(later.rows)).toEqual(['one', 'two', 'three', 'four']);
  });
});

test('the log is made shorter with the second backup, and not longer than what came after the first', async () => {
  const session = await begin();
  const memory = await session.memory();
  const lengths: number[] = [];
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 10; j++) await memory.add({ content: `entry ${i} ${j}` });
    await session.keeper.backUpNow();
    lengths.push(folder.files.get(logs()[0])?.length ?? 0);
  }
  expect(lengths[1]).toBeLessThan(lengths[0] * 1.2);
  expect(lengths[3]).toBeLessThan(lengths[0] * 1.2);
  session.end();
  await loseAll();
  const later = await begin();
  expect(later.lost().backup).not.toHaveProperty('logged');
  await later.restore();
  expect(await contents(later.rows)).toHaveLength(40);
});

test('a log that cannot be written is known to be behind, until it holds what it lacks', async () => {
  const session = await begin();
  const memory = await session.memory();
  folder.room = 0;
  await memory.add({ content: 'one' });
  expect(session.keeper.logIsBehind).toBe(true);
  folder.room = Number.POSITIVE_INFINITY;
  await memory.add({ content: 'two' });
  expect(session.keeper.logIsBehind).toBe(false);
  session.end();
  await loseAll();
  const later = await begin();
  await later.restore();
  expect(await contents(later.rows)).toEqual(['one', 'two']);
});
