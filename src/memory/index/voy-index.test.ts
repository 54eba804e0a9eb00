import { beforeAll, describe, expect, test } from 'vitest';
import { NgramEmbedder } from '../embedders/ngram-embedder';
import { IndexUnavailableError, MemoryArgumentError, SnapshotError, VectorError } from '../errors';
import { openMemory } from '../long-term-memory';
import { TransientRows } from '../rows/transient-rows';
import { ExactIndex } from './exact-index';
import { axis, random, randomUnit, unit } from './unit-vectors.fixture';
import { VoyIndex, voyIndex } from './voy-index';
import { MOST_TREES, type VoyHost, VoyRuntime, type VoyTree } from './voy-runtime';

let runtime: VoyRuntime;
beforeAll(async () => {
  runtime = await VoyRuntime.load();
});

/** Both indices with the same vectors. */
function pair(vectors: readonly Float32Array[], options: { readonly jitter?: number } = {}) {
  const spec = { embedderId: 'test', dimension: vectors[0].length };
  const voy = new VoyIndex(spec, runtime, options);
  const exact = new ExactIndex(spec);
  vectors.forEach((vector, i) => {
    voy.upsert(`m${i + 1}`, vector);
    exact.upsert(`m${i + 1}`, vector);
  });
  return { voy, exact };
}

/** Points on which the library alone panics: many agree on every axis. */
const EQUAL = Array.from({ length: 40 }, () => axis(2, 32));

describe('voy-search alone (why the wrapper is there)', () => {
  const points = (vectors: readonly Float32Array[]) => vectors.map((vector, slot) => ({ slot, vector }));

  test('33 equal vectors are a panic', () => {
    expect(() => runtime.build(points(EQUAL))).toThrow();
    expect(runtime.panicMessage).toContain('Too many items with the same position');
    runtime.restart();
    expect(runtime.panicMessage).toBe('');
    expect(runtime.build(points(EQUAL.slice(0, 32))).search(EQUAL[0], 3)).toHaveLength(3);
  });

  test.each([0, -1, 2 ** 31 - 1])('k = %d is a panic, and a restart leaves its trees for dead', (k) => {
    const tree = runtime.build(points(EQUAL.slice(0, 4)));
    expect(() => tree.search(EQUAL[0], k)).toThrow();
    expect(tree.alive).toBe(true);
    runtime.restart();
    expect(tree.alive).toBe(false);
    tree.free();
  });
});

describe('same results as the exact scan', () => {
  test.each([
    ['40 equal vectors', EQUAL],
    ['1000 equal vectors', Array.from({ length: 1000 }, () => axis(0, 8))],
    ['one-hot vectors', Array.from({ length: 700 }, (_, i) => axis(i % 64, 64))],
    ['one dimension', Array.from({ length: 90 }, (_, i) => Float32Array.of(i % 3 ? 1 : -1))],
    [
      'two dimensions',
      Array.from({ length: 300 }, (_, i) => Float32Array.of(Math.cos(i % 50), Math.sin(i % 50))),
    ],
    [
      'vectors that differ in the last axis only',
      Array.from({ length: 200 }, (_, i) =>
        unit(Float32Array.from({ length: 100 }, (_, j) => (j < 99 ? 1 : i / 50))),
      ),
    ],
    ['768 dimensions', Array.from({ length: 120 }, (_, i) => randomUnit(random(i), 768))],
  ])('%s, without a panic', (_, vectors) => {
    const { voy, exact } = pair(vectors);
    const draw = random(1);
    for (const k of [1, 3, 10, 40, 5000]) {
      for (const query of [vectors[0], vectors[17], randomUnit(draw, vectors[0].length)]) {
        expect(voy.search(query, k)).toEqual(exact.search(query, k));
      }
    }
    expect(voy.kind).toBe('voy');
    expect(voy.panics).toBe(0);
  });

  test.each(process.env.SOAK ? Array.from({ length: 200 }, (_, seed) => seed) : [1, 2, 3])(
    'through any sequence of operations, with many ties (seed %d)',
    (seed) => {
      const draw = random(seed * 1000);
      const below = (n: number) => Math.floor(draw() * n);
      const dimension = [2, 5, 16, 100][seed % 4];
      // Few distinct vectors: most scores are shared.
      const stock = Array.from({ length: 12 }, () => randomUnit(draw, dimension));
      const spec = { embedderId: 'test', dimension };
      const voy = new VoyIndex(spec, runtime);
      const exact = new ExactIndex(spec);
      for (let step = 0; step < 600; step++) {
        const id = `m${below(150)}`;
        const action = below(10);
        if (action < 6) {
          const vector = draw() < 0.7 ? stock[below(12)] : randomUnit(draw, dimension);
          voy.upsert(id, vector);
          exact.upsert(id, vector);
        } else if (action < 8) {
          voy.remove(id);
          exact.remove(id);
        } else {
          const query = draw() < 0.5 ? stock[below(12)] : randomUnit(draw, dimension);
          const k = 1 + below(12);
          expect(voy.search(query, k)).toEqual(exact.search(query, k));
        }
        expect(voy.size).toBe(exact.size);
      }
      expect(voy.kind).toBe('voy');
    },
  );

  test.each([1, 2, 5, 16, 17, 33, 63, 64])('a memory of %d entries is answered by the tree', (size) => {
    const draw = random(size);
    const { voy, exact } = pair(Array.from({ length: size }, () => randomUnit(draw, 24)));
    let searches = 0;
    for (const k of [1, 3, size, Number.POSITIVE_INFINITY]) {
      const query = randomUnit(draw, 24);
      expect(voy.search(query, k)).toEqual(exact.search(query, k));
      expect(voy.treeSearches).toBe(++searches);
    }
    // Dead slots are in the tree too, and are not results.
    for (let i = 1; i < size; i += 2) {
      voy.remove(`m${i}`);
      exact.remove(`m${i}`);
    }
    voy.upsert('late', axis(3, 24));
    exact.upsert('late', axis(3, 24));
    expect(voy.search(axis(3, 24), 4)).toEqual(exact.search(axis(3, 24), 4));
    expect(voy.treeSearches).toBe(searches + 1);
    expect(voy.panics).toBe(0);
  });

  test('an empty memory has no results, and needs no tree', () => {
    const { voy } = pair([axis(0, 8)]);
    voy.remove('m1');
    expect(voy.search(axis(0, 8), 3)).toEqual([]);
    expect(voy.treeSearches).toBe(0);
    voy.upsert('m2', axis(1, 8));
    expect(voy.search(axis(0, 8), 3)).toEqual([{ id: 'm2', score: 0 }]);
    expect(voy.treeSearches).toBe(1);
  });

  test('the searches of a memory are those of its index', async () => {
    const indices: VoyIndex[] = [];
    const memory = await openMemory({
      rows: new TransientRows(),
      embedder: new NgramEmbedder(),
      namespace: 'rollout/voy',
      index: (spec) => {
        const index = new VoyIndex(spec, runtime);
        indices.push(index);
        return index;
      },
    });
    const said = [
      'Mira lives in Oslo.',
      'Tom plays the cello.',
      'Ada likes tea.',
      'Rolf bakes.',
      'Ines sings.',
    ];
    for (const content of said) await memory.add({ content });
    const [best] = await memory.search('Where does Mira live?', { topK: 2 });
    expect(best.entry.content).toBe(said[0]);
    expect(indices.at(-1)?.treeSearches).toBe(1);
  });

  test('on the vectors of the embedder that ships', () => {
    const embedder = new NgramEmbedder();
    const people = ['Mira', 'Rolf', 'Ada', 'Emre', 'Ines', 'Olaf', 'Ruth'];
    const places = ['Oslo', 'Kiel', 'Rome', 'Bath', 'Graz', 'Lima', 'Cork', 'Ulm', 'Perth'];
    const texts = people.flatMap((person) => places.map((place) => `${person} lives in ${place}.`));
    const { voy, exact } = pair([...texts, ...texts].map((text) => embedder.embedNow(text)));
    for (const person of people) {
      const query = embedder.embedNow(`Where does ${person} live?`);
      for (const k of [1, 3, 20]) expect(voy.search(query, k)).toEqual(exact.search(query, k));
    }
    expect(voy.panics).toBe(0);
  });
});

describe('what would go wrong without the wrapper', () => {
  test('an id written again is one entry, with the newer vector', () => {
    const { voy } = pair(Array.from({ length: 60 }, (_, i) => randomUnit(random(i), 16)));
    voy.search(axis(0, 16), 3);
    voy.upsert('m7', axis(0, 16));
    voy.upsert('m7', axis(1, 16));
    expect(voy.size).toBe(60);
    expect(voy.search(axis(1, 16), 1)).toEqual([{ id: 'm7', score: 1 }]);
    expect(voy.search(axis(0, 16), 60).filter(({ id }) => id === 'm7')).toHaveLength(1);
  });

  test('an entry whose vector has changed leaves no ghost when removed', () => {
    const { voy } = pair(Array.from({ length: 60 }, (_, i) => randomUnit(random(i), 16)));
    voy.search(axis(0, 16), 3);
    voy.upsert('m7', axis(0, 16));
    voy.remove('m7');
    voy.remove('m7');
    voy.remove('unknown');
    expect(voy.size).toBe(59);
    expect(voy.search(axis(0, 16), 60).map(({ id }) => id)).not.toContain('m7');
  });

  test('thousands of rewrites do not fill the tree with the dead', () => {
    const { voy, exact } = pair(Array.from({ length: 50 }, (_, i) => randomUnit(random(i), 8)));
    const draw = random(9);
    for (let i = 0; i < 2000; i++) {
      const vector = randomUnit(draw, 8);
      voy.upsert(`m${1 + (i % 50)}`, vector);
      exact.upsert(`m${1 + (i % 50)}`, vector);
      if (i % 20 === 0) expect(voy.search(vector, 2)).toEqual(exact.search(vector, 2));
    }
    expect(voy.panics).toBe(0);
  });

  test('k is checked before the library sees it', () => {
    const { voy } = pair(EQUAL);
    for (const k of [0, -1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY]) {
      expect(() => voy.search(EQUAL[0], k)).toThrow(MemoryArgumentError);
    }
    for (const k of [41, 2 ** 32, 1e300, Number.POSITIVE_INFINITY])
      expect(voy.search(EQUAL[0], k)).toHaveLength(40);
    expect(voy.panics).toBe(0);
  });

  test('so are vectors: NaN, infinity, other lengths', () => {
    const { voy, exact } = pair(EQUAL);
    const nan = axis(0, 32);
    nan[5] = Number.NaN;
    for (const bad of [nan, axis(0, 31), axis(0, 33), new Float32Array(32), new Float32Array(0)]) {
      expect(() => voy.upsert('m1', bad)).toThrow(VectorError);
      expect(() => voy.search(bad, 1)).toThrow(VectorError);
    }
    expect(voy.search(EQUAL[0], 40)).toEqual(exact.search(EQUAL[0], 40));
  });

  test('more than 768 dimensions are scanned, not cut', () => {
    const draw = random(4);
    const vectors = Array.from({ length: 80 }, () => randomUnit(draw, 769));
    const { voy, exact } = pair(vectors);
    expect(voy.kind).toBe('exact');
    expect(voy.degraded).toContain('768');
    expect(voy.search(vectors[3], 5)).toEqual(exact.search(vectors[3], 5));
  });

  test('rubbish and every flipped bit in a snapshot are noticed, and nothing changes', () => {
    const { voy, exact } = pair(EQUAL.map((_, i) => randomUnit(random(i), 4)));
    const good = voy.snapshot();
    expect(good).toEqual(exact.snapshot());
    for (let bit = 0; bit < good.length * 8; bit += process.env.SOAK ? 1 : 7) {
      const damaged = good.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      expect(() => voy.restore(damaged)).toThrow(SnapshotError);
    }
    expect(() => voy.restore(new Uint8Array(100))).toThrow(SnapshotError);
    expect(voy.search(axis(0, 4), 5)).toEqual(exact.search(axis(0, 4), 5));
    voy.upsert('late', axis(0, 4));
    voy.restore(good);
    expect(voy.search(axis(0, 4), 50)).toEqual(exact.search(axis(0, 4), 50));
  });
});

describe('panics', () => {
  test('one that comes back leads to the exact scan, and says so', () => {
    const { voy, exact } = pair(EQUAL, { jitter: 0 });
    expect(voy.kind).toBe('voy');
    expect(voy.search(EQUAL[0], 3)).toEqual(exact.search(EQUAL[0], 3));
    expect(voy.kind).toBe('exact');
    expect(voy.panics).toBe(2);
    expect(voy.degraded).toContain('Too many items with the same position');
    voy.upsert('m99', axis(3, 32));
    voy.remove('m1');
    expect(voy.search(axis(3, 32), 1)).toEqual([{ id: 'm99', score: 1 }]);
    expect(voy.size).toBe(40);
  });

  test('one while adding is survived, at the 33rd vector or any other', () => {
    const spec = { embedderId: 'test', dimension: 32 };
    const voy = new VoyIndex(spec, runtime, { jitter: 0 });
    const exact = new ExactIndex(spec);
    const draw = random(5);
    for (let i = 0; i < 80; i++) {
      const vector = i < 40 ? randomUnit(draw, 32) : axis(1, 32);
      voy.upsert(`m${i}`, vector);
      exact.upsert(`m${i}`, vector);
      expect(voy.search(axis(1, 32), 4)).toEqual(exact.search(axis(1, 32), 4));
    }
    expect(voy.panics).toBeGreaterThan(0);
  });

  test('the other indices of the page go on', () => {
    const { voy: healthy, exact } = pair(Array.from({ length: 90 }, (_, i) => randomUnit(random(i), 16)));
    const query = axis(5, 16);
    expect(healthy.search(query, 4)).toEqual(exact.search(query, 4));
    const { voy: broken } = pair(EQUAL, { jitter: 0 });
    broken.search(EQUAL[0], 1);
    expect(broken.kind).toBe('exact');
    healthy.upsert('m91', query);
    exact.upsert('m91', query);
    expect(healthy.search(query, 4)).toEqual(exact.search(query, 4));
    expect(healthy.kind).toBe('voy');
    expect(healthy.panics).toBe(0);
  });

  /** The real library, but the first tree gets a panic of its own from outside before it is used. */
  function poisoned(poison: (tree: VoyTree) => void): VoyHost {
    let built = 0;
    return {
      get panicMessage() {
        return runtime.panicMessage;
      },
      restart: () => runtime.restart(),
      build: (points) => {
        const tree = runtime.build(points);
        if (built++ === 0) poison(tree);
        return tree;
      },
    };
  }

  test('a tree that is already dead ("recursive use of an object") is built anew, once', () => {
    const messages: string[] = [];
    const host = poisoned((tree) => {
      // Adding to 32 equal points: the panic leaves the tree borrowed for ever.
      expect(() => EQUAL.forEach((vector, slot) => void tree.add({ slot: 1000 + slot, vector }))).toThrow();
      try {
        tree.search(EQUAL[0], 1);
      } catch (error) {
        messages.push(String(error));
      }
    });
    const vectors = Array.from({ length: 90 }, (_, i) => randomUnit(random(i), 32));
    const spec = { embedderId: 'test', dimension: 32 };
    const voy = new VoyIndex(spec, host);
    const exact = new ExactIndex(spec);
    vectors.forEach((vector, i) => {
      voy.upsert(`m${i}`, vector);
      exact.upsert(`m${i}`, vector);
    });
    expect(voy.search(axis(5, 32), 4)).toEqual(exact.search(axis(5, 32), 4));
    expect(messages.join()).toContain('recursive use of an object');
    expect(voy.panics).toBe(1);
    expect(voy.kind).toBe('voy');
    expect(voy.degraded).toBeUndefined();
    expect(voy.search(axis(6, 32), 4)).toEqual(exact.search(axis(6, 32), 4));
    expect(voy.panics).toBe(1);
  });
});

describe('many memories', () => {
  test('the trees least recently used are freed, and built anew when they are wanted', () => {
    const pairs = Array.from({ length: MOST_TREES + 20 }, (_, seed) => {
      const draw = random(seed);
      return pair(Array.from({ length: 5 }, () => randomUnit(draw, 12)));
    });
    for (const round of [1, 2]) {
      for (const { voy, exact } of pairs) {
        expect(voy.search(axis(round, 12), 3)).toEqual(exact.search(axis(round, 12), 3));
        expect(voy.treeSearches).toBe(round);
        expect(voy.panics).toBe(0);
      }
    }
    const point = { slot: 0, vector: axis(0, 12) };
    const kept = runtime.build([point]);
    const idle = runtime.build([point]);
    for (let i = 0; i < MOST_TREES; i++) {
      kept.search(point.vector, 1);
      runtime.build([point]);
    }
    expect([kept.alive, idle.alive]).toEqual([true, false]);
  });
});

describe('loading', () => {
  test('voyIndex gives indices that work', async () => {
    const index = (await voyIndex())({ embedderId: 'test', dimension: 4 });
    index.upsert('m1', axis(0, 4));
    expect(index.kind).toBe('voy');
    expect(index.degraded).toBeUndefined();
    expect(index.search(axis(0, 4), 1)).toEqual([{ id: 'm1', score: 1 }]);
  });

  test('where it cannot be loaded the scan answers and says why', () => {
    const error = new IndexUnavailableError('voy-unavailable', 'no WebAssembly here');
    const index = new VoyIndex({ embedderId: 'test', dimension: 4 }, error);
    index.upsert('m1', axis(0, 4));
    expect(index.kind).toBe('exact');
    expect(index.degraded).toBe('no WebAssembly here');
    expect(index.search(axis(0, 4), 1)).toEqual([{ id: 'm1', score: 1 }]);
  });
});
