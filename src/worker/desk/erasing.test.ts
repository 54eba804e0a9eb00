import { expect, test } from 'vitest';
import { LabMemories } from '../memories';
import { MemoryDesk } from '../memory-desk';

const USER = 'user/default';
const SECRET = 'The door of the cellar opens with 4711';

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
  expect(JSON.stringify([journal, await call.memoryAt({ name: USER, seq: 1 })])).not.toContain('4711');
  expect(await call.memoryAt({ name: USER, seq: 1 })).toMatchObject([
    { id: 'm1', content: 'erased on 2026-11-26' },
  ]);
  expect((await call.searchMemory({ name: USER, query: 'cellar', mode: 'hybrid' })).scores).toHaveLength(1);
  expect((await call.erasureFacts({ name: USER, ids: 'deleted' })).ids).toEqual([]);
});
