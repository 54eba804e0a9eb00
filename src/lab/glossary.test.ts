import { expect, test } from 'vitest';
import { GLOSSARY, type GlossaryEntry, termsIn } from './glossary';
import { REWARD_PARTS } from './words';

const entries: readonly (readonly [string, GlossaryEntry])[] = Object.entries(GLOSSARY);

test('every entry says what it means in a sentence and where it comes from', () => {
  for (const [name, { symbol, meaning, origin }] of entries) {
    expect(symbol, name).not.toBe('');
    expect(meaning, name).toMatch(/^[A-Z−].{20,}\.$/);
    expect(origin.length, name).toBeGreaterThan(0);
    for (const { where } of origin) expect(where, name).not.toBe('');
  }
});

test('no two entries are written alike', () => {
  const symbols = entries.map(([, { symbol }]) => symbol);
  expect(new Set(symbols).size).toBe(symbols.length);
});

test('a formula is cut at its symbols and loses nothing', () => {
  const text = 'max(0, 1 - T_used / T_max) = max(0, 1 - 74 / 160) = 0.538';
  const parts = termsIn(text);
  expect(parts.map((part) => part.text).join('')).toBe(text);
  expect(parts.flatMap(({ term }) => term ?? [])).toEqual(['T_used', 'T_max']);
});

test('every symbol with an index that the reward table writes is explained', () => {
  for (const { rule } of REWARD_PARTS) {
    const written = rule.match(/\b\p{L}+_\p{L}+/gu) ?? [];
    expect(
      termsIn(rule)
        .filter(({ term }) => term)
        .map(({ text }) => text),
    ).toEqual(expect.arrayContaining(written));
  }
});

test('a symbol inside a longer word is left alone', () => {
  expect(termsIn('T_max2 and my_top_k_value')).toEqual([{ text: 'T_max2 and my_top_k_value', term: null }]);
});
