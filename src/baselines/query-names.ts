/**
 * What a question names, by rule: words with a capital (the first of a sentence apart, unless nothing else is left), what
 * follows an article, and numbers with the word before them. General English, no list of names.
 */
import { nominal } from './sentence-parts';

const ASKING =
  /^(?:where|what|which|who|whose|when|why|how|is|are|do|does|did|name|open|goal|your|the|a|an|in|on|to|at|of|for|bring|melt|find|you)$/i;
/** An article, and what it belongs to: up to three words. */
const AFTER_ARTICLE =
  /\b(?:the|an?|some|your)\s+((?:(?!(?:is|are|was|in|on|at|to|of|with|from|and|or|you|it|that)\b)[\p{L}\p{N}-]+\s?){1,3})/giu;
const NUMBERED = /\b\p{L}+ \d+\b/gu;
const CAPITAL = /\p{Lu}[\p{L}\p{N}-]*/gu;
const MOST_NAMES = 24;

export function namesIn(query: string): readonly string[] {
  const text = query.slice(0, 2000);
  const capitals = [...text.matchAll(CAPITAL)].map(([word]) => word).filter((word) => !ASKING.test(word));
  const things = [...text.matchAll(AFTER_ARTICLE)].map(([, words]) => nominal(words));
  const numbered = [...text.matchAll(NUMBERED)].map(([words]) => words);
  return [...new Set([...capitals, ...things, ...numbered])]
    .filter((name) => name !== '')
    .slice(0, MOST_NAMES);
}
