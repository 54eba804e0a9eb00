/**
 * Differences taken seed by seed, and what may be said of them. Both sides of a pair met the same tasks with the same dice,
 * so what they share cancels out; the interval is Student's over the seeds, 95 %. Fewer than two seeds say nothing.
 */

/** A figure of each seed. */
export type BySeed = ReadonlyMap<number, number>;

export interface Estimate {
  readonly mean: number;
  /** 95 % bounds; null with fewer than two seeds. */
  readonly low: number | null;
  readonly high: number | null;
  /** Seeds. */
  readonly n: number;
}

export type Direction = 'higher' | 'lower';

/** `other`: the interval lies on the other side of zero; `open`: zero is in it. */
export type Verdict = 'holds' | 'other' | 'open';

/** Quantiles 0.975 of Student's t for 1 to 30 degrees of freedom. */
const T_975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
const Z_975 = 1.959964;

/** Mean and bounds of independent values; null where there are none. */
export function estimate(values: readonly number[]): Estimate | null {
  const n = values.length;
  if (n === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { mean, low: null, high: null, n };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  // Beyond the table by the first term of Cornish and Fisher's expansion.
  const t = T_975[n - 2] ?? Z_975 + (Z_975 ** 3 + Z_975) / (4 * (n - 1));
  const half = t * Math.sqrt(variance / n);
  return { mean, low: mean - half, high: mean + half, n };
}

/** `after` less `before` on the seeds that both have; null where they share none. */
export function difference(after: BySeed, before: BySeed): Estimate | null {
  const values = [...after].flatMap(([seed, value]) => {
    const other = before.get(seed);
    return other === undefined ? [] : [value - other];
  });
  return estimate(values);
}

/** Which way a difference goes, as far as can be told: null where zero is within its bounds, or there are none. */
export function directionOf({ low, high }: Estimate): Direction | null {
  if (low === null || high === null) return null;
  if (low > 0) return 'higher';
  return high < 0 ? 'lower' : null;
}

/** Whether a difference goes the way that was claimed. */
export function verdictOf(found: Estimate, claimed: Direction): Verdict {
  const direction = directionOf(found);
  if (direction === null) return 'open';
  return direction === claimed ? 'holds' : 'other';
}
