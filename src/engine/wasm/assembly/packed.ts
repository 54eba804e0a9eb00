/** w[r, c] = scale[r] q[r, c] for int8, or the 16-bit float w[r, c]: packed matrices back to floats. Item = row. */

/** out[r, c] = scale[r] q[r, c], q an 8-bit integer in byte c of the row's words. */
export function dequantiseInt8(
  out: usize, packed: usize, scales: usize, words: i32, dim: i32, start: i32, end: i32, thread: i32,
): void {
  for (let r = start; r < end; r++) {
    const from = packed + ((<usize>r * words) << 2);
    const to = out + ((<usize>r * dim) << 2);
    const scale = load<f32>(scales + (<usize>r << 2));
    const s = f32x4.splat(scale);
    let c = 0;
    for (; c + 8 <= dim; c += 8) {
      const q = v128.load8x8_s(from + c);
      const at = to + (<usize>c << 2);
      v128.store(at, f32x4.mul(s, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(q))));
      v128.store(at, f32x4.mul(s, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(q))), 16);
    }
    for (; c < dim; c++) store<f32>(to + (<usize>c << 2), scale * <f32>load<i8>(from + c));
  }
}

/**
 * out[r, c] = the 16-bit float in half c of the row's words. Exponent and fraction are moved to their places in a
 * float32 and multiplied by 2^(127 - 15), which is exact for subnormal ones too; infinities do not occur in weights.
 */
export function dequantiseHalf(
  out: usize, packed: usize, words: i32, dim: i32, start: i32, end: i32, thread: i32,
): void {
  const rebias: f32 = 5.192296858534828e33;
  const factor = f32x4.splat(rebias);
  const magnitude = i32x4.splat(0x7fff), sign = i32x4.splat(0x8000);
  for (let r = start; r < end; r++) {
    const from = packed + ((<usize>r * words) << 2);
    const to = out + ((<usize>r * dim) << 2);
    let c = 0;
    for (; c + 4 <= dim; c += 4) {
      const h = v128.load16x4_u(from + (<usize>c << 1));
      const value = f32x4.mul(factor, i32x4.shl(v128.and(h, magnitude), 13));
      v128.store(to + (<usize>c << 2), v128.or(value, i32x4.shl(v128.and(h, sign), 16)));
    }
    for (; c < dim; c++) {
      const h = <u32>load<u16>(from + (<usize>c << 1));
      const value = reinterpret<f32>((h & 0x7fff) << 13) * rebias;
      store<f32>(to + (<usize>c << 2), h & 0x8000 ? -value : value);
    }
  }
}
