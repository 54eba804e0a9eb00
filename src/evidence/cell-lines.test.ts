import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type CellLine, CellLineError, cellLineIn, readCellLines } from './cell-lines';

const LINE: CellLine = {
  method: 'mem0',
  environment: 'qa',
  metric: 'score',
  mean: 0.5,
  low: null,
  high: null,
  n: 4,
  seeds: [1],
  policy: 'public/policy',
  backend: 'wasm',
  values: [0.5],
};

test.each(Object.keys(LINE))('a line without its %s is none', (key) => {
  expect(cellLineIn(JSON.stringify(LINE))).toEqual(LINE);
  expect(cellLineIn(JSON.stringify({ ...LINE, [key]: undefined }))).toBeNull();
  expect(cellLineIn(JSON.stringify({ ...LINE, [key]: {} }))).toBeNull();
});

test('a cell without seeds or values, or with values that are no numbers, is none', () => {
  for (const part of [{ seeds: [] }, { values: [] }, { values: ['0.5'] }, { mean: null }]) {
    expect(cellLineIn(JSON.stringify({ ...LINE, ...part }))).toBeNull();
  }
  for (const text of ['', 'null', '[]', '{"method":"me']) expect(cellLineIn(text)).toBeNull();
});

test('the head of evidence is passed over as the first line alone, differences and empty lines anywhere', () => {
  const head = JSON.stringify({ command: 'npm run reproduce' });
  const plain = JSON.stringify(LINE);
  const difference = JSON.stringify({ ...LINE, against: 'no-memory' });
  expect(readCellLines([head, plain, '', difference])).toEqual([LINE]);
  expect(() => readCellLines([plain, head])).toThrow(new CellLineError(2));
  expect(readCellLines([])).toEqual([]);
});

const FOLDER = new URL('../../docs/evidence/', import.meta.url);
const FILES = readdirSync(FOLDER).filter((name) => /^reproduce-.*\.jsonl$/.test(name));

test.each(FILES)('%s is read to its end', (name) => {
  const lines = readFileSync(new URL(name, FOLDER), 'utf8').trim().split('\n');
  const differences = lines.filter((line) => cellLineIn(line)?.against !== undefined);
  expect(readCellLines(lines)).toHaveLength(lines.length - differences.length - 1);
});
