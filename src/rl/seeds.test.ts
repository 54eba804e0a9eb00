import { describe, expect, it } from 'vitest';
import { diceOf, evaluationSeeds, hashSeed } from './seeds';

const COUNT = process.env.SOAK ? 2000 : 200;
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('seeds from seeds', () => {
  it('are unsigned 32-bit numbers, the same every time', () => {
    for (const seed of [0, 1, -1, 2 ** 32 - 1]) {
      const value = hashSeed(seed, 3, 4);
      expect(value).toBe(hashSeed(seed, 3, 4));
      expect(Number.isInteger(value) && value >= 0 && value < 2 ** 32).toBe(true);
    }
  });

  it('of neighbouring seeds have no place in common: not the same episodes in another order', () => {
    const seen = new Set(range(COUNT).flatMap((seed) => range(100).map((place) => hashSeed(seed, place))));
    // Of n draws out of 2^32 about n^2 / 2^33 collide by chance: 0.05, with SOAK 5.
    expect(seen.size).toBeGreaterThan(COUNT * 100 - (process.env.SOAK ? 30 : 3));
  });

  it('depend on each part and on their order', () => {
    const values = [hashSeed(1), hashSeed(1, 2), hashSeed(2, 1), hashSeed(1, 2, 3), hashSeed(1, 3, 2)];
    expect(new Set(values).size).toBe(values.length);
  });

  it('are spread evenly over bits', () => {
    for (let bit = 0; bit < 32; bit++) {
      const ones = range(4096).filter((place) => (hashSeed(7, place) >>> bit) & 1).length;
      // Five standard deviations of a fair coin.
      expect(Math.abs(ones - 2048), `bit ${bit}`).toBeLessThan(160);
    }
  });

  it('are found back: the dice that give the seed of an episode', () => {
    const seeds = [0, 1, 2 ** 31, 2 ** 32 - 1, ...range(COUNT).flatMap((seed) => evaluationSeeds(seed, 5))];
    for (const seed of seeds) {
      const dice = diceOf(seed);
      expect(Number.isInteger(dice) && dice >= 0 && dice < 2 ** 32).toBe(true);
      expect(hashSeed(dice)).toBe(seed);
    }
    for (const dice of range(COUNT)) expect(diceOf(hashSeed(dice))).toBe(dice);
  });
});
