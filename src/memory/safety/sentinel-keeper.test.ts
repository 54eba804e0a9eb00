import { afterEach, describe, expect, test } from 'vitest';
import { FolderInMemory } from '../../storage/folder.fixture';
import type { NamespaceRecord } from '../rows/rows';
import { TransientRows } from '../rows/transient-rows';
import { witnessOf } from './sentinel';
import { type Decision, SentinelKeeper, succession } from './sentinel-keeper';
import { Tabs } from './tabs';

const record = (change: Partial<NamespaceRecord> = {}): NamespaceRecord => ({
  name: 'user/default',
  incarnation: 'first',
  embedderId: 'e',
  dimension: 4,
  nextId: 12,
  revision: 20,
  count: 9,
  sum: 123,
  journal: 40,
  lastAt: 1,
  ageing: { expireAfter: null, halfLife: null },
  created: 1,
  ...change,
});
const NOW = record();
const LATER = record({ revision: 21, count: 10, journal: 41, nextId: 13, sum: 5 });
const OLDER = record({ revision: 19, journal: 39 });
const ANOTHER = record({ incarnation: 'second', revision: 1, count: 1, journal: 1, nextId: 2 });
const CONTRADICTING = record({ sum: 1 });

/** Witness before, record as it is, decision; the witness after it: of which record, and whether it is leaving. */
const CASES: readonly (readonly [
  string,
  NamespaceRecord | null,
  boolean,
  NamespaceRecord | null,
  Decision | undefined,
  NamespaceRecord | null,
  boolean,
])[] = [
  ['new', null, false, NOW, undefined, NOW, false],
  ['changed', NOW, false, LATER, undefined, LATER, false],
  ['never there', null, false, null, undefined, null, false],
  ['gone: remembered', NOW, false, null, undefined, NOW, false],
  ['older: remembered as it was', NOW, false, OLDER, undefined, NOW, false],
  ['begun anew: remembered as it was', NOW, false, ANOTHER, undefined, NOW, false],
  ['contradicting: remembered as it was', NOW, false, CONTRADICTING, undefined, NOW, false],
  ['gone and accepted', NOW, false, null, 'accept', null, false],
  ['begun anew and accepted', NOW, false, ANOTHER, 'accept', ANOTHER, false],
  ['older and accepted', NOW, false, OLDER, 'accept', OLDER, false],
  ['about to be deleted', NOW, false, NOW, 'leaving', NOW, true],
  ['about to be deleted, not known yet', null, false, NOW, 'leaving', NOW, true],
  ['lost, then deleted by the user', NOW, false, ANOTHER, 'leaving', NOW, true],
  ['leaving, still there', NOW, true, LATER, undefined, LATER, true],
  ['leaving, gone', NOW, true, null, undefined, null, false],
  ['leaving, gone, made anew', NOW, true, ANOTHER, undefined, ANOTHER, false],
  ['leaving, stayed', NOW, true, NOW, 'stayed', NOW, false],
  ['leaving, not stayed but gone', NOW, true, null, 'stayed', null, false],
];

test.each(CASES)('%s', (_, before, leaving, now, decision, after, isLeaving) => {
  const witness = before ? witnessOf(before, leaving) : undefined;
  expect(succession(witness, now ?? undefined, decision)).toEqual(
    after ? witnessOf(after, isLeaving) : undefined,
  );
});

describe('what a log knows', () => {
  const tabs = Tabs.open('/sentinel-keeper-test');
  const { name } = NOW;
  afterEach(() => tabs.close());

  test('counts where it is newer and of the same incarnation, or where nothing else is known', async () => {
    const keeper = new SentinelKeeper(new FolderInMemory(), new TransientRows(), tabs, () => true);
    await keeper.load();
    expect([keeper.witness(name), keeper.names]).toEqual([undefined, []]);
    keeper.hearLogs(new Map([[name, [witnessOf(ANOTHER), witnessOf(LATER)]]]));
    expect(keeper.names).toEqual([name]);
    expect(keeper.witness(name)).toEqual(witnessOf(LATER));
    // The memory is not there: what the log tells is remembered like what the sentinel told.
    await keeper.rewrite();
    keeper.hearLogs(new Map([[name, [witnessOf(OLDER)]]]));
    expect(keeper.witness(name)).toEqual(witnessOf(LATER));
    keeper.hearLogs(new Map([[name, [witnessOf(ANOTHER)]]]));
    expect(keeper.witness(name)).toEqual(witnessOf(LATER));
    const furthest = record({ revision: 30, journal: 50, nextId: 13 });
    keeper.hearLogs(new Map([[name, [witnessOf(furthest)]]]));
    expect(keeper.witness(name)).toEqual(witnessOf(furthest));
    await keeper.rewrite(new Map([[name, 'leaving']]));
    expect(keeper.witness(name)?.leaving).toBe(true);
    await keeper.rewrite(new Map([[name, 'accept']]));
    expect(keeper.witness(name)).toBeUndefined();
  });
});
