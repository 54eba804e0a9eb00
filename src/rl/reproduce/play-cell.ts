/**
 * Plays one cell of the table: a method in an environment, on every seed. Tasks and dice depend on seed and number of the
 * episode alone (`evaluationSeeds`), so all methods meet the same ones: common random numbers.
 */
import type { EpisodeConfig } from '../../agent/config';
import type { Policy } from '../../agent/policy';
import { AGEMEM_VARIANTS, type AgeMemId } from '../../baselines/agemem-variants';
import { BASELINES, type BaselineId } from '../../baselines/methods';
import { type BaselineResult, type Placement, playBaselines } from '../../baselines/play-baseline';
import type { Caller } from '../../baselines/written-call';
import type { EnvironmentId, MethodId, SeedValues } from '../../evidence/cell-lines';
import type { Embedder } from '../../memory/memory';
import { countStored } from '../../reward/memory-parts';
import { mean } from '../../statistics/mean';
import { sampleTask } from '../../tasks/ladder';
import { openTaskFamily, taskFamily } from '../../tasks/registry';
import type { Split, Task } from '../../tasks/task';
import { collectGroups, type MemoryProvider, type Rollout } from '../rollouts';
import { evaluationSeeds, hashSeed } from '../seeds';
import { type EpisodeEnd, endOf, episodeValues, metricsByName } from './episode-values';

/** Who replies to a baseline's calls (`written-call.ts`): its rules, or the policy that acts. */
export type Replies =
  | { readonly kind: 'rules' }
  /** @property window longest prompt with its reply, tokens; null: not known */
  | { readonly kind: 'model'; readonly window: number | null; readonly maxNewTokens?: number };

export const BY_RULES: Replies = { kind: 'rules' };

export interface CellSettings {
  readonly policy: Policy;
  readonly memories: MemoryProvider;
  readonly embedder: Embedder;
  /** What all methods share: system prompt, limits. */
  readonly episode: EpisodeConfig;
  readonly split: Split;
  readonly episodesPerSeed: number;
  readonly temperature: number;
  readonly maxNewTokens: number;
  /** Where a baseline's entries stand in its prompt. */
  readonly placement: Placement;
  readonly replies: Replies;
  readonly signal?: AbortSignal;
}

const isBaseline = (method: MethodId): method is BaselineId => Object.hasOwn(BASELINES, method);

export function variantOf(method: MethodId): AgeMemId | null {
  return isBaseline(method) ? null : method;
}

export async function playSeed(
  method: MethodId,
  environment: EnvironmentId,
  seed: number,
  settings: CellSettings,
): Promise<SeedValues> {
  return valuesOf(
    await playEpisodes(method, environment, evaluationSeeds(seed, settings.episodesPerSeed), settings),
  );
}

/** Episodes of one cell, whole. */
export type PlayedEpisodes =
  | { readonly kind: 'baseline'; readonly replies: Replies; readonly results: readonly BaselineResult[] }
  | { readonly kind: 'agemem'; readonly rollouts: readonly Rollout[] };

/**
 * Some episodes of a cell, each by its own seed (`evaluationSeeds`): the same whichever are played with it, so that a seed
 * may be played in pieces and an episode once more.
 */
export async function playEpisodes(
  method: MethodId,
  environment: EnvironmentId,
  seeds: readonly number[],
  settings: CellSettings,
): Promise<PlayedEpisodes> {
  const family = await openTaskFamily(environment);
  const tasks = seeds.map((one) => sampleTask(one, settings.split, undefined, family));
  return isBaseline(method)
    ? {
        kind: 'baseline',
        replies: settings.replies,
        results: await playBaseline(method, tasks, seeds, settings),
      }
    : { kind: 'agemem', rollouts: await playAgeMem(method, tasks, seeds, settings) };
}

/** What the episodes of one seed say. */
export function valuesOf(played: PlayedEpisodes): SeedValues {
  return played.kind === 'baseline' ? baselineValues(played) : episodeValues(played.rollouts);
}

/** How each of them ended, in their order. */
export function endsOf(played: PlayedEpisodes): readonly EpisodeEnd[] {
  return played.kind === 'baseline'
    ? played.results.map(({ end, score }) => ({ reason: end, score }))
    : played.rollouts.map(({ log }) => endOf(log));
}

async function playBaseline(
  method: BaselineId,
  tasks: readonly Task[],
  seeds: readonly number[],
  { policy, embedder, episode, placement, replies, ...rest }: CellSettings,
): Promise<readonly BaselineResult[]> {
  const starts = tasks.map((task, i) => {
    // As the rollouts of a group draw theirs.
    const seed = hashSeed(seeds[i], 0);
    const caller: Caller =
      replies.kind === 'rules'
        ? { kind: 'rules', countTokens: policy.countTokens.bind(policy) }
        : { ...replies, kind: 'policy', policy, seed, signal: rest.signal };
    return {
      task,
      environment: taskFamily(task.family).createEnvironment(task),
      controller: BASELINES[method]({ embedder, caller }),
      config: episode,
      seed,
      placement,
    };
  });
  const { temperature, maxNewTokens, signal } = rest;
  return playBaselines(starts, policy, { temperature, maxNewTokens, signal });
}

async function playAgeMem(
  method: AgeMemId,
  tasks: readonly Task[],
  seeds: readonly number[],
  { policy, memories, episode, ...rest }: CellSettings,
): Promise<readonly Rollout[]> {
  const { config, refusedTools } = AGEMEM_VARIANTS[method];
  const { temperature, maxNewTokens, signal } = rest;
  return collectGroups(tasks, 1, seeds, {
    policy,
    memories,
    episode: config(episode),
    reward: { preset: 'paper-appendix' },
    temperature,
    maxNewTokens,
    runId: `reproduce/${method}`,
    refusedTools,
    signal,
    batchRollouts: 64,
  });
}

function baselineValues({ results, replies }: Extract<PlayedEpisodes, { kind: 'baseline' }>): SeedValues {
  const steps = results.reduce((sum, result) => sum + result.steps, 0);
  const each = (of: (result: BaselineResult) => number): number => mean(results.map(of));
  const stored = results.map(({ held, task }) => countStored(held, task));
  const added = stored.reduce((sum, counts) => sum + counts.added, 0);
  return {
    score: each(({ score }) => score ?? 0),
    'does-not-fit': each(({ end }) => Number(end === 'hard-context')),
    ...metricsByName(results.map(({ metrics }) => metrics)),
    'prompt-tokens':
      steps === 0 ? 0 : results.reduce((sum, { promptTokens }) => sum + promptTokens, 0) / steps,
    'episode-tokens': each(({ promptTokens }) => promptTokens),
    // Pooled over episodes, as AgeMem's is; of a memory that never holds anything there is none.
    ...(added > 0 && {
      'memory-quality': stored.reduce((sum, counts) => sum + counts.highQuality, 0) / added,
    }),
    'memory-calls': each(({ writeCost, readCost }) => writeCost.calls + readCost.calls),
    'memory-tokens': each(
      ({ writeCost: w, readCost: r }) => w.promptTokens + w.replyTokens + r.promptTokens + r.replyTokens,
    ),
    ...(replies.kind === 'model' && {
      'unread-replies': each(({ writeCost, readCost }) => writeCost.failures + readCost.failures),
    }),
  };
}
