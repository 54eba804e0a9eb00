import { describe, expect, test } from 'vitest';
import { MemoryArgumentError, SnapshotError, VectorError } from '../errors';
import { ExactIndex } from './exact-index';
import { compareHits, compareIds } from './ranking';
import { cosine } from './unit-vectors';

const spec = { embedderId: 'test', dimension: 4 };
const axis = (i: number, dimension = 4) =>
  Float32Array.from({ length: dimension }, (_, j) => (i === j ? 1 : 0));

describe('ExactIndex', () => {
  test('best first, ties by id, m2 before m10', () => {
    const index = new ExactIndex(spec);
    for (const id of ['m10', 'm2', 'm1']) index.upsert(id, axis(0));
    index.upsert('m3', axis(1));
    expect(index.search(axis(0), 10)).toEqual([
      { id: 'm1', score: 1 },
      { id: 'm2', score: 1 },
      { id: 'm10', score: 1 },
      { id: 'm3', score: 0 },
    ]);
    expect(index.search(axis(1), 1)).toEqual([{ id: 'm3', score: 1 }]);
  });

  test('the best k are those of sorting everything', () => {
    const index = new ExactIndex(spec);
    const ids = Array.from({ length: 60 }, (_, i) => `m${(i * 37) % 60}`);
    const vectors = new Map(
      ids.map((id, i) => [id, Float32Array.of(Math.cos(i % 9), Math.sin(i % 9), 0, 0)]),
    );
    for (const [id, vector] of vectors) index.upsert(id, vector);
    for (let angle = 0; angle < 6; angle += 0.5) {
      const query = Float32Array.of(Math.cos(angle), Math.sin(angle), 0, 0);
      const all = [...vectors]
        .map(([id, vector]) => ({ id, score: cosine(query, vector) }))
        .sort(compareHits);
      for (const k of [1, 2, 7, 59, 60, 61]) expect(index.search(query, k)).toEqual(all.slice(0, k));
    }
  });

  test('writing an id again replaces its vector; removing closes the gap', () => {
    const index = new ExactIndex(spec);
    for (let i = 0; i < 40; i++) index.upsert(`m${i}`, axis(i % 4));
    index.upsert('m0', axis(3));
    expect(index.size).toBe(40);
    expect(index.vector('m0')).toEqual(axis(3));
    for (let i = 0; i < 40; i += 2) index.remove(`m${i}`);
    index.remove('unknown');
    expect(index.size).toBe(20);
    for (let i = 1; i < 40; i += 2) expect(index.vector(`m${i}`)).toEqual(axis(i % 4));
    expect(index.vector('m0')).toBeUndefined();
    expect(index.search(axis(1), 100)).toHaveLength(20);
  });

  test('refuses vectors that would poison it and stays as it was', () => {
    const index = new ExactIndex(spec);
    index.upsert('m1', axis(0));
    const bad = [axis(0, 3), axis(0, 5), new Float32Array(4), Float32Array.of(Number.NaN, 0, 0, 1)];
    bad.push(
      Float32Array.of(Number.POSITIVE_INFINITY, 0, 0, 0),
      Float32Array.of(1, 1, 0, 0),
      new Float32Array(0),
    );
    for (const vector of bad) {
      expect(() => index.upsert('m1', vector)).toThrow(VectorError);
      expect(() => index.upsert('m2', vector)).toThrow(VectorError);
      expect(() => index.search(vector, 1)).toThrow(VectorError);
    }
    expect(index.search(axis(0), 5)).toEqual([{ id: 'm1', score: 1 }]);
  });

  test.each([0, -1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY])('%d results cannot be asked for', (k) => {
    const index = new ExactIndex(spec);
    index.upsert('m1', axis(0));
    expect(() => index.search(axis(0), k)).toThrow(MemoryArgumentError);
  });

  test.each([2 ** 31, 1e300, Number.POSITIVE_INFINITY])('%d results are all there are', (k) => {
    const index = new ExactIndex(spec);
    index.upsert('m1', axis(0));
    expect(index.search(axis(0), k)).toHaveLength(1);
  });

  test.each([0, -3, 1.5, Number.NaN])('dimension %d is refused', (dimension) => {
    expect(() => new ExactIndex({ embedderId: 'test', dimension })).toThrow(MemoryArgumentError);
  });
});

test('ids compare by length, then letters', () => {
  expect(['m10', 'm9', 'a', 'm1', 'b10'].sort(compareIds)).toEqual(['a', 'm1', 'm9', 'b10', 'm10']);
});

describe('snapshots', () => {
  function filled(): ExactIndex {
    const index = new ExactIndex(spec);
    for (let i = 0; i < 9; i++) index.upsert(`mémo-${i}`, axis(i % 4));
    return index;
  }

  test('restore what was there, and the copy is independent', () => {
    const index = filled();
    const restored = new ExactIndex(spec);
    restored.upsert('gone', axis(0));
    restored.restore(index.snapshot());
    expect(restored.search(axis(2), 20)).toEqual(index.search(axis(2), 20));
    restored.upsert('more', axis(2));
    for (let i = 0; i < 100; i++) restored.upsert(`n${i}`, axis(1));
    expect(index.size).toBe(9);
    const empty = new ExactIndex(spec);
    empty.restore(new ExactIndex(spec).snapshot());
    empty.upsert('m1', axis(0));
    expect(empty.size).toBe(1);
  });

  test('every flipped bit and every truncation is noticed, and nothing changes', () => {
    const good = filled().snapshot();
    const index = filled();
    for (let bit = 0; bit < good.length * 8; bit++) {
      const damaged = good.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      expect(() => index.restore(damaged)).toThrow(SnapshotError);
    }
    for (let length = 0; length < good.length; length++) {
      expect(() => index.restore(good.slice(0, length))).toThrow(SnapshotError);
    }
    expect(() => index.restore(Uint8Array.of(...good, 0))).toThrow(SnapshotError);
    expect(() => index.restore(new TextEncoder().encode('{"not": "a snapshot of anything at all"}'))).toThrow(
      SnapshotError,
    );
    expect(index.snapshot()).toEqual(good);
  });

  test('of another embedder or dimension are refused', () => {
    const bytes = filled().snapshot();
    expect(() => new ExactIndex({ ...spec, embedderId: 'other' }).restore(bytes)).toThrow(/other/);
    expect(() => new ExactIndex({ ...spec, dimension: 5 }).restore(bytes)).toThrow(SnapshotError);
  });

  test('can be read from the middle of a larger buffer', () => {
    const bytes = filled().snapshot();
    const larger = new Uint8Array(bytes.length + 7);
    larger.set(bytes, 5);
    const index = new ExactIndex(spec);
    index.restore(larger.subarray(5, 5 + bytes.length));
    expect(index.size).toBe(9);
  });
});
