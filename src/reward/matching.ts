/**
 * Does a text state a fact? Decided on structure, not on similarity: the subject and the current value
 * must both occur as whole words, whatever stands between them, so any wording of an entry is fine and a
 * wrong value never is. Letter case, Unicode form and runs of white space do not matter; scripts written
 * without spaces have no word boundaries to respect.
 *
 * Stale: the text names the subject and one of the values revised since, outside of what it rightly
 * states ("New York" inside "New York City" is no old value).
 * Free text: a value of more than four words may be reworded; then token F1 against the whole statement
 * decides. Limits: the relation is not checked, so "Sada is the sister of Sofia" and the reverse count
 * alike, and a value that is right for one relation and old for another of the same subject counts as right.
 * Source: agemem.md section 5, storage.
 */
import { fold, hasWords, positionOf } from '../tasks/phrase';
import { scoreAnswer } from '../tasks/qa/score';
import type { Fact } from '../tasks/task';

/** Longer values are free text. */
const EXACT_VALUE_WORDS = 4;
/** Least token F1 of a reworded statement. */
const FREE_TEXT_F1 = 0.6;

/** What a text says about a task's facts. */
export interface Statements {
  /** Facts whose current value it states. */
  readonly current: readonly Fact[];
  /** Facts of which it holds a superseded value. */
  readonly stale: readonly Fact[];
}

export function statementsIn(text: string, facts: readonly Fact[]): Statements {
  const folded = fold(text);
  const current = facts.filter((fact) => statesCurrent(folded, fact));
  const rest = current.reduce((masked, fact) => mask(masked, fold(fact.value)), folded);
  const stale = facts.filter(
    (fact) =>
      hasWords(folded, fold(fact.subject)) && fact.superseded.some((value) => hasWords(rest, fold(value))),
  );
  return { current, stale };
}

function statesCurrent(folded: string, fact: Fact): boolean {
  if (!hasWords(folded, fold(fact.subject))) return false;
  if (hasWords(folded, fold(fact.value))) return true;
  if (fact.value.trim().split(/\s+/).length <= EXACT_VALUE_WORDS) return false;
  const statement = `${fact.subject} ${fact.relation} ${fact.value}`;
  return scoreAnswer(folded, [statement]) >= FREE_TEXT_F1;
}

/** The text with each occurrence of the phrase blanked out. */
function mask(folded: string, phrase: string): string {
  let masked = folded;
  for (let at = positionOf(masked, phrase, 0); at >= 0; at = positionOf(masked, phrase, at + phrase.length)) {
    masked = masked.slice(0, at) + '\u0000'.repeat(phrase.length) + masked.slice(at + phrase.length);
  }
  return masked;
}
