/**
 * The policy of a run on held-out tasks, at intervals: the same tasks with the same dice each time (common random
 * numbers), so that two points of the curve differ by what was learned. It draws nothing from the run and changes
 * nothing in it; a run evaluated often ends with the numbers of one never evaluated.
 */
import type { EpisodeConfig } from '../agent/config';
import type { EnginePolicy } from '../policies/engine-policy';
import { evaluate } from '../rl/evaluate';
import type { GrpoConfig } from '../rl/presets';
import { type MemoryProvider, RolloutsAbortedError } from '../rl/rollouts';
import type { Task, TaskFamily } from '../tasks/task';
import type { HeldOut } from './training-protocol';

/** Few, since a step waits for them: the standard error of the reward is about 0.05. */
export const HELD_OUT_EPISODES = 32;
/** Of the tasks and dice; not a seed a run would be given by hand. */
export const HELD_OUT_SEED = 0x4e1d;

interface HeldOutOptions {
  readonly policy: EnginePolicy;
  readonly config: GrpoConfig;
  readonly episode: EpisodeConfig;
  readonly batchRollouts?: number;
  readonly memories: MemoryProvider;
  /** Of the set that is trained on; null: made-up ones. */
  readonly tasks: readonly Task[] | null;
  /** Makes them up. */
  readonly family: TaskFamily;
  /** Updates done. */
  readonly step: number;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** Null if it was stopped (the step it belongs to is whole without it), or if no task is held out. */
export async function evaluateHeldOut(options: HeldOutOptions): Promise<HeldOut | null> {
  const { policy, config, step, tasks } = options;
  if (tasks?.length === 0) return null;
  const start = performance.now();
  try {
    const evaluation = await evaluate({
      policy,
      backend: policy.model.info.name,
      memories: options.memories,
      episode: options.episode,
      reward: config.reward,
      episodes: HELD_OUT_EPISODES,
      seed: HELD_OUT_SEED,
      split: 'evaluation',
      tasks: tasks ?? undefined,
      family: options.family,
      temperature: config.temperature,
      maxNewTokens: config.maxNewTokens,
      signal: options.signal,
      onProgress: options.onProgress,
      batchRollouts: options.batchRollouts,
    });
    return { step, evaluation, ms: performance.now() - start };
  } catch (error) {
    if (error instanceof RolloutsAbortedError) return null;
    throw error;
  }
}

/** Before the first step, after each `every`-th, and after the last; never with 0. */
export function heldOutDue(every: number, step: number, steps: number): boolean {
  return every > 0 && (step % every === 0 || step === steps);
}
