import { expect, test } from 'vitest';
import { wordDiff } from './word-diff';

const side = (parts: ReturnType<typeof wordDiff>, kind: 'removed' | 'added') =>
  parts
    .filter((part) => part.kind === 'same' || part.kind === kind)
    .map(({ text }) => text)
    .join('');

test('names exactly the words that changed', () => {
  expect(wordDiff('Mira lives in Oslo now', 'Mira lives in Bergen now')).toEqual([
    { kind: 'same', text: 'Mira lives in ' },
    { kind: 'removed', text: 'Oslo ' },
    { kind: 'added', text: 'Bergen ' },
    { kind: 'same', text: 'now' },
  ]);
});

test('equal texts are one part, and empty ones none', () => {
  expect(wordDiff('a b', 'a b')).toEqual([{ kind: 'same', text: 'a b' }]);
  expect(wordDiff('', '')).toEqual([]);
  expect(wordDiff('', 'x')).toEqual([{ kind: 'added', text: 'x' }]);
});

test('both texts can be read off the parts, neighbours differ in kind', () => {
  const words = ['a', 'bb', 'c', ' ', '\n', 'd.', 'bb '];
  let seed = 7;
  const next = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return seed / 2 ** 32;
  };
  const text = () =>
    Array.from({ length: Math.floor(next() * 9) }, () => words[Math.floor(next() * 7)]).join(' ');
  for (let run = 0; run < 500; run++) {
    const [before, after] = [text(), text()];
    const parts = wordDiff(before, after);
    expect(side(parts, 'removed')).toBe(before);
    expect(side(parts, 'added')).toBe(after);
    for (let i = 1; i < parts.length; i++) expect(parts[i].kind).not.toBe(parts[i - 1].kind);
  }
});
