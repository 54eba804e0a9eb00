/** A tensor in a few numbers that can be drawn: its spread, its size, and its strongest entries. */

/** Parts of the histogram. */
const PARTS = 24;
const STRONGEST = 5;

export interface TensorSummary {
  readonly shape: readonly number[];
  readonly count: number;
  readonly smallest: number;
  readonly largest: number;
  readonly mean: number;
  /** Euclidean. */
  readonly norm: number;
  /** How many values lie in each of `PARTS` equally wide parts of smallest to largest; one part where all are equal. */
  readonly histogram: readonly number[];
  /** Farthest from zero first. */
  readonly strongest: readonly { readonly at: readonly number[]; readonly value: number }[];
}

/** @param data row-major, of `shape`; finite and not empty */
export function summarise(data: ArrayLike<number>, shape: readonly number[]): TensorSummary {
  const values = Array.from(data);
  const count = values.length;
  const smallest = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const largest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const histogram = new Array<number>(largest > smallest ? PARTS : 1).fill(0);
  for (const value of values) {
    const part = Math.floor(((value - smallest) / (largest - smallest || 1)) * histogram.length);
    histogram[Math.min(part, histogram.length - 1)]++;
  }
  const order = values.map((_, i) => i).sort((a, b) => Math.abs(values[b]) - Math.abs(values[a]));
  return {
    shape,
    count,
    smallest,
    largest,
    mean: values.reduce((sum, value) => sum + value, 0) / count,
    norm: Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)),
    histogram,
    strongest: order.slice(0, STRONGEST).map((i) => ({ at: placeOf(i, shape), value: values[i] })),
  };
}

/** Row-major index as a place in each dimension. */
function placeOf(index: number, shape: readonly number[]): readonly number[] {
  const place: number[] = [];
  let rest = index;
  for (const dim of [...shape].reverse()) {
    place.unshift(rest % dim);
    rest = Math.floor(rest / dim);
  }
  return place;
}
