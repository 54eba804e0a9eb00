/**
 * Groups of rollouts: K episodes of one task under one policy, run in lockstep so that every round is
 * one batch for the device, each with a memory namespace of its own, and paid from its event log.
 */
import type { EpisodeConfig } from '../agent/config';
import { Episode } from '../agent/episode';
import type { EventLog } from '../agent/events';
import type { ChatMessage, Policy } from '../agent/policy';
import { runEpisodes } from '../agent/run-episodes';
import type { LongTermMemory } from '../memory/memory';
import { computeReward, type RewardBreakdown, type RewardOptions } from '../reward/reward';
import { taskFamily } from '../tasks/registry';
import type { Task } from '../tasks/task';
import { hashSeed } from './seeds';

export interface MemoryProvider {
  /** An empty memory of its own for one rollout. */
  open(namespace: string): Promise<LongTermMemory>;
  /** Throws the namespace away. */
  drop(namespace: string): Promise<void>;
}

/** One step of a rollout as a training sample; ids exactly as fed and sampled. */
export interface StepSample {
  readonly promptIds: readonly number[];
  readonly completionIds: readonly number[];
  /** The sampler's log-probs. */
  readonly logprobs: readonly number[];
  /** Cut off at the token limit: masked and counted. */
  readonly truncated: boolean;
  /** The completion called a tool or answered. */
  readonly wellFormed: boolean;
  /** So to the letter: nothing missing, nothing outside the tags, not cut off. */
  readonly strictlyWellFormed: boolean;
}

export interface Rollout {
  /** Index of the task in the batch. */
  readonly group: number;
  /** Index in the group. */
  readonly k: number;
  readonly task: Task;
  readonly log: EventLog;
  readonly reward: RewardBreakdown;
  readonly steps: readonly StepSample[];
}

export interface RolloutOptions {
  readonly policy: Policy;
  readonly memories: MemoryProvider;
  readonly episode: EpisodeConfig;
  readonly reward: RewardOptions;
  readonly temperature: number;
  readonly maxNewTokens: number;
  /** Names the run in namespaces and source steps, e.g. "run1/step3". */
  readonly runId: string;
  readonly signal?: AbortSignal;
  /** Finished rollouts so far, after every round. */
  readonly onProgress?: (finished: number, total: number) => void;
  /** How many rollouts act together in one batch. Default 32. */
  readonly batchRollouts?: number;
}

/** The signal fired before all rollouts were played; those that were are not a fair sample and are dropped. */
export class RolloutsAbortedError extends Error {
  override readonly name = 'RolloutsAbortedError';
  constructor() {
    super('The rollouts were cancelled before all of them were finished. Start them again when you like.');
  }
}

/**
 * Rollouts in order: all of task 0, then all of task 1, … `seeds[i]` drives those of task i. Their
 * namespaces are dropped in any case. Throws `RolloutsAbortedError`, `RolloutError` if the policy failed,
 * or what a memory failed with.
 */
export async function collectGroups(
  tasks: readonly Task[],
  groupSize: number,
  seeds: readonly number[],
  options: RolloutOptions,
): Promise<readonly Rollout[]> {
  const plan = tasks.flatMap((task, group) =>
    Array.from({ length: groupSize }, (_, k) => ({ task, group, k, seed: hashSeed(seeds[group], k) })),
  );
  const width = options.batchRollouts ?? 32;
  const rollouts: Rollout[] = [];
  for (let start = 0; start < plan.length; start += width) {
    const batch = plan.slice(start, start + width);
    rollouts.push(...(await runBatch(batch, rollouts.length, plan.length, options)));
  }
  return rollouts;
}

interface PlannedRollout {
  readonly task: Task;
  readonly group: number;
  readonly k: number;
  readonly seed: number;
}

async function runBatch(
  batch: readonly PlannedRollout[],
  done: number,
  total: number,
  options: RolloutOptions,
): Promise<Rollout[]> {
  const names = batch.map(({ group, k }) => `${options.runId}/t${group}k${k}`);
  const countTokens = (message: ChatMessage) => options.policy.countTokens(message);
  try {
    const episodes: Episode[] = [];
    for (const [i, { task, seed }] of batch.entries()) {
      episodes.push(
        await Episode.start({
          task,
          environment: taskFamily(task.family).createEnvironment(task),
          memory: await options.memories.open(names[i]),
          countTokens,
          config: options.episode,
          episodeId: names[i],
          seed,
          policyId: options.policy.id,
        }),
      );
    }
    const outcomes = await runEpisodes(episodes, options.policy, {
      temperature: options.temperature,
      maxNewTokens: options.maxNewTokens,
      signal: options.signal,
      onRound: (progress) => options.onProgress?.(done + progress.finished, total),
    });
    if (options.signal?.aborted) throw new RolloutsAbortedError();
    // A rollout that broke for reasons of its own (storage full, say) has no reward to compare.
    const broken = outcomes.find((outcome) => outcome.error !== null);
    if (broken?.error) throw broken.error;
    return episodes.map((episode, i) => ({
      group: batch[i].group,
      k: batch[i].k,
      task: batch[i].task,
      log: episode.log,
      reward: computeReward(episode.log, batch[i].task, options.reward),
      steps: stepSamples(episode.log),
    }));
  } finally {
    for (const name of names) await options.memories.drop(name);
  }
}

/** The training samples in a log: one for each completion, which `parsed` follows directly. */
export function stepSamples(log: EventLog): StepSample[] {
  const samples: StepSample[] = [];
  for (const [i, event] of log.entries()) {
    if (event.type !== 'completion') continue;
    const parsed = log.at(i + 1);
    const wellFormed = parsed?.type === 'parsed' && parsed.action.kind !== 'protocol-error';
    samples.push({
      promptIds: event.promptIds,
      completionIds: event.tokens.map((token) => token.id),
      logprobs: event.tokens.map((token) => token.logprob),
      truncated: event.finish === 'length',
      wellFormed,
      strictlyWellFormed: wellFormed && parsed.action.tolerances.length === 0 && event.finish !== 'length',
    });
  }
  return samples;
}
