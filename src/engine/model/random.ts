/**
 * Random numbers that are a function of what they are for: (seed, index), never of a running state.
 * A token's draw is therefore the same whichever batch its prompt happens to be in.
 *
 * The mixer is the finaliser of MurmurHash3 (Appleby, public domain), applied after each input word.
 */

/** Uniform in [0, 1), a multiple of 2^-24 and so exact in float32. `seed` may be any safe integer. */
export function uniformAt(seed: number, index: number): number {
  const low = seed | 0;
  const high = Math.floor(seed / 2 ** 32) | 0;
  let state = mix(low ^ 0x9e3779b9);
  state = mix(state ^ high ^ 0x7f4a7c15);
  state = mix((state + Math.imul(index, 0x85ebca6b)) ^ 0x165667b1);
  return (state >>> 8) / 2 ** 24;
}

/** A further draw for the same token, `attempt` from 1: independent of `uniformAt` and of the other attempts. */
export function redrawAt(seed: number, index: number, attempt: number): number {
  const low = seed | 0;
  const high = Math.floor(seed / 2 ** 32) | 0;
  let state = mix(low ^ 0x3c6ef372);
  state = mix(state ^ high ^ 0x1b873593);
  state = mix((state + Math.imul(index, 0x85ebca6b)) ^ 0x165667b1);
  state = mix((state + Math.imul(attempt, 0x9e3779b1)) ^ 0x27d4eb2f);
  return (state >>> 8) / 2 ** 24;
}

function mix(word: number): number {
  let x = word | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
