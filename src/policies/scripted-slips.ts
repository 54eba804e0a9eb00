/**
 * Slips of the pen in a world: an action with one name got wrong, as a small model gets names wrong, so that the world
 * refuses it. A demonstrator that never slips leaves its clone without a way on from the first refusal.
 */
import type { Random } from '../tasks/random';
import { wordsOf } from './scripted-reading';

/** Shorter words are those of the command, not names. */
const NAME_LENGTH = 4;
const VOWEL = /[aeiou]/i;

/**
 * The action with a name in it replaced: by a name that was remembered and is not here, or by a mixture of two names.
 * What takes its place stands nowhere in `shown`, so that no world can know it.
 *
 * @param shown what the world has said so far; the names in it can be got wrong
 * @param remembered texts whose names may come to mind in their place
 * @returns null where nothing in the action is a name
 */
export function slipIn(
  action: string,
  shown: readonly string[],
  remembered: readonly string[],
  random: Random,
): string | null {
  const known = new Set(shown.flatMap(wordsOf));
  const isName = (word: string): boolean => word.length >= NAME_LENGTH && VOWEL.test(word);
  const [verb = '', ...rest] = action.match(/[\p{L}\p{N}]+/gu) ?? [];
  const names = rest.filter((word) => isName(word) && word !== verb && known.has(word.toLowerCase()));
  if (names.length === 0) return null;
  const wrong = random.pick(names);
  const elsewhere = remembered.flatMap(wordsOf).filter((word) => isName(word) && !known.has(word));
  const mixtures = [...known]
    .filter(isName)
    .flatMap((other) => [mixed(wrong, other), mixed(other, wrong)])
    .filter((word) => word.length >= NAME_LENGTH && !known.has(word.toLowerCase()));
  const from = elsewhere.length > 0 && random.chance(0.5) ? elsewhere : mixtures;
  if (from.length === 0) return null;
  const other = random.pick(from);
  return action.replace(new RegExp(`(?<![\\p{L}\\p{N}])${wrong}(?![\\p{L}\\p{N}])`, 'u'), other);
}

/** The beginning of one name and the end of the other, each cut before its last vowel. */
const mixed = (head: string, tail: string): string => head.slice(0, cutIn(head)) + tail.slice(cutIn(tail));

function cutIn(word: string): number {
  for (let at = word.length - 2; at > 0; at--) if (VOWEL.test(word[at])) return at;
  return word.length - 1;
}
