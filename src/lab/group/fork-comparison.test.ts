import { beforeAll, expect, test } from 'vitest';
import type { ForkRun } from '../../worker/group-protocol';
import type { GroupRun } from '../../worker/protocol';
import { recordGroup } from '../episode/recorded.fixture';
import { compareFork, forkWords, verdictOf } from './fork-comparison';

let group: GroupRun;
beforeAll(async () => {
  group = await recordGroup({ seed: 11 });
});

function forkWith(mean: number, advantage: number): ForkRun {
  const statistics = { group: 0, mean, std: 0.2, zeroSpread: false, samples: 4 };
  const [own, ...others] = group.rollouts.slice(0, 4);
  return { step: 2, statistics, rollouts: [{ ...own, advantage }, ...others] };
}

test('what was there before and what came after add up to the lead over the group', () => {
  for (const mean of [-0.5, 0.1, 0.9]) {
    const compared = compareFork(group, 0, forkWith(mean, 0.3));
    expect(compared.before + compared.after).toBeCloseTo(compared.reward - compared.groupMean, 12);
    expect(compared.uncertainty).toBeCloseTo(0.1, 12);
    expect(compared.broadcast).toBe(group.rollouts[0].stepAdvantages[1]);
  }
});

test('each verdict is told in words of its own', () => {
  const broadcast = group.rollouts[0].stepAdvantages[1];
  expect(broadcast).not.toBe(0);
  // So that what came of the step is well beyond its error.
  const far = group.rollouts[0].reward.total - 0.3;
  const same = compareFork(group, 0, forkWith(far, broadcast));
  const other = compareFork(group, 0, forkWith(far, -broadcast));
  const silent = compareFork(group, 0, forkWith(far, 0));
  const unpaid = { ...same, broadcast: 0 };
  // Either sign is that of the dice: an advantage of +0.071 where the mean is known to ± 0.1.
  const close = { ...same, after: 0.071, uncertainty: 0.1 };
  const closeBelow = { ...other, after: -0.071, uncertainty: 0.1 };
  expect([close, closeBelow].map(verdictOf)).toEqual(['too-close', 'too-close']);
  expect([same, other, silent, unpaid].map(verdictOf)).toEqual([
    'agree',
    'disagree',
    'fork-silent',
    'broadcast-silent',
  ]);
  expect(new Set([same, other, silent, unpaid, close].map((one) => forkWords(one, 2)[1])).size).toBe(5);
});
