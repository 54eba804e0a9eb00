/**
 * A text as a row of words, as the audit compares them: folded, with what the spelling alone tells about
 * each. No dictionary and no language: a capital is a sign of a name, a digit is a number, and very short
 * words are mostly grammar. Scripts without spaces are cut into characters, runs of hiragana (particles and
 * endings) and of katakana kept whole.
 */
import { foldCase } from '../embedders/text-features';

export interface Word {
  /** Folded. */
  readonly text: string;
  /** Starts with a capital; in scripts without capitals never. */
  readonly capital: boolean;
  readonly number: boolean;
  /** Grammar rather than content, by its length. */
  readonly light: boolean;
  /** A label in front of a statement, e.g. "Correction:". */
  readonly label: boolean;
}

const UNSPACED = String.raw`\p{Script=Han}々〆\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;
const WORD = new RegExp(
  [
    `[${UNSPACED}]`,
    String.raw`\p{Script=Hiragana}+`,
    String.raw`[\p{Script=Katakana}ー]+`,
    String.raw`(?:(?![${UNSPACED}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{M}\p{N}])+`,
  ].join('|'),
  'gu',
);
const HIRAGANA = /^\p{Script=Hiragana}/u;
const CHARACTER = new RegExp(`^[${UNSPACED}]$`, 'u');
const CAPITAL = /^\p{Lu}/u;
const DIGIT = /\p{N}/u;
/** Grammar of three letters, where two do not suffice to tell. */
const LIGHT = new Set(
  'the and for has had was are his her its der die das ein les une los las una del'.split(' '),
);
/** Longer texts are compared by their beginning: an entry is a sentence or a few, not a book. */
const LONGEST = 400;

export function wordsOf(text: string): readonly Word[] {
  const words: Word[] = [];
  const normal = text.slice(0, LONGEST * 10).normalize('NFKC');
  for (const match of normal.matchAll(WORD)) {
    const word = wordOf(match[0]);
    const label = words.length === 0 && /^\s*[:：]/u.test(normal.slice(match.index + match[0].length));
    words.push(label ? { ...word, label } : word);
    if (words.length === LONGEST) break;
  }
  return words;
}

/** The words of an audit repeat; each is looked at once. */
const seen = new Map<string, Word>();
const MOST_SEEN = 20_000;

function wordOf(raw: string): Word {
  const known = seen.get(raw);
  if (known) return known;
  const text = foldCase(raw);
  const number = DIGIT.test(raw);
  const short = [...text].length <= 2 || LIGHT.has(text) || HIRAGANA.test(raw);
  const word: Word = {
    text,
    capital: CAPITAL.test(raw),
    number,
    light: short && !number && !CHARACTER.test(raw),
    label: false,
  };
  if (seen.size >= MOST_SEEN) seen.clear();
  seen.set(raw, word);
  return word;
}

/** Words that only announce a change, in a few languages; comparing passes over them. */
const ANNOUNCING = new Set(
  'now currently meanwhile today actually jetzt nun inzwischen mittlerweile maintenant désormais ahora ora adesso'.split(
    ' ',
  ),
);

export const isContent = (word: Word): boolean => !word.light;

/** What is said: without labels and words that only announce. */
export function statement(words: readonly Word[]): readonly Word[] {
  return words.filter((word) => !word.label && !ANNOUNCING.has(word.text));
}

/** Names: capitals, apart from the first word of a text, which has one by its place. */
export function namesOf(words: readonly Word[]): readonly string[] {
  return words.flatMap(({ capital, text, light }, i) => (capital && i > 0 && !light ? [text] : []));
}

export function numbersOf(words: readonly Word[]): readonly string[] {
  return words.flatMap(({ number, text }) => (number ? [text] : []));
}

/** What two rows of words have in common at both ends, and what stands between on either side. */
export interface Alignment {
  readonly prefix: readonly Word[];
  readonly suffix: readonly Word[];
  readonly left: readonly Word[];
  readonly right: readonly Word[];
}

export function align(left: readonly Word[], right: readonly Word[]): Alignment {
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start].text === right[start].text) start++;
  let end = 0;
  while (end < shorter - start && left[left.length - 1 - end].text === right[right.length - 1 - end].text) {
    end++;
  }
  return {
    prefix: left.slice(0, start),
    suffix: left.slice(left.length - end),
    left: left.slice(start, left.length - end),
    right: right.slice(start, right.length - end),
  };
}
