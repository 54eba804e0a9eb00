import { expect, test } from 'vitest';
import type { RunFacts } from '../../worker/runs-protocol';
import { copyName, LONGEST_NAME } from './run-words';

const run = (id: string, name: string | null) =>
  ({ id, name, begun: 0, savedAt: 0, settings: { preset: 'lab', steps: 2, seed: 1 } }) as RunFacts;

test('a copy is told from the run it was made of, and from other copies', () => {
  expect(copyName([run('a', 'First'), run('b', 'First')], 'b')).toBe('First (copy)');
  expect(copyName([run('a', 'First'), run('c', 'First (copy)'), run('b', 'First')], 'b')).toBe(
    'First (copy 2)',
  );
  expect(copyName([run('a', null), run('b', null)], 'b')).toMatch(/^lab, 2 steps, seed 1, .* \(copy\)$/);
});

test('the name of a copy is no longer than a name may be, and none is given to a run that is gone', () => {
  const long = 'n'.repeat(LONGEST_NAME);
  expect(copyName([run('a', long), run('b', long)], 'b')?.length).toBeLessThanOrEqual(LONGEST_NAME);
  expect(copyName([], 'b')).toBe(null);
});
