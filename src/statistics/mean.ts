/** The mean of values, and how far they lie from it. */

export interface MeanStd {
  readonly mean: number;
  /** With n - 1; 0 with fewer than two values. */
  readonly std: number;
}

/** 0 of no values. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, v) => sum + v, 0) / values.length;
}

export function meanStd(values: readonly number[]): MeanStd {
  const m = mean(values);
  if (values.length < 2) return { mean: m, std: 0 };
  return { mean: m, std: Math.sqrt(values.reduce((s, v) => s + (v - m) ** 2, 0) / (values.length - 1)) };
}
