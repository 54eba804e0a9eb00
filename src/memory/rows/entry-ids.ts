/** Ids are `m` and a number; creation order is the order of the numbers. */
import { MemoryArgumentError } from '../errors';

/** Ids brought from outside end here, so that none can use up the numbers that come after it. */
const LARGEST_GIVEN = 1_000_000_000;

export function numberOf(id: string): number {
  return Number(id.slice(1));
}

/** Of an id that somebody else chose. Throws `MemoryArgumentError`. */
export function checkGivenId(id: string): void {
  if (/^m[1-9]\d*$/.test(id) && numberOf(id) <= LARGEST_GIVEN) return;
  throw new MemoryArgumentError(
    'memory-id',
    `${JSON.stringify(id)} cannot be the id of a memory. Ids are "m" and a number from 1 to ${LARGEST_GIVEN}, e.g. "m12"; leave the id out to get the next one.`,
  );
}

/** In order of creation. */
export function inOrder<Row extends { readonly id: string }>(rows: Iterable<Row>): Row[] {
  return Array.from(rows, (row) => ({ row, number: numberOf(row.id) }))
    .sort((a, b) => a.number - b.number)
    .map(({ row }) => row);
}
