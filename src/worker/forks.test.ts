/** A group looked at again through the session: other switches give what playing under them gives, forks share their past. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AdvantageOptions } from '../rl/advantages';
import { LabSession } from './lab-session';
import type { EventLog, GroupRun } from './protocol';
import { type ServedSite, serveTinyPolicy } from './served-policy.fixture';

const ASKED = {
  task: { family: 'qa', split: 'train', difficulty: 'one-fact', seed: 5 },
  options: { adapter: 'none', dice: 3, reward: 'paper-main' },
  groupSize: 4,
  preset: 'lab',
  advantageMode: 'broadcast',
} as const;

let served: ServedSite;
let call: LabSession['handlers'];
let group: GroupRun;

beforeAll(async () => {
  served = await serveTinyPolicy();
}, 60_000);
afterAll(() => served.close());
beforeEach(async () => {
  call = new LabSession(() => undefined).handlers;
  await call.init({ site: served.address, backend: 'wasm' });
  group = await call.runGroup(ASKED);
});

const rewarded = ({ rollouts }: GroupRun) =>
  rollouts.map(({ log, reward, stepAdvantages }) => ({
    log,
    reward: reward.total,
    steps: stepAdvantages.length,
  }));
const texts = (log: EventLog) => log.flatMap((event) => (event.type === 'completion' ? [event.text] : []));

describe('regroup', () => {
  it('gives what a group played under those switches gets', async () => {
    for (const mode of ['broadcast', 'last-step', 'experiences', 'best-only', 'two-level'] as const) {
      const played = await call.runGroup({ ...ASKED, advantageMode: mode });
      const again = await call.regroup({ rollouts: rewarded(group), options: { ...group.options, mode } });
      expect(again.steps, mode).toEqual(played.rollouts.map(({ stepAdvantages }) => stepAdvantages));
      expect(again.statistics, mode).toEqual(played.statistics);
    }
  });

  it('without the spread leaves reward less mean, by the number of steps divides it', async () => {
    const options: AdvantageOptions = { ...group.options, scale: 'none', stepNormalisation: true };
    const { steps, statistics } = await call.regroup({ rollouts: rewarded(group), options });
    for (const [k, { reward, stepAdvantages }] of group.rollouts.entries()) {
      const sum = steps[k].reduce((total, value) => total + value, 0);
      expect(steps[k]).toHaveLength(stepAdvantages.length);
      expect(sum).toBeCloseTo(statistics.zeroSpread ? 0 : reward.total - statistics.mean, 9);
    }
  });

  it('refuses a group of none', async () => {
    await expect(call.regroup({ rollouts: [], options: group.options })).rejects.toThrow(/without rollouts/);
  });
});

describe('forkStep', () => {
  const forked = (step: number, size = 5) => {
    const { task, adapter, options, rollouts } = group;
    return call.forkStep({ task, adapter, options, rollout: rollouts[1], step, size });
  };

  it('shares all that was written before the step; the first is the rollout itself, paid as it was', async () => {
    const [, own] = group.rollouts;
    const step = texts(own.log).length;
    expect(step).toBeGreaterThan(1);
    const run = await forked(step);
    expect(run.rollouts).toHaveLength(5);
    expect(run.rollouts[0].log).toEqual(own.log);
    for (const { log, reward, stepAdvantages, advantage } of run.rollouts) {
      expect(texts(log).slice(0, step - 1)).toEqual(texts(own.log).slice(0, step - 1));
      expect(reward.weights).toEqual(own.reward.weights);
      expect(stepAdvantages.slice(0, step - 1).every((value) => value === 0)).toBe(true);
      expect(stepAdvantages[step - 1]).toBe(advantage);
    }
    const rewards = run.rollouts.map(({ reward }) => reward.total);
    expect(run.statistics.mean).toBeCloseTo(rewards.reduce((sum, r) => sum + r, 0) / 5, 12);
  });

  it('is the same each time, and continues in more than one way', async () => {
    const one = await forked(1, 8);
    const two = await forked(1, 8);
    expect(two.rollouts.map(({ log }) => texts(log))).toEqual(one.rollouts.map(({ log }) => texts(log)));
    expect(new Set(one.rollouts.map(({ log }) => texts(log).join('|'))).size).toBeGreaterThan(1);
  });

  it('refuses a step that is not there and a fork of one', async () => {
    await expect(forked(99)).rejects.toThrow(/no step 99/);
    await expect(forked(1, 1)).rejects.toThrow(/nothing to be compared/);
  });
});
