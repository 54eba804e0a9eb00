/**
 * The two 16-bit floats that checkpoints are stored in.
 *
 * F16 (IEEE binary16): 1 sign, 5 exponent, 10 fraction bits; largest 65504, subnormals from 2^-24.
 * BF16: the upper half of a float32; its range, 8 significant bits.
 *
 * Widening is exact, NaN payloads included. Narrowing rounds to the nearest value, ties to even, as
 * IEEE 754 and PyTorch do; what is too large becomes infinity, and a NaN stays a (quiet) NaN.
 */

/** Float32 bit patterns of the 65,536 F16 values, made on first use (256 KiB). */
let widened: Uint32Array | undefined;

/** The float32 bit pattern with the value of the F16 pattern `half` (0..65535). */
export function halfToFloatBits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return (sign | 0x7f800000 | (fraction << 13)) >>> 0;
  if (exponent !== 0) return (sign | ((exponent + 112) << 23) | (fraction << 13)) >>> 0;
  if (fraction === 0) return sign >>> 0;
  // Subnormal: fraction * 2^-24; shift its leading bit to the implicit place.
  const shift = Math.clz32(fraction) - 21;
  return (sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13)) >>> 0;
}

/** The F16 pattern nearest to the float32 pattern `bits`, ties to even. */
export function floatBitsToHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff);
  // 65520 lies half-way between 65504 and the next step, which would be infinity; ties go there.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return sign | ((rounded - 0x38000000) >>> 13);
  }
  // Below 2^-14: a multiple of 2^-24. At most half of that rounds to zero.
  if (magnitude <= 0x33000000) return sign;
  const exponent = magnitude >>> 23;
  const significand = (magnitude & 0x7fffff) | 0x800000;
  const shift = 126 - exponent;
  const quotient = significand >>> shift;
  const rest = significand - quotient * 2 ** shift;
  const half = 2 ** (shift - 1);
  const up = rest > half || (rest === half && (quotient & 1) === 1) ? 1 : 0;
  return sign | (quotient + up);
}

/** The BF16 pattern nearest to the float32 pattern `bits`, ties to even. */
export function floatBitsToBfloat(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return ((bits >>> 16) | 0x40) & 0xffff;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** F16 patterns to float32 values, exactly. */
export function halvesToFloats(halves: Uint16Array): Float32Array {
  if (widened === undefined) {
    widened = new Uint32Array(65536);
    for (let h = 0; h < 65536; h++) widened[h] = halfToFloatBits(h);
  }
  // Bits are written, never numbers: a float store may turn a signalling NaN into a quiet one.
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = widened[halves[i]];
  return new Float32Array(bits.buffer);
}

/** BF16 patterns to float32 values, exactly. */
export function bfloatsToFloats(bfloats: Uint16Array): Float32Array {
  const bits = new Uint32Array(bfloats.length);
  for (let i = 0; i < bfloats.length; i++) bits[i] = bfloats[i] << 16;
  return new Float32Array(bits.buffer);
}

/** Float32 values to F16 patterns, nearest even. */
export function floatsToHalves(values: Float32Array): Uint16Array {
  return narrow(values, floatBitsToHalf);
}

/** Float32 values to BF16 patterns, nearest even. */
export function floatsToBfloats(values: Float32Array): Uint16Array {
  return narrow(values, floatBitsToBfloat);
}

function narrow(values: Float32Array, one: (bits: number) => number): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) out[i] = one(bits[i]);
  return out;
}
