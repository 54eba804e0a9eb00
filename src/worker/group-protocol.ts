/**
 * The part of the protocol that looks at a group once it is played: advantages told anew under other switches, and
 * forks of one of its steps. Types only.
 */
import type { EventLog } from '../agent/events';
import type { AdvantageOptions, GroupStatistics } from '../rl/advantages';
import type { Task } from '../tasks/task';
import type { AdapterChoice, Rollout } from './protocol';

/** What advantages are made of: a rollout's reward and how many steps share it. */
export interface RewardedRollout {
  readonly reward: number;
  readonly steps: number;
  /** Continuations of a fork: steps of the common past. */
  readonly pastSteps?: number;
  /** Mode `two-level` only: which steps start from the same state is read from it. */
  readonly log?: EventLog;
}

export interface Regrouped {
  /** `[rollout]`: A_k before it is handed to steps. */
  readonly advantages: readonly number[];
  /** `[rollout][step]` */
  readonly steps: readonly (readonly number[])[];
  readonly statistics: GroupStatistics;
  /** `two-level`: states from which at least two steps of the group start. */
  readonly anchorStates: number;
}

/** K continuations of one state; the first is the rollout as it was played. */
export interface ForkRun {
  readonly step: number;
  readonly rollouts: readonly Rollout[];
  readonly statistics: GroupStatistics;
}

export interface GroupCalls {
  /** Advantages of rewards that are known; nothing is played, so it always passes. */
  regroup: {
    readonly args: { readonly rollouts: readonly RewardedRollout[]; readonly options: AdvantageOptions };
    readonly result: Regrouped;
  };
  /**
   * Plays `size` - 1 other continuations of a rollout from before `step` on, paid as the rollout was, and compares
   * them with it. News: `rollouts`. *model*
   */
  forkStep: {
    readonly args: {
      readonly task: Task;
      readonly rollout: Pick<Rollout, 'log' | 'reward'>;
      readonly step: number;
      readonly adapter: AdapterChoice;
      /** As the group was played. */
      readonly method?: string;
      readonly size: number;
      readonly options: AdvantageOptions;
    };
    readonly result: ForkRun;
  };
}
