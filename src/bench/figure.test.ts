/** How figures are taken: in turn, only where the result is ours, and nobody is silent. */
import { expect, test } from 'vitest';
import { type Contestant, difference, type Figure, median, race } from './figure';

const RACE = {
  bench: 'matmul',
  backend: 'wasm',
  device: 'a device',
  size: '2x2x2',
  flops: 16,
  tolerance: 1e-3,
  runs: 4,
} as const;

/** Writes its name down with each run. */
function runner(
  engine: string,
  result: readonly number[],
  log: string[],
): Contestant & { disposed: boolean } {
  return {
    engine,
    disposed: false,
    async run() {
      log.push(engine);
    },
    result: async () => result,
    dispose() {
      this.disposed = true;
    },
  };
}

const by = (figures: readonly Figure[], engine: string): Figure => {
  const own = figures.filter((figure) => figure.engine === engine);
  expect(own).toHaveLength(1);
  return own[0];
};

test('ours and the peers take turns, after warm-up, and each has one figure', async () => {
  const log: string[] = [];
  const figures = await race(RACE, runner('agemem', [1, 2], log), [
    runner('a', [1, 2.0005], log),
    runner('b', [1, 2], log),
  ]);
  expect(log.slice(-12)).toEqual(Array(4).fill(['agemem', 'a', 'b']).flat());
  expect(log.length).toBeGreaterThan(12);
  for (const engine of ['agemem', 'a', 'b']) {
    const figure = by(figures, engine);
    expect(figure).toMatchObject({ bench: 'matmul', backend: 'wasm', size: '2x2x2', runs: 4 });
    expect(figure.min_ms ?? Number.NaN).toBeLessThanOrEqual(figure.median_ms ?? Number.NaN);
    expect(figure.median_ms ?? Number.NaN).toBeLessThanOrEqual(figure.max_ms ?? Number.NaN);
  }
  expect(by(figures, 'agemem')).toMatchObject({ ratio: null, error_vs_ours: 0 });
  expect(by(figures, 'a').error_vs_ours).toBeCloseTo(0.0005 / Math.sqrt(5), 9);
  expect(by(figures, 'b').ratio).toBeGreaterThan(0);
});

test('a peer with another result is refused with its error, and is not timed', async () => {
  const log: string[] = [];
  const figures = await race(RACE, runner('agemem', [1, 2], log), [
    runner('wrong', [1, 2.1], log),
    runner('short', [1], log),
    runner('broken', [1, Number.NaN], log),
  ]);
  for (const engine of ['wrong', 'short', 'broken']) {
    const figure = by(figures, engine);
    expect(figure.median_ms).toBeNull();
    expect(figure.note).toMatch(/differs from ours/);
    expect(log.filter((name) => name === engine)).toHaveLength(1);
  }
  expect(by(figures, 'wrong').error_vs_ours).toBeCloseTo(0.1 / Math.sqrt(5), 9);
});

test('a peer that fails is a line with the reason; everybody is disposed of', async () => {
  const ours = runner('agemem', [1], []);
  const failing = {
    ...runner('failing', [1], []),
    run: () => Promise.reject(new Error('no such kernel')),
  };
  const figures = await race(RACE, ours, [failing]);
  expect(by(figures, 'failing').note).toBe('it failed: no such kernel');
  expect([ours.disposed, failing.disposed]).toEqual([true, true]);
});

test('a line has every field that the issue of the bench names', async () => {
  const [figure] = await race(RACE, runner('agemem', [1], []), []);
  const line = JSON.parse(JSON.stringify(figure)) as object;
  for (const field of [
    'bench',
    'engine',
    'backend',
    'device',
    'size',
    'median_ms',
    'min_ms',
    'max_ms',
    'gflops',
    'dispatches',
    'submits',
    'readbacks',
    'error_vs_ours',
  ]) {
    expect(line).toHaveProperty(field);
  }
});

test('median and difference', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(difference([0, 0], [0, 0])).toBe(0);
  expect(difference([3, 4.5], [3, 4])).toBeCloseTo(0.1, 12);
  expect(difference([1], [1, 2])).toBe(Number.POSITIVE_INFINITY);
});

test('a peer that draws other tokens does not count, however near its numbers', async () => {
  const ids = Array.from({ length: 20 }, (_, i) => i);
  const drawing = (engine: string, tokens?: readonly number[]): Contestant => ({
    ...runner(engine, [1, 2], []),
    ...(tokens && { tokens: async () => tokens }),
  });
  const figures = await race(RACE, drawing('agemem', ids), [
    drawing('same', ids),
    drawing('tie', [...ids.slice(0, 19), 7]),
    drawing('other', [...ids].reverse()),
    drawing('short', ids.slice(1)),
    drawing('silent'),
  ]);
  for (const engine of ['same', 'tie']) expect(by(figures, engine).median_ms).not.toBeNull();
  for (const engine of ['other', 'short', 'silent']) {
    expect(by(figures, engine).median_ms).toBeNull();
    expect(by(figures, engine).note).toMatch(/of its tokens are not ours/);
  }
});
