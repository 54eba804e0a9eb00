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
      const style = (['tiles', 'direct', 'quads'] as const)[Math.floor(draw.next() * 3)];
      const plan = planMatmul(shape, style);
      if (plan.kind === 'rows') {
        expect(shape.transposeA).toBe(false);
        expect(shape.m).toBeLessThanOrEqual(8);
        continue;
      }
      if (plan.kind === 'direct' || plan.kind === 'direct sum') {
        expect(style).not.toBe('tiles');
        const { m, n, k, transposeA } = shape;
        expect(transposeA).toBe(plan.kind === 'direct sum');
        expect([n % 4, (transposeA ? m : k) % 4]).toEqual([0, 0]);
        const splits = plan.kind === 'direct' ? 1 : plan.splits;
        const outputs = plan.kernel.startsWith('product-quad') ? 4 * 8 * 16 : 64 * 16;
        expect(plan.workgroups * outputs).toBeGreaterThanOrEqual(splits * m * n);
        if (outputs !== 64 * 16) expect([style, m > 4]).toEqual(['quads', true]);
        if (plan.kind === 'direct sum') expect(splits * plan.chunk).toBeGreaterThanOrEqual(k);
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
      planMatmul({ m, n, k, transposeA, transposeB: !transposeA }, 'tiles');
    expect(plan(1, 1024, 128).kind).toBe('rows');
    expect(plan(8, 128, 4000, true)).toMatchObject({ kernel: 'matmul-tile 8x128 TN', workgroups: 28 });
    expect(plan(4000, 8, 128)).toMatchObject({ kernel: 'matmul-tile 128x8 NT', splits: 1 });
    expect(plan(4000, 128, 128)).toMatchObject({ kernel: 'matmul-tile 32x32 NT', splits: 1 });
    expect(plan(8192, 1024, 128)).toMatchObject({ kernel: 'matmul-tile 64x64 NT', splits: 1 });
  });

  it('goes straight to memory where barriers are dear and sizes are fours', () => {
    const kernel = (m: number, n: number, k: number, transposeA: boolean, transposeB: boolean) =>
      planMatmul({ m, n, k, transposeA, transposeB }, 'direct').kernel;
    expect(kernel(3, 8, 128, false, true)).toBe('product-direct NT');
    expect(kernel(2047, 128, 320, false, false)).toBe('product-direct NN');
    expect(kernel(128, 8, 2047, true, false)).toBe('product-direct TN');
    expect(kernel(100, 130, 64, false, true)).toBe('matmul-tile 32x32 NT');
    expect(kernel(100, 128, 66, false, true)).toBe('matmul-tile 32x32 NT');
  });

  it('lets four lanes share loads where a quad has rows enough', () => {
    const plan = (m: number, n: number) =>
      planMatmul({ m, n, k: 128, transposeA: false, transposeB: true }, 'quads');
    expect(plan(4, 128).kernel).toBe('product-direct NT');
    expect(plan(9, 20)).toMatchObject({ kernel: 'product-quad NT', workgroups: 1 });
    expect(plan(17, 20)).toMatchObject({ kernel: 'product-quad NT', workgroups: 2 });
  });
});
