/**
 * Evaluation on held-out tasks: one episode a task at the training temperature, on seeds that depend
 * on the evaluation seed and the episode's number only, so that two policies meet the same tasks with
 * the same dice (common random numbers).
 */
import type { EpisodeConfig } from '../agent/config';
import type { ToolName } from '../agent/events';
import type { Policy } from '../agent/policy';
import type { RewardPreset } from '../reward/weights';
import { meanStd } from '../statistics/mean';
import { sampleTask } from '../tasks/ladder';
import type { Split, Task, TaskFamily } from '../tasks/task';
import { copiedExactly } from './copying';
import { episodeMetrics, type ToolCounts } from './metrics';
import { collectGroups, type MemoryProvider, type Rollout } from './rollouts';
import { evaluationSeeds } from './seeds';

/** One line of `npm run evaluate`. */
export interface Evaluation {
  readonly reward: number;
  readonly task: number;
  readonly context: number;
  readonly memory: number;
  readonly storage_precision: number;
  readonly wellformed: number;
  /** Of what was written to memory in answer to a stated fact, the share that repeats it (`copying.ts`). */
  readonly copied_exactly: number;
  /** Calls per episode. */
  readonly tools: ToolCounts;
  /** Mean prompt tokens of a step. */
  readonly prompt_tokens: number;
  readonly n: number;
  /** Standard errors: of the mean for the reward figures, of the ratio for storage precision. */
  readonly stderr: {
    readonly reward: number;
    readonly task: number;
    readonly context: number;
    readonly memory: number;
    readonly storage_precision: number;
  };
  readonly seed: number;
  readonly split: Split;
  readonly backend: string;
}

export interface EvaluateOptions {
  readonly policy: Policy;
  readonly backend: string;
  readonly memories: MemoryProvider;
  readonly episode: EpisodeConfig;
  readonly reward: RewardPreset;
  readonly episodes: number;
  readonly seed: number;
  readonly split: Split;
  /** Makes the tasks up. Default: people. */
  readonly family?: TaskFamily;
  /** Played in turn, one an episode, in place of tasks made up by the seed. Default: made up. */
  readonly tasks?: readonly Task[];
  /** Tools the policy may not use. Default: none. */
  readonly refusedTools?: readonly ToolName[];
  readonly temperature: number;
  readonly maxNewTokens: number;
  /** How many episodes act together in one batch. Default 64. */
  readonly batchRollouts?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Episodes of the evaluation, for callers that want the logs as well. Throws `RolloutsAbortedError`. */
export async function evaluationRollouts(options: EvaluateOptions): Promise<readonly Rollout[]> {
  const seeds = evaluationSeeds(options.seed, options.episodes);
  return collectGroups(
    seeds.map(
      (seed, i) =>
        options.tasks?.[i % options.tasks.length] ??
        sampleTask(seed, options.split, undefined, options.family),
    ),
    1,
    seeds,
    {
      policy: options.policy,
      memories: options.memories,
      episode: options.episode,
      reward: { preset: options.reward },
      temperature: options.temperature,
      maxNewTokens: options.maxNewTokens,
      runId: `evaluation/${options.seed}`,
      refusedTools: options.refusedTools,
      signal: options.signal,
      onProgress: options.onProgress,
      batchRollouts: options.batchRollouts ?? 64,
    },
  );
}

export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  return summariseEvaluation(await evaluationRollouts(options), options);
}

export function summariseEvaluation(
  rollouts: readonly Rollout[],
  options: Pick<EvaluateOptions, 'seed' | 'split' | 'backend'>,
): Evaluation {
  const metrics = episodeMetrics(rollouts);
  const n = rollouts.length;
  const stderr = (values: readonly number[]) => meanStd(values).std / Math.sqrt(Math.max(1, n));
  return {
    reward: metrics.reward,
    task: metrics.rewards.task.mean,
    context: metrics.rewards.context.mean,
    memory: metrics.rewards.memory.mean,
    storage_precision: metrics.storage_precision,
    wellformed: metrics.wellformed,
    copied_exactly: copiedExactly(rollouts),
    tools: metrics.tools,
    prompt_tokens: metrics['prompts/mean_length'],
    n,
    stderr: {
      reward: stderr(rollouts.map((r) => r.reward.total)),
      task: stderr(rollouts.map((r) => r.reward.task.value)),
      context: stderr(rollouts.map((r) => r.reward.context.value)),
      memory: stderr(rollouts.map((r) => r.reward.memory.value)),
      storage_precision: ratioError(
        rollouts.map((r) => [r.reward.stored.highQuality, r.reward.stored.added]),
      ),
    },
    seed: options.seed,
    split: options.split,
    backend: options.backend,
  };
}

/** Standard error of sum(a) / sum(b) over episodes (linearised ratio estimator). */
function ratioError(pairs: readonly (readonly [number, number])[]): number {
  const n = pairs.length;
  const below = pairs.reduce((sum, [, b]) => sum + b, 0);
  if (n < 2 || below === 0) return 0;
  const ratio = pairs.reduce((sum, [a]) => sum + a, 0) / below;
  const squares = pairs.reduce((sum, [a, b]) => sum + (a - ratio * b) ** 2, 0);
  return Math.sqrt((squares * n) / (n - 1)) / below;
}
