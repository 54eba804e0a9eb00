/** Packing by rows: how far it is off, what it keeps exactly, and that the two directions fit. */
import { describe, expect, it } from 'vitest';
import { SeededNumbers } from '../backend-parity';
import { UnsupportedModelError } from '../errors';
import { packRows, unpackRows, wordsOf } from './packed-rows';

const numbers = new SeededNumbers(5);
const shapes = [
  [1, 1],
  [3, 5],
  [17, 64],
  [40, 33],
] as const;

describe('int8', () => {
  it.each(shapes)('%i rows of %i are off by half a scale at most', (rows, dim) => {
    // Rows of very different sizes, so that a scale for the whole matrix would fail.
    const values = numbers.normal(rows * dim, 1).map((v, i) => v * 10 ** (((i / dim) % 9) | 0) * 1e-4);
    const packed = packRows('int8', values, dim);
    expect(packed.words).toHaveLength(rows * wordsOf('int8', dim));
    const back = unpackRows('int8', packed, dim);
    values.forEach((value, i) => {
      const scale = packed.scales[Math.floor(i / dim)];
      expect(Math.abs(back[i] - value)).toBeLessThanOrEqual((scale / 2) * (1 + 1e-6));
    });
    // The largest of a row is what the scale is made for.
    for (let r = 0; r < rows; r++) {
      const row = values.subarray(r * dim, (r + 1) * dim);
      const largest = row.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
      expect(packed.scales[r] / (largest / 127)).toBeGreaterThanOrEqual(1);
      expect(packed.scales[r] / (largest / 127)).toBeLessThan(1 + 2 ** -15);
    }
  });

  it('stands for float32 values without rounding, and packing those again changes nothing', () => {
    const values = numbers.normal(64 * 31, 0.02);
    const packed = packRows('int8', values, 31);
    const back = unpackRows('int8', packed, 31);
    const bytes = new Int8Array(packed.words.buffer);
    back.forEach((value, i) => {
      const row = Math.floor(i / 31);
      expect(value).toBe(packed.scales[row] * bytes[row * 32 + (i % 31)]);
    });
    expect(Math.max(...bytes)).toBeLessThanOrEqual(127);
    expect(Math.min(...bytes)).toBeGreaterThanOrEqual(-127);
    expect(new Int8Array(packRows('int8', back, 31).words.buffer)).toEqual(bytes);
  });

  it('a row of zeros stays zero', () => {
    expect([...unpackRows('int8', packRows('int8', new Float32Array(6), 3), 3)]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('f16', () => {
  it.each(shapes)('%i rows of %i are rounded to 11 bits', (rows, dim) => {
    const values = numbers.normal(rows * dim, 1);
    const back = unpackRows('f16', packRows('f16', values, dim), dim);
    values.forEach((value, i) => {
      expect(Math.abs(back[i] - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11 + 2 ** -25);
    });
    expect(unpackRows('f16', packRows('f16', back, dim), dim)).toEqual(back);
  });

  it('a weight that does not fit is refused', () => {
    expect(() => packRows('f16', Float32Array.of(1, 70_000), 2)).toThrow(UnsupportedModelError);
  });
});
