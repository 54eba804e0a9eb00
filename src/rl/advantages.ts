/**
 * Group-relative advantages: how a rollout's terminal reward becomes the credit of each of its steps.
 *
 * Every mode works on `RolloutReward`s of one batch: a task (group) has K rollouts, a rollout has its
 * own number of steps. The result is one advantage for every step of every rollout. Sources: AgeMem
 * eq. 4-5 (broadcast), Trinity-RFT `multi_step_grpo_advantage.py` and `grpo_advantage.py`, TRL
 * `grpo_trainer.py` lines 2681-2730 (scale_rewards, unscorable rewards).
 */

/**
 * `broadcast`: A_k to every step of rollout k (AgeMem). `last-step`: A_k to its last step only.
 * `experiences`: normalised over all steps of the group, so longer rollouts weigh more (what the
 * official configuration's `grpo` really does). `best-only`: the best rollout of a group keeps its (positive)
 * advantage, ties share it, everybody else gets 0: imitation of the winner, as one popular account tells GRPO.
 * `two-level` (GiGPO, arXiv 2505.10978): A_k plus `stepWeight` times an advantage among the steps of the group that
 * start from the same state. `fork`: the rollouts of a group are continuations of one state; A_k goes to the steps
 * after the fork, the common past gets nothing.
 */
export type AdvantageMode = 'broadcast' | 'last-step' | 'experiences' | 'best-only' | 'two-level' | 'fork';

/** TRL `scale_rewards`: divide by the group's, the batch's, or no standard deviation. */
export type RewardScale = 'group' | 'batch' | 'none';

export interface AdvantageOptions {
  readonly mode: AdvantageMode;
  readonly scale: RewardScale;
  /** Added to the standard deviation: 1e-4 in TRL, 1e-6 in Trinity-RFT. */
  readonly eps: number;
  /** Divide by the number of steps of the rollout (none in the paper). */
  readonly stepNormalisation: boolean;
  /** `two-level`: omega, weight of the step level. Default 1, as in GiGPO. */
  readonly stepWeight?: number;
  /** `two-level`: gamma; the return of step t of T is gamma^(T - t) R, rewards being terminal. Default 0.95, as in GiGPO. */
  readonly gamma?: number;
  /** A group of one: advantage 0 (TRL), or the bare reward, mean 0 and deviation 1 (Trinity-RFT). */
  readonly singleton: 'zero' | 'reward';
}

export interface RolloutReward {
  readonly group: number;
  /** Null: unscorable; left out of mean and deviation, advantage 0 (TRL). */
  readonly reward: number | null;
  readonly steps: number;
  /** `two-level`: a key of the state that each step starts from; equal keys are one anchor state. */
  readonly anchors?: readonly string[];
  /** `fork`: steps of the common past. */
  readonly pastSteps?: number;
}

/** A state that several steps of a group start from, and how their returns compare. */
export interface AnchorStatistics {
  readonly group: number;
  readonly mean: number;
  /** With n - 1. */
  readonly std: number;
  /** [rollout, step] of each. */
  readonly members: readonly (readonly [rollout: number, step: number])[];
}

export interface GroupStatistics {
  readonly group: number;
  readonly mean: number;
  /** With K - 1; 0 for a group of one. */
  readonly std: number;
  /** All rewards equal: no rollout is better than another, so the group teaches nothing. */
  readonly zeroSpread: boolean;
  /** Rewards that entered the mean. */
  readonly samples: number;
}

export interface Advantages {
  /** `[rollout][step]` */
  readonly steps: readonly (readonly number[])[];
  /** `[rollout]`: A_k before it is handed to steps. */
  readonly rollouts: readonly number[];
  /** In order of first appearance. */
  readonly groups: readonly GroupStatistics[];
  /** `two-level`: anchor states with at least two steps. */
  readonly anchors: readonly AnchorStatistics[];
}

/** A rollout with more anchor states than steps that start from them. */
export class AnchorCountError extends Error {
  constructor(rollout: number, anchors: number, steps: number) {
    super(`Rollout ${rollout} has ${anchors} anchors for ${steps} steps; give one a step at most.`);
    this.name = 'AnchorCountError';
  }
}

/** Rewards closer than this count as equal when a group's spread is judged. */
const EQUAL_REWARDS = 1e-12;

export function computeAdvantages(rollouts: readonly RolloutReward[], options: AdvantageOptions): Advantages {
  const perStep = options.mode === 'experiences';
  const all = statistics(rollouts, perStep);
  const byGroup = new Map<number, GroupStatistics>();
  for (const { group } of rollouts) {
    if (byGroup.has(group)) continue;
    byGroup.set(group, {
      group,
      ...statistics(
        rollouts.filter((r) => r.group === group),
        perStep,
      ),
    });
  }
  const values = rollouts.map((rollout) => {
    const stats = byGroup.get(rollout.group);
    if (!stats || rollout.reward === null) return 0;
    if (stats.samples === 1 && options.singleton === 'reward') return rollout.reward / (1 + options.eps);
    // The mean of equal rewards is another float than they are; a deviation of rounding divided by eps would teach.
    const centred = stats.zeroSpread ? 0 : rollout.reward - stats.mean;
    if (options.scale === 'none') return centred;
    return centred / ((options.scale === 'batch' ? all.std : stats.std) + options.eps);
  });
  const best = options.mode === 'best-only' ? onlyBest(rollouts, values) : values;
  const anchors = options.mode === 'two-level' ? anchorStates(rollouts, options.gamma ?? 0.95) : [];
  const steps: number[][] = rollouts.map((rollout, k) => {
    const value = options.stepNormalisation ? best[k] / Math.max(1, rollout.steps) : best[k];
    return Array.from({ length: rollout.steps }, (_, step) => {
      if (options.mode === 'last-step' && step < rollout.steps - 1) return 0;
      if (options.mode === 'fork' && step < (rollout.pastSteps ?? 0)) return 0;
      return value;
    });
  });
  addStepLevel(steps, rollouts, anchors, options);
  return { steps, rollouts: best, groups: [...byGroup.values()], anchors };
}

/** The values of the best of each group where they are positive, 0 for everybody else. */
function onlyBest(rollouts: readonly RolloutReward[], values: readonly number[]): number[] {
  const best = new Map<number, number>();
  for (const { group, reward } of rollouts) {
    if (reward !== null) best.set(group, Math.max(best.get(group) ?? Number.NEGATIVE_INFINITY, reward));
  }
  return rollouts.map(({ group, reward }, k) => {
    const wins = reward !== null && best.get(group) === reward;
    return wins ? Math.max(0, values[k]) : 0;
  });
}

/** Return of a step: the terminal reward, discounted by the steps still to come. */
function stepReturn({ reward, steps }: RolloutReward, step: number, gamma: number): number {
  return (reward ?? 0) * gamma ** (steps - 1 - step);
}

/** Gathers the steps of each group by the state they start from. Source: GiGPO, eq. 6 and 7. */
function anchorStates(rollouts: readonly RolloutReward[], gamma: number): AnchorStatistics[] {
  const byState = new Map<string, { group: number; members: [number, number][] }>();
  rollouts.forEach(({ group, reward, steps, anchors = [] }, k) => {
    if (anchors.length > steps) throw new AnchorCountError(k, anchors.length, steps);
    if (reward === null) return;
    anchors.forEach((anchor, step) => {
      const key = `${group} ${anchor}`;
      const state = byState.get(key) ?? { group, members: [] };
      state.members.push([k, step]);
      byState.set(key, state);
    });
  });
  return [...byState.values()]
    .filter(({ members }) => members.length > 1)
    .map(({ group, members }) => {
      const returns = members.map(([k, step]) => stepReturn(rollouts[k], step, gamma));
      const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
      const squares = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return { group, mean, std: Math.sqrt(squares / (returns.length - 1)), members };
    });
}

function addStepLevel(
  steps: readonly number[][],
  rollouts: readonly RolloutReward[],
  anchors: readonly AnchorStatistics[],
  { stepWeight = 1, gamma = 0.95, scale, eps }: AdvantageOptions,
): void {
  for (const { mean, std, members } of anchors) {
    for (const [k, step] of members) {
      // Equal returns teach exactly nothing, as equal rewards do.
      const centred = std < EQUAL_REWARDS ? 0 : stepReturn(rollouts[k], step, gamma) - mean;
      steps[k][step] += stepWeight * (scale === 'none' ? centred : centred / (std + eps));
    }
  }
}

function statistics(rollouts: readonly RolloutReward[], perStep: boolean): Omit<GroupStatistics, 'group'> {
  const rewards = rollouts.flatMap((r) =>
    r.reward === null ? [] : Array.from({ length: perStep ? r.steps : 1 }, () => r.reward as number),
  );
  const n = rewards.length;
  if (n === 0) return { mean: 0, std: 0, zeroSpread: true, samples: 0 };
  const mean = rewards.reduce((sum, r) => sum + r, 0) / n;
  const squares = rewards.reduce((sum, r) => sum + (r - mean) ** 2, 0);
  const std = n === 1 ? 0 : Math.sqrt(squares / (n - 1));
  return { mean, std, zeroSpread: std < EQUAL_REWARDS, samples: n };
}
