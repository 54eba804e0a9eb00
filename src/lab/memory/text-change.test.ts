import { expect, test } from 'vitest';
import { wordDiff } from '../episode/word-diff';
import { textChange } from './text-change';

const rebuilt = (parts: ReturnType<typeof textChange>, drop: 'added' | 'removed') =>
  parts
    .filter(({ kind }) => kind !== drop)
    .map(({ text }) => text)
    .join('');

test('parts always make up both texts', () => {
  const words = ['Rosa ', 'has ', 'boss ', 'Hana', 'Botor', ' ', '\n', 'x'];
  let seed = 3;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  const text = () => Array.from({ length: random(9) }, () => words[random(words.length)]).join('');
  for (let round = 0; round < 5_000; round++) {
    const before = text();
    const after = text();
    const parts = textChange(before, after);
    expect(rebuilt(parts, 'added')).toBe(before);
    expect(rebuilt(parts, 'removed')).toBe(after);
  }
});

test('a short change is told as the word diff tells it', () => {
  const [before, after] = ['Rosa has boss Hana since May', 'Rosa has boss Botor since May'];
  expect(textChange(before, after)).toEqual(wordDiff(before, after));
});

test('one word changed in a long text is found, and two long texts that share nothing do not stop the page', () => {
  const long = Array.from({ length: 100_000 }, (_, i) => `word${i}`).join(' ');
  const parts = textChange(`${long} one ${long}`, `${long} two ${long}`);
  expect(parts.map(({ kind }) => kind)).toEqual(['same', 'removed', 'added', 'same']);
  expect(parts[1].text).toBe('one ');
  const start = performance.now();
  const other = long.replaceAll('word', 'wort');
  expect(textChange(long, other).map(({ kind }) => kind)).toEqual(['removed', 'added']);
  expect(performance.now() - start).toBeLessThan(2_000);
});
