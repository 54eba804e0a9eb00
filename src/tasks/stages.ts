/**
 * What the families of worlds have in common: a world drawn until all that is told of it belongs to the split, the
 * messages of stage 1 with their corrections, how many distractors a rung has, and which of two texts corrects the other.
 */
import { isEvaluationStatement } from './inventory';
import type { Difficulty, Fact, Split, TaskMessage } from './task';

/** Something told in stage 1. */
export interface Statement {
  readonly subject: string;
  /** As in `Fact.relation`. */
  readonly relation: string;
  /** The current one. */
  readonly value: string;
  /** Told before and corrected since, oldest first. */
  readonly superseded: readonly string[];
}

export const DISTRACTORS: Readonly<Record<Difficulty, number>> = {
  'one-fact': 1,
  several: 1,
  revisions: 1,
  'two-hops': 1,
  'tight-context': 3,
};

/** Whether a statement may be made in a split; `unseen-names` is apart by its words. */
export function admits(split: Split, subject: string, relation: string, value: string): boolean {
  return (
    split === 'unseen-names' || isEvaluationStatement(subject, relation, value) === (split === 'evaluation')
  );
}

/** Worlds of three statements fit `evaluation` once in 64 draws. */
const MOST_DRAWS = 10_000;

/** Nothing that fits the split was drawn: its word lists are too short for what is told. */
export class NothingFitsSplitError extends Error {
  constructor(split: Split) {
    super(
      `No world drawn in ${MOST_DRAWS} tries fits the split "${split}". Lengthen the lists its words are from.`,
    );
    this.name = 'NothingFitsSplitError';
  }
}

/** The first of those drawn that fits. @throws NothingFitsSplitError */
export function drawFitting<World>(split: Split, draw: () => World, fits: (world: World) => boolean): World {
  for (let draws = 0; draws < MOST_DRAWS; draws++) {
    const world = draw();
    if (fits(world)) return world;
  }
  throw new NothingFitsSplitError(split);
}

/** "f1", "f2", … in the order of the statements. */
export function factsOf(statements: readonly Statement[]): readonly Fact[] {
  return statements.map(({ subject, relation, value, superseded }, i) => {
    return { id: `f${i + 1}`, subject, relation, value, superseded, worthKeeping: true };
  });
}

/**
 * Of each statement a thread of messages, to be mixed with others: its first value, then each correction.
 * @param say words for value `value` of statement `i`; `corrects`: it was told otherwise before
 */
export function tell(
  statements: readonly Statement[],
  say: (i: number, value: string, corrects: boolean) => string,
): TaskMessage[][] {
  return statements.map(({ value, superseded }, i) =>
    [...superseded, value].map((told, nth): TaskMessage => {
      const content = say(i, told, nth > 0);
      return { content, kind: nth > 0 ? 'revision' : 'fact', factIds: [`f${i + 1}`] };
    }),
  );
}

/** Words by which the texts of the worlds correct an earlier one; no other text of theirs has one of them. */
const CORRECTING = /\b(?:correction|changed?|now|moved|carried|since|measured again)\b|\bno,/i;

export const isCorrection = (text: string): boolean => CORRECTING.test(text);

/** What the first text says that corrects another; else what the first says. Best first; null where none says anything. */
export function lastWord<Said>(texts: readonly string[], read: (text: string) => Said | null): Said | null {
  let first: Said | null = null;
  for (const text of texts) {
    const said = read(text);
    if (said === null) continue;
    if (isCorrection(text)) return said;
    first ??= said;
  }
  return first;
}
