/**
 * The `Task` seam: what an episode is about. A task is plain, serialisable data made from a seed;
 * the environment of stage 3 is created from it. One-question QA is the simplest environment.
 */
import type { WorldPicture } from './picture';

/** Disjoint by construction: no name, value or sentence pattern of an `unseen-*` split occurs in `train`. */
export const SPLITS = ['train', 'evaluation', 'unseen-names', 'unseen-patterns'] as const;
export type Split = (typeof SPLITS)[number];

/** Rungs of the difficulty ladder, easiest first. */
export type Difficulty = 'one-fact' | 'several' | 'revisions' | 'two-hops' | 'tight-context';

/** A statement of the world the user talks about. Gold data: never shown to the policy. */
export interface Fact {
  readonly id: string;
  /** As written in the messages, e.g. "Mira". */
  readonly subject: string;
  /** e.g. "lives in" */
  readonly relation: string;
  /** The current value, after all revisions. */
  readonly value: string;
  /** Values stated earlier and revised since, oldest first. */
  readonly superseded: readonly string[];
  /** False for facts nobody would want kept. */
  readonly worthKeeping: boolean;
}

export interface TaskMessage {
  readonly content: string;
  readonly kind: 'fact' | 'revision' | 'chatter' | 'distractor';
  /** Facts this message states or revises (empty for chatter and distractors). */
  readonly factIds: readonly string[];
}

export interface Task {
  /** Stable: family, split, difficulty and seed determine it; of a set of the user's own, the set and the place in it. */
  readonly id: string;
  readonly family: string;
  readonly split: Split;
  readonly difficulty: Difficulty;
  readonly seed: number;
  /** Stage 1, one message after the other. */
  readonly messages: readonly TaskMessage[];
  /** Stage 2; made once for the task and shared by all its rollouts. */
  readonly distractors: readonly TaskMessage[];
  /** Stage 3 opens with it. For interactive families: the goal. */
  readonly query: string;
  /** Acceptable answers; the first is canonical. Empty for interactive families. */
  readonly answers: readonly string[];
  readonly facts: readonly Fact[];
  /** Facts needed to answer (R_mem relevance). */
  readonly neededFactIds: readonly string[];
  /** K_q: strings whose presence in C counts as preservation. */
  readonly keyItems: readonly string[];
  /** Family-specific data for `createEnvironment` (rooms, objects …). */
  readonly world?: unknown;
}

export interface EnvironmentOutcome {
  /** Next observation, shown to the policy as a user message; absent when done. */
  readonly observation?: string;
  readonly done: boolean;
  /** In [0, 1]; present when done. */
  readonly score?: number;
}

/** Stage 3 of one episode. `act` receives the text inside `<answer>`. */
export interface TaskEnvironment {
  /** The message that opens stage 3: the query, or goal and first observation. */
  observe(): string;
  act(action: string): EnvironmentOutcome;
  readonly done: boolean;
  /** True if answers are actions in a world rather than one final answer. */
  readonly interactive: boolean;
  /** Actions after which it is over; left out: as few as an answer takes. */
  readonly actionLimit?: number;
  /**
   * Where the original counts what was reached on the way: that, in [0, 1], as the score of who can go on no more. Left
   * out: an end that was not come to counts nothing.
   */
  scoreSoFar?(): number;
  /** The original benchmark's figures as they stand, under its own names, e.g. `success`, `progress`, `score`, `em`, `f1`. */
  metrics?(): Readonly<Record<string, number>>;
  /** What there is to see now. */
  picture?(): WorldPicture;
}

/**
 * Plays stage 3 as somebody who knows the rules of the world, but of this task only what is said: the observations and
 * the texts that were remembered. With nothing remembered it still acts, by searching.
 */
export interface Expert {
  /**
   * @param observation the newest, goal included in the first
   * @param remembered texts retrieved from long-term memory, best first
   * @returns the text for `<answer>`
   */
  act(observation: string, remembered: readonly string[]): string;
  /** What it would look up in memory before it acts on this observation. Left out: every needed fact, before the first. */
  lookUps?(observation: string): readonly string[];
  /** Whether this says that the action before it did nothing and nothing has changed. Left out: nothing is ever refused. */
  refused?(observation: string): boolean;
  /**
   * Told of an action that was done in place of the one it said last, before it is shown what came of it. Left out: it
   * goes by what it is shown alone.
   */
  did?(action: string): void;
}

export interface TaskFamily {
  readonly id: string;
  /** Deterministic: same arguments, same task. */
  generate(seed: number, split: Split, difficulty: Difficulty): Task;
  createEnvironment(task: Task): TaskEnvironment;
  /** Left out: the family has none, and its tasks are answered by rule (`policies/scripted.ts`). */
  createExpert?(task: Task): Expert;
}
