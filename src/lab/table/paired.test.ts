/** Bounds against the interval that the commands print, and what they let one say. */
import { expect, test } from 'vitest';
import { interval } from '../../statistics/interval';
import { createRandom } from '../../tasks/random';
import { type BySeed, difference, directionOf, estimate, verdictOf } from './paired';

test('bounds lie half an interval either side, for any number of seeds', () => {
  const random = createRandom(7);
  for (let n = 2; n <= 60; n++) {
    const values = Array.from({ length: n }, () => random.next() * 10 - 5);
    const found = estimate(values);
    const { mean, half } = interval(values);
    expect(found?.mean).toBeCloseTo(mean, 12);
    expect((found?.high ?? 0) - mean).toBeCloseTo(half ?? 0, 10);
    expect(mean - (found?.low ?? 0)).toBeCloseTo(half ?? 0, 10);
  }
});

test('nothing is said of no seeds, and no bounds of one', () => {
  expect(estimate([])).toBeNull();
  expect(estimate([2])).toEqual({ mean: 2, low: null, high: null, n: 1 });
  expect(verdictOf({ mean: 2, low: null, high: null, n: 1 }, 'higher')).toBe('open');
});

test('differences are of the seeds that both have, whatever their order', () => {
  const after: BySeed = new Map([
    [1, 0.9],
    [2, 0.5],
    [3, 0.7],
  ]);
  const before: BySeed = new Map([
    [3, 0.6],
    [1, 0.8],
    [9, 0],
  ]);
  const found = difference(after, before);
  expect(found?.n).toBe(2);
  expect(found?.mean).toBeCloseTo(0.1, 12);
  // What the seeds share cancels out: they differ much, their differences do not.
  expect(found?.low).toBeCloseTo(0.1, 9);
  expect(difference(after, new Map([[9, 0]]))).toBeNull();
});

test('a verdict needs the whole interval on one side of zero, and turns over with its signs', () => {
  const random = createRandom(3);
  for (let i = 0; i < 200; i++) {
    const values = Array.from({ length: 5 }, () => random.next() - random.next());
    const found = estimate(values);
    const turned = estimate(values.map((value) => -value));
    if (found === null || turned === null) throw new Error('five values have an interval');
    const sure = (found.low ?? 0) > 0 || (found.high ?? 0) < 0;
    expect(verdictOf(found, 'higher') === 'open').toBe(!sure);
    expect(verdictOf(turned, 'lower')).toBe(verdictOf(found, 'higher'));
    if (sure) {
      expect(directionOf(found)).toBe(found.mean > 0 ? 'higher' : 'lower');
      expect([verdictOf(found, 'higher'), verdictOf(found, 'lower')].sort()).toEqual(['holds', 'other']);
    }
  }
  expect(verdictOf({ mean: 0, low: 0, high: 0, n: 5 }, 'higher')).toBe('open');
});
