/**
 * Policies on the held-out tasks of a set: every task under several dice, the same dice for every adapter, so that a
 * difference is one of the adapters. Episodes of one task are no independent witnesses; the interval is over tasks.
 */
import { collectGroups, type MemoryProvider, type Rollout } from '../../rl/rollouts';
import { hashSeed } from '../../rl/seeds';
import { type Interval, interval } from '../../statistics/interval';
import { splitName } from '../../tasks/own/set-split';
import { LabRefusal } from '../lab-errors';
import type { LabModels } from '../models';
import type { SetEvaluation, SetScores } from '../own-protocol';
import type { AdapterChoice, Args, News } from '../protocol';
import type { TaskSource } from './task-source';

/** Episodes of each adapter, about; each task is played at least once and at most so often. */
const EPISODES = 64;
const MOST_DICE = 16;
/** Held-out tasks that are played; of more, the first. */
const MOST_TASKS = 256;
/** Of the dice; not a seed that a run would be given by hand. */
const SEED = 0x5e7e;

interface EvaluationRooms {
  readonly models: LabModels;
  readonly memories: MemoryProvider;
  readonly tasks: TaskSource;
  /** The set and seed that the adapter of this tab was trained on. */
  readonly trainedOn: string | null;
  readonly tell: (news: News) => void;
}

/** @throws LabRefusal `nothing-held-out`, `no-task-set`; `RolloutsAbortedError` */
export async function evaluateTaskSet(
  { models, memories, tasks: source, trainedOn, tell }: EvaluationRooms,
  { set, seed, reward }: Args<'evaluateTaskSet'>,
  signal: AbortSignal,
): Promise<SetEvaluation> {
  const name = splitName({ set, seed });
  const tasks = (await source.parts(name)).heldOut.slice(0, MOST_TASKS);
  if (tasks.length === 0) {
    throw new LabRefusal(
      'nothing-held-out',
      'Nothing of this set is held out: that takes two tasks that the policy can read.',
      'Add another task.',
    );
  }
  const dice = Math.min(MOST_DICE, Math.max(1, Math.round(EPISODES / tasks.length)));
  const adapters: AdapterChoice[] = ['none'];
  if (models.hasShippedAdapter) adapters.push('shipped');
  if (models.hasTrainedAdapter) adapters.push('trained');
  const total = adapters.length * tasks.length * dice;
  const scores: SetScores[] = [];
  let base: readonly number[] | null = null;
  for (const [i, adapter] of adapters.entries()) {
    const rollouts = await collectGroups(
      tasks,
      dice,
      tasks.map((_, t) => hashSeed(SEED, t)),
      {
        ...models.play,
        policy: models.policy(adapter),
        // Of their own: memories of the group on view stay to be looked at.
        memories,
        reward: { preset: reward },
        runId: `task-set/${adapter}`,
        adapter,
        signal,
        onProgress: (finished) =>
          tell({ kind: 'rollouts', finished: i * tasks.length * dice + finished, total }),
        batchRollouts: models.play.batchRollouts ?? 64,
      },
    );
    const rewards = perTask(rollouts, tasks.length, ({ reward: paid }) => paid.total);
    scores.push({
      adapter,
      reward: interval(rewards),
      task: interval(perTask(rollouts, tasks.length, ({ reward: paid }) => paid.task.value)),
      memory: interval(perTask(rollouts, tasks.length, ({ reward: paid }) => paid.memory.value)),
      gain: base ? interval(rewards.map((value, t) => value - (base as readonly number[])[t])) : null,
    } satisfies { readonly reward: Interval } & SetScores);
    base ??= rewards;
  }
  return {
    name,
    tasks: tasks.length,
    dice,
    scores,
    trainedOn: models.hasTrainedAdapter ? trainedOn : null,
  };
}

/** Mean of each task's episodes. */
function perTask(rollouts: readonly Rollout[], tasks: number, value: (rollout: Rollout) => number): number[] {
  return Array.from({ length: tasks }, (_, group) => {
    const own = rollouts.filter((rollout) => rollout.group === group).map(value);
    return own.reduce((sum, one) => sum + one, 0) / own.length;
  });
}
