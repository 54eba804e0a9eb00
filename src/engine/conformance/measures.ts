/**
 * How far two results are apart, as the fixtures' README defines it: ||a - b|| / ||b|| for a tensor, the
 * largest of the tensors for a set, so that no wrong small tensor hides behind a large one.
 *
 * One case the README leaves open: a tensor that is zero in exact arithmetic (the gradient of a query
 * projection where every sequence is one token). Rounding has no relative error there, so such a tensor is
 * measured against the norm of its whole set.
 */
import { ModelFileError } from '../errors';
import type { NamedTensors } from '../model/model-config';

/** Below this share of its set a stored tensor is rounding, not signal: a quarter of float32's precision. */
const NOTHING = 3e-8;

/**
 * ||a - b|| / ||b||; infinite where a number is not finite.
 * @throws ModelFileError `fixture-shape` where lengths differ
 */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>, what = 'The tensor'): number {
  const { difference, norm } = distance(a, b, what);
  if (difference === 0) return 0;
  const error = difference / norm;
  return Number.isFinite(error) ? error : Infinity;
}

/**
 * The largest relative error of a set of tensors, over the names in `expected`.
 * @throws ModelFileError `missing-tensor`, `fixture-shape`
 */
export function largestError(actual: NamedTensors, expected: NamedTensors): number {
  const parts = [...expected].map(([name, { data }]) => {
    const own = actual.get(name);
    if (!own) {
      throw new ModelFileError(
        'unexpected-tensor',
        `The folder holds values for "${name}", which this model or adapter does not have.`,
      );
    }
    return distance(own.data, data, `"${name}"`);
  });
  const whole = Math.hypot(...parts.map(({ norm }) => norm));
  let largest = 0;
  for (const { difference, norm } of parts) {
    if (difference === 0) continue;
    const error = difference / (norm > NOTHING * whole ? norm : whole);
    largest = Math.max(largest, Number.isFinite(error) ? error : Infinity);
  }
  return largest;
}

/** after - before, tensor by tensor, over the names in `after`. */
export function changes(after: NamedTensors, before: NamedTensors): NamedTensors {
  return new Map(
    [...after].map(([name, { shape, data }]) => {
      const start = before.get(name)?.data;
      return [name, { shape, data: data.map((value, i) => value - (start?.[i] ?? Number.NaN)) }];
    }),
  );
}

/** Global norm of a set of tensors. */
export function globalNorm(tensors: NamedTensors): number {
  let square = 0;
  for (const { data } of tensors.values()) for (const value of data) square += value * value;
  return Math.sqrt(square);
}

function distance(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  what: string,
): { readonly difference: number; readonly norm: number } {
  if (a.length !== b.length) {
    throw new ModelFileError(
      'fixture-shape',
      `${what} has ${b.length} stored values where the model gives ${a.length}: another shape or batch.`,
    );
  }
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    norm += b[i] ** 2;
  }
  return { difference: Math.sqrt(difference), norm: Math.sqrt(norm) };
}
