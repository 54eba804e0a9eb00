/**
 * What befalls the browser under long-term memory: killed in the middle of writes, its files damaged, its site
 * data cleared, several tabs at once, a newer version in another tab. In a real browser on a profile of its
 * own. SOAK=1 kills fifty times.
 */
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { entriesAfter, MemoryTab, serveFaults } from './faults-site';
import type { Acknowledged } from './memory-faults/calls';
import { OwnBrowser } from './own-browser';

const KILLS = process.env.SOAK ? 50 : 5;
const USER = 'user/default';
/** The sentinel is written so long after a change, at most. Milliseconds. */
const SENTINEL = 1500;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

let server: Awaited<ReturnType<typeof serveFaults>>;
let profile: string;
const running: OwnBrowser[] = [];

async function launch(): Promise<OwnBrowser> {
  const browser = await OwnBrowser.launch(profile);
  running.push(browser);
  return browser;
}

async function end(browser: OwnBrowser, how: 'close' | 'kill'): Promise<void> {
  running.splice(running.indexOf(browser), 1);
  await browser[how]();
}

test.beforeAll(async () => {
  server = await serveFaults();
});

test.afterAll(async () => {
  await server?.close();
});

test.beforeEach(() => {
  profile = mkdtempSync(join(tmpdir(), 'agemem-memory-'));
});

test.afterEach(async () => {
  for (const browser of running.splice(0)) await browser.kill();
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
});

/** What the acknowledged changes leave. */
function model(changes: readonly Acknowledged[]): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  for (const { id, content } of changes.flatMap((change) => change.changes)) {
    if (content === null) entries.delete(id);
    else entries.set(id, content);
  }
  return entries;
}

test(`killed ${KILLS} times in the middle of writes: nothing acknowledged is lost, everything adds up, also without the database`, async () => {
  test.setTimeout(60_000 + KILLS * 25_000);
  let told: Acknowledged[] = [];
  const counts = { kills: 0, acts: 0, taken: 0, lostByItself: 0, fromLogAlone: 0, fromBackupAndLog: 0 };
  for (let round = 1; round <= KILLS + 1; round++) {
    const browser = await launch();
    const tab = await MemoryTab.open(browser, server.url);
    if (round > 1) {
      const last = told[told.length - 1];
      const health = (await tab.ask('health'))[USER];
      const taken = isTaken(round - 1);
      if (taken || health?.state !== 'whole') {
        if (!taken) counts.lostByItself++;
        // Told, with what brings it back: the newest backup, if there is one, and what was logged since.
        expect(health?.state).toMatch(/^(lost|damaged)$/);
        expect((await tab.ask('troubles')).map(({ code }) => code)).toContain(`memory-${health?.state}`);
        const backup = health && 'backup' in health ? health.backup : null;
        if (!backup) throw new Error(`nothing to restore: ${JSON.stringify(health)}`);
        counts[backup.logged?.onBackup === false ? 'fromLogAlone' : 'fromBackupAndLog']++;
        await tab.ask('restore', { id: backup.id });
      } else expect(await tab.ask('troubles')).toEqual([]);
      const { record, journal, entries } = await tab.whole();
      expect(record.revision).toBeGreaterThanOrEqual(last.revision);
      expect([...entriesAfter(journal, last.journal)].sort()).toEqual([...model(told)].sort());
      expect((await tab.ask('health'))[USER]?.state).toBe('whole');
      // Committed, but the word of it died with the browser: part of what the next round goes on from.
      const unheard = journal.slice(last.journal).flatMap(({ op }): Acknowledged['changes'] => {
        if (op.kind === 'retrieve') return [];
        return op.kind === 'delete' ? [{ id: op.before.id, content: null }] : [op.after];
      });
      told.push({ journal: record.journal, revision: record.revision, changes: unheard });
      expect(entries.map(({ id, content }) => [id, content]).sort()).toEqual([...model(told)].sort());
    }
    if (round > KILLS) break;
    tab.ask('work', { tag: `killed.${round}`, changes: null }).catch(() => undefined);
    await expect.poll(() => tab.acknowledged.length).toBeGreaterThan(3);
    await pause((round * 137) % 400);
    await end(browser, 'kill');
    counts.kills++;
    counts.acts += tab.acknowledged.length;
    told = [...told, ...tab.acknowledged];
    expect(tab.acknowledged.length).toBeGreaterThan(3);
    if (!isTaken(round)) continue;
    counts.taken++;
    DAMAGES['the whole folder missing']();
  }
  console.log(`memory-faults: ${JSON.stringify(counts)}`);
  expect(counts.fromLogAlone).toBeGreaterThan(0);
  expect(counts.fromBackupAndLog).toBeGreaterThan(0);
});

/** After every other kill the database is taken away. */
function isTaken(kill: number): boolean {
  return kill % 2 === 1;
}

test('what the log costs an act', async () => {
  const tab = await MemoryTab.open(await launch(), server.url);
  const cost = await tab.ask('cost', { acts: process.env.SOAK ? 2000 : 100 });
  console.log(`memory-faults: ${JSON.stringify(cost)}`);
  // One act is one frame, about as long as its journal record, and waits for the disk once more. How long that takes is
  // the disk's business.
  expect(cost.logBytesPerAct).toBeGreaterThan(200);
  expect(cost.logBytesPerAct).toBeLessThan(2000);
  expect(cost.flushes).toEqual({ plain: 0, logged: cost.acts });
});

test('two tabs write 1,000 changes: none is lost, the journal has no gap, both see everything', async () => {
  test.setTimeout(240_000);
  const browser = await launch();
  const tabs = [await MemoryTab.open(browser, server.url), await MemoryTab.open(browser, server.url)];
  await Promise.all(tabs.map((tab, i) => tab.ask('work', { tag: `tab${i}`, changes: 500 })));
  await expect.poll(() => tabs.map((tab) => tab.acknowledged.length)).toEqual([500, 500]);
  const [one, two] = await Promise.all(tabs.map((tab) => tab.whole()));
  expect(two.entries).toEqual(one.entries);
  expect(two.record).toEqual(one.record);
  // Every act is in the journal, once.
  const acts = new Set(one.journal.map(({ act }) => act.id));
  expect(acts.size).toBe(1000);
  for (const tab of tabs) expect(new Set(await tab.ask('elsewhere'))).toEqual(new Set([USER]));
  // The sentinel of both is that of the rows, by itself: nobody takes anything for lost.
  await pause(SENTINEL);
  const later = await MemoryTab.open(browser, server.url);
  expect((await later.ask('health'))[USER]?.state).toBe('whole');
  for (const tab of [...tabs, later]) expect(await tab.ask('troubles')).toEqual([]);
});

test('a newer version in another tab is let pass, and this one says so', async () => {
  const browser = await launch();
  const tab = await MemoryTab.open(browser, server.url);
  await tab.ask('work', { tag: 'a', changes: 3 });
  const newer = await browser.context.newPage();
  await newer.goto(server.url);
  const opened = await newer.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const asked = indexedDB.open('agemem-lab', 99);
        asked.onblocked = () => resolve('blocked');
        asked.onerror = () => resolve(String(asked.error));
        asked.onsuccess = () => resolve(`version ${asked.result.version}`);
      }),
  );
  expect(opened).toBe('version 99');
  await expect
    .poll(async () => (await tab.ask('troubles')).map(({ message }) => message).join())
    .toMatch(/newer version of this page was opened in another tab/);
  await expect(tab.ask('work', { tag: 'b', changes: 1 })).rejects.toThrow(/cannot be used any more: a newer/);
});

test('a tab that holds on to an older version is named; once it is gone the memory is as it was', async () => {
  const browser = await launch();
  const stubborn = await browser.context.newPage();
  await stubborn.goto(server.url);
  await stubborn.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const asked = indexedDB.open('agemem-lab', 1);
        asked.onerror = () => reject(asked.error);
        asked.onupgradeneeded = () => {
          asked.result.createObjectStore('namespaces', { keyPath: 'name' });
          asked.result.createObjectStore('entries', { keyPath: ['namespace', 'id'] });
          asked.result.createObjectStore('checkpoints', { keyPath: ['name', 'generation'] });
        };
        asked.onsuccess = () => resolve(null);
      }),
  );
  const page = await browser.context.newPage();
  await page.goto(server.url);
  const blocked = await page.evaluate(() =>
    (window as unknown as { ask(call: string, args: null): Promise<{ description: string }> }).ask(
      'open',
      null,
    ),
  );
  expect(blocked.description).toMatch(
    /Another tab with an older version of this page keeps the storage locked/,
  );
  await stubborn.close();
  const tab = await MemoryTab.open(browser, server.url);
  await tab.ask('work', { tag: 'a', changes: 10 });
  await tab.whole();
});

test('site data cleared under the open page: told, and never taken for an empty memory', async () => {
  const browser = await launch();
  const tab = await MemoryTab.open(browser, server.url);
  await tab.ask('work', { tag: 'a', changes: 20 });
  await tab.ask('settle');
  const session = await browser.context.newCDPSession(tab.page);
  await session.send('Storage.clearDataForOrigin', {
    origin: new URL(server.url).origin,
    storageTypes: 'all',
  });
  // Whatever is done next fails or is known to follow a loss; a page that does nothing is told all the same.
  await tab.ask('work', { tag: 'b', changes: 1 }).catch(() => undefined);
  await expect.poll(async () => (await tab.ask('troubles')).length).toBeGreaterThan(0);
  const said = (await tab.ask('troubles')).map(({ message }) => message).join();
  expect(said).toMatch(/is gone: \d+ entries|was lost and begun anew|site data were cleared/);
});

/** The files of IndexedDB (LevelDB) in the profile, with their sizes. */
function databaseFiles(): readonly {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
}[] {
  const place = join(profile, 'Default', 'IndexedDB');
  const folder = readdirSync(place).find((name) => name.endsWith('.indexeddb.leveldb'));
  if (!folder) throw new Error(`no database in ${readdirSync(place)}`);
  return readdirSync(join(place, folder)).map((name) => {
    const path = join(place, folder, name);
    return { path, name, bytes: statSync(path).size };
  });
}

const isData = (name: string) => /\.(log|ldb)$/.test(name);

/** Each must be announced. */
const DAMAGES: Readonly<Record<string, () => void>> = {
  'every data file garbled': () => {
    for (const { path, name } of databaseFiles()) {
      if (!isData(name)) continue;
      const bytes = readFileSync(path);
      for (let i = 0; i < bytes.length; i += 97) bytes[i] ^= 0x55;
      writeFileSync(path, bytes);
    }
  },
  'every data file cut to half': () => {
    for (const { path, name, bytes } of databaseFiles()) if (isData(name)) truncateSync(path, bytes >> 1);
  },
  'every data file missing': () => {
    for (const { path, name } of databaseFiles()) if (isData(name)) rmSync(path);
  },
  'the manifest garbled': () => {
    for (const { path, name } of databaseFiles()) {
      if (name.startsWith('MANIFEST')) writeFileSync(path, Buffer.alloc(200, 0xa5));
    }
  },
  'the whole folder missing': () => {
    for (const { path } of databaseFiles()) rmSync(path, { recursive: true });
  },
};

for (const [damage, inflict] of Object.entries(DAMAGES)) {
  test(`${damage}: the loss is announced and the backup brings back every entry`, async () => {
    const before = await launch();
    const tab = await MemoryTab.open(before, server.url);
    await tab.ask('work', { tag: 'a', changes: 120 });
    const kept = await tab.whole();
    const [backup] = await tab.ask('backUp');
    expect(backup.namespaces).toMatchObject([{ name: USER, count: kept.record.count }]);
    await tab.ask('settle');
    await end(before, 'close');
    inflict();

    // Twice: the loss stays announced, also after something new was written.
    for (const visit of [1, 2]) {
      const browser = await launch();
      const found = await MemoryTab.open(browser, server.url);
      const health = (await found.ask('health'))[USER];
      expect(health).toMatchObject({ backup: { id: backup.id }, expected: kept.record.count });
      expect(health?.state).toMatch(/^(lost|damaged)$/);
      expect((await found.ask('troubles')).map(({ code }) => code)).toContain(`memory-${health?.state}`);
      await found.ask('work', { tag: `visit${visit}`, changes: 1 });
      await found.ask('settle');
      await end(browser, 'close');
    }

    const browser = await launch();
    const repaired = await MemoryTab.open(browser, server.url);
    // What the damaged files have given back of the two visits: Chromium may throw the first away with the rest.
    const since = (await repaired.ask('dump')).entries
      .map(({ content }) => content)
      .filter((content) => content.startsWith('visit'));
    expect(since).toContain('visit2.0');
    await repaired.ask('restore', { id: backup.id });
    const restored = await repaired.whole();
    // Every entry and all that was ever known of it; what was written since stays, under ids that were never given.
    const { nextId } = kept.record;
    expect(restored.entries.slice(0, kept.entries.length)).toEqual(kept.entries);
    expect(restored.entries.slice(kept.entries.length).map(({ id, content }) => [id, content])).toEqual(
      since.map((content, i) => [`m${nextId + i}`, content]),
    );
    expect(restored.record.nextId).toBe(nextId + since.length);
    expect(restored.journal.slice(0, kept.journal.length)).toEqual(kept.journal);
    expect((await repaired.ask('health'))[USER]?.state).toBe('whole');
    const acts = restored.journal.filter(({ act }) => act.kind === 'restore').map(({ act }) => act.id);
    expect(new Set(acts).size).toBe(1);
    expect(await repaired.ask('retrieve', { query: kept.entries[0].content })).toContain(
      kept.entries[0].content,
    );
    await repaired.ask('settle');
    await end(browser, 'close');

    const last = await MemoryTab.open(await launch(), server.url);
    expect((await last.ask('health'))[USER]?.state).toBe('whole');
    expect(await last.ask('troubles')).toEqual([]);
    const { entries, journal } = await last.whole();
    expect(entries).toEqual(restored.entries);
    expect(journal.slice(0, restored.journal.length)).toEqual(restored.journal);
  });
}

test('a loss that is accepted is not told again', async () => {
  const before = await launch();
  const tab = await MemoryTab.open(before, server.url);
  await tab.ask('work', { tag: 'a', changes: 30 });
  await tab.ask('settle');
  await end(before, 'close');
  DAMAGES['the whole folder missing']();

  const browser = await launch();
  const found = await MemoryTab.open(browser, server.url);
  expect((await found.ask('health'))[USER]).toMatchObject({
    state: 'lost',
    found: 0,
    backup: { logged: { acts: 30, onBackup: false } },
  });
  await found.ask('work', { tag: 'b', changes: 5 });
  await found.ask('accept');
  expect((await found.ask('health'))[USER]?.state).toBe('whole');
  await end(browser, 'close');

  const last = await MemoryTab.open(await launch(), server.url);
  expect((await last.ask('health'))[USER]?.state).toBe('whole');
  expect(await last.ask('troubles')).toEqual([]);
});
