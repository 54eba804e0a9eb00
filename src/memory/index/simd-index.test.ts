import { beforeAll, describe, expect, test, vi } from 'vitest';
import { IndexUnavailableError, MemoryArgumentError, SnapshotError, VectorError } from '../errors';
import { ExactIndex } from './exact-index';
import { loadScan, MOST_NUMBERS } from './scan-rows';
import { SimdIndex, simdIndex } from './simd-index';
import { axis, random, randomUnit, unit } from './unit-vectors.fixture';

let module: WebAssembly.Module;
beforeAll(async () => {
  module = await loadScan();
});

/** Both indices with the same vectors. */
function pair(vectors: readonly Float32Array[]) {
  const spec = { embedderId: 'test', dimension: vectors[0].length };
  const simd = new SimdIndex(spec, module);
  const exact = new ExactIndex(spec);
  vectors.forEach((vector, i) => {
    simd.upsert(`m${i + 1}`, vector);
    exact.upsert(`m${i + 1}`, vector);
  });
  return { simd, exact };
}

/** A vector whose inner product with the query differs from that of the vector by some units in the last place. */
function nudged(vector: Float32Array, draw: () => number): Float32Array {
  const words = new Int32Array(vector.slice().buffer);
  for (let n = 0; n < 3; n++) words[Math.floor(draw() * words.length)] += draw() < 0.5 ? 1 : -1;
  return new Float32Array(words.buffer);
}

const SPREAD = (seed: number, count: number, dimension: number) => {
  const draw = random(seed);
  return Array.from({ length: count }, () => randomUnit(draw, dimension));
};

describe('the results of the exact scan, to the last bit', () => {
  test.each<readonly [string, () => readonly Float32Array[]]>([
    ['spread', () => SPREAD(1, 3000, 96)],
    ['equal', () => Array.from({ length: 700 }, () => axis(2, 32))],
    ['one-hot', () => Array.from({ length: 700 }, (_, i) => axis(i % 64, 64))],
    ['of one number', () => Array.from({ length: 90 }, (_, i) => Float32Array.of(i % 3 ? 1 : -1))],
    ['on a circle', () => Array.from({ length: 900 }, (_, i) => Float32Array.of(Math.cos(i), Math.sin(i)))],
    [
      'opposite, scores ending at -1',
      () => {
        const draw = random(5);
        const one = randomUnit(draw, 40);
        return Array.from({ length: 600 }, (_, i) =>
          i === 0 ? one : nudged(one, draw).map((value) => -value * (1 + 4e-5 * draw())),
        );
      },
    ],
    [
      'longer than 1 within tolerance, scores ending at 1',
      () => {
        const draw = random(6);
        const one = randomUnit(draw, 40);
        return Array.from({ length: 600 }, () => one.map((value) => value * (1 + 4e-5 * (draw() - 0.5))));
      },
    ],
    [
      'apart by units in the last place',
      () => {
        const draw = random(7);
        const stock = Array.from({ length: 5 }, () => randomUnit(draw, 200));
        return Array.from({ length: 1500 }, (_, i) => nudged(stock[i % 5], draw));
      },
    ],
    [
      'with one large number each, coarsest codes',
      () => {
        const draw = random(8);
        return Array.from({ length: 800 }, (_, i) =>
          unit(randomUnit(draw, 300).map((value, j) => (j === i % 300 ? 30 : value))),
        );
      },
    ],
    [
      // Their codes are exact, so bounds tell lengths apart that scores, which end at 1 and -1, do not.
      'of one number and of many lengths within tolerance',
      () => {
        const draw = random(10);
        const near = () => 1.00002 + 5e-5 * (draw() - 0.5);
        return [Float32Array.of(1.00004), ...Array.from({ length: 700 }, () => Float32Array.of(-near()))];
      },
    ],
    [
      'of one number and of many lengths, all on one side',
      () => {
        const draw = random(11);
        return Array.from({ length: 700 }, () => Float32Array.of(1.00002 + 5e-5 * (draw() - 0.5)));
      },
    ],
    ['of as many numbers as it takes', () => SPREAD(9, 40, MOST_NUMBERS)],
  ])('vectors %s', (_, make) => {
    const vectors = make();
    const { simd, exact } = pair(vectors);
    const draw = random(2);
    for (const query of [vectors[0], vectors[17], randomUnit(draw, vectors[0].length)]) {
      for (const k of [1, 3, 10, 40, 400, 5000, Number.POSITIVE_INFINITY]) {
        expect(simd.search(query, k)).toEqual(exact.search(query, k));
      }
      expect(simd.scores(query)).toEqual(exact.scores(query));
    }
    expect(simd.kind).toBe('simd');
  });

  test.each(Array.from({ length: 40 }, (_, i) => i + 1))('dimension %d', (dimension) => {
    const { simd, exact } = pair(SPREAD(dimension, 300, dimension));
    for (const query of SPREAD(99 + dimension, 5, dimension)) {
      expect(simd.search(query, 7)).toEqual(exact.search(query, 7));
    }
  });

  test.each(process.env.SOAK ? Array.from({ length: 400 }, (_, seed) => seed) : [1, 2, 3, 4, 5])(
    'through any sequence of operations, with many ties (seed %d)',
    (seed) => {
      const draw = random(seed * 1000);
      const below = (n: number) => Math.floor(draw() * n);
      const dimension = [2, 5, 16, 100, 33][seed % 5];
      const stock = Array.from({ length: 12 }, () => randomUnit(draw, dimension));
      const any = () => {
        const one = stock[below(12)];
        return draw() < 0.4 ? one : draw() < 0.5 ? nudged(one, draw) : randomUnit(draw, dimension);
      };
      const spec = { embedderId: 'test', dimension };
      let simd = new SimdIndex(spec, module);
      const exact = new ExactIndex(spec);
      for (let step = 0; step < 3000; step++) {
        const id = `m${below(900)}`;
        const action = below(20);
        if (action < 12) {
          const vector = any();
          simd.upsert(id, vector);
          exact.upsert(id, vector);
        } else if (action < 15) {
          simd.remove(id);
          exact.remove(id);
        } else if (action < 19) {
          const query = any();
          const k = 1 + below(draw() < 0.8 ? 12 : 1500);
          expect(simd.search(query, k)).toEqual(exact.search(query, k));
        } else {
          const copy = new SimdIndex(spec, module);
          copy.restore(simd.snapshot());
          simd = copy;
        }
        expect(simd.size).toBe(exact.size);
      }
      expect(simd.ids()).toEqual(exact.ids());
      for (const other of ['m1', 'm2', 'none']) expect(simd.vector(other)).toEqual(exact.vector(other));
    },
  );

  test('of thousands only some dozens need their exact score', () => {
    const { simd } = pair(SPREAD(3, 5000, 512));
    simd.search(randomUnit(random(4), 512), 10);
    expect(simd.scored).toBeGreaterThanOrEqual(10);
    expect(simd.scored).toBeLessThan(100);
  });
});

describe('changes', () => {
  test('a vector it gave out stays what it was', () => {
    const { simd } = pair(SPREAD(1, 200, 64));
    const given = simd.vector('m7');
    const copy = given?.slice();
    simd.upsert('m7', axis(0, 64));
    for (let i = 0; i < 3000; i++) simd.upsert(`n${i}`, axis(1, 64));
    expect(given).toEqual(copy);
  });

  test('memory grows by a share, not by all of it again', () => {
    const { simd } = pair(SPREAD(1, 2000, 64));
    const before = simd.bytes;
    for (let i = 0; i < 1000; i++) simd.upsert(`n${i}`, axis(1, 64));
    expect(simd.bytes).toBeLessThan(before * 1.7);
    expect(simd.bytes).toBeGreaterThan(3000 * 64 * 5);
  });

  test('refuses vectors that would poison it and stays as it was', () => {
    const { simd } = pair([axis(0, 4)]);
    const bad = [axis(0, 3), axis(0, 5), new Float32Array(4), Float32Array.of(Number.NaN, 0, 0, 1)];
    for (const vector of bad) {
      expect(() => simd.upsert('m1', vector)).toThrow(VectorError);
      expect(() => simd.search(vector, 1)).toThrow(VectorError);
      expect(() => simd.scores(vector)).toThrow(VectorError);
      expect(() => simd.load(['m9'], vector)).toThrow(VectorError);
    }
    expect(() => simd.load(['m1', 'm1'], Float32Array.of(...axis(0, 4), ...axis(1, 4)))).toThrow(
      MemoryArgumentError,
    );
    for (const k of [0, -1, 1.5, Number.NaN])
      expect(() => simd.search(axis(0, 4), k)).toThrow(MemoryArgumentError);
    expect(simd.search(axis(0, 4), 5)).toEqual([{ id: 'm1', score: 1 }]);
  });

  test('a damaged snapshot changes nothing', () => {
    const { simd, exact } = pair(SPREAD(1, 300, 24));
    const bytes = simd.snapshot();
    expect(bytes).toEqual(exact.snapshot());
    bytes[bytes.length - 30] ^= 8;
    expect(() => simd.restore(bytes)).toThrow(SnapshotError);
    expect(simd.snapshot()).toEqual(exact.snapshot());
  });
});

describe('where WebAssembly does not do', () => {
  test('simdIndex gives indices that work', async () => {
    const index = (await simdIndex())({ embedderId: 'test', dimension: 4 });
    index.upsert('m1', axis(0, 4));
    expect(index.kind).toBe('simd');
    expect(index.degraded).toBeUndefined();
    expect(index.search(axis(0, 4), 1)).toEqual([{ id: 'm1', score: 1 }]);
  });

  test.each([
    ['cannot be loaded', new IndexUnavailableError('scan-unavailable', 'no WebAssembly here'), 4],
    ['has no room for such vectors', undefined, MOST_NUMBERS + 1],
  ])('it %s: the exact scan answers and says why', (_, error, dimension) => {
    const index = new SimdIndex({ embedderId: 'test', dimension }, error ?? module);
    index.upsert('m1', axis(0, dimension));
    index.upsert('m2', axis(1, dimension));
    index.remove('m2');
    expect(index.kind).toBe('exact');
    expect(index.degraded).toMatch(/no WebAssembly here|at most 8192 numbers/);
    expect(index.search(axis(0, dimension), 1)).toEqual([{ id: 'm1', score: 1 }]);
    expect(index.scores(axis(0, dimension))).toEqual(Float64Array.of(1));
  });

  test('memory ends while it grows: nothing is lost', () => {
    const vectors = SPREAD(2, 700, 64);
    const { exact } = pair(vectors);
    const simd = new SimdIndex({ embedderId: 'test', dimension: 64 }, module);
    const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow');
    try {
      vectors.forEach((vector, i) => {
        if (i === 600)
          grow.mockImplementation(() => {
            throw new RangeError('WebAssembly.Memory.grow(): Unable to grow instance memory');
          });
        simd.upsert(`m${i + 1}`, vector);
      });
      // What was there before the refusal had room for some more; in the end all has moved.
      while (simd.kind === 'simd') {
        simd.upsert(`n${simd.size}`, vectors[0]);
        exact.upsert(`n${exact.size}`, vectors[0]);
      }
    } finally {
      grow.mockRestore();
    }
    expect(simd.degraded).toMatch(/no more memory to WebAssembly/);
    expect(simd.search(vectors[5], 20)).toEqual(exact.search(vectors[5], 20));
    expect(simd.snapshot()).toEqual(exact.snapshot());
  });
});
