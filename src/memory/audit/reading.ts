/** An entry made ready to be compared with many others: what does not depend on the other is found once. */
import type { EntryText } from '../memory';
import { isContent, numbersOf, statement, type Word, wordsOf } from './words';

export interface ReadEntry {
  readonly entry: EntryText;
  /** What is said: without labels and words that only announce. */
  readonly words: readonly Word[];
  /** The distinct words of content among them. */
  readonly content: ReadonlySet<string>;
  /** Its numbers, sorted, as one text. */
  readonly numbers: string;
  /** Where in `words` something is taken back: start and end of each phrase. */
  readonly takingBack: readonly { readonly start: number; readonly end: number }[];
  /** Whether names can be told by capitals. */
  readonly cased: boolean;
}

/** Words by which people say that something is so no more, in a few languages; what is over follows them. */
const TAKING_BACK = byFirst(`
  no longer, not, left, sold, swapped, traded, gave up, went off, instead of, rather than, switched from, moved from,
  any more, anymore, used to, has a new, have a new, nicht mehr, statt, verließ, verkaufte, hat eine neue, hat einen neuen,
  au lieu de, quitté, vendu, ya no, en lugar de, dejó, vendió, non più, invece di, 不再, 不是, 离开, 卖掉, 辞め`);
export function readEntry(entry: EntryText): ReadEntry {
  const words = statement(wordsOf(entry.content));
  const takingBack = words.flatMap((word, start) =>
    (TAKING_BACK.get(word.text) ?? []).flatMap((phrase) =>
      phrase.every((text, j) => words[start + j]?.text === text)
        ? [{ start, end: start + phrase.length }]
        : [],
    ),
  );
  return {
    entry,
    words,
    content: new Set(words.filter(isContent).map(({ text }) => text)),
    numbers: [...new Set(numbersOf(words))].sort().join(' '),
    takingBack,
    cased: words.some(({ capital }) => capital),
  };
}

/** Phrases of a comma-separated list, each as its words, by the first of them. */
function byFirst(list: string): ReadonlyMap<string, readonly (readonly string[])[]> {
  const phrases = new Map<string, string[][]>();
  for (const phrase of list.split(',')) {
    const words = wordsOf(phrase).map(({ text }) => text);
    const known = phrases.get(words[0]);
    if (known) known.push(words);
    else phrases.set(words[0], [words]);
  }
  return phrases;
}
