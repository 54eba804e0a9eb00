/**
 * How the goal of a world of somebody's own is told in stage 1, a condition a message, and read again from what was
 * remembered. A fact is cut out of its sentence: subject, relation and value in a row are the sentence, so a note that
 * says no more than them says all of it, and rewards find both ends in it as whole words.
 */
import { containsPhrase } from '../phrase';
import type { Atom } from './domain';
import { sentence } from './wording';

const OPENING = 'In the end it must be so:';
const ELSEWHERE = 'In the workshop next door it must be so:';

/** "a is on b"; of fewer than three words, "quiet is true". */
function clause(atom: Atom): string {
  const words = sentence(atom).trim().replace(/\.$/, '').split(/\s+/);
  return words.length < 3 ? [...words, 'is', 'true'].join(' ') : words.join(' ');
}

export const conditionText = (atom: Atom): string => `${OPENING} ${clause(atom)}.`;

/** About other people's things. */
export const elsewhereText = (atom: Atom): string => `${ELSEWHERE} ${clause(atom)}.`;

export function saysCondition(text: string, atom: Atom): boolean {
  return !text.includes(ELSEWHERE) && containsPhrase(text, clause(atom));
}

/** "a", "is on", "b"; "The nut n1", "on the hub h1 is", "loose". */
export function conditionParts(atom: Atom): {
  readonly subject: string;
  readonly relation: string;
  readonly value: string;
} {
  const words = clause(atom).split(' ');
  const last = words.length - 1;
  const named = words.indexOf(atom[1] ?? '');
  // The relation keeps a word at least.
  const end = named >= 0 && named < last - 1 ? named + 1 : 1;
  const [subject, relation] = [words.slice(0, end), words.slice(end, last)].map((some) => some.join(' '));
  return { subject, relation, value: words[last] };
}
