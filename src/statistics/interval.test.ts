import { expect, it } from 'vitest';
import { createRandom } from '../tasks/random';
import { interval } from './interval';

it('is Student’s t interval of the mean', () => {
  // By hand: mean 3, standard deviation sqrt(2.5), t(0.975, 4) = 2.776.
  const { mean, half, n } = interval([1, 2, 3, 4, 5]);
  expect([mean, n]).toEqual([3, 5]);
  expect(half).toBeCloseTo((2.776 * Math.sqrt(2.5)) / Math.sqrt(5), 6);
});

it('of one value says nothing of its error', () => {
  expect(interval([0.4])).toEqual({ mean: 0.4, half: null, n: 1 });
});

it.each([0.05, 0.1, 0.7, 0, -3])('of %d ten times over is that value and no more', (value) => {
  expect(interval(Array.from({ length: 10 }, () => value))).toEqual({ mean: value, half: 0, n: 10 });
});

it('of differences that are the same but for rounding has no width', () => {
  const differences = [0.35 - 0.3, 0.15 - 0.1, 0.7 - 0.65, 0.25 - 0.2];
  expect(new Set(differences).size).toBeGreaterThan(1);
  expect(interval(differences).half).toBe(0);
});

it('goes on smoothly beyond its table', () => {
  const halfOf = (n: number) => {
    const values = Array.from({ length: n }, (_, i) => i % 2);
    return ((interval(values).half ?? 0) * Math.sqrt(n)) / Math.sqrt(n / (4 * (n - 1)));
  };
  expect(halfOf(32)).toBeLessThan(halfOf(30));
  expect(halfOf(32)).toBeGreaterThan(2.03);
  expect(halfOf(1000)).toBeCloseTo(1.962, 2);
});

it.each([
  [2, '95', 0.015],
  [5, '95', 0.015],
  [40, '95', 0.015],
  [2, '99', 0.006],
  [10, '99', 0.006],
  [40, '99', 0.006],
] as const)('holds the mean in so many samples of %d: %s of 100', (n, confidence, off) => {
  let held = 0;
  for (let trial = 0; trial < 4000; trial++) {
    const random = createRandom('interval', n, trial);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    const { mean, half } = interval(Array.from({ length: n }, normal), confidence);
    if (Math.abs(mean) <= (half ?? 0)) held++;
  }
  expect(Math.abs(held / 4000 - Number(confidence) / 100)).toBeLessThan(off);
});
