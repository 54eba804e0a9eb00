/** The recorded files as the page reads them. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cellOf, ENVIRONMENTS, METHODS, methodsIn, readCells } from './cells';

const FILES = ['expert', 'quick', 'quick-trained', 'quick-answer-only'];
const read = (name: string) =>
  readCells(readFileSync(new URL(`../../../docs/evidence/reproduce-${name}.jsonl`, import.meta.url), 'utf8'));

test.each(FILES)('%s: every line is of a known method and world, its mean within its interval', (name) => {
  const lines = read(name);
  expect(lines.length).toBeGreaterThan(30);
  for (const { method, environment, metric, mean, low, high, seeds } of lines) {
    expect(METHODS).toContain(method);
    expect(ENVIRONMENTS).toContain(environment);
    expect(low <= mean && mean <= high, `${method} ${environment} ${metric}`).toBe(true);
    expect(seeds.length).toBeGreaterThanOrEqual(5);
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
