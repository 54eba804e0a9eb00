/**
 * Differences taken seed by seed, and what may be said of them. Both sides of a pair met the same tasks with the same dice,
 * so what they share cancels out; the interval is Student's over the seeds, 95 %. Fewer than two seeds say nothing.
 */
import { type Confidence, interval } from '../../statistics/interval';

/** A figure of each seed. */
export type BySeed = ReadonlyMap<number, number>;

export interface Estimate {
  readonly mean: number;
  /** 95 % bounds if no others were asked for; null with fewer than two seeds. */
  readonly low: number | null;
  readonly high: number | null;
  /** Seeds. */
  readonly n: number;
}

export type Direction = 'higher' | 'lower';

/** `other`: the interval lies on the other side of zero; `open`: zero is in it. */
export type Verdict = 'holds' | 'other' | 'open';

/** Mean and bounds of independent values; null where there are none. */
export function estimate(values: readonly number[], confidence?: Confidence): Estimate | null {
  if (values.length === 0) return null;
  const { mean, half, n } = interval(values, confidence);
  return { mean, low: half === null ? null : mean - half, high: half === null ? null : mean + half, n };
}

/** `after` less `before` on the seeds that both have; null where they share none. */
export function difference(after: BySeed, before: BySeed, confidence?: Confidence): Estimate | null {
  const values = [...after].flatMap(([seed, value]) => {
    const other = before.get(seed);
    return other === undefined ? [] : [value - other];
  });
  return estimate(values, confidence);
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
