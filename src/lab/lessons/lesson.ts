/**
 * What a lesson is: data, and one check. A lesson stands beside the real page and drives it: its steps point at parts of
 * the page and may set task, player and weights; its question is answered by doing something, which the check reads from
 * the state of the lab. Nothing in a lesson is a picture of the lab.
 */
import type { Phrase, Values } from '../language/language';
import type { PartName } from '../shell/parts';
import type { Address } from '../state/address';
import type { LabState } from '../state/lab-state';
import type { Source } from '../words';

/** What a lesson may set: what is played and how it is paid, never how the page looks. */
export type Setup = Partial<
  Pick<
    Address,
    | 'seed'
    | 'dice'
    | 'family'
    | 'difficulty'
    | 'split'
    | 'adapter'
    | 'reward'
    | 'group'
    | 'preset'
    | 'steps'
    | 'tasks'
    | 'rollouts'
    | 'evaluate'
    | 'advantage'
    | 'exhibit'
  >
>;

export interface Formula {
  /** LaTeX, set by KaTeX. */
  readonly tex: string;
  /** LaTeX that stands below it, with words in it. */
  readonly aside?: Phrase;
  /** The same in words, with the meaning of each symbol. */
  readonly says: Phrase;
  readonly source: Source;
}

export interface Step {
  /** A sentence or two; names of tools and parameters between backticks. */
  readonly words: Phrase;
  /** What stands in the braces of `words`. */
  readonly values?: Values;
  /** The part of the page it speaks of: scrolled to and outlined. */
  readonly at?: PartName;
  readonly formula?: Formula;
  /** A button that sets the lab up. */
  readonly set?: { readonly label: Phrase; readonly to: Setup };
}

/** What the lab says to what the reader has done. */
export interface Verdict {
  readonly passed: boolean;
  /** About what is on the page now, with its numbers; null: nothing has been done yet that could be judged. */
  readonly words: string | null;
}

export interface Question {
  readonly ask: Phrase;
  /** What stands in the braces of `ask`. */
  readonly values?: Values;
  readonly at?: PartName;
  readonly hint: Phrase;
  /** Pure: looks at the state and at nothing else. */
  readonly check: (state: LabState) => Verdict;
  /** What follows from it, once it is answered. */
  readonly after: Step;
}

export interface Lesson {
  /** Under which progress is kept; never changed. */
  readonly id: string;
  readonly title: Phrase;
  /** What one will know. */
  readonly about: Phrase;
  /** How the lab is set up when the lesson is opened. */
  readonly begin: Setup;
  readonly steps: readonly Step[];
  readonly question: Question;
}

/** Whether the lab stands as a step wants it. */
export function fits(address: Address, setup: Setup): boolean {
  return (Object.keys(setup) as (keyof Setup)[]).every((key) => address[key] === setup[key]);
}
