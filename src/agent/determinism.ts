/**
 * What makes episodes repeatable: the seed of each request comes from the episode's seed and the step
 * alone, so a rollout is the same whatever it is batched with, and a whole log has a hash by which two
 * runs can be compared. Neither is cryptographic.
 */
import type { EventLog } from './events';

/** Seed of a step's draws, a whole number in [0, 2^32). Neighbouring seeds and steps give unrelated values. */
export function stepSeed(episodeSeed: number, step: number): number {
  const mixed = avalanche((episodeSeed >>> 0) ^ 0x9e3779b9);
  return avalanche(mixed + Math.imul(step, 0x85ebca6b));
}

/** 53-bit hash of the whole log, as 14 hexadecimal digits. Equal logs, equal hashes, on every engine. */
export function hashLog(log: EventLog): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (const event of log) {
    const text = JSON.stringify(event);
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      high = Math.imul(high ^ unit, 0x9e3779b1);
      low = Math.imul(low ^ unit, 0x5f356495);
    }
  }
  const top = avalanche(high) & 0x1fffff;
  return (top * 2 ** 32 + avalanche(low ^ high)).toString(16).padStart(14, '0');
}

/** The finaliser of MurmurHash3: every input bit reaches every output bit. */
function avalanche(value: number): number {
  let bits = value >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
