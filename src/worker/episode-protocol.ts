/**
 * The part of the protocol about one episode beyond playing it: what a recording holds, and what would have earned
 * more. Types only, like `protocol.ts`.
 */
import type { EventLog } from '../agent/events';
import type { Advice } from '../reward/earn-more';
import type { RewardBreakdown } from '../reward/reward';
import type { RewardPreset } from '../reward/weights';
import type { Task } from '../tasks/task';

export type { Advice } from '../reward/earn-more';

/** The same task and dice before and after training, shipped with the site (`npm run record`). */
export interface Recording {
  readonly command: string;
  readonly commit: string;
  readonly backend: string;
  readonly dice: number;
  readonly rewardPreset: RewardPreset;
  readonly task: Task;
  readonly runs: readonly RecordedRun[];
}

export interface RecordedRun {
  /** `none`: the policy before training. `shipped`: with the adapter that training made. */
  readonly adapter: 'none' | 'shipped';
  readonly log: EventLog;
  readonly reward: RewardBreakdown;
  readonly advice: readonly Advice[];
}

export interface EpisodeCalls {
  /** For a whole log and its task; empty where everything was paid in full. Uses no model. */
  readonly earnMore: {
    readonly args: { readonly log: EventLog; readonly task: Task; readonly reward: RewardBreakdown };
    readonly result: readonly Advice[];
  };
}
