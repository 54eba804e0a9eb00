/**
 * Vectors on a plane: their two main axes (principal component analysis), to be looked at.
 *
 * The axes are the two directions in which the vectors, less their mean, vary most:
 *
 *     a = argmax |X a|,  |a| = 1;   b the same among the directions at right angles to a
 *
 * found by power iteration, a <- X^T X a / |...|, on a sample of rows where there are many, from a start that the
 * vectors give, so that equal vectors give equal pictures. All rows are then put on the axes. An axis has no
 * sign of its own: its largest number is made positive.
 */

/** Rows the axes are found on; evenly spaced among all. More would move a picture by less than its dots. */
const SAMPLE = 2000;
const ROUNDS = 60;
const SETTLED = 1e-7;

export interface Plane {
  /** `[n, 2]`, scaled by one number so that all lie in [-1, 1]. */
  readonly points: Float64Array;
  /** Share of the variance that the two axes show, in [0, 1]; 1 where nothing varies. */
  readonly explained: number;
}

/** `vectors`: n of one length. */
export function onPlane(vectors: readonly Float32Array[]): Plane {
  const n = vectors.length;
  const points = new Float64Array(2 * n);
  if (n < 2) return { points, explained: 1 };
  const mean = meanOf(vectors);
  const step = Math.max(1, Math.floor(n / SAMPLE));
  const sample = { rows: vectors.filter((_, i) => i % step === 0), mean };
  const axes: Float64Array[] = [];
  for (let k = 0; k < 2; k++) {
    const axis = mainAxis(sample, axes);
    if (axis) axes.push(axis);
  }
  let shown = 0;
  let total = 0;
  let largest = 0;
  for (const [i, row] of vectors.entries()) {
    for (let j = 0; j < row.length; j++) total += (row[j] - mean[j]) ** 2;
    for (const [k, axis] of axes.entries()) {
      let place = 0;
      for (let j = 0; j < row.length; j++) place += (row[j] - mean[j]) * axis[j];
      points[2 * i + k] = place;
      shown += place * place;
      largest = Math.max(largest, Math.abs(place));
    }
  }
  if (largest > 0) for (let i = 0; i < points.length; i++) points[i] /= largest;
  return { points, explained: total > 0 ? Math.min(1, shown / total) : 1 };
}

/** What the axes are found on. `mean`: of all vectors. */
interface Sample {
  readonly rows: readonly Float32Array[];
  readonly mean: Float64Array;
}

function meanOf(vectors: readonly Float32Array[]): Float64Array {
  const mean = new Float64Array(vectors[0].length);
  for (const row of vectors) for (let j = 0; j < mean.length; j++) mean[j] += row[j];
  for (let j = 0; j < mean.length; j++) mean[j] /= vectors.length;
  return mean;
}

/** The direction of most variance at right angles to those found; undefined where nothing is left to vary. */
function mainAxis(sample: Sample, found: readonly Float64Array[]): Float64Array | undefined {
  let axis = farthest(sample, found);
  for (let round = 0; axis && round < ROUNDS; round++) {
    const next = unit(withoutAll(timesCovariance(sample, axis), found));
    if (!next) return undefined;
    const moved = 1 - Math.abs(dot(next, axis));
    axis = next;
    if (moved < SETTLED) break;
  }
  if (!axis) return undefined;
  const strongest = axis.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return strongest < 0 ? axis.map((value) => -value) : axis;
}

/** Where to begin: the row farthest from the mean, less the axes found. */
function farthest({ rows, mean }: Sample, found: readonly Float64Array[]): Float64Array | undefined {
  let best: Float64Array | undefined;
  let most = 1e-12;
  for (const vector of rows) {
    const row = withoutAll(
      mean.map((value, j) => vector[j] - value),
      found,
    );
    const square = dot(row, row);
    if (square > most) [most, best] = [square, row];
  }
  return best && unit(best);
}

/** X^T X a over the sampled rows. */
function timesCovariance({ rows, mean }: Sample, a: Float64Array): Float64Array {
  const product = new Float64Array(a.length);
  const offset = dot(mean, a);
  let sum = 0;
  for (const row of rows) {
    let along = -offset;
    for (let j = 0; j < a.length; j++) along += row[j] * a[j];
    for (let j = 0; j < a.length; j++) product[j] += along * row[j];
    sum += along;
  }
  for (let j = 0; j < a.length; j++) product[j] -= sum * mean[j];
  return product;
}

function withoutAll(vector: Float64Array, axes: readonly Float64Array[]): Float64Array {
  return axes.reduce((rest, axis) => {
    const along = dot(rest, axis);
    return rest.map((value, j) => value - along * axis[j]);
  }, vector);
}

function unit(vector: Float64Array): Float64Array | undefined {
  const length = Math.sqrt(dot(vector, vector));
  return length > 1e-12 ? vector.map((value) => value / length) : undefined;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}
