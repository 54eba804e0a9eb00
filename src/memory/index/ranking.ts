/** The order of search results, the same for every index: best score first, equal scores by id. */
import { MemoryArgumentError } from '../errors';
import type { IndexHit } from '../memory';

/** Throws `MemoryArgumentError` unless k is a whole number of at least 1 (or infinity). */
export function checkCount(k: number): void {
  if (!(k >= 1) || (k !== Number.POSITIVE_INFINITY && !Number.isInteger(k))) {
    throw new MemoryArgumentError(
      'top-k',
      `${k} results cannot be asked for: k is a whole number of at least 1.`,
    );
  }
}

/** Short ids first, then alphabetically, so that m2 comes before m10. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** Best score first; equal scores by id. */
export function compareHits(a: IndexHit, b: IndexHit): number {
  return b.score - a.score || compareIds(a.id, b.id);
}
