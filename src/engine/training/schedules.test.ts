/** The factors that transformers' schedulers give, at their corners. */
import { describe, expect, it } from 'vitest';
import { type ScheduleName, scheduleFactor } from './schedules';

describe('scheduleFactor', () => {
  const curve = (name: ScheduleName, total: number, warmup?: number) =>
    Array.from({ length: total + 1 }, (_, step) => scheduleFactor(name, step, total, warmup));

  it('falls linearly from 1 to 0', () => {
    expect(curve('linear', 4)).toEqual([1, 0.75, 0.5, 0.25, 0]);
  });

  it('follows half a cosine', () => {
    const [first, quarter, middle, threeQuarters, last] = curve('cosine', 4);
    expect([first, last]).toEqual([1, 0]);
    expect(middle).toBeCloseTo(0.5, 15);
    expect(quarter).toBeCloseTo((1 + Math.SQRT1_2) / 2, 15);
    expect(threeQuarters).toBeCloseTo((1 - Math.SQRT1_2) / 2, 15);
  });

  it('warms up linearly, then runs its course over the remaining updates', () => {
    expect(curve('constant', 4, 2)).toEqual([0, 0.5, 1, 1, 1]);
    expect(curve('linear', 6, 2)).toEqual([0, 0.5, 1, 0.75, 0.5, 0.25, 0]);
  });

  it('stays within [0, 1] and at 0 after the end, whatever the numbers', () => {
    for (const name of ['constant', 'linear', 'cosine'] as const) {
      for (let total = 0; total < 6; total++) {
        for (let warmup = 0; warmup < 8; warmup++) {
          for (let step = 0; step < 12; step++) {
            const factor = scheduleFactor(name, step, total, warmup);
            expect(factor).toBeGreaterThanOrEqual(0);
            expect(factor).toBeLessThanOrEqual(1);
            const over = step >= Math.max(total, warmup + 1);
            if (over && name !== 'constant') expect(factor).toBe(0);
          }
        }
      }
    }
  });
});
