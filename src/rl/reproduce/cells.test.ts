import { expect, test } from 'vitest';
import { type CellLine, differenceLine, linesOf, type PlayedCell } from './cells';
import { KeptCellsError, keptLines, readCells } from './kept-cells';

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
  const bySeed = CELL.bySeed.map(() => ({ score: 0, 'does-not-fit': 1, 'prompt-tokens': 0 }));
  expect(linesOf({ ...CELL, bySeed })).toEqual([
    expect.objectContaining({ metric: 'does-not-fit', mean: 1 }),
  ]);
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
  expect(() => readCells('{"a":1}\n')).toThrow(new KeptCellsError(1));
  expect(() => readCells(`${JSON.stringify(linesOf(CELL)[0])}\nnot json\n`)).toThrow(/^Line 2 /);
});
