import { expect, it } from 'vitest';
import { mean, meanStd } from './mean';

it('is by hand: 2, 4, 9', () => {
  expect(meanStd([2, 4, 9])).toEqual({ mean: 5, std: Math.sqrt(13) });
  expect(mean([2, 4, 9])).toBe(5);
});

it('of one value has no deviation, and of none is 0', () => {
  expect(meanStd([7])).toEqual({ mean: 7, std: 0 });
  expect(meanStd([])).toEqual({ mean: 0, std: 0 });
});
