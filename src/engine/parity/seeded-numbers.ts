/** The generator behind all parity cases: small, seeded, the same in Node and in the browser. */

/** Uniform numbers in [0, 1) from a 32-bit state (mulberry32). */
export class SeededNumbers {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** Integer in [low, high]. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** `length` normal numbers times `spread`, plus `mean`, as float32 values. */
  normal(length: number, spread = 1, mean = 0): Float32Array {
    const out = new Float32Array(length);
    for (let i = 0; i < length; i++) {
      const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
      out[i] = mean + spread * radius * Math.cos(2 * Math.PI * this.next());
    }
    return out;
  }

  integers(length: number, low: number, high: number): Int32Array {
    return Int32Array.from({ length }, () => this.integer(low, high));
  }

  /** The first `count` of a shuffled 0 .. range - 1. */
  distinct(count: number, range: number): Int32Array {
    const all = Int32Array.from({ length: range }, (_, i) => i);
    for (let i = 0; i < count; i++) {
      const j = this.integer(i, range - 1);
      [all[i], all[j]] = [all[j], all[i]];
    }
    return all.slice(0, count);
  }
}
