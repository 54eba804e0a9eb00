/**
 * Groups of rollouts: K episodes of one task under one policy, run in lockstep so that every round is
 * one batch for the device, each with a memory namespace of its own, and paid from its event log.
 */
import type { EpisodeConfig } from '../agent/config';
import { Episode } from '../agent/episode';
import type { EventLog, ToolName } from '../agent/events';
import { forkableSteps, forkEpisode } from '../agent/fork';
import type { ChatMessage, Policy } from '../agent/policy';
import { applyEvent, INITIAL_REPLAY_STATE } from '../agent/replay';
import { runEpisodes } from '../agent/run-episodes';
import type { Summariser } from '../agent/summary';
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
  /** A continuation of a fork: steps of the common past. */
  readonly pastSteps?: number;
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
  /** Which weights the policy acts with, for the journals of the memories. Default: empty. */
  readonly adapter?: string;
  /** Default: extractive. */
  readonly summariser?: Summariser;
  /** Tools the policy may not use. Default: none. */
  readonly refusedTools?: readonly ToolName[];
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

/**
 * Groups of continuations (`fork` mode): of each task one rollout is played to its end; one of its steps is
 * drawn by the task's seed, without looking at how it went; from there K - 1 others go on with draws of their
 * own. The first is one of the K: it is a draw from the same state. Errors as `collectGroups`.
 */
export async function collectForks(
  tasks: readonly Task[],
  groupSize: number,
  seeds: readonly number[],
  options: RolloutOptions,
): Promise<readonly Rollout[]> {
  const all = tasks.length * groupSize;
  const inform = (done: number) => options.onProgress?.(done, all);
  const trunks = await collectGroups(tasks, 1, seeds, { ...options, onProgress: inform });
  const plan = trunks.flatMap((trunk, group) => {
    const steps = forkableSteps(trunk.log);
    const step = steps[hashSeed(seeds[group], FORK_PLACE) % steps.length];
    return Array.from({ length: groupSize - 1 }, (_, i): PlannedRollout => {
      const drawSeed = hashSeed(seeds[group], FORK_PLACE, i + 1);
      const fork = { log: trunk.log, step, drawSeed };
      return { task: trunk.task, group, k: i + 1, seed: hashSeed(seeds[group], 0), fork };
    });
  });
  const others: Rollout[] = [];
  const width = options.batchRollouts ?? 32;
  for (let start = 0; start < plan.length; start += width) {
    const batch = plan.slice(start, start + width);
    others.push(...(await runBatch(batch, tasks.length + others.length, all, options)));
  }
  return trunks.flatMap((trunk, group) => {
    const own = others.filter((rollout) => rollout.group === group);
    const pastSteps = own[0]?.pastSteps ?? 0;
    return [{ ...trunk, pastSteps }, ...own];
  });
}

/** A step of an episode that was played before, from which others go on. */
export interface ForkPoint {
  readonly task: Task;
  readonly log: EventLog;
  readonly step: number;
}

/**
 * Continuations of one and the same state: `count` others of an episode that is over, from a step on with draws of
 * their own. The policy must be the one that played it by name; it acts with the weights it has now. Errors as
 * `collectGroups`, and `ForkError`.
 */
export async function collectContinuations(
  { task, log, step }: ForkPoint,
  count: number,
  dice: number,
  options: RolloutOptions,
): Promise<readonly Rollout[]> {
  const begun = log[0];
  const seed = begun?.type === 'episode-started' ? begun.seed : 0;
  const plan = Array.from({ length: count }, (_, i): PlannedRollout => {
    const fork = { log, step, drawSeed: hashSeed(dice, FORK_PLACE, step, i + 1) };
    return { task, group: 0, k: i + 1, seed, fork };
  });
  const rollouts: Rollout[] = [];
  const width = options.batchRollouts ?? 32;
  for (let start = 0; start < plan.length; start += width) {
    rollouts.push(...(await runBatch(plan.slice(start, start + width), start, count, options)));
  }
  return rollouts;
}

/** Names the draws of forks among those of a task. */
const FORK_PLACE = 0xf04c;

/**
 * A key of the state each step of a log starts from: the prompt and the content of long-term memory, which
 * is all that a policy's future depends on.
 */
export function anchorKeys(log: EventLog): string[] {
  const keys: string[] = [];
  let state = INITIAL_REPLAY_STATE;
  for (const event of log) {
    state = applyEvent(state, event);
    if (event.type !== 'prompt') continue;
    const memory = state.memory.map(({ id, content }) => [id, content]);
    keys.push(
      JSON.stringify([event.stage, event.messages.map(({ role, content }) => [role, content]), memory]),
    );
  }
  return keys;
}

interface PlannedRollout {
  readonly task: Task;
  readonly group: number;
  readonly k: number;
  readonly seed: number;
  /** Goes on from a step of another rollout's log. */
  readonly fork?: { readonly log: EventLog; readonly step: number; readonly drawSeed: number };
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
    for (const [i, { task, seed, fork }] of batch.entries()) {
      const start = {
        task,
        environment: taskFamily(task.family).createEnvironment(task),
        memory: await options.memories.open(names[i]),
        countTokens,
        config: options.episode,
        episodeId: names[i],
        seed,
        policyId: options.policy.id,
        adapter: options.adapter,
        run: options.runId,
        summariser: options.summariser,
        refusedTools: options.refusedTools,
      };
      episodes.push(
        await (fork ? forkEpisode(fork.log, fork.step, start, fork.drawSeed) : Episode.start(start)),
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
      pastSteps: batch[i].fork && batch[i].fork.step - 1,
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
