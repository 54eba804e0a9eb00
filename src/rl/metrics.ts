/**
 * Metrics of a training step, under TRL's names where TRL has one, and the paper's own: each tool's
 * calls per episode, prompt tokens per step, memory quality. Everything is read from event logs. The
 * continuations of a fork share a past that was played once: means over steps and calls count it once.
 */
import type { EventLog, ToolName } from '../agent/events';
import { TOOL_NAMES } from '../agent/tool-schemas';
import type { RewardBreakdown } from '../reward/reward';
import { type MeanStd, mean, meanStd } from '../statistics/mean';
import type { Advantages } from './advantages';
import type { Rollout } from './rollouts';

/** The parts of R(tau) that are reported one by one, in the order of the paper's formulas. */
export const REWARD_PARTS = [
  'task',
  'context',
  'compression',
  'preventive',
  'preservation',
  'memory',
  'storage',
  'maintenance',
  'relevance',
  'penalty',
] as const;
export type RewardPart = (typeof REWARD_PARTS)[number];
/** Null where the task gives nothing to judge the part by: as TRL does, such an episode is left out of its mean. */
export type PartValues = { readonly [part in RewardPart]: number | null };

/** The parts of one episode's reward, each by its name. */
export function rewardParts(reward: RewardBreakdown): PartValues {
  const { compression, preventive, preservation } = reward.context;
  const { storage, maintenance, relevance } = reward.memory;
  const leaf = (part: ExplainablePart) => (part.applicable ? part.value : null);
  return {
    task: leaf(reward.task),
    context: reward.context.value,
    compression: leaf(compression),
    preventive: leaf(preventive),
    preservation: leaf(preservation),
    memory: reward.memory.value,
    storage: leaf(storage),
    maintenance: leaf(maintenance),
    relevance: leaf(relevance),
    penalty: reward.penalty.value,
  };
}

type ExplainablePart = RewardBreakdown['task'];

export type ToolCounts = { readonly [tool in ToolName]: number };

/** What one pass over the rollouts of a step says. */
export interface RolloutMetrics {
  readonly reward: number;
  /** Mean over groups of the group's standard deviation (TRL). */
  readonly reward_std: number;
  readonly frac_reward_zero_std: number;
  /** TRL `rewards/<part>/mean|std`. */
  readonly rewards: { readonly [part in RewardPart]: MeanStd };
  readonly 'completions/mean_length': number;
  readonly 'completions/min_length': number;
  readonly 'completions/max_length': number;
  /** Share of completions cut off at the token limit. */
  readonly 'completions/clipped_ratio': number;
  /** Tool calls per completion, and the share of calls that failed. */
  readonly 'tools/call_frequency': number;
  readonly 'tools/failure_frequency': number;
  /** Calls of each tool per episode, successful or not; a continuation of a fork is an episode with its past. */
  readonly tools: ToolCounts;
  readonly 'prompts/mean_length': number;
  /** Share of steps that follow the protocol to the letter, no tolerance of the parser used. */
  readonly wellformed: number;
  /** Of all entries added in stage 1, the share of high quality (pooled over episodes). */
  readonly storage_precision: number;
  /** Prompt and completion tokens of what the trainer reads: all steps, of forks those after the common past. */
  readonly tokens: number;
  readonly episodes: number;
}

export interface TrainingMetrics extends RolloutMetrics {
  /** From 1. */
  readonly step: number;
  readonly kl: number;
  readonly entropy: number;
  readonly 'clip_ratio/low_mean': number;
  readonly 'clip_ratio/low_min': number;
  readonly 'clip_ratio/high_mean': number;
  readonly 'clip_ratio/high_max': number;
  readonly 'clip_ratio/region_mean': number;
  readonly cispo_clip_ratio: number;
  readonly grad_norm: number;
  readonly learning_rate: number;
  /** Mean |log p(trainer) - log p(sampler)| over completion tokens: two code paths, one policy. */
  readonly 'sampling/logprob_gap': number;
  /** Rows that one pass of the update computes: `tokens` less what is shared, or needs no prediction. */
  readonly 'tokens/computed': number;
  /** Time of work; see `work-clock.ts`. */
  readonly ms: number;
  /** Of these: playing the episodes. The rest is the update. */
  readonly 'ms/rollouts': number;
  /** Beside these: time in which nothing ran, because the machine slept or the tab was frozen. */
  readonly 'ms/away': number;
}

export function rolloutMetrics(rollouts: readonly Rollout[], advantages: Advantages): RolloutMetrics {
  const groups = advantages.groups;
  return {
    ...episodeMetrics(rollouts),
    reward_std: mean(groups.map((g) => g.std)),
    frac_reward_zero_std: mean(groups.map((g) => (g.zeroSpread ? 1 : 0))),
  };
}

type EpisodeMetrics = Omit<RolloutMetrics, 'reward_std' | 'frac_reward_zero_std'>;

/** The same without groups: for evaluation. */
export function episodeMetrics(rollouts: readonly Rollout[]): EpisodeMetrics {
  const parts = rollouts.map((r) => rewardParts(r.reward));
  const parted = rollouts.map((rollout, i) => ({ rollout, shared: sharedSteps(rollouts, i) }));
  const steps = parted.flatMap(({ rollout, shared }) => rollout.steps.slice(shared));
  const read = rollouts.flatMap((r) => r.steps.slice(r.pastSteps ?? 0));
  const lengths = steps.map((s) => s.completionIds.length);
  // `step` of an event counts the steps begun, the one it belongs to included.
  const played = countCalls(
    parted.map(({ rollout, shared }) => rollout.log.filter(({ step }) => shared === 0 || step > shared)),
  );
  const rewards = Object.fromEntries(
    REWARD_PARTS.map((part) => [part, meanStd(parts.flatMap((p) => p[part] ?? []))]),
  ) as { [part in RewardPart]: MeanStd };
  return {
    reward: mean(rollouts.map((r) => r.reward.total)),
    rewards,
    'completions/mean_length': mean(lengths),
    'completions/min_length': lengths.reduce((least, n) => Math.min(least, n), lengths[0] ?? 0),
    'completions/max_length': lengths.reduce((most, n) => Math.max(most, n), 0),
    'completions/clipped_ratio': mean(steps.map((s) => (s.truncated ? 1 : 0))),
    'tools/call_frequency': played.total / Math.max(1, steps.length),
    'tools/failure_frequency': played.failed / Math.max(1, played.total),
    tools: countCalls(rollouts.map((r) => r.log)).perEpisode,
    'prompts/mean_length': mean(steps.map((s) => s.promptIds.length)),
    wellformed: mean(steps.map((s) => (s.strictlyWellFormed ? 1 : 0))),
    storage_precision: storagePrecision(rollouts),
    tokens: read.reduce((n, s) => n + s.promptIds.length + s.completionIds.length, 0),
    episodes: rollouts.length,
  };
}

/** Steps of a rollout that one before it in the list has played already. */
function sharedSteps(rollouts: readonly Rollout[], at: number): number {
  const { group, pastSteps = 0 } = rollouts[at];
  return pastSteps > 0 && rollouts.findIndex((other) => other.group === group) < at ? pastSteps : 0;
}

/** Pooled, so that an episode that stores much counts for much; 0 when nothing was stored at all. */
function storagePrecision(rollouts: readonly Rollout[]): number {
  const added = rollouts.reduce((n, r) => n + r.reward.stored.added, 0);
  return rollouts.reduce((n, r) => n + r.reward.stored.highQuality, 0) / Math.max(1, added);
}

function countCalls(logs: readonly EventLog[]): { total: number; failed: number; perEpisode: ToolCounts } {
  const counts = new Map<string, number>();
  let total = 0;
  let failed = 0;
  for (const event of logs.flat()) {
    if (event.type !== 'tool-called') continue;
    total++;
    if (!event.outcome.ok) failed++;
    counts.set(event.requested.name, (counts.get(event.requested.name) ?? 0) + 1);
  }
  const perEpisode = Object.fromEntries(
    TOOL_NAMES.map((tool) => [tool, (counts.get(tool) ?? 0) / Math.max(1, logs.length)]),
  ) as { [tool in ToolName]: number };
  return { total, failed, perEpisode };
}
