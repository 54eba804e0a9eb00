/**
 * Randomness for tasks and scripted policies: counter-based, so a draw is a pure function of a key
 * and a position and never of what else was generated before it.
 *
 *   draw(i) = finalise(finalise(keyA + i * 0x9E3779B9) ^ keyB)
 *
 * `finalise` is the 32-bit avalanche step of MurmurHash3; the two key halves are FNV-1a hashes of
 * the key's parts with different offsets. Good enough to shuffle words evenly; not for secrets, and
 * with a 32-bit counter not for streams of billions of draws.
 */

function finalise(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** FNV-1a over UTF-16 code units, then an avalanche; 32 bits, unsigned. */
export function hashString(text: string, offset = 0x811c9dc5): number {
  let h = offset >>> 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    h = Math.imul(h ^ (unit & 0xff), 0x01000193);
    h = Math.imul(h ^ (unit >>> 8), 0x01000193);
  }
  return finalise(h);
}

export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number;
  /** Uniform in 0 … bound - 1. */
  int(bound: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of the items; throws `RangeError` on an empty list. */
  pick<T>(items: readonly T[]): T;
  /** One of the items, in proportion to its weight (>= 0, not all zero). */
  weighted<T>(items: readonly (readonly [T, number])[]): T;
  /** A new array in random order. */
  shuffle<T>(items: readonly T[]): T[];
}

/** A stream for this key. Equal parts give equal streams; `1` and `'1'` are the same part. */
export function createRandom(...key: readonly (string | number)[]): Random {
  const text = key.map(String).join('\u0000');
  const keyA = hashString(text);
  const keyB = hashString(text, 0x1b873593);
  let counter = 0;

  const next = (): number => {
    const mixed = finalise((keyA + Math.imul(counter++, 0x9e3779b9)) >>> 0);
    return finalise(mixed ^ keyB) / 0x1_0000_0000;
  };
  const int = (bound: number): number => Math.floor(next() * bound);
  const pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new RangeError('pick needs at least one item');
    return items[int(items.length)] as T;
  };

  return {
    next,
    int,
    pick,
    chance: (probability) => next() < probability,
    weighted(items) {
      let left = next() * items.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [item, weight] of items) {
        left -= weight;
        if (left < 0) return item;
      }
      const last = items.at(-1);
      if (!last) throw new RangeError('weighted needs at least one item');
      return last[0];
    },
    shuffle(items) {
      const result = [...items];
      for (let i = result.length - 1; i > 0; i--) {
        const j = int(i + 1);
        const held = result[i] as (typeof result)[number];
        result[i] = result[j] as (typeof result)[number];
        result[j] = held;
      }
      return result;
    },
  };
}

/** Threads merged in random order; within a thread the order stays (a statement before its revision). */
export function interleave<T>(random: Random, threads: readonly (readonly T[])[]): T[] {
  const turns = random.shuffle(threads.flatMap((thread, index) => thread.map(() => index)));
  const used = threads.map(() => 0);
  return turns.map((thread) => {
    const position = used[thread] ?? 0;
    used[thread] = position + 1;
    return threads[thread]?.[position] as T;
  });
}
