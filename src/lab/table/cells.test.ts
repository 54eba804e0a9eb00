/** The recorded files as the page reads them. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  cellOf,
  ENVIRONMENTS,
  METHODS,
  methodsIn,
  readCells,
  referenceOf,
  TableFileError,
  verdictOf,
} from './cells';

const FILES = ['expert', 'quick', 'quick-trained', 'quick-answer-only'];
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

test('a cell is measured, or says what share did not fit, or is absent', () => {
  const experts = read('expert');
  expect(cellOf(experts, 'mem0', 'alfworld', 'score')).toMatchObject({ kind: 'measured' });
  expect(cellOf(experts, 'agemem', 'alfworld', 'score')).toEqual({ kind: 'absent' });
  const policy = read('quick');
  const unfit = cellOf(policy, 'rag', 'babyai', 'score');
  expect(unfit.kind === 'does-not-fit' && unfit.share).toBeGreaterThan(0.9);
  expect(methodsIn(experts)).not.toContain('agemem');
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
      return error instanceof TableFileError ? error.line : error;
    }
    return null;
  };
  expect(lineOf(lines.join('\n'))).toBe(null);
  expect(lineOf([...lines, '{"method":"rag"}'].join('\n'))).toBe(5);
  expect(lineOf([lines[0], 'no JSON', lines[1]].join('\n'))).toBe(2);
  expect(lineOf('')).toBe(1);
  expect(lineOf(`${lines[1].replace(/"values":\[[^\]]*\]/, '"values":[]')}`)).toBe(1);
});
