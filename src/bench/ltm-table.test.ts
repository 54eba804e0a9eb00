import { expect, test } from 'vitest';
import type { LtmLine } from './ltm';
import { facts } from './ltm-data';
import { ltmLinesIn, ltmTable } from './ltm-table';

const line = (extra: Partial<LtmLine>): LtmLine => ({
  bench: 'ltm',
  index: 'simd',
  n: 50_000,
  dim: 512,
  search_ms: 3.2,
  insert_ms: 1.5,
  delete_ms: 1.25,
  start_ms: 512.4,
  memory_mb: 131.7,
  index_search_ms: 1.02,
  start_from_rows_ms: 1462,
  ...extra,
});

test('a row for each line, smaller memories first, goals judged where they are stated', () => {
  const text = [line({}), line({ index: 'voy', n: 1000, memory_mb: 3 })].map((one) => JSON.stringify(one));
  const lines = ltmLinesIn(['{"command":"npm run bench"}', ...text, '{"bench":"matmul"}', ''].join('\n'));
  expect(ltmTable(lines).split('\n').slice(2)).toEqual([
    '| 1,000 | voy | 3.2 | 1.0 | 1.5 | 1.3 | 512 | 1462 | 3.0 |',
    '| 50,000 | simd | 3.2 (goal 10: met) | 1.0 | 1.5 | 1.3 | 512 (goal 1000: met) | 1462 | 132 |',
  ]);
  expect(ltmTable([line({ search_ms: 10, start_ms: null })])).toMatch(
    /goal 10: \*\*missed.*goal 1000: \*\*missed/,
  );
  expect(ltmTable([])).toBe('');
});

test('made-up facts are the same for a seed, and each is another', () => {
  const made = facts(20_000, 1);
  expect(facts(20_000, 1)).toEqual(made);
  expect(facts(3, 2)).not.toEqual(made.slice(0, 3));
  expect(new Set(made.map(({ content }) => content)).size).toBe(made.length);
});
