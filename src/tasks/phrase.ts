/**
 * Phrases in texts, as whole words: letter case, Unicode form and runs of white space do not matter; scripts written
 * without spaces have no word boundaries to respect. Rewards look for facts this way, and a task that is typed by
 * hand is checked this way, so that what it asks for can be found.
 */

const WORD_CHARACTER = /[\p{L}\p{N}\p{M}]/u;
/** Scripts whose words are not set apart by spaces. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Whether `phrase` occurs in `text` as whole words. */
export function containsPhrase(text: string, phrase: string): boolean {
  return hasWords(fold(text), fold(phrase));
}

/** Compatible Unicode forms, lower case, single spaces. */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/** As `containsPhrase`, of texts that are folded. */
export function hasWords(folded: string, phrase: string): boolean {
  return positionOf(folded, phrase, 0) >= 0;
}

/** Offset of the first whole-word occurrence from `from` on, or -1. An empty phrase occurs nowhere. */
export function positionOf(folded: string, phrase: string, from: number): number {
  if (phrase === '') return -1;
  for (let at = folded.indexOf(phrase, from); at >= 0; at = folded.indexOf(phrase, at + 1)) {
    if (isBoundary(folded, at) && isBoundary(folded, at + phrase.length)) return at;
  }
  return -1;
}

/** Whether a word may begin or end at this offset. */
function isBoundary(text: string, at: number): boolean {
  const before = lastCharacter(text.slice(Math.max(0, at - 2), at));
  const after = text.slice(at, at + 2).match(/./su)?.[0] ?? '';
  if (!WORD_CHARACTER.test(before) || !WORD_CHARACTER.test(after)) return true;
  return UNSPACED.test(before) || UNSPACED.test(after);
}

function lastCharacter(text: string): string {
  return [...text].at(-1) ?? '';
}
