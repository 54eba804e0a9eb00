/**
 * The part of the protocol in which the model that acts is asked for more than acting: to judge episodes, and how far
 * its judgement agrees with the rules. Types only.
 */
import type { EventLog } from '../agent/events';
import type { JudgeCost, JudgeFailure, Judgement } from '../reward/judge/judge';
import type { PromptSize } from '../reward/judge/judge-prompts';
import type { RewardWeights } from '../reward/weights';
import type { PartAgreement } from '../rl/judge-agreement';
import type { Interval } from '../statistics/interval';
import type { Task } from '../tasks/task';
import type { AdapterChoice } from './protocol';

export type { DistractorFailure, WrittenDistractors } from '../agent/written-distractors';
export type {
  Attempt,
  JudgeCost,
  JudgedItem,
  JudgeFailure,
  Judgement,
  PartJudgement,
} from '../reward/judge/judge';
export type { JudgedPart, JudgeQuestion, PromptSize } from '../reward/judge/judge-prompts';
export type { Confusion, Estimate, PartAgreement } from '../rl/judge-agreement';

/** Who writes what an episode usually has by rule; what breaks the rules is replaced, and told. */
export interface WrittenBy {
  /** Default: extractive. `model`: the policy that acts; the event of each summary says what came of it. */
  readonly summaries?: 'extractive' | 'model';
  /** Default: the task's own. `model`: made once for the task by the model that acts, without adapter. */
  readonly distractors?: 'task' | 'model';
}

/** How the judge is asked. */
export interface JudgeSetting {
  /** Which weights judge. */
  readonly by: AdapterChoice;
  /** `fitting`: `full` where its window has room for it, else `short`. */
  readonly prompts: PromptSize | 'fitting';
  /** Only scores can be written, where the model can be held to that: then every reply can be read. */
  readonly constrained: boolean;
}

/** Who judged, and how it went. */
export interface JudgeFacts {
  /** Its title. */
  readonly model: string;
  readonly policyId: string;
  readonly prompts: PromptSize;
  readonly constrained: boolean;
  readonly ms: number;
}

export interface JudgedRun {
  readonly judgement: Judgement;
  readonly facts: JudgeFacts;
}

/** Who plays the episodes that are judged. */
export type AgreementPlayer = 'model' | 'demonstrator';

export interface AgreementRun {
  /** Episodes played and judged. */
  readonly episodes: number;
  readonly player: AgreementPlayer;
  readonly parts: readonly PartAgreement[];
  /** The total reward by the rules, and with the judge's scores in the place of theirs. */
  readonly totals: { readonly ruled: Interval; readonly judged: Interval };
  /** Replies that could not be read, most frequent first, each kind with one as it came. */
  readonly failures: readonly {
    readonly failure: JudgeFailure;
    readonly count: number;
    readonly example: string;
  }[];
  readonly cost: JudgeCost;
  readonly facts: JudgeFacts;
}

export interface JudgeCalls {
  /**
   * The model that acts judges an episode that is over: answer, relevance of what was retrieved, quality of what was
   * stored. News: `rollouts`, of questions. *model*
   */
  judgeEpisode: {
    readonly args: JudgeSetting & {
      readonly task: Task;
      readonly log: EventLog;
      readonly weights: RewardWeights;
    };
    readonly result: JudgedRun;
  };
  /**
   * Held-out episodes, always the same, played and judged; how far judge and rules agree. News: `rollouts`, first of
   * episodes, then of questions. *model*
   */
  judgeAgreement: {
    readonly args: JudgeSetting & {
      readonly player: AgreementPlayer;
      /** 2 to 64. */
      readonly episodes: number;
    };
    readonly result: AgreementRun;
  };
}
