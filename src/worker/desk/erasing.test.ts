import { expect, test } from 'vitest';
import { SnapshotFiles } from '../../memory/index/snapshot-files';
import { TransientRows } from '../../memory/rows/transient-rows';
import { act, add, embedder } from '../../memory/safety/logged-acts.fixture';
import { FolderInMemory } from '../../storage/folder.fixture';
import { LabMemories } from '../memories';
import { MemoryDesk } from '../memory-desk';
import { eraseForGood } from './erasing';

const USER = 'user/default';
const SECRET = 'The door of the cellar opens with magpie';

test('what goes is told first, then it goes, and a copy elsewhere is named', async () => {
  const memories = LabMemories.transient('kept in this tab');
  const told: string[] = [];
  memories.onChange((name) => told.push(name));
  const { handlers: call } = new MemoryDesk(
    () => memories,
    () => undefined,
    () => Date.UTC(2026, 10, 26),
  );
  await call.memoryHome({});
  const add = (content: string) =>
    call.editMemory({ name: USER, edit: { kind: 'add', content, metadata: {}, memoryType: '' } });
  await add(SECRET);
  await add('Ann likes tea');
  await call.copyNamespace({ from: USER, to: 'Work' });
  await call.searchMemory({ name: USER, query: 'cellar', mode: 'hybrid' });
  expect(await call.erasureFacts({ name: USER, ids: ['m1'] })).toEqual({
    ids: ['m1'],
    entries: 1,
    records: 1,
    backups: 0,
    copies: ['Work'],
  });
  await call.editMemory({ name: USER, edit: { kind: 'delete', ids: ['m1'], why: 'user' } });
  expect(await call.erasureFacts({ name: USER, ids: 'deleted' })).toEqual({
    ids: ['m1'],
    entries: 0,
    records: 2,
    backups: 0,
    copies: ['Work'],
  });
  told.length = 0;
  const view = await call.eraseForGood({ name: USER, ids: 'deleted' });
  expect(view.entries.map(({ id }) => id)).toEqual(['m2']);
  expect(told).toEqual([USER]);
  const journal = await call.readJournal({ name: USER, before: null, limit: 50, id: null });
  expect(JSON.stringify([journal, await call.memoryAt({ name: USER, seq: 1 })])).not.toContain('magpie');
  expect(await call.memoryAt({ name: USER, seq: 1 })).toMatchObject([
    { id: 'm1', content: 'erased on 2026-11-26' },
  ]);
  expect((await call.searchMemory({ name: USER, query: 'cellar', mode: 'hybrid' })).scores).toHaveLength(1);
  expect((await call.erasureFacts({ name: USER, ids: 'deleted' })).ids).toEqual([]);
});

test('a memory that holds it only in its journal is named, and so is one that has an earlier wording', async () => {
  const memories = LabMemories.transient('kept in this tab');
  const { handlers: call } = new MemoryDesk(
    () => memories,
    () => undefined,
    () => Date.UTC(2026, 10, 26),
  );
  await call.memoryHome({});
  const entry = { content: SECRET, metadata: {}, memoryType: '' };
  await call.editMemory({ name: USER, edit: { kind: 'add', ...entry } });
  await call.copyNamespace({ from: USER, to: 'Deleted there' });
  await call.copyNamespace({ from: USER, to: 'As it was' });
  await call.createNamespace({ name: 'Another' });
  const there = (await call.memoryHome({})).namespaces.find(({ title }) => title === 'Deleted there');
  await call.editMemory({ name: there?.name ?? '', edit: { kind: 'delete', ids: ['m1'], why: 'user' } });
  await call.editMemory({
    name: USER,
    edit: { kind: 'change', id: 'm1', ...entry, content: 'The door of the cellar is open' },
  });
  expect((await call.erasureFacts({ name: USER, ids: ['m1'] })).copies).toEqual([
    'As it was',
    'Deleted there',
  ]);
});

test('the saved index goes before the rows and is gone after them, what is saved in between with it', async () => {
  const rows = new TransientRows();
  await rows.ensure(USER, { embedder, created: 1 });
  await act(rows, [add(SECRET)], 10, USER);
  const indexFiles = new SnapshotFiles(new FolderInMemory());
  const save = () => indexFiles.write(USER, [new TextEncoder().encode('vectors')]);
  await save();
  const seen: string[] = [];
  const erase = rows.erase.bind(rows);
  rows.erase = async (...order) => {
    seen.push(`${await indexFiles.size()} bytes before the rows go`);
    return erase(...order);
  };
  const open = { drop: save };
  await eraseForGood({ rows, safety: null, indexFiles }, open, USER, { ids: ['m1'], at: 20 });
  expect(seen).toEqual(['0 bytes before the rows go']);
  expect(await indexFiles.size()).toBe(0);
  expect(JSON.stringify(await rows.journal(USER))).not.toContain('magpie');
});
