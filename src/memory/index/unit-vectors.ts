/** Unit vectors: what an embedder gives and an index holds. Their inner product is their cosine. */
import { VectorError } from '../errors';

/** How far from 1 the squared length of a "unit" vector may be: float32 rounding, with room. */
export const UNIT_TOLERANCE = 1e-4;

/** Throws `VectorError` unless the vector is of this length, finite and of unit length. */
export function checkUnitVector(vector: Float32Array, dimension: number): void {
  if (vector.length !== dimension) {
    throw new VectorError(
      'vector-length',
      `The vector has ${vector.length} numbers, but this index holds vectors of ${dimension}. Use the embedder that the index was made for.`,
    );
  }
  let square = 0;
  for (let i = 0; i < dimension; i++) square += vector[i] * vector[i];
  if (!Number.isFinite(square)) {
    throw new VectorError(
      'vector-not-finite',
      'The vector holds NaN or infinity. Check the embedder that made it.',
    );
  }
  if (Math.abs(square - 1) > UNIT_TOLERANCE) {
    throw new VectorError(
      'vector-not-unit',
      `The vector has length ${Math.sqrt(square).toPrecision(4)} instead of 1. Normalise it, so that the inner product is the cosine.`,
    );
  }
}

/** Cosine of two unit vectors of one length, in [-1, 1]; summed in float64 in one order, the same everywhere. */
export function cosine(a: Float32Array, b: Float32Array): number {
  return cosineAt(a, b, 0);
}

/** The same for the vector that starts at this place of a longer array. */
export function cosineAt(a: Float32Array, array: Float32Array, start: number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * array[start + i];
  return Math.max(-1, Math.min(1, sum));
}
