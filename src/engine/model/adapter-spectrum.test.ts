import { describe, expect, it } from 'vitest';
import { productSpectrum } from './adapter-spectrum';
import { uniformAt } from './random';

const random = (seed: number, length: number) =>
  Float32Array.from({ length }, (_, i) => 2 * uniformAt(seed, i) - 1);

/** B A as rows. */
function product(a: ArrayLike<number>, b: ArrayLike<number>, r: number, inDim: number, outDim: number) {
  return Array.from({ length: outDim }, (_, o) =>
    Array.from({ length: inDim }, (_, c) => {
      let sum = 0;
      for (let i = 0; i < r; i++) sum += b[o * r + i] * a[i * inDim + c];
      return sum;
    }),
  );
}

/** Sum of the k-th powers of the squared singular values: trace((M M^T)^k). */
function traceOfPower(m: number[][], k: number): number {
  const gram = m.map((x) => m.map((y) => x.reduce((sum, v, i) => sum + v * y[i], 0)));
  let power = gram;
  for (let i = 1; i < k; i++) {
    power = power.map((row) => gram[0].map((_, j) => row.reduce((sum, v, n) => sum + v * gram[n][j], 0)));
  }
  return power.reduce((sum, row, i) => sum + row[i], 0);
}

describe('singular values of scale * B A', () => {
  it.each([
    [1, 5, 3],
    [4, 16, 9],
    [8, 30, 24],
    [6, 4, 12],
  ])(
    'r %i, in %i, out %i: there are r, their powers add up to the traces of the product made whole',
    (r, inDim, outDim) => {
      for (let seed = 1; seed <= 20; seed++) {
        const a = random(seed, r * inDim);
        const b = random(seed + 100, outDim * r);
        const singular = productSpectrum(a, b, r, inDim, outDim, -1.5);
        expect(singular).toHaveLength(r);
        expect([...singular].sort((x, y) => y - x)).toEqual(singular);
        const m = product(a, b, r, inDim, outDim);
        for (const k of [1, 2, 3]) {
          const sum = singular.reduce((total, value) => total + (value / 1.5) ** (2 * k), 0);
          const trace = traceOfPower(m, k);
          expect(Math.abs(sum / trace - 1)).toBeLessThan(1e-12);
        }
      }
    },
  );

  it('directions that are not used are zero, however large the others', () => {
    const [r, inDim, outDim] = [4, 10, 7];
    const a = random(3, r * inDim);
    const b = random(4, outDim * r);
    // The third direction writes nothing; the fourth reads what the first reads.
    for (let o = 0; o < outDim; o++) b[o * r + 2] = 0;
    for (let c = 0; c < inDim; c++) a[3 * inDim + c] = a[c];
    const [first, second, third, fourth] = productSpectrum(a, b, r, inDim, outDim, 1);
    expect(first).toBeGreaterThan(second);
    expect(second).toBeGreaterThan(0.1);
    expect(Math.max(third, fourth)).toBeLessThan(1e-12);
  });

  it('an adapter as it begins, B zero, moves nothing', () => {
    expect(productSpectrum(random(1, 24), new Float32Array(15), 3, 8, 5, 2)).toEqual([0, 0, 0]);
  });

  it('small values beside large ones are right: a diagonal of powers of ten', () => {
    const r = 4;
    const identity = Float64Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0));
    const powers = identity.map((value, i) => value * 10 ** (-3 * Math.floor(i / 4)));
    const found = productSpectrum(identity, powers, r, r, r, 1);
    for (const [i, value] of [1, 1e-3, 1e-6, 1e-9].entries()) expect(found[i] / value).toBeCloseTo(1, 12);
  });
});
