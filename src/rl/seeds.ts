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
