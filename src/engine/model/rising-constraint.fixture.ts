/** A constraint for tests with something of every kind: each id is above the one before it, and the end must be earned. */
import { expect } from 'vitest';
import type { FinishReason, TokenConstraint } from '../language-model';

/** Stops, once the last id is above `RISING_END`; nothing else may follow the largest ids. */
export const RISING_STOP = 0;
const RISING_END = 12;

export function risingConstraint(): TokenConstraint {
  let last = 0;
  return {
    allows: (id) => (id === RISING_STOP ? last > RISING_END : id > last),
    accept: (id) => {
      last = id;
    },
  };
}

/** Whether a completion kept to it. */
export function checkRising(ids: readonly number[], finish: FinishReason): void {
  const ends = ids.at(-1) === RISING_STOP;
  expect(finish).toBe(ends ? 'stop' : 'length');
  const rising = ends ? ids.slice(0, -1) : ids;
  rising.forEach((id, i) => {
    expect(id).toBeGreaterThan(i === 0 ? 0 : rising[i - 1]);
  });
  if (ends) expect(rising.at(-1)).toBeGreaterThan(RISING_END);
}
