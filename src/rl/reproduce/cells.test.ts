import { expect, test } from 'vitest';
import { type CellLine, CellLineError } from '../../evidence/cell-lines';
import { differenceLine, linesOf, type PlayedCell } from './cells';
import { keptLines, readCells, withCell } from './kept-cells';

const CELL: PlayedCell = {
  method: 'mem0',
  environment: 'qa',
  policy: 'public/policy',
  backend: 'wasm',
  seeds: [1, 2, 3],
  episodesPerSeed: 4,
  bySeed: [
    { score: 0.25, 'does-not-fit': 0 },
    { score: 0.5, 'does-not-fit': 0 },
    { score: 0.75, 'does-not-fit': 0.25 },
  ],
};

const scoreOf = (cell: PlayedCell): CellLine => {
  const found = linesOf(cell).find(({ metric }) => metric === 'score');
  if (!found) throw new Error('no score');
  return found;
};

test('a line a metric: mean, and 95% over the seeds by Student, by hand', () => {
  const lines = linesOf(CELL);
  expect(lines.map(({ metric }) => metric)).toEqual(['score', 'does-not-fit']);
  // Standard deviation 0.25, two degrees of freedom: 4.303 * 0.25 / sqrt(3).
  expect(lines[0]).toMatchObject({ mean: 0.5, n: 12, seeds: [1, 2, 3], values: [0.25, 0.5, 0.75] });
  expect(lines[0].high).toBeCloseTo(0.5 + (4.303 * 0.25) / Math.sqrt(3), 9);
});

test('a cell in which nothing fitted says so, and has no score', () => {
  const bySeed = CELL.bySeed.map(() => ({
    score: 0,
    'does-not-fit': 1,
    'prompt-tokens': 0,
    'memory-quality': 0.5,
  }));
  expect(linesOf({ ...CELL, bySeed })).toEqual([
    expect.objectContaining({ metric: 'does-not-fit', mean: 1 }),
    // Stage 1 was played.
    expect.objectContaining({ metric: 'memory-quality', mean: 0.5 }),
  ]);
});

test('a cell in which nothing fitted but something was reached has its score', () => {
  const bySeed = [0, 0.25, 0].map((score) => ({ score, 'does-not-fit': 1 }));
  expect(linesOf({ ...CELL, bySeed }).map(({ metric, values }) => [metric, values])).toEqual([
    ['score', [0, 0.25, 0]],
    ['does-not-fit', [1, 1, 1]],
  ]);
});

test('a seed in which a memory held nothing has no memory quality, not one of 0', () => {
  const bySeed = CELL.bySeed.map((values, at) => (at === 1 ? values : { ...values, 'memory-quality': 0.5 }));
  expect(linesOf({ ...CELL, bySeed }).find(({ metric }) => metric === 'memory-quality')).toMatchObject({
    seeds: [1, 3],
    values: [0.5, 0.5],
    n: 8,
    mean: 0.5,
  });
});

test('a line of fewer seeds is of its cell: kept with it, and replaced with it', () => {
  const bySeed = CELL.bySeed.map((values, at) => (at === 1 ? values : { ...values, 'memory-quality': 0.5 }));
  const { seeds, episodesPerSeed, ...rest } = CELL;
  const wanted = { ...rest, seeds, n: episodesPerSeed * seeds.length };
  const lines = linesOf({ ...CELL, bySeed });
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  expect(keptLines(readCells(text), wanted)).toEqual(lines);
  const again = linesOf(CELL);
  expect(readCells(withCell(text, wanted, again))).toEqual(again);
  const other = { ...wanted, seeds: [1, 2], n: 8 };
  expect(keptLines(readCells(text), other)).toEqual([]);
});

test('differences are taken seed by seed, and only on the same seeds', () => {
  const reference: PlayedCell = {
    ...CELL,
    method: 'agemem-no-rl',
    bySeed: [0.2, 0.45, 0.7].map((score) => ({ score, 'does-not-fit': 0 })),
  };
  const difference = differenceLine(scoreOf(CELL), scoreOf(reference));
  // The seeds differ much, the methods by the same each time: the interval is narrow.
  expect(difference).toMatchObject({ metric: 'score difference', against: 'agemem-no-rl' });
  expect(difference?.mean).toBeCloseTo(0.05, 12);
  expect(difference?.high).toBeCloseTo(0.05, 9);
  expect(differenceLine(scoreOf(CELL), { ...scoreOf(reference), seeds: [1, 2, 4] })).toBeNull();
});

test('lines are read back, but for the head, differences and a line that was cut off', () => {
  const lines = linesOf(CELL);
  const difference: CellLine = { ...lines[0], metric: 'score difference', against: 'agemem-no-rl' };
  const text = [{ command: 'npm run reproduce' }, ...lines, difference]
    .map((line) => JSON.stringify(line))
    .join('\n');
  const read = readCells(`${text}\n{"method":"me`);
  expect(read).toEqual(lines);
  const wanted = { ...CELL, n: 12 };
  expect(keptLines(read, wanted)).toEqual(lines);
  for (const other of [
    { n: 16 },
    { seeds: [1, 2] },
    { policy: 'public/adapter' },
    { setting: 'before' },
    { environment: 'pddl' as const },
  ]) {
    expect(keptLines(read, { ...wanted, ...other })).toEqual([]);
  }
});

test('a file of something else is refused with the line', () => {
  expect(() => readCells('{"a":1}\n')).toThrow(new CellLineError(1));
  expect(() => readCells(`${JSON.stringify(linesOf(CELL)[0])}\nnot json\n`)).toThrow(/^Line 2 /);
});

test('a cell of other weights in the same folder is not kept; one that does not tell them is', () => {
  const lines = linesOf({ ...CELL, weights: '0123abcd' });
  expect(lines[0]).toMatchObject({ policy: 'public/policy', weights: '0123abcd' });
  const wanted = { ...CELL, n: 12, weights: '0123abcd' };
  expect(keptLines(lines, wanted)).toEqual(lines);
  expect(keptLines(lines, { ...wanted, weights: '89ef4567' })).toEqual([]);
  expect(keptLines(linesOf(CELL), wanted)).toEqual(linesOf(CELL));
  expect(keptLines(linesOf(CELL), { ...wanted, n: 16 })).toEqual([]);
});

test('a cell is written in its place, instead of what the file had of it; all else stays', () => {
  const wanted = { ...CELL, n: 12, weights: '0123abcd' };
  const [before, after] = [linesOf({ ...CELL, method: 'rag' }), linesOf({ ...CELL, method: 'langmem' })];
  const old = linesOf({ ...CELL, weights: '89ef4567' });
  const difference: CellLine = { ...old[0], metric: 'score difference', against: 'agemem-no-rl' };
  const text = (...values: readonly unknown[]) =>
    values.map((value) => `${JSON.stringify(value)}\n`).join('');
  const head = { command: 'npm run reproduce' };
  const lines = linesOf({ ...CELL, weights: '0123abcd' });
  expect(withCell(`${text(head, ...before, ...old, difference, ...after)}{"cut`, wanted, lines)).toBe(
    text(head, ...before, ...lines, ...after),
  );
  expect(withCell('', wanted, lines)).toBe(text(...lines));
  expect(withCell(text(...lines, ...after), { ...wanted, n: 16 }, [])).toBe(text(...lines, ...after));
});
