/**
 * Which entries are worth comparing, without comparing every two: at 50,000 entries that would be a billion.
 *
 * Entries that say the same, or contradict one another, share a name or number together with another word, or
 * two of their rarest words. So each entry is filed under such pairs of words, and only entries of one file
 * are compared; of a long file each with the next few only, the nearest in time of writing. An entry has at
 * most 24 keys and each key gives at most 8 neighbours, so the work grows with the number of entries, not
 * with its square: at most 192 comparisons an entry, far fewer where keys are rare.
 */
import { hashText, mix } from '../hashing';
import type { Word } from './words';

const MOST_NAMES = 4;
const MOST_WORDS = 6;
const MOST_KEYS = 24;
/** How many of the entries that follow in a file an entry is compared with. */
const NEIGHBOURS = 8;

export interface Pair {
  /** Indices, the smaller first. */
  readonly a: number;
  readonly b: number;
}

/** Each pair worth comparing once. `key`: a further file for some of them, whatever their words. */
export function* pairsOf(
  texts: readonly (readonly Word[])[],
  key: (index: number) => string | undefined = () => undefined,
): Generator<Pair, void> {
  const frequency = new Map<string, number>();
  const distinct = texts.map((words) => [...new Map(words.map((word) => [word.text, word])).values()]);
  for (const words of distinct) {
    for (const { text } of words) frequency.set(text, (frequency.get(text) ?? 0) + 1);
  }
  const files = new Map<number, number[]>();
  for (const [i, words] of distinct.entries()) {
    const own = key(i);
    for (const name of [...keysOf(words, frequency), ...(own === undefined ? [] : [hashText(own)])]) {
      const file = files.get(name);
      if (file) file.push(i);
      else files.set(name, [i]);
    }
  }
  const met = new Set<number>();
  for (const file of files.values()) {
    for (let a = 0; a < file.length; a++) {
      for (let b = a + 1; b < file.length && b <= a + NEIGHBOURS; b++) {
        const pair = file[a] * texts.length + file[b];
        if (met.has(pair)) continue;
        met.add(pair);
        yield { a: file[a], b: file[b] };
      }
    }
  }
}

/** Names and numbers with the rarest words, then the rarest words with one another. */
function keysOf(words: readonly Word[], frequency: ReadonlyMap<string, number>): readonly number[] {
  const rarity = (word: Word) => frequency.get(word.text) ?? 0;
  const byRarity = [...words].sort((a, b) => rarity(a) - rarity(b) || (a.text < b.text ? -1 : 1));
  const rare = byRarity.slice(0, MOST_WORDS);
  const marked = byRarity.filter(({ capital, number }) => capital || number).slice(0, MOST_NAMES);
  const keys = new Set<number>();
  const file = (a: Word, b: Word) => {
    if (a.text === b.text || keys.size >= MOST_KEYS) return;
    const [x, y] = a.text < b.text ? [a, b] : [b, a];
    keys.add(mix(hashText(x.text) ^ mix(hashText(y.text))));
  };
  for (const a of marked) for (const b of rare) file(a, b);
  for (const a of rare) for (const b of rare) file(a, b);
  // A text of one word has no pair.
  if (words.length === 1) keys.add(hashText(words[0].text));
  return [...keys];
}
