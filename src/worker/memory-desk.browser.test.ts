/** The main path of the memory page over IndexedDB: what was done is there when the lab opens again. */
import { afterEach, expect, test } from 'vitest';
import { USER_NAMESPACE } from '../memory/long-term-memory';
import { deleteDatabase, LabDatabase } from '../storage/database';
import { LabMemories } from './memories';
import { MemoryDesk } from './memory-desk';

const NAME = 'memory-desk-test';
const ME = USER_NAMESPACE;
const open: LabDatabase[] = [];

afterEach(async () => {
  for (const database of open.splice(0)) database.close();
  await deleteDatabase(NAME);
});

async function openLab() {
  const memories = await LabMemories.open(
    (trouble) => {
      throw new Error(trouble.error.message);
    },
    async () => {
      const database = await LabDatabase.open({ name: NAME });
      open.push(database);
      return database;
    },
  );
  return { memories, call: new MemoryDesk(() => memories).handlers };
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
