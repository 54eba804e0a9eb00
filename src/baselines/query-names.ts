/**
 * What a question names, by rule: words with a capital, what follows an article, and numbers with the word before them.
 * The first word of a sentence has its capital from there, and is a name only where a verb comes after it ("Robby is at",
 * not "Looking quickly"); what goes on with "of" is no thing but a part or a relation ("the middle of", "the birthday of").
 * General English, no list of names.
 */
import { isVerb, nominal } from './sentence-parts';

const ASKING =
  /^(?:where|what|which|who|whose|when|why|how|is|are|do|does|did|name|open|goal|your|the|a|an|in|on|to|at|of|for|bring|melt|find|you|there)$/i;
/** An article, and what it belongs to: up to three words. */
const AFTER_ARTICLE =
  /\b(?:the|an?|some|your)\s+((?:(?!(?:is|are|was|in|on|at|to|of|with|from|and|or|you|it|that)\b)[\p{L}\p{N}-]+\s?){1,3})/giu;
const NUMBERED = /\b\p{L}+ \d+\b/gu;
const CAPITAL = /\p{Lu}[\p{L}\p{N}-]*/gu;
const MOST_NAMES = 24;

export function namesIn(query: string): readonly string[] {
  const text = query.slice(0, 2000);
  const capitals = [...text.matchAll(CAPITAL)].flatMap((match) => {
    const [word] = match;
    if (ASKING.test(word)) return [];
    const begins = /(?:^|[.!?]\s+)["“]?$/u.test(text.slice(0, match.index));
    const next = /^\s+(\p{L}+)/u.exec(text.slice(match.index + word.length))?.[1] ?? '';
    return begins && !isVerb(next) ? [] : [word];
  });
  const things = [...text.matchAll(AFTER_ARTICLE)]
    .filter(({ 0: found, index }) => !/^\s*of\b/.test(text.slice(index + found.length)))
    .map(([, words]) => nominal(words));
  const numbered = [...text.matchAll(NUMBERED)].map(([words]) => words);
  return [...new Set([...capitals, ...things, ...numbered])]
    .filter((name) => name !== '')
    .slice(0, MOST_NAMES);
}
