/**
 * A group looked at again: its advantages under other switches, and forks of one of its steps. The continuations of a
 * fork start from the very same C and M, so what differs among them was earned after the fork and nowhere else.
 */
import { computeAdvantages } from '../rl/advantages';
import { anchorKeys, collectContinuations, type MemoryProvider } from '../rl/rollouts';
import type { ForkRun, Regrouped, RewardedRollout } from './group-protocol';
import { LabRefusal } from './lab-errors';
import type { LabModels } from './models';
import type { Args, News } from './protocol';
import { rulesOf } from './rules-of';

export function regroup({ rollouts, options }: Args<'regroup'>): Regrouped {
  if (rollouts.length === 0) {
    throw new LabRefusal('empty-group', 'A group without rollouts has no advantages.', 'Run a group first.');
  }
  const computed = computeAdvantages(
    rollouts.map((rollout: RewardedRollout) => ({
      group: 0,
      reward: rollout.reward,
      steps: rollout.steps,
      pastSteps: rollout.pastSteps,
      // A last prompt that was never answered has an anchor and no step.
      anchors: rollout.log && anchorKeys(rollout.log).slice(0, rollout.steps),
    })),
    options,
  );
  return {
    advantages: computed.rollouts,
    steps: computed.steps,
    statistics: computed.groups[0],
    anchorStates: computed.anchors.length,
  };
}

export interface ForkRooms {
  readonly models: Pick<LabModels, 'policy' | 'play'>;
  readonly memories: MemoryProvider;
  readonly tell: (news: News) => void;
}

/** Throws `LabRefusal`, `ForkError` and what playing throws. */
export async function forkStep(
  { models, memories, tell }: ForkRooms,
  { task, rollout, step, adapter, method, size, options }: Args<'forkStep'>,
  signal: AbortSignal,
): Promise<ForkRun> {
  if (size < 2) {
    throw new LabRefusal(
      'fork-size',
      'One continuation has nothing to be compared with.',
      'Ask for two or more.',
    );
  }
  const { config: episode, refusedTools } = await rulesOf(method, models.play.episode);
  const others = await collectContinuations({ task, log: rollout.log, step }, size - 1, step, {
    ...models.play,
    episode,
    refusedTools,
    policy: models.policy(adapter),
    memories,
    // As the rollout was paid, whatever the page is set to by now.
    reward: { weights: rollout.reward.weights },
    runId: 'fork',
    adapter,
    signal,
    onProgress: (finished, total) => tell({ kind: 'rollouts', finished, total }),
  });
  const all = [{ log: rollout.log, reward: rollout.reward }, ...others];
  const computed = computeAdvantages(
    all.map(({ log, reward }) => ({
      group: 0,
      reward: reward.total,
      steps: log.filter(({ type }) => type === 'completion').length,
      pastSteps: step - 1,
    })),
    { ...options, mode: 'fork' },
  );
  return {
    step,
    statistics: computed.groups[0],
    rollouts: all.map(({ log, reward }, k) => ({
      k,
      log,
      reward,
      advantage: computed.rollouts[k],
      stepAdvantages: computed.steps[k],
      pastSteps: step - 1,
    })),
  };
}
