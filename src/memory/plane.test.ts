import { describe, expect, test } from 'vitest';
import { createRandom } from '../tasks/random';
import { onPlane } from './plane';

/** Rows `mean + x a + y b + noise` with known axes. */
function cloud(n: number, dimension: number, noise: number, seed = 1) {
  const random = createRandom('plane', seed);
  const places = Array.from({ length: n }, () => [random.next() - 0.5, (random.next() - 0.5) / 3]);
  const vectors = places.map(([x, y]) =>
    Float32Array.from(
      { length: dimension },
      (_, j) => 0.3 + (j === 1 ? x : 0) + (j === 2 ? y : 0) + noise * (random.next() - 0.5),
    ),
  );
  return { places, vectors };
}

describe('the plane', () => {
  test('finds the axes in which the rows vary, and says how much they show', () => {
    const { places, vectors } = cloud(400, 16, 0);
    const { points, explained } = onPlane(vectors);
    expect(explained).toBeCloseTo(1, 6);
    const scale = points[0] / (places[0][0] - places.reduce((sum, [x]) => sum + x, 0) / 400);
    const mean = [0, 1].map((k) => places.reduce((sum, place) => sum + place[k], 0) / 400);
    for (const [i, [x, y]] of places.entries()) {
      expect(points[2 * i]).toBeCloseTo(scale * (x - mean[0]), 1);
      expect(Math.abs(points[2 * i + 1])).toBeCloseTo(Math.abs(scale * (y - mean[1])), 1);
    }
    expect(Math.max(...points.map(Math.abs))).toBe(1);
    expect(onPlane(cloud(400, 16, 0.2).vectors).explained).toBeLessThan(0.9);
  });

  test('is the same every time', () => {
    const make = () => onPlane(cloud(5000, 8, 0.1).vectors);
    expect(make()).toEqual(make());
  });

  test.each([
    ['nothing', []],
    ['one row', [Float32Array.of(1, 0, 0, 0)]],
    ['equal rows', [Float32Array.of(1, 0), Float32Array.of(1, 0), Float32Array.of(1, 0)]],
  ])('%s lies in the middle', (_, vectors) => {
    const { points, explained } = onPlane(vectors);
    expect([...points]).toEqual(Array.from({ length: 2 * vectors.length }, () => 0));
    expect(explained).toBe(1);
  });

  test('rows on a line have one axis', () => {
    const { points, explained } = onPlane([0, 1, 2, 4].map((x) => Float32Array.of(x, 1)));
    expect([...points].filter((_, i) => i % 2 === 1)).toEqual([0, 0, 0, 0]);
    expect(explained).toBeCloseTo(1, 12);
    expect(points[6]).toBe(1);
  });

  test.runIf(process.env.SOAK)('50,000 rows of 512 numbers take seconds, not minutes', () => {
    const { vectors } = cloud(50_000, 512, 0.1);
    const start = performance.now();
    onPlane(vectors);
    const took = performance.now() - start;
    console.log(`map of 50,000 x 512: ${took.toFixed(0)} ms`);
    expect(took).toBeLessThan(10_000);
  });
});
