import { beforeAll, describe, expect, test } from 'vitest';
import { IndexUnavailableError, SnapshotError, VectorError } from '../errors';
import {
  ChosenIndex,
  chosenIndex,
  type IndexParts,
  indexInWords,
  LARGE,
  loadIndexParts,
  SMALL,
} from './choose-index';
import { ExactIndex } from './exact-index';
import { random, randomUnit } from './unit-vectors.fixture';

let parts: IndexParts;
beforeAll(async () => {
  parts = await loadIndexParts();
});

const NOTHING: IndexParts = {
  voy: new IndexUnavailableError('voy-unavailable', 'no voy here'),
  scan: new IndexUnavailableError('scan-unavailable', 'no scan here'),
};
const spec = { embedderId: 'test', dimension: 24 };

describe('the index that answers', () => {
  test('is voy, above the limit the SIMD scan, and voy again only well below it', () => {
    const index = new ChosenIndex(spec, parts);
    const draw = random(1);
    const kinds: [number, string][] = [[0, index.kind]];
    const note = () => {
      if (kinds[kinds.length - 1][1] !== index.kind) kinds.push([index.size, index.kind]);
    };
    for (let i = 0; i < 700; i++) {
      index.upsert(`m${i}`, randomUnit(draw, 24));
      note();
    }
    for (let i = 0; i < 600; i++) {
      index.remove(`m${i}`);
      note();
    }
    expect(kinds).toEqual([
      [0, 'voy'],
      [LARGE + 1, 'simd'],
      [SMALL - 1, 'voy'],
    ]);
  });

  test('about the limit it stays the one it is', () => {
    const index = new ChosenIndex(spec, parts);
    const draw = random(2);
    for (let i = 0; i <= LARGE; i++) index.upsert(`m${i}`, randomUnit(draw, 24));
    for (let i = 0; i < 20; i++) {
      index.remove(`m${i}`);
      expect(index.kind).toBe('simd');
      index.upsert(`m${i}`, randomUnit(draw, 24));
      expect(index.kind).toBe('simd');
    }
  });

  test('is chosen at once where all comes at once', () => {
    const draw = random(3);
    const of = (count: number) => {
      const index = new ChosenIndex(spec, parts);
      const ids = Array.from({ length: count }, (_, i) => `m${i}`);
      index.load(ids, Float32Array.from(ids.flatMap(() => [...randomUnit(draw, 24)])));
      return index;
    };
    expect(of(LARGE).kind).toBe('voy');
    expect(of(LARGE + 1).kind).toBe('simd');
    const restored = new ChosenIndex(spec, parts);
    restored.restore(of(900).snapshot());
    expect([restored.kind, restored.size]).toEqual(['simd', 900]);
  });

  test('is the plain scan where vectors are too long for voy, without complaint', () => {
    const index = new ChosenIndex({ embedderId: 'long', dimension: 1000 }, parts);
    expect([index.kind, index.degraded]).toEqual(['exact', undefined]);
  });

  test('without WebAssembly is the plain scan at every size, and says why', () => {
    const index = new ChosenIndex(spec, NOTHING);
    const draw = random(4);
    for (let i = 0; i < LARGE; i++) index.upsert(`m${i}`, randomUnit(draw, 24));
    expect([index.kind, index.degraded]).toEqual(['exact', 'no voy here']);
    index.upsert('one more', randomUnit(draw, 24));
    expect([index.kind, index.degraded]).toEqual(['exact', 'no scan here']);
  });
});

test.each([1, 2, 3])('same results as the exact scan through growing and shrinking (seed %d)', (seed) => {
  const draw = random(seed);
  const index = chosenIndex(parts)(spec);
  const exact = new ExactIndex(spec);
  const stock = Array.from({ length: 30 }, () => randomUnit(draw, 24));
  for (let step = 0; step < 6000; step++) {
    const growing = step < 2500 || step > 4500;
    const id = `m${Math.floor(draw() * 900)}`;
    if (draw() < (growing ? 0.8 : 0.1)) {
      const vector = draw() < 0.5 ? stock[Math.floor(draw() * 30)] : randomUnit(draw, 24);
      index.upsert(id, vector);
      exact.upsert(id, vector);
    } else {
      index.remove(id);
      exact.remove(id);
    }
    if (step % 20 > 0) continue;
    const query = stock[Math.floor(draw() * 30)];
    expect(index.search(query, 9)).toEqual(exact.search(query, 9));
    expect([...index.scores(query)].sort()).toEqual([...exact.scores(query)].sort());
  }
});

test('what it refuses changes nothing, the choice included', () => {
  const index = new ChosenIndex(spec, parts);
  const vector = randomUnit(random(5), 24);
  index.upsert('m1', vector);
  const ids = Array.from({ length: LARGE + 1 }, (_, i) => `m${i}`);
  expect(() => index.load(ids, new Float32Array(ids.length * 24))).toThrow(VectorError);
  expect(() => index.restore(new Uint8Array(99))).toThrow(SnapshotError);
  expect([index.kind, index.search(vector, 3).length]).toEqual(['voy', 1]);
});

test('in words', () => {
  expect(indexInWords(parts)).toBe(
    'the voy index (WebAssembly), above 500 entries by an exact scan in WebAssembly SIMD',
  );
  expect(indexInWords(NOTHING)).toBe('an exact scan');
});
