import { describe, expect, it } from 'vitest';
import { createRandom, hashString, interleave } from './random';

describe('createRandom', () => {
  it('gives the same stream for the same key and another for another', () => {
    const draw = (...key: (string | number)[]) => {
      const random = createRandom(...key);
      return Array.from({ length: 20 }, () => random.next());
    };
    expect(draw('a', 1)).toEqual(draw('a', 1));
    expect(draw('a', 1)).not.toEqual(draw('a', 2));
    expect(draw('a', 11)).not.toEqual(draw('a1', 1));
  });

  it('is uniform: every bin of every short stream is near its share', () => {
    const bins = new Array<number>(16).fill(0);
    for (let key = 0; key < 4000; key++) {
      const random = createRandom('uniform', key);
      for (let i = 0; i < 8; i++) bins[Math.floor(random.next() * 16)]++;
    }
    // 32,000 draws, 2,000 a bin; five standard deviations are 217.
    for (const count of bins) expect(Math.abs(count - 2000)).toBeLessThan(217);
  });

  it('has no correlation between neighbouring keys or draws', () => {
    let keys = 0;
    let draws = 0;
    const n = 20000;
    for (let key = 0; key < n; key++) {
      const random = createRandom(key);
      const first = random.next() - 0.5;
      draws += first * (random.next() - 0.5);
      keys += first * (createRandom(key + 1).next() - 0.5);
    }
    const fiveSigma = (5 / 12) * Math.sqrt(n);
    expect(Math.abs(keys)).toBeLessThan(fiveSigma);
    expect(Math.abs(draws)).toBeLessThan(fiveSigma);
  });

  it('shuffles without loss and reaches every permutation', () => {
    const random = createRandom('shuffle');
    const seen = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const key = random.shuffle([1, 2, 3]).join('');
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual(['123', '132', '213', '231', '312', '321']);
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('picks by weight and never an item of weight zero', () => {
    const random = createRandom('weights');
    const counts = { a: 0, b: 0, c: 0 };
    const items = [
      ['a', 3],
      ['b', 0],
      ['c', 1],
    ] as const;
    for (let i = 0; i < 8000; i++) counts[random.weighted(items)]++;
    expect(counts.b).toBe(0);
    expect(Math.abs(counts.a - 6000)).toBeLessThan(200);
  });

  it('refuses to pick from nothing', () => {
    expect(() => createRandom('x').pick([])).toThrow(RangeError);
    expect(() => createRandom('x').weighted([])).toThrow(RangeError);
  });
});

describe('interleave', () => {
  it('keeps all items and the order within each thread', () => {
    for (let seed = 0; seed < 200; seed++) {
      const merged = interleave(createRandom(seed), [['a1', 'a2', 'a3'], ['b1'], [], ['c1', 'c2']]);
      expect([...merged].sort()).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'c2']);
      expect(merged.filter((item) => item.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
      expect(merged.indexOf('c1')).toBeLessThan(merged.indexOf('c2'));
    }
  });
});

describe('hashString', () => {
  it('is stable, so that split membership never moves', () => {
    expect(hashString('word:mira')).toMatchInlineSnapshot(`734675120`);
    expect(hashString('')).toMatchInlineSnapshot(`2872998923`);
  });
});
