/** Whether AgeMem stores best: against each of the others in each world, seed by seed. */
import { expect, test } from 'vitest';
import type { CellLine } from '../../evidence/cell-lines';
import { storedBest } from './stored-best';

const line = (
  method: CellLine['method'],
  environment: CellLine['environment'],
  values: readonly number[],
): CellLine => ({
  method,
  environment,
  metric: 'memory-quality',
  values,
  mean: values.reduce((sum, value) => sum + value, 0) / values.length,
  low: 0,
  high: 1,
  n: 60,
  seeds: [1, 2, 3],
  policy: 'p',
  backend: 'b',
});

test('above is above every other, below is below one of them; a variant of its own is no other', () => {
  const lines = [
    line('agemem', 'qa', [0.5, 0.6, 0.55]),
    line('rag', 'qa', [0.1, 0.1, 0.2]),
    line('mem0', 'qa', [0.9, 0.9, 0.95]),
    line('agemem', 'pddl', [0.9, 0.92, 0.94]),
    line('rag', 'pddl', [0.5, 0.52, 0.5]),
    line('agemem-rag', 'pddl', [1, 1, 1]),
    line('agemem', 'babyai', [0.4, 0.9, 0.6]),
    line('mem0', 'babyai', [0.6, 0.5, 0.7]),
  ];
  expect(storedBest(lines)).toEqual({ worlds: 3, above: 1, below: 1 });
});

test('below one of five picked afterwards takes more than below one asked about', () => {
  // By 0.1 with standard deviation 0.02 over three seeds: Student's half width is 0.05 at 95 % and 0.115 at 99 %.
  const lines = [line('agemem', 'qa', [0.5, 0.5, 0.5]), line('mem0', 'qa', [0.58, 0.6, 0.62])];
  expect(storedBest(lines)).toEqual({ worlds: 1, above: 0, below: 0 });
  const further = [line('agemem', 'qa', [0.4, 0.4, 0.4]), line('mem0', 'qa', [0.58, 0.6, 0.62])];
  expect(storedBest(further)).toEqual({ worlds: 1, above: 0, below: 1 });
});

test('nothing is compared where only one of both was played', () => {
  expect(storedBest([])).toBeNull();
  expect(storedBest([line('agemem', 'qa', [1, 1, 1])])).toBeNull();
  expect(storedBest([line('mem0', 'qa', [1, 1, 1]), line('agemem', 'pddl', [1, 1, 1])])).toBeNull();
});
