/**
 * Seeds from seeds. Every random choice of a run is a pure function of (run seed, place in the run), so
 * a run that is resumed, re-batched or moved to another machine makes the same choices.
 */

/** Mixes a seed with any number of integers to a 32-bit unsigned seed (murmur3 finaliser). */
export function hashSeed(seed: number, ...parts: readonly number[]): number {
  let h = seed >>> 0;
  for (const part of parts) {
    h = Math.imul(h ^ (part >>> 0), 0x9e3779b1);
    h ^= h >>> 16;
    h = Math.imul(h, 0x85ebca6b);
    h ^= h >>> 13;
    h = Math.imul(h, 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return h >>> 0;
}
