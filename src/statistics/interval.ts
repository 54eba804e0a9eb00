/** Means with what is known of their error: Student's t over independent values, 95 %. */
import { meanStd } from './mean';

export interface Interval {
  readonly mean: number;
  /** Half of the 95 % interval; null with fewer than two values, which say nothing of their spread. */
  readonly half: number | null;
  /** Independent values. */
  readonly n: number;
}

/** Quantiles 0.975 of Student's t for 1 to 30 degrees of freedom. */
const T_975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** @param values independent of one another: of several draws of one task, their mean is one */
export function interval(values: readonly number[]): Interval {
  const n = values.length;
  if (n > 1 && areSame(values)) return { mean: values[0], half: 0, n };
  const { mean, std } = meanStd(values);
  return { mean, half: n < 2 ? null : (quantile(n - 1) * std) / Math.sqrt(n), n };
}

/** But for the rounding of the arithmetic they come from: a spread of 1e-17 is none. */
function areSame(values: readonly number[]): boolean {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return most - least <= 1e-12 * Math.max(1, Math.abs(least), Math.abs(most));
}

/** Beyond the table by the first term of Cornish and Fisher's expansion: 0.1 % off at most. */
function quantile(freedom: number): number {
  const z = 1.959964;
  return T_975[freedom - 1] ?? z + (z ** 3 + z) / (4 * freedom);
}
