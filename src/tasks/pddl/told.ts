/**
 * What is told about a PDDL world in stage 1, and how it is said. The world of words shows everything but this: where
 * the things belong in the end, and what a drink is made of. So who did not remember it cannot know it.
 *
 * `{s}` the subject, `{v}` its value; a revision says the new value alone. Patterns that only `unseen-patterns` uses are
 * apart, as in the other families.
 */
import { fold, hasWords, positionOf } from '../phrase';
import { patternsFor } from '../qa/draft';
import type { PatternSet } from '../qa/relations';
import { lastWord } from '../stages';
import type { Split } from '../task';
import type { Atom } from './domain';

/** What can be told: a relation of two names. */
export type ToldKind = 'block' | 'ball' | 'glass' | 'recipe' | 'wheel';

export interface Told {
  readonly kind: ToldKind;
  readonly subject: string;
  /** The current one; of a recipe "tea and honey". */
  readonly value: string;
  readonly superseded: readonly string[];
}

/** `Fact.relation` of each kind. */
export const RELATIONS: Readonly<Record<ToldKind, string>> = {
  block: 'belongs on top of',
  ball: 'belongs in the',
  glass: 'is to be filled with',
  recipe: 'is mixed from',
  wheel: 'goes on the hub',
};

export const TOLD_PATTERNS: Readonly<
  Record<ToldKind, { readonly first: PatternSet; readonly later: PatternSet }>
> = {
  block: {
    first: {
      train: ['The {s} block belongs on top of the {v} block.', 'Remember to put {s} on {v} in the end.'],
      unseen: ['{v} shall carry {s} when all is done.'],
    },
    later: {
      train: ['Correction: the {s} block belongs on top of {v}.', 'I changed my mind: put {s} on {v}.'],
      unseen: ['No, {v} shall carry {s}.'],
    },
  },
  ball: {
    first: {
      train: ['The {s} ball belongs in the {v}.', 'Please bring the {s} ball to the {v}.'],
      unseen: ['In the {v} they are waiting for the {s} ball.'],
    },
    later: {
      train: ['Correction: the {s} ball belongs in the {v}.', 'I changed my mind: {s} goes to the {v}.'],
      unseen: ['No, it is the {v} that wants the {s} ball.'],
    },
  },
  glass: {
    first: {
      train: ['The guest with the {s} glass wants {v}.', 'Fill the {s} glass with {v}, please.'],
      unseen: ['{v} is what the {s} glass is for.'],
    },
    later: {
      train: ['Correction: the {s} glass is for {v}.', 'The guest with the {s} glass now wants {v}.'],
      unseen: ['No, {v} comes into the {s} glass.'],
    },
  },
  recipe: {
    first: {
      train: ['{s} is mixed from {v}.', 'For {s} you need {v}.'],
      unseen: ['Take {v} and you get {s}.'],
    },
    later: {
      train: ['Correction: {s} is mixed from {v}.', 'The recipe changed: {s} is now {v}.'],
      unseen: ['No, {v} make {s}.'],
    },
  },
  wheel: {
    first: {
      train: ['The {s} wheel goes on the {v} hub.', 'Mount the {s} wheel on {v}.'],
      unseen: ['{v} gets the {s} wheel.'],
    },
    later: {
      train: ['Correction: the {s} wheel goes on the {v} hub.', 'Change of plan: mount {s} on {v}.'],
      unseen: ['No, {v} takes the {s} wheel.'],
    },
  },
};

/** Mark what is about somebody else's things. */
export const FRAMES: PatternSet = {
  train: ['In the workshop next door: ', 'At a friend of mine: '],
  unseen: ['Somewhere else entirely: '],
};

export function sayTold(
  pick: (patterns: readonly string[]) => string,
  split: Split,
  told: Pick<Told, 'kind' | 'subject'>,
  value: string,
  later: boolean,
): string {
  const set = TOLD_PATTERNS[told.kind][later ? 'later' : 'first'];
  const text = pick(patternsFor(set, split)).replace(/\{s\}/g, told.subject).replace(/\{v\}/g, value);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The atoms that a told thing means: of the goal, or of a recipe. */
export function meaning({ kind, subject }: Pick<Told, 'kind' | 'subject'>, value: string): readonly Atom[] {
  switch (kind) {
    case 'block':
    case 'wheel':
      return [['on', subject, value]];
    case 'ball':
      return [['at', subject, value]];
    case 'glass':
      return [['contains', subject, value]];
    case 'recipe': {
      const [first = '', second = ''] = value.split(' and ');
      return [
        ['cocktail-part1', subject, first],
        ['cocktail-part2', subject, second],
      ];
    }
  }
}

/**
 * What remembered texts say of a subject: the value among those possible, a correction before what it corrects. Texts
 * in the words of stage 1 are read by them; of any other, that names the subject first or alone.
 */
export function remembered(
  texts: readonly string[],
  told: Pick<Told, 'kind' | 'subject'>,
  values: readonly string[],
): string | null {
  return lastWord(texts, (text) => values.find((one) => states(text, told, one)) ?? null);
}

function states(text: string, { kind, subject }: Pick<Told, 'kind' | 'subject'>, value: string): boolean {
  const folded = fold(text);
  if (!hasWords(folded, fold(subject)) || !hasWords(folded, fold(value))) return false;
  const { first, later } = TOLD_PATTERNS[kind];
  const filled = (s: string, v: string) =>
    [first, later]
      .flatMap((set) => [...set.train, ...set.unseen])
      .some((pattern) => folded.includes(fold(pattern.replace(/\{s\}/g, s).replace(/\{v\}/g, v))));
  if (filled(subject, value)) return true;
  // The same words the other way round are about the other one.
  if (filled(value, subject)) return false;
  return positionOf(folded, fold(subject), 0) < positionOf(folded, fold(value), 0);
}
