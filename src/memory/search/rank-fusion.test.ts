import { expect, test } from 'vitest';
import { fuseRankings } from './rank-fusion';

const ranking = (...ids: readonly string[]) => ids.map((id, i) => ({ id, score: 1 - i / 10 }));

test('adds up reciprocal ranks', () => {
  const fused = fuseRankings([ranking('m1', 'm2', 'm3'), ranking('m3', 'm2')]);
  expect(fused.map(({ id }) => id)).toEqual(['m3', 'm2', 'm1']);
  expect(fused.map(({ score }) => score)).toEqual([1 / 63 + 1 / 61, 1 / 62 + 1 / 62, 1 / 61]);
});

test('leaves one ranking as it is, and nothing as nothing', () => {
  expect(fuseRankings([ranking('m2', 'm1')]).map(({ id }) => id)).toEqual(['m2', 'm1']);
  expect(fuseRankings([ranking('m2', 'm1'), []]).map(({ id }) => id)).toEqual(['m2', 'm1']);
  expect(fuseRankings([])).toEqual([]);
});

test('gives equal scores the same rank', () => {
  const tied = ['m2', 'm1', 'm3'].map((id, i) => ({ id, score: i < 2 ? 0.5 : 0.1 }));
  const fused = fuseRankings([tied], 10);
  expect(fused).toEqual([
    { id: 'm1', score: 1 / 11 },
    { id: 'm2', score: 1 / 11 },
    { id: 'm3', score: 1 / 13 },
  ]);
});
