/**
 * What a fork says of the credit that was broadcast. r − mean of the group falls into two parts: how much better or
 * worse than the group the state before the step already was, told by the mean of continuations from it, and what
 * this rollout made of it from there on. Broadcasting gives the step the sum; a fork gives it the second part.
 */
import type { ForkRun } from '../../worker/group-protocol';
import type { GroupRun } from '../../worker/protocol';
import { figure, signed } from '../figures';
import { say } from '../language/language';

export interface ForkComparison {
  readonly reward: number;
  readonly groupMean: number;
  readonly forkMean: number;
  /** forkMean − groupMean: there before the step. */
  readonly before: number;
  /** reward − forkMean: earned from the step on. */
  readonly after: number;
  /** What the step gets as the group is paid now. */
  readonly broadcast: number;
  /** What it gets among the continuations. */
  readonly forked: number;
  /** Standard error of forkMean: standard deviation / √K. */
  readonly uncertainty: number;
  readonly continuations: number;
}

export function compareFork(group: GroupRun, rollout: number, run: ForkRun): ForkComparison {
  const own = group.rollouts[rollout];
  const { mean, std } = run.statistics;
  return {
    reward: own.reward.total,
    groupMean: group.statistics.mean,
    forkMean: mean,
    before: mean - group.statistics.mean,
    after: own.reward.total - mean,
    broadcast: own.stepAdvantages[run.step - 1] ?? 0,
    forked: run.rollouts[0].advantage,
    uncertainty: std / Math.sqrt(run.rollouts.length),
    continuations: run.rollouts.length,
  };
}

export type ForkVerdict = 'agree' | 'disagree' | 'fork-silent' | 'broadcast-silent' | 'too-close';

/**
 * Whether both credits push the step the same way. Within one standard error of the mean of the continuations the sign
 * of what came of the step is that of the dice, so nothing is said of it.
 */
export function verdictOf({
  broadcast,
  forked,
  after,
  uncertainty,
}: Pick<ForkComparison, 'broadcast' | 'forked' | 'after' | 'uncertainty'>): ForkVerdict {
  if (Math.abs(forked) < 1e-9) return 'fork-silent';
  if (Math.abs(after) < uncertainty) return 'too-close';
  if (Math.abs(broadcast) < 1e-9) return 'broadcast-silent';
  return Math.sign(broadcast) === Math.sign(forked) ? 'agree' : 'disagree';
}

export function forkWords(comparison: ForkComparison, step: number): readonly string[] {
  const { reward, groupMean, forkMean, before, after, broadcast, forked, uncertainty, continuations } =
    comparison;
  const first = say(
    'r − mean of the group = {reward} − {mean} = {lead}. Of that, {before} was there before step {step}: {n} continuations from its state come to {fork} on average (± {error}). The other {after} came from step {step} on.',
    {
      reward: figure(reward),
      mean: figure(groupMean),
      lead: signed(reward - groupMean, 3),
      before: signed(before, 3),
      after: signed(after, 3),
      fork: figure(forkMean),
      error: figure(uncertainty),
      n: continuations,
      step,
    },
  );
  const credit = say(
    'As the group is paid now, step {step} gets A = {broadcast}; among the continuations, A = {forked}.',
    { step, broadcast: signed(broadcast), forked: signed(forked) },
  );
  switch (verdictOf(comparison)) {
    case 'agree':
      return [first, `${credit} ${say('Both push it the same way.')}`];
    case 'disagree':
      return [
        first,
        `${credit} ${say('They push it opposite ways: the rollout stands where it stands because of what lay before this step, not because of it.')}`,
      ];
    case 'fork-silent':
      return [
        first,
        `${credit} ${say('From this state on nothing was left to decide: all continuations are paid the same, so a fork teaches nothing here.')}`,
      ];
    case 'too-close':
      return [
        first,
        `${credit} ${say('Too close to tell: what came from this step on is less than one standard error of the mean. More continuations tell more.')}`,
      ];
    case 'broadcast-silent':
      return [first, `${credit} ${say('The credit on view gives this step nothing; the fork does.')}`];
  }
}
