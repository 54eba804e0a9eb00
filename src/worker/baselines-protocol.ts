/**
 * The part of the protocol in which a memory beside the policy plays the task on view: one of the paper's baselines, told
 * in full, so that it can be shown beside AgeMem's own log. Types only.
 */
import type { MemoryView } from '../baselines/controller';
import type { BaselineId } from '../baselines/methods';
import type { BaselineResult, Placement } from '../baselines/play-baseline';
import type { Task } from '../tasks/task';
import type { AdapterChoice, PlayOptions } from './protocol';

export type {
  CallFailure,
  CallRecord,
  HeldEntry,
  LookUp,
  MemoryCost,
  MemoryView,
  Operation,
  OperationKind,
  ReadTrace,
  WriteTrace,
} from '../baselines/controller';
export type { BaselineId } from '../baselines/methods';
export type { BaselineEnd, BaselineEvent, Placement } from '../baselines/play-baseline';

/** How a baseline is played. The same values give the same run. */
export interface BaselineSetting {
  readonly method: BaselineId;
  /** Whose weights act, and write the replies where a model is asked. */
  readonly adapter: AdapterChoice;
  /** As of the episode on view. */
  readonly dice: number;
  /** With the demonstrator the expert of the task's family reads what is brought; it is a script without tools. */
  readonly player?: PlayOptions['player'];
  /**
   * Who replies to the calls of the method: rules, or the model that acts. The rules reply for the demonstrator, whatever
   * is asked for: a script writes none.
   */
  readonly replies: 'rules' | 'model';
  /** Where what was read stands. `on-call` needs a player that calls tools. */
  readonly placement: Placement;
}

/** Who played, and how it went. */
export interface BaselineFacts {
  readonly policyId: string;
  /** Longest prompt with its reply, tokens, in which a model was asked for replies; null: none was asked. */
  readonly window: number | null;
  readonly embedder: string;
  readonly ms: number;
}

export interface BaselineRun {
  readonly setting: BaselineSetting;
  readonly result: Omit<BaselineResult, 'task'>;
  /** What it holds at the end. */
  readonly view: MemoryView;
  readonly facts: BaselineFacts;
}

export interface BaselinesCalls {
  /**
   * The task on view, whoever made it, played with a fresh memory of this method. News: `rollouts`, of messages. Refused
   * with code `cancelled` by `cancel`. *model*
   */
  playBaseline: {
    readonly args: BaselineSetting & { readonly task: Task };
    readonly result: BaselineRun;
  };
}
