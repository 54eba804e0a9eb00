import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { CellLine } from '../../evidence/cell-lines';
import { readCells } from './cells';
import { FIVE, meanOfFive } from './mean-of-five';

const line = (environment: CellLine['environment'], values: readonly number[], seeds = [1, 2]): CellLine => ({
  method: 'mem0',
  environment,
  metric: 'score',
  mean: 0,
  low: null,
  high: null,
  n: 40,
  seeds,
  policy: 'p',
  backend: 'b',
  values,
});

test('within each seed first: what the worlds differ by does not widen the interval', () => {
  const lines = FIVE.map((environment, i) => line(environment, [i / 10, i / 10 + 0.1]));
  const found = meanOfFive(lines, null, 'mem0', 'score');
  if (found.kind !== 'measured') throw new Error(found.kind);
  expect(found.line.values.map((value) => Number(value.toFixed(10)))).toEqual([0.2, 0.3]);
  expect(found.line.mean).toBeCloseTo(0.25, 12);
  // Student's t of one degree of freedom, 12.706, times the standard error 0.05.
  expect((found.line.high ?? 0) - found.line.mean).toBeCloseTo(0.6353, 3);
  expect(found.line.n).toBe(200);
});

test('people are not among the five; what is missing, or of other seeds, is named', () => {
  const four = FIVE.slice(1).map((environment) => line(environment, [0.1, 0.2]));
  expect(meanOfFive([...four, line('qa', [1, 1])], null, 'mem0', 'score')).toEqual({
    kind: 'missing',
    environments: ['hotpotqa'],
  });
  expect(
    meanOfFive(
      [line('hotpotqa', [0.1, 0.2]), ...four.slice(1), line('alfworld', [1, 1], [1, 3])],
      null,
      'mem0',
      'score',
    ),
  ).toEqual({
    kind: 'missing',
    environments: ['alfworld'],
  });
  const older = { ...line('hotpotqa', [0.1, 0.2]), version: 2 };
  const newer = four.map((one) => ({ ...one, version: 3 }));
  expect(meanOfFive([...newer, older], null, 'mem0', 'score').kind).toBe('missing');
  expect(meanOfFive([], null, 'mem0', 'score')).toEqual({ kind: 'missing', environments: FIVE });
});

test('it has the share that did not fit, and differences to what was compared with', () => {
  const lines = FIVE.map((environment, i) => line(environment, [i / 10, i / 10 + 0.1]));
  const unfit = { ...line('pddl', [0.5, 0.5]), metric: 'does-not-fit', mean: 0.5 };
  expect(meanOfFive([...lines, unfit], null, 'mem0', 'score')).toMatchObject({
    unfit: 0.1,
    unfitReference: 0,
  });
  const reference = lines.map((one) => ({ ...one, method: 'agemem-no-rl' as const }));
  const differences = lines.map((one) => ({ ...one, values: [0.1, 0.2], against: 'agemem-no-rl' as const }));
  const values = [...lines, ...reference, { ...unfit, method: 'agemem-no-rl' as const }];
  const found = meanOfFive(values, differences, 'mem0', 'score');
  expect(found).toMatchObject({ kind: 'measured', unfit: 0, unfitReference: 0.1 });
  expect(found.kind === 'measured' && found.line.mean).toBeCloseTo(0.15, 12);
  expect(meanOfFive(values, differences, 'agemem-no-rl', 'score')).toEqual({ kind: 'reference' });
});

test('a figure that a method has not has no mean either', () => {
  const lines = FIVE.flatMap((environment) =>
    ['score', 'memory-quality'].map((metric) => ({
      ...line(environment, [0, 0]),
      metric,
      method: 'no-tools' as const,
    })),
  );
  expect(meanOfFive(lines, null, 'no-tools', 'memory-quality')).toEqual({
    kind: 'missing',
    environments: FIVE,
  });
});

test('figures of the originals have no mean, each is another one', () => {
  expect(meanOfFive([], null, 'mem0', 'env success')).toEqual({ kind: 'no-mean' });
});

test.each(['expert', 'worlds'])('of the recorded run %s: the mean of its five means', (id) => {
  const lines = readCells(readFileSync(`docs/evidence/reproduce-${id}.jsonl`, 'utf8'));
  for (const method of ['no-memory', 'mem0'] as const) {
    const found = meanOfFive(lines, null, method, 'score');
    if (found.kind !== 'measured') throw new Error(`${method}: ${found.kind}`);
    const means = FIVE.map(
      (environment) =>
        lines.find(
          (one) => one.method === method && one.environment === environment && one.metric === 'score',
        )?.mean ?? 0,
    );
    expect(found.line.mean).toBeCloseTo(means.reduce((sum, value) => sum + value, 0) / 5, 10);
  }
});
