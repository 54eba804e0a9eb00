/** The hand-made pairs are what they say: in other words, with hard negatives, each language alike. */
import { expect, test } from 'vitest';
import { NGRAM_FEATURES } from './ngram-embedder';
import { PARAPHRASES } from './paraphrases';
import { weightedTokens } from './text-features';

/** Words of weight: names and what is longer than function words. */
function contentWords(text: string): Set<string> {
  const tokens = weightedTokens(text, NGRAM_FEATURES).filter(({ key, weight }) => {
    return key.startsWith('pair:') || (key.startsWith('word:') && weight >= 1);
  });
  return new Set(tokens.map(({ key }) => key));
}

test('there are enough, in three languages, none twice', () => {
  expect(PARAPHRASES.length).toBeGreaterThanOrEqual(120);
  for (const language of ['en', 'de', 'zh']) {
    expect(PARAPHRASES.filter((pair) => pair.language === language).length).toBeGreaterThanOrEqual(20);
  }
  expect(new Set(PARAPHRASES.map(({ fact }) => fact)).size).toBe(PARAPHRASES.length);
  expect(new Set(PARAPHRASES.map(({ question }) => question)).size).toBe(PARAPHRASES.length);
});

test('every question has its hard negatives in the memory', () => {
  for (const { language, subject, relation } of PARAPHRASES) {
    const others = PARAPHRASES.filter((pair) => pair.language === language);
    const sameSubject = others.filter((pair) => pair.subject === subject && pair.relation !== relation);
    const sameRelation = others.filter((pair) => pair.relation === relation && pair.subject !== subject);
    expect(sameSubject.length, `${subject} has one fact only`).toBeGreaterThanOrEqual(3);
    expect(sameRelation.length, `${subject} alone has ${relation}`).toBeGreaterThanOrEqual(1);
  }
});

test('fact and question name the person and share hardly a word besides', () => {
  let shared = 0;
  for (const { subject, fact, question } of PARAPHRASES) {
    expect(fact).toContain(subject);
    expect(question).toContain(subject);
    const inName = contentWords(subject);
    const asked = contentWords(question);
    const common = [...contentWords(fact)].filter((word) => asked.has(word) && !inName.has(word));
    expect(common.length, `${fact} / ${question}: ${common.join(', ')}`).toBeLessThanOrEqual(2);
    shared += common.length;
  }
  console.log(
    `${PARAPHRASES.length} pairs, common words besides the name ${(shared / PARAPHRASES.length).toFixed(2)} a pair`,
  );
  expect(shared / PARAPHRASES.length).toBeLessThan(0.4);
});
