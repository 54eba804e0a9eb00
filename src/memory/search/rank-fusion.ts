/**
 * One order out of several: reciprocal rank fusion. Cosines and BM25 scores have no common scale, but ranks have:
 *
 *     score(id) = sum over rankings  1 / (k + rank of id)
 *
 * An entry that a ranking leaves out gets nothing from it. k damps how much the very first places count.
 *
 * Source: Cormack, Clarke & Büttcher 2009, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
 * Learning Methods", whose k is 60.
 */
import { compareHits } from '../index/ranking';
import type { IndexHit } from '../memory';

export const FUSION_K = 60;

/**
 * Best first, equal scores by id. Equal scores within a ranking share their best rank: which of them has the
 * smaller id says nothing.
 * @param rankings each best first, every id once
 */
export function fuseRankings(
  rankings: readonly (readonly IndexHit[])[],
  k: number = FUSION_K,
): readonly IndexHit[] {
  const fused = new Map<string, number>();
  for (const ranking of rankings) {
    let rank = 0;
    ranking.forEach(({ id, score }, i) => {
      if (i === 0 || score !== ranking[i - 1].score) rank = i + 1;
      fused.set(id, (fused.get(id) ?? 0) + 1 / (k + rank));
    });
  }
  return [...fused].map(([id, score]) => ({ id, score })).sort(compareHits);
}
