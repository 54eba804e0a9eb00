/**
 * SHA-256 of a stream: `crypto.subtle` wants all bytes at once, and a model's file may be larger than memory. Bytes go in
 * as they come, in pieces of any length.
 *
 * Source: FIPS 180-4, sections 5 and 6.2.
 */

const BLOCK = 64;

/** The first 32 bits of the fractional parts of roots of the first primes: cube roots for K, square roots for H. */
const K = new Int32Array(64);
const H = new Int32Array(8);
for (let candidate = 2, found = 0; found < 64; candidate++) {
  let prime = true;
  for (let d = 2; d * d <= candidate; d++) prime &&= candidate % d !== 0;
  if (!prime) continue;
  if (found < 8) H[found] = fraction(candidate, 2n);
  K[found++] = fraction(candidate, 3n);
}

/** The first 32 bits after the point of the root of a small number, exactly. */
function fraction(of: number, degree: bigint): number {
  // The root of of * 2^(32 * degree), rounded down, by bisection.
  const power = BigInt(of) << (32n * degree);
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** degree <= power) low = middle;
    else high = middle;
  }
  return Number(BigInt.asIntN(32, low));
}

export class Sha256 {
  private readonly state = H.slice();
  private readonly words = new Int32Array(64);
  private readonly rest = new Uint8Array(BLOCK);
  private restLength = 0;
  private bytes = 0;

  update(bytes: Uint8Array): this {
    this.bytes += bytes.length;
    let at = 0;
    if (this.restLength > 0) {
      at = Math.min(BLOCK - this.restLength, bytes.length);
      this.rest.set(bytes.subarray(0, at), this.restLength);
      this.restLength += at;
      if (this.restLength < BLOCK) return this;
      this.blocks(this.rest, 0, BLOCK);
      this.restLength = 0;
    }
    const whole = at + Math.floor((bytes.length - at) / BLOCK) * BLOCK;
    this.blocks(bytes, at, whole);
    this.rest.set(bytes.subarray(whole));
    this.restLength = bytes.length - whole;
    return this;
  }

  /** Hexadecimal. Ends it: nothing more may be added. */
  digest(): string {
    const length = this.bytes;
    const padded = new Uint8Array(this.restLength < 56 ? BLOCK : 2 * BLOCK);
    padded.set(this.rest.subarray(0, this.restLength));
    padded[this.restLength] = 0x80;
    new DataView(padded.buffer).setBigUint64(padded.length - 8, 8n * BigInt(length));
    this.blocks(padded, 0, padded.length);
    return Array.from(this.state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }

  private blocks(bytes: Uint8Array, start: number, end: number): void {
    const { state, words: w } = this;
    for (let block = start; block < end; block += BLOCK) {
      for (let t = 0, at = block; t < 16; t++, at += 4) {
        w[t] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
      }
      for (let t = 16; t < 64; t++) {
        const x = w[t - 15];
        const y = w[t - 2];
        const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
        const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
        w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
      }
      // By index: taking the array apart goes through its iterator, which costs more than the rounds.
      let a = state[0];
      let b = state[1];
      let c = state[2];
      let d = state[3];
      let e = state[4];
      let f = state[5];
      let g = state[6];
      let h = state[7];
      for (let t = 0; t < 64; t++) {
        const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
        const one = (h + s1 + ((e & f) ^ (~e & g)) + K[t] + w[t]) | 0;
        const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
        const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g;
        g = f;
        f = e;
        e = (d + one) | 0;
        d = c;
        c = b;
        b = a;
        a = (one + two) | 0;
      }
      state[0] += a;
      state[1] += b;
      state[2] += c;
      state[3] += d;
      state[4] += e;
      state[5] += f;
      state[6] += g;
      state[7] += h;
    }
  }
}
