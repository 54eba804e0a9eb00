/**
 * What the table and the curves say of episodes of AgeMem: means by metric, read from the event logs. The composite is that
 * of all rewards, whatever the episodes were paid for when they were played, so that arms of an ablation can be compared.
 */
import type { EventLog } from '../../agent/events';
import type { SeedValues } from '../../evidence/cell-lines';
import { computeReward } from '../../reward/reward';
import { DEFAULT_REWARD_PRESET } from '../../reward/weights';
import { mean } from '../../statistics/mean';
import { taskFamily } from '../../tasks/registry';
import type { Task } from '../../tasks/task';
import { episodeMetrics } from '../metrics';
import type { Rollout } from '../rollouts';

export interface EpisodeEnd {
  readonly reason: string;
  /** In [0, 1], of what was reached where a limit cut it off; null: it came to none, which counts as 0. */
  readonly score: number | null;
}

export function episodeValues(rollouts: readonly Rollout[]): SeedValues {
  const metrics = episodeMetrics(rollouts);
  const ends = rollouts.map(({ log }) => endOf(log));
  const paid = { preset: DEFAULT_REWARD_PRESET };
  return {
    score: mean(ends.map(({ score }) => score ?? 0)),
    'does-not-fit': mean(ends.map(({ reason }) => Number(reason === 'hard-context'))),
    composite: mean(rollouts.map(({ log, task }) => computeReward(log, task, paid).total)),
    ...metricsByName(rollouts.map(({ task, log }) => environmentMetrics(task, log))),
    'prompt-tokens': metrics['prompts/mean_length'],
    'episode-tokens': mean(
      rollouts.map(({ steps }) => steps.reduce((sum, { promptIds }) => sum + promptIds.length, 0)),
    ),
    ...(rollouts.some(({ reward }) => reward.stored.added > 0) && {
      'memory-quality': metrics.storage_precision,
    }),
    'failed-calls': metrics['tools/failure_frequency'],
    ...Object.fromEntries(Object.entries(metrics.tools).map(([tool, calls]) => [`calls ${tool}`, calls])),
  };
}

/** Under a prefix, since an environment may call one of its figures `score` as well. */
export function metricsByName(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const names = [...new Set(all.flatMap(Object.keys))];
  return Object.fromEntries(names.map((name) => [`env ${name}`, mean(all.map((one) => one[name] ?? 0))]));
}

export function endOf(log: EventLog): EpisodeEnd {
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
