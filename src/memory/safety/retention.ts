/**
 * Which backups stay. The newest three for a mishap of minutes ago; the first of each of the last two hours
 * and of the last two days that have any, because damage is not always noticed at once. Times are of the
 * clock, which may jump; the order is that of the numbers, which only grow.
 */
export interface Generation {
  /** Counts the backups ever made. */
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly made: number;
}

const NEWEST = 3;
const HOUR = 3_600_000;
/** Length of a period and how many of them keep their first backup. */
const PERIODS = [
  { length: HOUR, kept: 2 },
  { length: 24 * HOUR, kept: 2 },
] as const;

/** The numbers of those that stay, in any order. */
export function keptGenerations(generations: readonly Generation[]): ReadonlySet<number> {
  const sorted = [...generations].sort((a, b) => b.number - a.number);
  const kept = new Set(sorted.slice(0, NEWEST).map(({ number }) => number));
  for (const { length, kept: periods } of PERIODS) {
    const firsts = new Map<number, number>();
    // From the newest on, so that the earliest of a period is the one that remains in the map.
    for (const { number, made } of sorted) {
      const period = Math.floor(made / length);
      if (firsts.has(period) || firsts.size < periods) firsts.set(period, number);
    }
    for (const number of firsts.values()) kept.add(number);
  }
  return kept;
}
