/**
 * Plays one cell of the table: a method in an environment, on every seed. Tasks and dice depend on seed and number of the
 * episode alone (`evaluationSeeds`), so all methods meet the same ones: common random numbers.
 */
import type { EpisodeConfig } from '../../agent/config';
import type { EventLog } from '../../agent/events';
import type { Policy } from '../../agent/policy';
import { AGEMEM_VARIANTS, type AgeMemId } from '../../baselines/agemem-variants';
import { BASELINES, type BaselineId } from '../../baselines/methods';
import { type BaselineResult, type Placement, playBaselines } from '../../baselines/play-baseline';
import type { Embedder } from '../../memory/memory';
import { sampleTask } from '../../tasks/ladder';
import { openTaskFamily, taskFamily } from '../../tasks/registry';
import type { Split, Task } from '../../tasks/task';
import { episodeMetrics } from '../metrics';
import { collectGroups, type MemoryProvider, type Rollout } from '../rollouts';
import { evaluationSeeds, hashSeed } from '../seeds';
import type { EnvironmentId, MethodId, SeedValues } from './cells';

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
  | { readonly kind: 'baseline'; readonly results: readonly BaselineResult[] }
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
    ? { kind: 'baseline', results: await playBaseline(method, tasks, seeds, settings) }
    : { kind: 'agemem', rollouts: await playAgeMem(method, tasks, seeds, settings) };
}

/** What the episodes of one seed say. */
export function valuesOf(played: PlayedEpisodes): SeedValues {
  return played.kind === 'baseline' ? baselineValues(played.results) : ageMemValues(played.rollouts);
}

export interface EpisodeEnd {
  readonly reason: string;
  /** In [0, 1]; null: it never came to one, which counts as 0. */
  readonly score: number | null;
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
  { policy, embedder, episode, placement, ...rest }: CellSettings,
): Promise<readonly BaselineResult[]> {
  const caller = { kind: 'rules', countTokens: policy.countTokens.bind(policy) } as const;
  const starts = tasks.map((task, i) => ({
    task,
    environment: taskFamily(task.family).createEnvironment(task),
    controller: BASELINES[method]({ embedder, caller }),
    config: episode,
    // As the rollouts of a group draw theirs.
    seed: hashSeed(seeds[i], 0),
    placement,
  }));
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

function baselineValues(results: readonly BaselineResult[]): SeedValues {
  const steps = results.reduce((sum, result) => sum + result.steps, 0);
  const mean = (of: (result: BaselineResult) => number): number => average(results.map(of));
  return {
    score: mean(({ score }) => score ?? 0),
    'does-not-fit': mean(({ end }) => Number(end === 'hard-context')),
    ...metricsByName(results.map(({ metrics }) => metrics)),
    'prompt-tokens':
      steps === 0 ? 0 : results.reduce((sum, { promptTokens }) => sum + promptTokens, 0) / steps,
    'episode-tokens': mean(({ promptTokens }) => promptTokens),
    'memory-calls': mean(({ writeCost, readCost }) => writeCost.calls + readCost.calls),
    'memory-tokens': mean(
      ({ writeCost: w, readCost: r }) => w.promptTokens + w.replyTokens + r.promptTokens + r.replyTokens,
    ),
  };
}

function ageMemValues(rollouts: readonly Rollout[]): SeedValues {
  const metrics = episodeMetrics(rollouts);
  const ends = rollouts.map(({ log }) => endOf(log));
  return {
    score: average(ends.map(({ score }) => score ?? 0)),
    'does-not-fit': average(ends.map(({ reason }) => Number(reason === 'hard-context'))),
    ...metricsByName(rollouts.map(({ task, log }) => environmentMetrics(task, log))),
    'prompt-tokens': metrics['prompts/mean_length'],
    'episode-tokens': average(
      rollouts.map(({ steps }) => steps.reduce((sum, { promptIds }) => sum + promptIds.length, 0)),
    ),
    'memory-quality': metrics.storage_precision,
    'failed-calls': metrics['tools/failure_frequency'],
    ...Object.fromEntries(Object.entries(metrics.tools).map(([tool, calls]) => [`calls ${tool}`, calls])),
  };
}

function endOf(log: EventLog): EpisodeEnd {
  const last = log.at(-1);
  if (last?.type !== 'episode-ended') return { reason: 'aborted', score: null };
  return { reason: last.reason, score: last.score };
}

/** The original's figures, from the actions that were taken: a log keeps the score alone. */
function environmentMetrics(task: Task, log: EventLog): Readonly<Record<string, number>> {
  const environment = taskFamily(task.family).createEnvironment(task);
  environment.observe();
  for (const event of log) if (event.type === 'environment-acted') environment.act(event.action);
  return environment.metrics?.() ?? {};
}

/** Under a prefix, since an environment may call one of its figures `score` as well. */
function metricsByName(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const names = [...new Set(all.flatMap(Object.keys))];
  return Object.fromEntries(names.map((name) => [`env ${name}`, average(all.map((one) => one[name] ?? 0))]));
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
