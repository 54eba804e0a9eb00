import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type AdvantageMode,
  AnchorCountError,
  computeAdvantages,
  type RewardScale,
  type RolloutReward,
} from './advantages';

interface AdvantageCase {
  readonly name: string;
  readonly scale_rewards: RewardScale;
  readonly eps: number;
  readonly rewards: readonly (number | null)[];
  readonly groups: readonly number[];
  readonly expected: { readonly advantages: readonly number[]; readonly mean: readonly number[] };
}

const cases: { readonly advantage_cases: readonly AdvantageCase[] } = JSON.parse(
  readFileSync(new URL('../../fixtures/grpo/cases.json', import.meta.url), 'utf8'),
);

const broadcast = (mode: AdvantageMode, rollouts: readonly RolloutReward[], stepNormalisation = false) =>
  computeAdvantages(rollouts, { mode, scale: 'group', eps: 1e-6, stepNormalisation, singleton: 'reward' });

describe('advantages against TRL', () => {
  it.each(cases.advantage_cases.map((c) => [c.name, c] as const))('%s', (_, c) => {
    const rollouts = c.rewards.map((reward, i) => ({ group: c.groups[i], reward, steps: 1 }));
    const result = computeAdvantages(rollouts, {
      mode: 'broadcast',
      scale: c.scale_rewards,
      eps: c.eps,
      stepNormalisation: false,
      singleton: 'zero',
    });
    c.expected.advantages.forEach((a, i) => {
      expect(Math.abs(result.rollouts[i] - a)).toBeLessThan(1e-9);
      const group = result.groups.find((g) => g.group === c.groups[i]);
      expect(group?.mean).toBeCloseTo(c.expected.mean[i], 9);
    });
  });
});

describe('credit for steps', () => {
  const rollouts: readonly RolloutReward[] = [
    { group: 0, reward: 1, steps: 2 },
    { group: 0, reward: 0, steps: 1 },
  ];
  // mean 1/2, std sqrt(1/2): A = +-0.5 / 0.7071 = +-0.7071
  it('broadcast gives A_k to every step', () => {
    const [a, b] = broadcast('broadcast', rollouts).steps;
    expect(a[0]).toBeCloseTo(Math.SQRT1_2, 5);
    expect(a).toEqual([a[0], a[0]]);
    expect(b).toEqual([-a[0]]);
  });

  it('last-step credits the last step alone', () => {
    const [a, b] = broadcast('last-step', rollouts).steps;
    expect(a[0]).toBe(0);
    expect(a[1]).toBeCloseTo(Math.SQRT1_2, 5);
    expect(b[0]).toBeCloseTo(-Math.SQRT1_2, 5);
  });

  it('experiences lets longer rollouts weigh more: rewards 1, 1, 0', () => {
    // mean 2/3, std sqrt((2/9*... + 4/9)/2) = sqrt(1/3)
    const [a, b] = broadcast('experiences', rollouts).steps;
    expect(a[0]).toBeCloseTo(1 / 3 / Math.sqrt(1 / 3), 5);
    expect(b[0]).toBeCloseTo(-2 / 3 / Math.sqrt(1 / 3), 5);
  });

  it('step normalisation divides by the number of steps', () => {
    const [a] = broadcast('broadcast', rollouts, true).steps;
    expect(a[0]).toBeCloseTo(Math.SQRT1_2 / 2, 5);
  });

  it('an all-equal group teaches nothing and says so', () => {
    const equal = broadcast('broadcast', [
      { group: 4, reward: 0.3, steps: 1 },
      { group: 4, reward: 0.3, steps: 3 },
    ]);
    expect(equal.groups[0].zeroSpread).toBe(true);
    expect(equal.steps.flat().every((a) => a === 0)).toBe(true);
  });

  it('best-only: the winner keeps its advantage, ties share it, the rest get nothing', () => {
    // Rewards 1, 1, 0: mean 2/3, std sqrt(1/3), so (1 - 2/3) / 0.57735 = 0.57735.
    const three = [1, 1, 0].map((reward) => ({ group: 0, reward, steps: 2 }));
    const { steps, rollouts: values } = broadcast('best-only', three);
    expect(values[0]).toBeCloseTo(0.57735, 4);
    expect(steps).toEqual([
      [values[0], values[0]],
      [values[0], values[0]],
      [0, 0],
    ]);
    const unscored = broadcast('best-only', [...three, { group: 0, reward: null, steps: 1 }]);
    expect(unscored.steps[3]).toEqual([0]);
  });

  it('equal rewards give exactly nothing, though the mean of eight floats is not one of them', () => {
    const equal = Array.from({ length: 8 }, () => ({ group: 0, reward: 0.1, steps: 2 }));
    for (const scale of ['group', 'batch', 'none'] as const) {
      const options = { mode: 'broadcast', scale, eps: 1e-4, stepNormalisation: false } as const;
      const { steps, groups } = computeAdvantages(equal, { ...options, singleton: 'zero' });
      expect(groups[0].zeroSpread).toBe(true);
      expect(steps.flat().every((value) => value === 0)).toBe(true);
    }
  });

  it('two-level: equal returns from the same state give exactly nothing', () => {
    const equal = Array.from({ length: 3 }, () => ({ group: 0, reward: 0.1, steps: 1, anchors: ['s'] }));
    const options = { mode: 'two-level', scale: 'group', eps: 1e-4, stepNormalisation: false } as const;
    const { steps } = computeAdvantages(equal, { ...options, singleton: 'zero', stepWeight: 1, gamma: 1 });
    expect(steps.flat()).toEqual([0, 0, 0]);
  });

  it('two-level: more anchors than steps are refused by name', () => {
    const long: readonly RolloutReward[] = [
      { group: 0, reward: 1, steps: 1, anchors: ['s', 'a'] },
      { group: 0, reward: 0, steps: 2, anchors: ['s', 'a'] },
    ];
    expect(() => broadcast('two-level', long)).toThrow(AnchorCountError);
    expect(() => broadcast('two-level', long)).toThrow('Rollout 0 has 2 anchors for 1 steps');
  });

  it('two-level: adds what a step is worth among those that start from the same state', () => {
    // Both rollouts start from s; the second then reaches its end from another state than the first.
    const pair: readonly RolloutReward[] = [
      { group: 0, reward: 1, steps: 2, anchors: ['s', 'a'] },
      { group: 0, reward: 0, steps: 2, anchors: ['s', 'b'] },
    ];
    const options = { mode: 'two-level', scale: 'group', eps: 1e-6, stepNormalisation: false } as const;
    const { steps, anchors } = computeAdvantages(pair, {
      ...options,
      singleton: 'zero',
      stepWeight: 2,
      gamma: 0.5,
    });
    // Episode level +-0.70711. Step level at s: returns 0.5 * 1 and 0, mean 0.25, std sqrt(0.125) = 0.35355,
    // so +-0.25 / 0.35355 = +-0.70711, twice. The other states have one visitor each: nothing to compare.
    expect(anchors).toHaveLength(1);
    expect(anchors[0]).toMatchObject({
      mean: 0.25,
      members: [
        [0, 0],
        [1, 0],
      ],
    });
    expect(steps[0][0]).toBeCloseTo(3 * Math.SQRT1_2, 4);
    expect(steps[0][1]).toBeCloseTo(Math.SQRT1_2, 4);
    expect(steps[1][0]).toBeCloseTo(-3 * Math.SQRT1_2, 4);
    expect(steps[1][1]).toBeCloseTo(-Math.SQRT1_2, 4);
    // States of another group are other states.
    const apart = computeAdvantages([pair[0], { ...pair[1], group: 1 }], { ...options, singleton: 'zero' });
    expect(apart.anchors).toEqual([]);
  });

  it('fork: the past that continuations share gets nothing', () => {
    const { steps } = broadcast('fork', [
      { group: 0, reward: 1, steps: 3, pastSteps: 2 },
      { group: 0, reward: 0, steps: 4, pastSteps: 2 },
    ]);
    expect(steps[0].slice(0, 2)).toEqual([0, 0]);
    expect(steps[0][2]).toBeCloseTo(Math.SQRT1_2, 5);
    expect(steps[1].map(Math.sign)).toEqual([0, 0, -1, -1]);
  });
});
