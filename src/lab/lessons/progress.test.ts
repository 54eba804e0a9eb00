import { expect, test } from 'vitest';
import { movedTo, NOTHING_DONE, passedAlso, readProgress } from './progress';

test('progress survives the storage', () => {
  const progress = passedAlso(movedTo(movedTo(NOTHING_DONE, 'a', 2), 'b', 0), 'a');
  expect(readProgress(JSON.stringify(progress))).toEqual({ passed: ['a'], at: { a: 2, b: 0 } });
});

test('a lesson is passed once', () => {
  const once = passedAlso(NOTHING_DONE, 'a');
  expect(passedAlso(once, 'a')).toBe(once);
});

test.each([
  null,
  '',
  '{',
  '3',
  'null',
  '[]',
  '{"passed":3,"at":"x"}',
  '{"passed":[3],"at":{"a":-1,"b":0.5}}',
])('what is no progress is none: %s', (text) => {
  expect(readProgress(text)).toEqual(NOTHING_DONE);
});
