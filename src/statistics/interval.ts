/** Means with what is known of their error: Student's t over independent values, 95 % unless more is asked for. */
import { meanStd } from './mean';

export interface Interval {
  readonly mean: number;
  /** Half of the interval; null with fewer than two values, which say nothing of their spread. */
  readonly half: number | null;
  /** Independent values. */
  readonly n: number;
}

/**
 * `'95'`: of one question. `'99'`: where five are asked and the answers picked from, so that all five together err in at most
 * 5 of 100 (Bonferroni).
 */
export type Confidence = '95' | '99';

/** Upper quantiles of Student's t for 1 to 30 degrees of freedom, and beyond them of the normal distribution. */
const QUANTILES: Readonly<Record<Confidence, { readonly t: readonly number[]; readonly z: number }>> = {
  '95': {
    z: 1.959964,
    t: [
      12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
      2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
    ],
  },
  '99': {
    z: 2.575829,
    t: [
      63.657, 9.925, 5.841, 4.604, 4.032, 3.707, 3.499, 3.355, 3.25, 3.169, 3.106, 3.055, 3.012, 2.977, 2.947,
      2.921, 2.898, 2.878, 2.861, 2.845, 2.831, 2.819, 2.807, 2.797, 2.787, 2.779, 2.771, 2.763, 2.756, 2.75,
    ],
  },
};

/** @param values independent of one another: of several draws of one task, their mean is one */
export function interval(values: readonly number[], confidence: Confidence = '95'): Interval {
  const n = values.length;
  if (n > 1 && areSame(values)) return { mean: values[0], half: 0, n };
  const { mean, std } = meanStd(values);
  return { mean, half: n < 2 ? null : (quantile(n - 1, confidence) * std) / Math.sqrt(n), n };
}

/** But for the rounding of the arithmetic they come from: a spread of 1e-17 is none. */
function areSame(values: readonly number[]): boolean {
  const [first] = values;
  const rounding = 1e-12 * Math.max(1, Math.abs(first));
  return values.every((value) => Math.abs(value - first) <= rounding);
}

/** Beyond the table by the first term of Cornish and Fisher's expansion: 0.4 % off at most. */
function quantile(freedom: number, confidence: Confidence): number {
  const { t, z } = QUANTILES[confidence];
  return t[freedom - 1] ?? z + (z ** 3 + z) / (4 * freedom);
}
