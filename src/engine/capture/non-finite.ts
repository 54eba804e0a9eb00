/**
 * Where a number stopped being one: the first tensor in computing order that holds NaN or infinity. What comes
 * after it is infected and says nothing, so the first name is the place to look.
 */
import type { CapturedTensor } from './capture-pass';

export interface NonFinite {
  /** As `capturable` lists it. */
  readonly name: string;
  /** Element in the flat tensor, and the value found there. */
  readonly index: number;
  readonly value: number;
  /** The same place as an index for each dimension. */
  readonly at: readonly number[];
}

/** The first element of the tensor that is not finite, or undefined. */
export function nonFiniteIn(name: string, { shape, data }: CapturedTensor): NonFinite | undefined {
  const index = data.findIndex((value) => !Number.isFinite(value));
  if (index < 0) return undefined;
  const at: number[] = [];
  let rest = index;
  for (const size of [...shape].reverse()) {
    at.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return { name, index, value: data[index], at };
}

/** The first of captured tensors, in their order, that holds a number that is none. */
export function firstNonFinite(captured: ReadonlyMap<string, CapturedTensor>): NonFinite | undefined {
  for (const [name, tensor] of captured) {
    const found = nonFiniteIn(name, tensor);
    if (found) return found;
  }
  return undefined;
}
