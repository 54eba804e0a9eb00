import { expect, test } from 'vitest';
import { crc32 } from '../../storage/checksum';
import type { EntryText, Metadata } from '../memory';
import { canonicalText, entrySum, sumOfEntries } from './entry-sum';

const entry = (id: string, content: string, change: Partial<EntryText> = {}): EntryText => ({
  id,
  content,
  metadata: { a: 1, b: ['x', null] },
  memoryType: 'fact',
  created: 1,
  updated: 2,
  sourceStep: 's1',
  ...change,
});

test('is fixed: stored sums depend on it', () => {
  // Worked out apart, from zlib's crc32 and the two multiplications.
  expect(entrySum(entry('m1', 'Rolf lives in Kiel.'))).toBe(1_949_448_242);
  expect(canonicalText(entry('m1', 'é\ud800'))).toBe(
    '["m1","é\\ud800",{"a":1,"b":["x",null]},"fact",1,2,"s1"]',
  );
});

test('sees every field', () => {
  const sums = [
    entry('m1', 'one'),
    entry('m2', 'one'),
    entry('m1', 'onE'),
    entry('m1', 'one', { metadata: { a: 1, b: ['x', 0] } }),
    entry('m1', 'one', { metadata: { a: 1, b: 'x' } }),
    entry('m1', 'one', { metadata: {} }),
    entry('m1', 'one', { memoryType: '' }),
    entry('m1', 'one', { created: 2 }),
    entry('m1', 'one', { created: 2, updated: 1 }),
    entry('m1', 'one', { updated: 3 }),
    entry('m1', 'one', { sourceStep: 's2' }),
    entry('m1', 'one\ud800'),
    entry('m1', 'one\ud801'),
    entry('m1', 'one\ufffd'),
  ].map(entrySum);
  expect(new Set(sums).size).toBe(sums.length);
});

test('does not see the order of keys', () => {
  const metadata: Metadata = JSON.parse('{"b":["x",null],"a":1}');
  expect(entrySum(entry('m1', 'one', { metadata }))).toBe(entrySum(entry('m1', 'one')));
  const hidden: Metadata = JSON.parse('{"b":["x",null],"a":1,"__proto__":1}');
  expect(entrySum(entry('m1', 'one', { metadata: hidden }))).not.toBe(entrySum(entry('m1', 'one')));
});

test('two entries of one length that exchange their contents are seen, which CRCs alone would not do', () => {
  const right = [entry('m1', 'Rolf lives in Kiel.'), entry('m2', 'Rolf lives in Oslo.')];
  const wrong = [entry('m1', 'Rolf lives in Oslo.'), entry('m2', 'Rolf lives in Kiel.')];
  const crcs = (entries: readonly EntryText[]) =>
    entries.reduce((sum, each) => sum ^ crc32(new TextEncoder().encode(canonicalText(each))), 0);
  expect(crcs(wrong)).toBe(crcs(right));
  expect(sumOfEntries(wrong)).not.toBe(sumOfEntries(right));
});

test('a swap is seen for 2,000 pairs, an added and a lost entry too', () => {
  for (let i = 0; i < 2000; i++) {
    const [a, b] = [`Person${1000 + i} lives here.`, `Person${4000 + i} lives here.`];
    const right = [entry('m10', a), entry('m11', b)];
    expect(sumOfEntries([entry('m10', b), entry('m11', a)])).not.toBe(sumOfEntries(right));
    expect(sumOfEntries(right.slice(1))).not.toBe(sumOfEntries(right));
    expect(sumOfEntries([...right, entry('m12', a)])).not.toBe(sumOfEntries(right));
  }
});
