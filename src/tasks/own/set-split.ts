/**
 * Which tasks of a set are trained on and which are held out: by the set, a seed and the place of the task alone, so
 * that a link that names both names the same parts everywhere. About one in four is held out, at least one where there
 * are two.
 */
import { createRandom } from '../random';

export const HELD_OUT_SHARE = 0.25;

export interface SetParts {
  /** Places in the set, from 0, ascending. */
  readonly train: readonly number[];
  readonly heldOut: readonly number[];
}

/** @param places those that can be played, from 0 */
export function splitSet(set: string, places: readonly number[], seed: number): SetParts {
  const keyed = places
    .map((place) => ({ place, key: createRandom('own-split', set, seed, place).next() }))
    .sort((a, b) => a.key - b.key || a.place - b.place)
    .map(({ place }) => place);
  const held = places.length < 2 ? 0 : Math.max(1, Math.round(places.length * HELD_OUT_SHARE));
  const ascending = (list: readonly number[]) => [...list].sort((a, b) => a - b);
  return { train: ascending(keyed.slice(held)), heldOut: ascending(keyed.slice(0, held)) };
}

/** A set and how it is split, as addresses and settings write it: "3f…9c~1". */
export interface SplitName {
  readonly set: string;
  readonly seed: number;
}

export const splitName = ({ set, seed }: SplitName): string => `${set}~${seed}`;

/** Null for a text that names none. */
export function readSplitName(text: string): SplitName | null {
  const [, set, seed] = /^([0-9a-f]{16})~(\d{1,10})$/.exec(text) ?? [];
  return set === undefined ? null : { set, seed: Number(seed) };
}
