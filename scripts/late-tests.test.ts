/** What is run once more: tests that ran out of time, if nothing else is wrong. */
import { expect, test } from 'vitest';
import { filesToRunAgain, isLate } from './late-tests.mjs';

const late = (file: string) => ({ text: `${file} > it: Test timed out in 120000ms.`, file, late: true });

test.each([
  ['Test timed out in 120000ms.', true],
  ['Hook timed out in 60000ms.', true],
  ['Test timeout of 120000ms exceeded.', true],
  ['Error: Test timed out in 5000ms.', true],
  ['expected 3 to be 4', false],
  ['Timed out 30000ms waiting for expect(locator).toBeVisible()', false],
  ['the host timed out in 20ms', false],
])('%s', (why, expected) => {
  expect(isLate(why)).toBe(expected);
});

test('each file once', () => {
  expect(filesToRunAgain([late('a.test.ts'), late('b.test.ts'), late('a.test.ts')])).toEqual([
    'a.test.ts',
    'b.test.ts',
  ]);
});

test('nothing, where something else is wrong or much is late', () => {
  const wrong = { text: 'c.test.ts > it: expected 3 to be 4', file: 'c.test.ts', late: false };
  const uncaught = { text: 'not caught by a test', file: null, late: true };
  expect(filesToRunAgain([])).toEqual([]);
  expect(filesToRunAgain([late('a.test.ts'), wrong])).toEqual([]);
  expect(filesToRunAgain([late('a.test.ts'), uncaught])).toEqual([]);
  expect(filesToRunAgain(['a', 'b', 'c', 'd'].map(late))).toEqual([]);
});
