import { afterEach, describe, expect, test } from 'vitest';
import { inBucket } from './buckets.fixture';
import { LabDatabase, UPGRADES } from './database';
import { StorageFullError } from './errors';
import { type TableRows, type TableSeedRow, TableStore, TransientTable } from './table-store';
import { takeAway } from './take-away.fixture';
import { type TaskSetRow, TaskSetStore } from './task-set-store';

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

const row = (identity: string, seed: number, policy = 'public/policy'): TableSeedRow => ({
  identity,
  method: 'mem0',
  environment: 'qa',
  seed,
  values: { score: 0.5, 'does-not-fit': 0 },
  ends: [
    { score: 1, reason: 'answered' },
    { score: null, reason: 'hard-context' },
  ],
  policy,
  backend: 'none',
  ms: 12,
  played: 34,
});

const KINDS: readonly (readonly [string, () => Promise<TableRows>])[] = [
  [
    'in the database',
    async () => {
      name = `table-${counter++}`;
      return new TableStore(await connect());
    },
  ],
  ['in this tab', async () => new TransientTable()],
];

describe.each(KINDS)('what was played of the table, %s', (_, make) => {
  test('is found by who played it, replaced when it is played again, and gone when cleared', async () => {
    const rows = await make();
    for (const [identity, seed] of [
      ['a', 2],
      ['a', 10],
      ['ab', 1],
      ['b', 1],
    ] as const) {
      await rows.put(row(identity, seed));
    }
    await rows.put({ ...row('a', 2), environment: 'pddl' });
    const seeds = async () =>
      (await rows.seeds('a')).map(({ environment, seed }) => `${environment} ${seed}`).sort();
    expect(await seeds()).toEqual(['pddl 2', 'qa 10', 'qa 2']);
    await rows.put(row('a', 2, 'another'));
    expect(await seeds()).toEqual(['pddl 2', 'qa 10', 'qa 2']);
    expect((await rows.seeds('a')).find((one) => one.policy === 'another')).toEqual(row('a', 2, 'another'));
    expect(await rows.seeds('c')).toEqual([]);
    expect(await rows.run()).toBe(undefined);
    await rows.putRun({ choice: { seeds: [1, 2] }, finished: false });
    await rows.putRun({ choice: { seeds: [1, 2] }, finished: true });
    expect(await rows.run()).toMatchObject({ choice: { seeds: [1, 2] }, finished: true });
    await rows.clear();
    expect(await rows.seeds('a')).toEqual([]);
    expect(await rows.run()).toBe(undefined);
  });
});

test('a database of version 3 gets a place for it and keeps what it had; the rows outlive the connection', async () => {
  name = `table-${counter++}`;
  const old = await connect(UPGRADES.slice(0, 3));
  const set: TaskSetRow = { hash: 'h', name: 'Set', tasks: 1, added: 1, bytes: 3, text: '{}\n' };
  await new TaskSetStore(old).put(set);
  old.close();
  const database = await connect();
  expect(await new TaskSetStore(database).get('h')).toEqual(set);
  await new TableStore(database).put(row('a', 1));
  database.close();
  expect(await new TableStore(await connect()).seeds('a')).toEqual([row('a', 1)]);
});

test('a full disk is said in words, and the seeds before are there', async () => {
  name = `table-${counter++}`;
  await inBucket(name, 2_000_000, async () => {
    const rows = new TableStore(await connect());
    await rows.put(row('a', 1));
    await expect(rows.put({ ...row('a', 2), policy: 'x'.repeat(8_000_000) })).rejects.toThrow(
      StorageFullError,
    );
    expect(await rows.seeds('a')).toEqual([row('a', 1)]);
  });
});
