/**
 * Seeds from seeds. Every random choice of a run is a pure function of (run seed, place in the run), so
 * a run that is resumed, re-batched or moved to another machine makes the same choices.
 */

/**
 * Seed of a place in a run: mixes a seed with any number of integers to an unsigned 32-bit one. The seed is
 * mixed before the first part comes in; were the two merely xored, the episodes of seeds 1 and 2 would be
 * the same ones in another order.
 */
export function hashSeed(seed: number, ...parts: readonly number[]): number {
  return parts.reduce(mixSeed, mixSeed(0x9e3779b9, seed));
}

/** One round: the next state from a state and an integer, both 32 bits (murmur3 finaliser). */
export function mixSeed(state: number, part: number): number {
  let h = Math.imul((state ^ part) >>> 0, 0x9e3779b1);
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  h ^= h >>> 16;
  return h >>> 0;
}

/** Seeds of the tasks that a step of a run plays. @param step from 0 */
export function stepTaskSeeds(runSeed: number, step: number, tasks: number): readonly number[] {
  const stepSeed = hashSeed(runSeed, step, 0x7a5c);
  return Array.from({ length: tasks }, (_, i) => hashSeed(stepSeed, i));
}

/** Seeds of the tasks and dice of an evaluation. */
export function evaluationSeeds(seed: number, episodes: number): readonly number[] {
  return Array.from({ length: episodes }, (_, i) => hashSeed(seed, i, 0xe7a1));
}

/**
 * The dice of the lab (`?dice=`) that are those of an episode of an evaluation: `hashSeed(diceOf(seed))` is its seed. Every
 * round of `mixSeed` is a bijection of 32 bits, and this one goes it backwards.
 */
export function diceOf(seed: number): number {
  let h = unshifted(seed >>> 0, 16);
  h = Math.imul(h, inverse(0xc2b2ae35));
  h = unshifted(h >>> 0, 13);
  h = Math.imul(h, inverse(0x85ebca6b));
  h = unshifted(h >>> 0, 16);
  return (Math.imul(h, inverse(0x9e3779b1)) ^ 0x9e3779b9) >>> 0;
}

/** x from x ^ (x >>> bits). */
function unshifted(value: number, bits: number): number {
  let x = value;
  for (let known = bits; known < 32; known += bits) x = (value ^ (x >>> bits)) >>> 0;
  return x;
}

/** Of an odd number modulo 2^32, by Newton's steps: each doubles the bits that are right. */
function inverse(odd: number): number {
  let x = odd;
  for (let bits = 3; bits < 32; bits *= 2) x = Math.imul(x, 2 - Math.imul(odd, x));
  return x;
}
