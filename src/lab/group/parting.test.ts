import { beforeAll, expect, test } from 'vitest';
import type { EventLog, GroupRun } from '../../worker/protocol';
import { recordGroup } from '../episode/recorded.fixture';
import { groupParting, partingOf } from './parting';

let group: GroupRun;
beforeAll(async () => {
  group = await recordGroup({ seed: 11 });
});

const texts = (log: EventLog, before: number) =>
  log.flatMap((event) => (event.type === 'completion' && event.seq < before ? [event.text] : []));

test('up to the parting two rollouts wrote the same, and there they did not', () => {
  const [first, ...others] = group.rollouts;
  let parted = 0;
  for (const { log } of others) {
    const parting = partingOf(first.log, log);
    if (!parting) continue;
    parted++;
    expect(parting.type).toBe('completion');
    expect(texts(log, parting.seq)).toEqual(texts(first.log, parting.seq));
    expect(texts(log, parting.seq + 1)).not.toEqual(texts(first.log, parting.seq + 1));
  }
  expect(parted).toBeGreaterThan(0);
});

test('a rollout does not part from itself; one that goes on parts from one that has ended', () => {
  const { log } = group.rollouts[0];
  expect(partingOf(log, log)).toBeNull();
  const cut = log.slice(0, -3);
  expect(partingOf(cut, log)?.seq).toBe(cut.length);
  expect(partingOf(log, cut)?.seq).toBe(cut.length);
});

test('the group parts where its earliest pair does, and every rollout is on one side', () => {
  const parting = groupParting(group);
  if (!parting) throw new Error('these rollouts are all the same');
  const seqs = group.rollouts
    .slice(1)
    .map(({ log }) => partingOf(group.rollouts[0].log, log)?.seq ?? Infinity);
  expect(parting.seq).toBe(Math.min(...seqs));
  const sides = parting.ways.flatMap(({ rollouts }) => rollouts);
  expect(sides.sort((a, b) => a - b)).toEqual(group.rollouts.map((_, k) => k));
  expect(groupParting({ rollouts: [group.rollouts[0], group.rollouts[0]] })).toBeNull();
});
