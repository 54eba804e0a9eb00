import { afterEach, describe, expect, test } from 'vitest';
import { inBucket } from './buckets.fixture';
import { CheckpointStore } from './checkpoint-store';
import { LabDatabase, UPGRADES } from './database';
import { StorageFullError } from './errors';
import { takeAway } from './take-away.fixture';
import { type TaskSetRow, type TaskSetRows, TaskSetStore, TransientTaskSets } from './task-set-store';

let counter = 0;
let name = '';
const open: LabDatabase[] = [];

async function connect(upgrades = UPGRADES): Promise<LabDatabase> {
  const database = await LabDatabase.open({ name, upgrades });
  open.push(database);
  return database;
}

afterEach(async () => {
  for (const database of open.splice(0)) database.close();
  await takeAway(name);
});

const set = (hash: string, added: number, text = '{}\n'): TaskSetRow => ({
  hash,
  name: `Set ${hash}`,
  tasks: 1,
  added,
  bytes: text.length,
  text,
});

const KINDS: readonly (readonly [string, () => Promise<TaskSetRows>])[] = [
  [
    'in the database',
    async () => {
      name = `task-sets-${counter++}`;
      return new TaskSetStore(await connect());
    },
  ],
  ['in this tab', async () => new TransientTaskSets()],
];

describe.each(KINDS)('task sets %s', (_, make) => {
  test('are listed newest first without their texts, replaced by name, and gone when deleted', async () => {
    const rows = await make();
    await rows.put(set('a', 1));
    await rows.put(set('b', 3));
    await rows.put(set('c', 2, 'x'));
    const { text: _text, ...info } = set('c', 2, 'x');
    expect(await rows.list()).toMatchObject([{ hash: 'b' }, info, { hash: 'a' }]);
    expect((await rows.list())[1]).toEqual(info);
    await rows.put({ ...set('c', 2, 'x'), name: 'Another' });
    expect(await rows.get('c')).toEqual({ ...set('c', 2, 'x'), name: 'Another' });
    await rows.delete('b');
    await rows.delete('b');
    expect((await rows.list()).map(({ hash }) => hash)).toEqual(['c', 'a']);
    expect(await rows.get('b')).toBe(undefined);
  });
});

describe('a database of version 2', () => {
  test('gets a place for task sets and keeps what it had', async () => {
    name = `task-sets-${counter++}`;
    const old = await connect(UPGRADES.slice(0, 2));
    await new CheckpointStore(old).put('training', { meta: { step: 3 }, blobs: {} });
    const entry = { namespace: 'user/default', id: 'm1', content: 'Ede lives in Ulm.' };
    await old.run(['entries'], 'readwrite', 'strict', (t) => t.objectStore('entries').put(entry));
    old.close();
    const database = await connect();
    expect((await new CheckpointStore(database).get('training'))?.meta).toEqual({ step: 3 });
    expect(
      await database.run(['entries'], 'readonly', 'relaxed', (t) => t.objectStore('entries').getAll()),
    ).toEqual([entry]);
    const sets = new TaskSetStore(database);
    await sets.put(set('a', 1));
    expect(await sets.list()).toHaveLength(1);
  });
});

test('a full disk is said in words, and the sets before are there', async () => {
  name = `task-sets-${counter++}`;
  await inBucket(name, 2_000_000, async () => {
    const database = await connect();
    const sets = new TaskSetStore(database);
    await sets.put(set('a', 1));
    const large = set('b', 2, 'x'.repeat(8_000_000));
    await expect(sets.put(large)).rejects.toThrow(StorageFullError);
    expect((await sets.list()).map(({ hash }) => hash)).toEqual(['a']);
  });
});
