/**
 * The part of the protocol about tasks in the user's own words, and worlds of their own: sets of them, kept by the hash of their content, played,
 * trained on and measured. Types only.
 */
import type { Interval } from '../statistics/interval';
import type { TaskSetInfo } from '../storage/task-set-store';
import type { FormProblem, OwnTask } from '../tasks/own/form';
import type { FileProblem } from '../tasks/own/set-file';
import type { Task } from '../tasks/task';
import type { AdapterChoice, RewardPreset } from './protocol';

export type { Interval } from '../statistics/interval';
export type { TaskSetInfo } from '../storage/task-set-store';
export type { FormProblem, OwnCorrection, OwnFact, OwnMessage, OwnTask } from '../tasks/own/form';
export type { FileProblem } from '../tasks/own/set-file';

/** A text of a task in tokens of the policy. */
export interface TextFit {
  readonly kind: 'message' | 'distractor' | 'question';
  /** Which of its kind, from 1. */
  readonly n: number;
  /** Of the message alone, role markers included. */
  readonly own: number;
  /** Of the shortest prompt that holds it: system message, this one, and the beginning of the reply. */
  readonly tokens: number;
}

/** Whether the policy can read a task. */
export interface TaskFit {
  /** Longest first; those above the limit make it unplayable. */
  readonly texts: readonly TextFit[];
  /** Tokens a prompt may have. */
  readonly promptLimit: number;
  /** Tokens of all messages of a stage with the system message, before the policy has said anything. */
  readonly stages: readonly [number, number, number];
  /** T_max: more tokens in C than this when the answer is made are fined. */
  readonly contextLimit: number;
  readonly playable: boolean;
}

export interface ListedTask {
  /** Place in the set, from 0. */
  readonly index: number;
  readonly kind: 'words' | 'pddl' | 'babyai';
  /** The question; of a world its mission, or its problem and domain. */
  readonly title: string;
  /** Of stage 1. */
  readonly messages: number;
  /** Null: the lab's own. */
  readonly distractors: number | null;
  /** As it is typed. Null: a world, which is changed in its file. */
  readonly form: OwnTask | null;
  readonly fit: TaskFit;
}

export interface TaskPage {
  readonly tasks: readonly ListedTask[];
  /** Of the set. */
  readonly total: number;
}

/** A set as files were taken, or why they were not. */
export type TakenFile =
  | { readonly set: TaskSetInfo; readonly notes: readonly string[]; readonly problems?: undefined }
  | { readonly problems: readonly FileProblem[]; readonly set?: undefined; readonly notes?: undefined };

export type TriedForm =
  | { readonly task: Task; readonly fit: TaskFit; readonly problems?: undefined }
  | { readonly problems: readonly FormProblem[]; readonly task?: undefined; readonly fit?: undefined };

/** What of a set can be played, and its parts under a seed. */
export interface SetParts {
  readonly total: number;
  readonly playable: number;
  readonly train: number;
  readonly heldOut: number;
}

/** Means over tasks, each the mean of its episodes. */
export interface SetScores {
  readonly adapter: AdapterChoice;
  readonly reward: Interval;
  readonly task: Interval;
  readonly memory: Interval;
  /** Reward less that of the base on the same tasks with the same dice; null for the base. */
  readonly gain: Interval | null;
}

export interface SetEvaluation {
  /** The set and its seed. */
  readonly name: string;
  /** Held-out tasks. */
  readonly tasks: number;
  /** Episodes of each, under dice of their own. */
  readonly dice: number;
  readonly scores: readonly SetScores[];
  /** The set and seed the adapter of this tab was trained on; empty: made-up tasks; null: there is none. */
  readonly trainedOn: string | null;
}

export interface OwnCalls {
  listTaskSets: { readonly args: Record<string, never>; readonly result: readonly TaskSetInfo[] };
  /**
   * Files of tasks, levels, PDDL domains and problems (`tasks/own/own-files.ts`) as one set, taken whole or not at all;
   * one that is here already is found again.
   */
  takeTaskFiles: {
    readonly args: { readonly files: readonly { readonly name: string; readonly data: Blob }[] };
    readonly result: TakenFile;
  };
  /** Reads what is typed, without keeping it. */
  tryTask: { readonly args: { readonly form: unknown }; readonly result: TriedForm };
  /**
   * A set with this task added, or put in the place of another, or with that one left out (`form` null); a set of its
   * own where none is given. A set is its content, so it is another one; the one it came from is let go of unless a
   * run that could go on was made on it. A set without tasks is none: null.
   */
  changeTaskSet: {
    readonly args: {
      readonly set: string | null;
      readonly form: OwnTask | null;
      /** From 0; null: at the end. */
      readonly at: number | null;
    };
    readonly result: TaskSetInfo | null;
  };
  renameTaskSet: {
    readonly args: { readonly set: string; readonly name: string };
    readonly result: TaskSetInfo;
  };
  deleteTaskSet: { readonly args: { readonly set: string }; readonly result: readonly TaskSetInfo[] };
  exportTaskSet: {
    readonly args: { readonly set: string };
    readonly result: { readonly file: string; readonly data: Blob };
  };
  taskPage: {
    readonly args: { readonly set: string; readonly from: number; readonly count: number };
    readonly result: TaskPage;
  };
  /** Reads every task; the first time takes as long as that. */
  taskSetParts: {
    readonly args: { readonly set: string; readonly seed: number };
    readonly result: SetParts;
  };
  /** Base, shipped and trained adapter, as far as they are there, on the held-out tasks. News: `rollouts`. *model* */
  evaluateTaskSet: {
    readonly args: { readonly set: string; readonly seed: number; readonly reward: RewardPreset };
    readonly result: SetEvaluation;
  };
}
