/** Why an episode ended, in words of the table. */
import { type Phrase, phrase, say } from '../language/language';

const ENDS: Readonly<Record<string, Phrase>> = {
  answered: phrase('answered'),
  'environment-done': phrase('the world came to its end'),
  'hard-rounds': phrase('too many steps'),
  'hard-context': phrase('the prompt does not fit'),
  aborted: phrase('cancelled'),
};

export function endWords(reason: string): string {
  const known = ENDS[reason];
  return known === undefined ? reason : say(known);
}
