/** How long the rest of a table takes, from what its seeds took so far. */
import type { TableSeedRow } from '../../storage/table-store';
import type { Unit } from './table-run';

/**
 * Milliseconds; null before anything was measured. A seed is taken to last as others of its cell did, else of its
 * environment, else of its method, else of all.
 */
export function timeLeft(
  measured: readonly Pick<TableSeedRow, 'method' | 'environment' | 'ms'>[],
  missing: readonly Unit[],
): number | null {
  if (missing.length === 0) return 0;
  if (measured.length === 0) return null;
  return missing.reduce((sum, unit) => sum + timeOf(measured, unit), 0);
}

function timeOf(
  measured: readonly Pick<TableSeedRow, 'method' | 'environment' | 'ms'>[],
  { method, environment }: Unit,
): number {
  const here = measured.filter((row) => row.environment === environment);
  const cell = here.filter((row) => row.method === method);
  const same = measured.filter((row) => row.method === method);
  const like = [cell, here, same].find((rows) => rows.length > 0) ?? measured;
  return like.reduce((sum, { ms }) => sum + ms, 0) / like.length;
}
