/**
 * A fact as one short statement, subject, relation, value: "Mira lives in Oslo" for "Mira has moved to Oslo." A fact
 * extractor is asked for standing facts rather than for news, and the bundled policy reads entries of this form only.
 *
 * The relations of people in everyday English are put into one wording each; all others, and what is told of elsewhere,
 * stay as they were said, without the full stop. What is not sure is left alone: "Rex is a dog" does not become a job.
 */
import type { ReadFact } from './read-sentence';
import { topicOf } from './relation-topics';
import type { Parts } from './sentence-parts';

const NAME = /^\p{Lu}/u;
const WITH_ARTICLE = /\b(?:a|an)$/;
const DAY_OF_YEAR =
  /\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b/i;
/** A person called so and so: "has boss". */
const HAS_SOMEBODY = /^has \p{L}+$/u;

export function statementOf(fact: ReadFact): string {
  const { parts, frame, denies } = fact;
  const text = fact.text.replace(/\.$/, '');
  if (parts === null || frame !== null || denies) return text;
  const relation = plainRelation(parts);
  return relation === null ? text : `${parts.subject} ${relation} ${parts.value}`;
}

/** The one wording of a relation; null: it has none of its own. */
export function plainRelation({ subject, relation, value }: Parts): string | null {
  if (!NAME.test(subject)) return null;
  const { known, words } = topicOf(relation);
  if (known.has('home') && words.size > 0 && NAME.test(value)) return 'lives in';
  if (known.has('job') && words.size > 0) return 'works as a';
  if (known.has('taste')) return 'likes';
  if (known.has('birth') && DAY_OF_YEAR.test(value)) return 'was born on';
  if (known.has('belongings') && (WITH_ARTICLE.test(relation) || relation === 'belongs')) return 'owns a';
  return HAS_SOMEBODY.test(relation) && NAME.test(value) ? relation : null;
}

/** What somebody did, does or finds, and what is asked to be done: with what holds of the thing then. */
const LASTING: readonly (readonly [done: RegExp, holds: string])[] = [
  [/^(?:keeps?|kept|finds?|found|see|saw|seen|look for|left|leave|stored?|hides?|hid) (\p{L}+)$/u, 'is $1'],
  [/^(?:puts?|bring|brought|carry|carried|takes?|took|moved?|set|mount|placed?) (\p{L}+)$/u, 'belongs $1'],
  [/^fill (\p{L}+)$/u, 'is filled $1'],
  [/^where(?:ver)?$/u, 'is next to'],
];

/** A relation as it holds tomorrow, in the words between two things: "is in" for "find … in", "belongs on" for "put … on". */
export function lastingRelation(relation: string): string {
  const found = LASTING.find(([done]) => done.test(relation));
  return found ? relation.replace(...found) : relation;
}
