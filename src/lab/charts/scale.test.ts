import { expect, test } from 'vitest';
import { niceScale, place, stepTicks } from './scale';

test.each([
  [
    [0.21, 0.63, 0.75],
    [0, 1],
  ],
  [[-0.5, 2], []],
  [[3, 3, 3], []],
  [[0.797, 0.797], [0.7970000000000002]],
  [[-0.7970000000000002, -0.797], []],
  [[0], []],
  [[1e-9, 4e-9], []],
  [[12000, 90], [0]],
  [[Number.NaN, 0.3], []],
])('a scale covers %j with round ticks at equal distances', (values, include) => {
  const scale = niceScale(values, include);
  for (const value of [...values, ...include].filter(Number.isFinite)) {
    expect(scale.min).toBeLessThanOrEqual(value);
    expect(scale.max).toBeGreaterThanOrEqual(value);
  }
  expect(scale.max).toBeGreaterThan(scale.min);
  expect(scale.ticks.length).toBeLessThanOrEqual(6);
  const gaps = scale.ticks.slice(1).map((tick, i) => tick - scale.ticks[i]);
  for (const gap of gaps) expect(gap).toBeCloseTo(gaps[0], 12);
  const mantissa = gaps[0] / 10 ** Math.floor(Math.log10(gaps[0]) + 1e-9);
  expect([1, 2, 5].some((round) => Math.abs(mantissa - round) < 1e-6)).toBe(true);
});

test('without values there is still a scale to draw', () => {
  expect(niceScale([])).toEqual({ min: 0, max: 1, ticks: [0, 1] });
});

test('places run from end to end', () => {
  const scale = niceScale([0, 1]);
  expect(place(scale, 0, 100, 20)).toBe(100);
  expect(place(scale, 1, 100, 20)).toBe(20);
  expect(place(scale, 0.25, 0, 8)).toBe(2);
});

test.each([1, 2, 5, 20, 100, 999])('steps 1 to %i get a few whole ticks within them', (last) => {
  const ticks = stepTicks(last);
  expect(ticks[0]).toBe(1);
  expect(ticks.length).toBeLessThanOrEqual(7);
  for (const tick of ticks) expect(Number.isInteger(tick) && tick <= last).toBe(true);
});
