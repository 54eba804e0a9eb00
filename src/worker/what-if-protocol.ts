/** The part of the protocol that changes something about an episode and plays it again beside it. Types only. */
import type { Intervention } from '../agent/branch';
import type { EventLog } from '../agent/events';
import type { MaintenanceMode } from '../reward/memory-parts';
import type { RewardBreakdown } from '../reward/reward';
import type { RewardWeights } from '../reward/weights';
import type { GroupStatistics } from '../rl/advantages';
import type { Task, TaskMessage } from '../tasks/task';
import type { AdapterChoice, PlayOptions, TaskAddress } from './protocol';

export type { Intervention } from '../agent/branch';
export type { MaintenanceMode } from '../reward/memory-parts';
export type { RewardWeights } from '../reward/weights';

/** All that a branch has otherwise than its original. */
export interface WhatIf {
  readonly interventions: readonly Intervention[];
  /** Texts of messages of stage 1 or 2, by their place from 0. Gold facts and answer stay those of the task. */
  readonly messages: readonly { readonly stage: 1 | 2; readonly index: number; readonly content: string }[];
  /** T_max, tokens. Null: as it is. */
  readonly maxContextTokens: number | null;
  readonly resetBetweenStages: boolean;
  readonly weights: RewardWeights;
  readonly maintenance: MaintenanceMode;
}

/** An episode with what it is about and what it was paid. */
export interface PlayedEpisode {
  readonly task: Task;
  readonly log: EventLog;
  readonly reward: RewardBreakdown;
}

/** A task with every completion written down beforehand, carried out by the lab's own tools and paid as any other. */
export interface Script {
  readonly task: Omit<Task, 'messages' | 'distractors'> & {
    readonly messages: readonly TaskMessage[];
    readonly distractors: readonly TaskMessage[];
  };
  readonly completions: readonly string[];
  readonly stepsPerMessage: Readonly<Record<1 | 2, number>>;
  readonly maxContextTokens: number;
}

/** How a group is played otherwise than the paper says. */
export interface Variant {
  readonly resetBetweenStages: boolean;
  /** False: every rollout meets distractors of its own, those of other tasks of the kind. */
  readonly distractorsShared: boolean;
  /** True: all rollouts have the same dice, so that nothing but their distractors sets them apart. */
  readonly sameDice: boolean;
}

export interface VariantRun {
  readonly episodes: readonly PlayedEpisode[];
  readonly statistics: GroupStatistics;
}

export interface WhatIfCalls {
  /** The branch of an episode that is over. News: `rollouts`, of steps. *model* */
  branchEpisode: {
    readonly args: {
      readonly task: Task;
      readonly log: EventLog;
      readonly adapter: AdapterChoice;
      /** As the episode was played, see `PlayOptions`. */
      readonly method?: string;
      readonly whatIf: WhatIf;
    };
    readonly result: PlayedEpisode;
  };
  /** *model* (counts tokens) */
  playScript: { readonly args: { readonly script: Script }; readonly result: PlayedEpisode };
  /** Paid again, otherwise; nothing is played, so it always passes. */
  payAgain: {
    readonly args: {
      readonly task: Task;
      readonly log: EventLog;
      readonly weights: RewardWeights;
      readonly maintenance: MaintenanceMode;
    };
    readonly result: RewardBreakdown;
  };
  /** `size` rollouts of a task under a variant. News: `rollouts`. *model* */
  playVariant: {
    readonly args: {
      readonly task: TaskAddress;
      readonly options: PlayOptions;
      readonly size: number;
      readonly variant: Variant;
    };
    readonly result: VariantRun;
  };
}
