/** The recorded files as the page reads them. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type CellLine, CellLineError } from '../../evidence/cell-lines';
import {
  cellOf,
  ENVIRONMENTS,
  METHODS,
  METRICS,
  type Metric,
  mayJudge,
  methodsIn,
  readCells,
  referenceOf,
  verdictOf,
} from './cells';

const FILES = ['expert', 'worlds', 'worlds-trained', 'quick', 'quick-trained', 'quick-variants'];
const text = (name: string) =>
  readFileSync(new URL(`../../../docs/evidence/reproduce-${name}.jsonl`, import.meta.url), 'utf8');
const read = (name: string) => readCells(text(name));

test.each(FILES)('%s: every line is of a known method and world, its mean within its interval', (name) => {
  const lines = read(name);
  expect(lines.length).toBeGreaterThan(30);
  for (const { method, environment, metric, mean, low, high, seeds, values } of lines) {
    expect(METHODS).toContain(method);
    expect(ENVIRONMENTS).toContain(environment);
    expect(low !== null && high !== null && low <= mean && mean <= high, `${method} ${metric}`).toBe(true);
    expect(seeds.length).toBeGreaterThanOrEqual(5);
    expect(values.length).toBe(seeds.length);
  }
});

const at = (method: string, environment: string, metric: Metric) => ({ method, environment, metric });

test('a cell is measured, or says what share did not fit, or is absent', () => {
  const experts = read('expert');
  expect(cellOf(experts, null, at('mem0', 'alfworld', 'score'))).toMatchObject({ kind: 'measured' });
  expect(cellOf(experts, null, at('agemem', 'alfworld', 'score'))).toEqual({ kind: 'absent' });
  const policy = read('quick');
  const unfit = cellOf(policy, null, at('rag', 'babyai', 'score'));
  expect(unfit.kind === 'does-not-fit' && unfit.share).toBeGreaterThan(0.9);
  expect(methodsIn(experts)).not.toContain('agemem');
});

/** A plain line of made-up values, one a seed. */
const line = (method: string, metric: string, values: readonly number[]) =>
  ({
    ...read('quick')[0],
    method,
    metric,
    environment: 'qa',
    values,
    seeds: values.map((_, i) => i + 1),
  }) as CellLine;
const against = (one: CellLine): CellLine => ({ ...one, against: 'no-memory' });

test('a share that does not fit stands beside the number, also of a difference, whose sides it keeps from a verdict', () => {
  const values = [
    line('no-memory', 'score', [0.1, 0.1]),
    { ...line('no-memory', 'does-not-fit', [0.9, 0.9]), mean: 0.9 },
    line('rag', 'score', [0.2, 0.2]),
    { ...line('rag', 'does-not-fit', [0.05, 0.05]), mean: 0.05 },
  ];
  const shown = cellOf(values, null, at('rag', 'qa', 'score'));
  expect(shown).toMatchObject({ kind: 'measured', unfit: 0.05, unfitReference: 0 });
  expect(shown.kind === 'measured' && mayJudge(shown)).toBe(true);
  // The share itself has a difference as well, which is none.
  const differences = [against({ ...values[3], mean: -0.85 }), against(values[2])];
  const compared = cellOf(values, differences, at('rag', 'qa', 'score'));
  expect(compared).toMatchObject({ kind: 'measured', unfit: 0.05, unfitReference: 0.9 });
  expect(compared.kind === 'measured' && mayJudge(compared)).toBe(false);
});

test('a cell without a number says why: no such figure, the reference itself, no pair, or not played', () => {
  const values = [
    line('no-memory', 'score', [0.1]),
    line('rag', 'score', [0.2]),
    { ...line('rag', 'does-not-fit', [0.2]), mean: 0.2 },
    line('no-tools', 'score', [0.2]),
    line('no-tools', 'memory-quality', [0]),
  ];
  for (const differences of [null, []]) {
    expect(cellOf(values, differences, at('rag', 'qa', 'memory-quality'))).toEqual({ kind: 'no-figure' });
    expect(cellOf(values, differences, at('no-tools', 'qa', 'memory-quality'))).toEqual({
      kind: 'no-figure',
    });
    expect(cellOf(values, differences, at('agemem', 'qa', 'score'))).toEqual({ kind: 'absent' });
  }
  expect(cellOf(values, [], at('no-memory', 'qa', 'score'))).toEqual({ kind: 'reference' });
  expect(cellOf(values, [], at('rag', 'qa', 'score'))).toEqual({ kind: 'unpaired' });
});

test('calls of all tools are summed seed by seed, with an interval of their own', () => {
  const lines = read('quick').filter(
    ({ method, environment }) => method === 'agemem' && environment === 'qa',
  );
  const calls = lines.filter(({ metric }) => metric.startsWith('calls '));
  expect(calls.length).toBeGreaterThan(3);
  const sum = lines.find(({ metric }) => metric === 'tool-calls');
  expect(sum?.mean).toBeCloseTo(
    calls.reduce((all, { mean }) => all + mean, 0),
    9,
  );
  expect(sum?.values).toHaveLength(calls[0].seeds.length);
  expect(read('expert').some(({ metric }) => metric === 'tool-calls')).toBe(false);
});

test('every figure that can be chosen is in a recorded file', () => {
  const there = new Set(FILES.flatMap((name) => read(name).map(({ metric }) => metric)));
  // Replies are counted where a model was asked for some; the recorded runs go by rules.
  for (const metric of METRICS.filter((one) => one !== 'unread-replies'))
    expect(there, metric).toContain(metric);
});

test('the score of ScienceWorld can be shown as the original counts it, and no other world has one', () => {
  const lines = read('worlds');
  const shown = (environment: string) =>
    cellOf(lines, null, { method: 'no-memory', environment, metric: 'env score' });
  expect(shown('scienceworld')).toMatchObject({ kind: 'measured', line: { metric: 'env score' } });
  expect(shown('pddl')).toEqual({ kind: 'no-figure' });
});

test('rows come in their order, and a method that has none comes last', () => {
  const [line] = read('quick');
  const of = (method: string) => ({ ...line, method }) as typeof line;
  expect(methodsIn([of('of-another-day'), of('agemem'), of('no-memory')])).toEqual([
    'no-memory',
    'agemem',
    'of-another-day',
  ]);
});

test('differences are against AgeMem without RL, or where that is missing against no memory', () => {
  expect(referenceOf(read('quick'))).toBe('agemem-no-rl');
  expect(referenceOf(read('expert'))).toBe('no-memory');
  expect(referenceOf(read('quick').filter(({ method }) => method === 'rag'))).toBe(null);
});

test('a difference is told as far as its interval can tell', () => {
  expect(verdictOf({ low: 0.1, high: 0.3 })).toBe('above');
  expect(verdictOf({ low: -0.3, high: -0.1 })).toBe('below');
  expect(verdictOf({ low: -0.1, high: 0.1 })).toBe('open');
  expect(verdictOf({ low: 0, high: 0.1 })).toBe('open');
  expect(verdictOf({ low: null, high: null })).toBe('one-seed');
});

test('a file that is none says at which line', () => {
  const lines = text('quick').split('\n').slice(0, 4);
  const lineOf = (broken: string) => {
    try {
      readCells(broken);
    } catch (error) {
      return error instanceof CellLineError ? error.line : error;
    }
    return null;
  };
  expect(lineOf(lines.join('\n'))).toBe(null);
  expect(lineOf([...lines, '{"method":"rag"}'].join('\n'))).toBe(5);
  expect(lineOf([lines[0], 'no JSON', lines[1]].join('\n'))).toBe(2);
  expect(lineOf('')).toBe(1);
  expect(lineOf(`${lines[1].replace(/"values":\[[^\]]*\]/, '"values":[]')}`)).toBe(1);
});
