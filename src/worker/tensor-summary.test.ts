import { expect, it } from 'vitest';
import { summarise } from './tensor-summary';

it('counts every value once, the largest in the last part', () => {
  const data = Float32Array.from({ length: 97 }, (_, i) => Math.sin(i));
  const { histogram, count, smallest, largest } = summarise(data, [97]);
  expect(histogram.reduce((sum, part) => sum + part, 0)).toBe(97);
  expect(count).toBe(97);
  expect(histogram.at(-1)).toBe([...data].filter((v) => v >= largest - (largest - smallest) / 24).length);
});

it('names places row by row', () => {
  const { strongest, norm, mean } = summarise([0, 1, 0, -4, 0, 2], [2, 3]);
  expect(strongest.slice(0, 3)).toEqual([
    { at: [1, 0], value: -4 },
    { at: [1, 2], value: 2 },
    { at: [0, 1], value: 1 },
  ]);
  expect(norm).toBeCloseTo(Math.sqrt(21));
  expect(mean).toBeCloseTo(-1 / 6);
});

it('takes a number, and values that are all the same', () => {
  expect(summarise([0.5], [])).toMatchObject({
    histogram: [1],
    strongest: [{ at: [], value: 0.5 }],
    norm: 0.5,
  });
  expect(summarise([2, 2, 2], [3]).histogram).toEqual([3]);
});
