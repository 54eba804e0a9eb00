/**
 * Settings of the next run that a lesson has changed, and what they were before: given back when the lessons are closed,
 * so that the reader's next run is the one they had set up. What the reader has changed since is theirs and stays.
 */
import { type Address, AS_PRESET, type RunSettings } from '../state/address';

export interface Lent {
  readonly before: Partial<RunSettings>;
  readonly set: Partial<RunSettings>;
}

export const NOTHING_LENT: Lent = { before: {}, set: {} };

const KEYS = Object.keys(AS_PRESET) as readonly (keyof RunSettings)[];

/** A lesson sets something: of what it had set already, the first value before counts. */
export function lend(lent: Lent, address: Address, setup: Partial<Address>): Lent {
  const keys = KEYS.filter((key) => key in setup);
  return {
    before: { ...pick(address, keys), ...lent.before },
    set: { ...lent.set, ...pick(setup, keys) },
  };
}

/** What goes back into the address. */
export function givenBack({ before, set }: Lent, address: Address): Partial<RunSettings> {
  return pick(
    before,
    KEYS.filter((key) => key in set && address[key] === set[key]),
  );
}

function pick(from: Partial<RunSettings>, keys: readonly (keyof RunSettings)[]): Partial<RunSettings> {
  return Object.fromEntries(keys.map((key) => [key, from[key] ?? null]));
}
