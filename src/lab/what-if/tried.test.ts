import { expect, test } from 'vitest';
import { type TriedRow, triedWords } from './tried';

const row = (before: number, after: number): TriedRow => ({
  tool: 'Add_memory',
  stage: 1,
  before,
  after,
});

test('what training found is told for none, one and several', () => {
  const none = triedWords([row(3, 5), row(0, 0)], 64);
  expect(none).toContain('the base tried 1 in 64 rollouts');
  expect(none).not.toContain('occur');
  expect(triedWords([row(0, 2), row(0, 0)], 64)).toContain('left 1 untried; one now occurs:');
  expect(triedWords([row(0, 2), row(0, 1)], 64)).toContain('left 0 untried; 2 now occur:');
});
