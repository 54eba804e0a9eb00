/**
 * Two entries that say the same in nearly the same words. Likeness of wording alone does not tell: "Toda is a
 * nurse" and "Toda met a nurse today" share more letters than many a paraphrase, "Rolf lives in Kiel" and
 * "Rolf lives in Oslo" more still. So names and numbers must agree exactly, neither may deny what the other
 * says, and the rest must be the same words of content, inflection and order apart, or one must contain the
 * other whole. The n-gram embedder's cosine then has to reach a bound, which
 * keeps out additions that outweigh what they are added to; audit-figures.test.ts prints what passes it.
 *
 * The embedder in force plays no part: what counts as a copy must not change with it. Paraphrases in other
 * words ("lives in", "has a flat in") are not found.
 */
import { NgramEmbedder } from '../embedders/ngram-embedder';
import { cosine } from '../index/unit-vectors';
import type { ReadEntry } from './reading';
import { align, namesOf, type Word } from './words';

/** Cosine at and above which two entries that pass the other rules count as one. */
export const NEAR_DUPLICATE = 0.7;

/** Words that turn a statement into its opposite, folded, in the languages of LANGUAGE_SAMPLES written with spaces. */
const DENIALS = new Set(
  'not no never longer without nicht kein keine nie ohne ne pas plus jamais sans non nunca ya sin mai senza не нет больше'.split(
    ' ',
  ),
);
const DENYING_CHARACTERS = new Set(['不', '没', '無', '非', '别']);

/** Whether they say the same by their words; the cosine is not looked at. */
export function sameWords(a: ReadEntry, b: ReadEntry): boolean {
  if (a.numbers !== b.numbers) return false;
  if (!(sameContent(a.content, b.content) || contains(a.words, b.words) || contains(b.words, a.words)))
    return false;
  return sameNames(a, b) && denials(a.words) === denials(b.words);
}

const denials = (words: readonly Word[]): number =>
  words.filter(({ text }) => DENIALS.has(text) || DENYING_CHARACTERS.has(text)).length;

/** The same words of content, each with a partner of the same stem. */
function sameContent(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  if (a.size !== b.size || a.size === 0) return false;
  const others = [...a].filter((text) => !b.has(text));
  const rest = others.length === 0 ? [] : [...b].filter((text) => !a.has(text));
  return others.every((text) => {
    const partner = rest.findIndex((other) => sameStem(text, other));
    if (partner >= 0) rest.splice(partner, 1);
    return partner >= 0;
  });
}

/** A common beginning of three letters and more, and of most of the longer word: "lives", "living". */
function sameStem(a: string, b: string): boolean {
  let common = 0;
  while (common < a.length && a[common] === b[common]) common++;
  return common >= 3 && common >= 0.6 * Math.max(a.length, b.length);
}

/** Whether all of `part` stands at one end of `whole`, and is most of it. */
function contains(whole: readonly Word[], part: readonly Word[]): boolean {
  if (part.length < 3 || part.length >= whole.length || part.length < whole.length / 2) return false;
  const at = (start: number) => part.every(({ text }, i) => whole[start + i].text === text);
  return at(0) || at(whole.length - part.length);
}

/** Whether the names of both agree, and none stands in the place of another. */
function sameNames({ words: left }: ReadEntry, { words: right }: ReadEntry): boolean {
  const texts = {
    left: new Set(left.map(({ text }) => text)),
    right: new Set(right.map(({ text }) => text)),
  };
  // A name at the start of one may stand in the middle of the other, where its capital tells.
  if (!namesOf(left).every((name) => texts.right.has(name))) return false;
  if (!namesOf(right).every((name) => texts.left.has(name))) return false;
  const between = align(left, right);
  const strange = (words: readonly Word[], other: ReadonlySet<string>) =>
    words.some(({ capital, light, text }) => capital && !light && !other.has(text));
  return !(strange(between.left, texts.right) && strange(between.right, texts.left));
}

/** Likeness of wording, each text embedded at most once. */
export class Likeness {
  readonly #embedder = new NgramEmbedder();
  readonly #vectors = new Map<string, Float32Array>();

  /** Cosine in [-1, 1]. */
  of(left: string, right: string): number {
    return cosine(this.#vector(left), this.#vector(right));
  }

  #vector(text: string): Float32Array {
    let vector = this.#vectors.get(text);
    if (!vector) {
      vector = this.#embedder.embedNow(text);
      this.#vectors.set(text, vector);
    }
    return vector;
  }
}
