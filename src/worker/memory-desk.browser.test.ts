/** The main path of the memory page over IndexedDB: what was done is there when the lab opens again. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { USER_NAMESPACE } from '../memory/long-term-memory';
import { LabDatabase } from '../storage/database';
import { takeAway } from '../storage/take-away.fixture';
import { LabMemories } from './memories';
import { MemoryDesk } from './memory-desk';

const ME = USER_NAMESPACE;
const open: LabDatabase[] = [];
let troubles: string[] = [];
/** A site of its own for each test: what watches over memories does not forget them when the database is deleted. */
let site = '';
let sites = 0;

beforeEach(() => {
  site = `memory-desk-test-${sites++}`;
  troubles = [];
});

afterEach(async () => {
  const left = site;
  site = '';
  for (const database of open.splice(0)) database.close();
  await takeAway(left);
  const root = await navigator.storage.getDirectory();
  await root.removeEntry(left, { recursive: true }).catch(() => undefined);
});

async function openLab(troubled = false) {
  const mine = site;
  const memories = await LabMemories.open(
    ({ error }) => {
      // A backup may still be on its way when its test ends, and be told of in the next one: its folder was taken away.
      if (site !== mine) return;
      if (!troubled) throw new Error(error.message);
      troubles.push(error.code);
    },
    async () => {
      const database = await LabDatabase.open({ name: mine });
      open.push(database);
      return database;
    },
  );
  return {
    memories,
    call: new MemoryDesk(
      () => memories,
      () => undefined,
    ).handlers,
  };
}

test('edited, searched, undone, audited, mapped; opened again it is all there, and can still be undone', async () => {
  const { call } = await openLab();
  await call.memoryHome({});
  const contents = ['Rolf lives in Kiel.', 'Rolf lives in Oslo.', 'Good morning!', 'Mira is a pilot.'];
  for (const content of contents) {
    await call.editMemory({
      name: ME,
      edit: { kind: 'add', content, metadata: { by: 'hand' }, memoryType: '' },
    });
  }
  const { findings, junkShare } = await call.auditMemory({ name: ME });
  expect(findings.map(({ kind }) => kind)).toEqual(['contradicted', 'junk']);
  expect(junkShare).toBe(0.5);
  const ids = findings.flatMap(({ proposal }) => (proposal.kind === 'none' ? [] : proposal.ids));
  const view = await call.editMemory({ name: ME, edit: { kind: 'delete', ids, why: 'audit' } });
  expect(view.entries.map(({ id }) => id)).toEqual(['m2', 'm4']);
  expect(view.index.degraded).toBeUndefined();
  const { scores } = await call.searchMemory({ name: ME, query: 'Who lives in Oslo?', mode: 'hybrid' });
  expect(scores[0].id).toBe('m2');
  expect((await call.mapMemory({ name: ME })).points).toHaveLength(2);
  for (const database of open) database.close();

  const { call: later } = await openLab();
  const [{ act }] = await later.readJournal({ name: ME, before: null, limit: 1, id: null });
  expect(act.kind).toBe('clean');
  expect((await later.memoryAt({ name: ME, seq: 2 })).map(({ content }) => content)).toEqual(
    contents.slice(0, 2),
  );
  const undone = await later.editMemory({ name: ME, edit: { kind: 'undo', act: act.id } });
  expect(undone.entries.map(({ content }) => content)).toEqual(contents);
  const [near] = await later.neighbours({ name: ME, id: 'm1', count: 1 });
  expect(near.id).toBe('m2');
  await later.copyNamespace({ from: ME, to: 'copy' });
  expect(await later.compareNamespaces({ left: ME, right: 'user/copy' })).toMatchObject({
    same: 4,
    changed: [],
  });
});

test('memories of rollouts that are kept are shown in their own tab alone', async () => {
  const { memories, call } = await openLab();
  const memory = await memories.rollouts.open('group/t0k0');
  await memory.add({ content: 'of a rollout' });
  await memories.rollouts.drop('group/t0k0');
  const titles = async (desk: typeof call) =>
    (await desk.memoryHome({})).namespaces.map(({ title }) => title);
  expect(await titles(call)).toEqual(['Group, rollout 1', 'Personal']);
  for (const database of open) database.close();
  // The first tab still holds its number while this page lives; this is another one.
  const { call: later } = await openLab();
  expect(await titles(later)).toEqual(['Personal']);
});

test('backed up, lost, found lost, restored: and the restoring can be undone', async () => {
  const { memories, call } = await openLab();
  await call.memoryHome({});
  for (const content of ['one', 'two']) {
    await call.editMemory({ name: ME, edit: { kind: 'add', content, metadata: {}, memoryType: '' } });
  }
  const backedUp = await call.backUpNow({});
  expect(backedUp.health[ME].state).toBe('whole');
  expect(backedUp.backups[0].namespaces).toMatchObject([{ name: ME, count: 2 }]);
  const bytes = (kind: string) => backedUp.storage.kinds.find((known) => known.kind === kind)?.bytes ?? 0;
  for (const kind of ['memories', 'journals', 'vectors', 'backups']) expect(bytes(kind)).toBeGreaterThan(0);

  await memories.safety?.keeper.sentinelNow();
  // What the browser does to a site whose files are damaged: the database is there again, empty.
  for (const database of open.splice(0)) database.close();
  await takeAway(site);
  const { call: later } = await openLab(true);
  const lost = await later.memoryHome({});
  const health = lost.health[ME];
  expect(health).toMatchObject({ state: 'lost', expected: 2, found: 0 });
  expect(health).toHaveProperty(
    'message',
    expect.stringMatching(/^The memory “Personal” is gone: 2 entries/),
  );
  expect(troubles).toContain('memory-lost');
  const backup = health.state === 'lost' ? health.backup : null;
  await later.editMemory({ name: ME, edit: { kind: 'add', content: 'since', metadata: {}, memoryType: '' } });
  const restored = await later.restoreBackup({ id: backup?.id ?? '', name: ME });
  expect(restored.home.health[ME].state).toBe('whole');
  expect(restored.stayed).toBe(1);
  const view = await later.viewNamespace({ name: ME });
  expect(view.entries.map(({ id, content }) => [id, content])).toEqual([
    ['m1', 'one'],
    ['m2', 'two'],
    ['m3', 'since'],
  ]);
  const [{ act }] = await later.readJournal({ name: ME, before: null, limit: 1, id: null });
  expect(act.kind).toBe('restore');
  const use = await later.deleteStored({ kind: 'backups' });
  expect(use.kinds.find(({ kind }) => kind === 'backups')?.bytes).toBeLessThan(bytes('backups'));
});
