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
 * official configuration's `grpo` really does).
 */
export type AdvantageMode = 'broadcast' | 'last-step' | 'experiences';

/** TRL `scale_rewards`: divide by the group's, the batch's, or no standard deviation. */
export type RewardScale = 'group' | 'batch' | 'none';

export interface AdvantageOptions {
  readonly mode: AdvantageMode;
  readonly scale: RewardScale;
  /** Added to the standard deviation: 1e-4 in TRL, 1e-6 in Trinity-RFT. */
  readonly eps: number;
  /** Divide by the number of steps of the rollout (none in the paper). */
  readonly stepNormalisation: boolean;
  /** A group of one: advantage 0 (TRL), or the bare reward, mean 0 and deviation 1 (Trinity-RFT). */
  readonly singleton: 'zero' | 'reward';
}

export interface RolloutReward {
  readonly group: number;
  /** Null: unscorable; left out of mean and deviation, advantage 0 (TRL). */
  readonly reward: number | null;
  readonly steps: number;
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
    const centred = rollout.reward - stats.mean;
    if (options.scale === 'none') return centred;
    return centred / ((options.scale === 'batch' ? all.std : stats.std) + options.eps);
  });
  const steps = rollouts.map((rollout, k) => {
    const value = options.stepNormalisation ? values[k] / Math.max(1, rollout.steps) : values[k];
    return Array.from({ length: rollout.steps }, (_, step) =>
      options.mode === 'last-step' && step < rollout.steps - 1 ? 0 : value,
    );
  });
  return { steps, rollouts: values, groups: [...byGroup.values()] };
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
