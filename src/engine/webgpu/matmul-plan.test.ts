/** Plans cover every output exactly once and cut sums without losing a term. */
import { describe, expect, it } from 'vitest';
import { SeededNumbers } from '../backend-parity';
import { MATMUL_TILES, planMatmul } from './matmul-plan';

describe('planMatmul', () => {
  it('covers any shape: all tiles, all terms, pieces that are multiples of the step', () => {
    const draw = new SeededNumbers(5);
    for (let i = 0; i < 2000; i++) {
      const size = () => Math.ceil(2 ** (draw.next() * 13));
      const shape = {
        m: size(),
        n: size(),
        k: size(),
        transposeA: draw.next() < 0.5,
        transposeB: draw.next() < 0.5,
      };
      const plan = planMatmul(shape);
      if (plan.kind === 'rows') {
        expect(shape.transposeA).toBe(false);
        expect(shape.m).toBeLessThanOrEqual(8);
        continue;
      }
      const tile = MATMUL_TILES.find(({ m, n }) => plan.kernel.includes(` ${m}x${n} `));
      if (!tile) throw new Error(`no tile in ${plan.kernel}`);
      const tiles = Math.ceil(shape.m / tile.m) * Math.ceil(shape.n / tile.n);
      expect(plan.workgroups).toBe(tiles * plan.splits);
      expect(plan.chunk % 16).toBe(0);
      expect(plan.splits * plan.chunk).toBeGreaterThanOrEqual(shape.k);
      expect((plan.splits - 1) * plan.chunk).toBeLessThan(shape.k);
    }
  });

  it('decodes by rows, cuts narrow gradients, tiles the rest', () => {
    const plan = (m: number, n: number, k: number, transposeA = false) =>
      planMatmul({ m, n, k, transposeA, transposeB: !transposeA });
    expect(plan(1, 1024, 128).kind).toBe('rows');
    expect(plan(8, 128, 4000, true)).toMatchObject({ kernel: 'matmul-tile 8x128 TN', workgroups: 28 });
    expect(plan(4000, 8, 128)).toMatchObject({ kernel: 'matmul-tile 128x8 NT', splits: 1 });
    expect(plan(4000, 128, 128)).toMatchObject({ kernel: 'matmul-tile 32x32 NT', splits: 1 });
    expect(plan(8192, 1024, 128)).toMatchObject({ kernel: 'matmul-tile 64x64 NT', splits: 1 });
  });
});
