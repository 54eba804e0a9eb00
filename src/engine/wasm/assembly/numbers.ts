/**
 * What the kernels share: ragged ends of rows, exponential and logarithm, sums in double precision.
 *
 * `exp4` is the classic range reduction x = n ln 2 + r with a polynomial of degree seven in r (the
 * coefficients of Cephes' expf); the error stays within 1.5 ulp. Below -87 it gives zero: subnormal
 * results would cost hundreds of cycles each and mean nothing here. Above 88.3 it gives infinity. NaN
 * stays NaN. `pmin` and `pmax` are one instruction where `min` and `max` are eight.
 */

/** The first `count` (1 to 3) of four lanes; the others are zero. */
export function loadPart(at: usize, count: i32): v128 {
  let x = f32x4.replace_lane(f32x4.splat(0), 0, load<f32>(at));
  if (count > 1) x = f32x4.replace_lane(x, 1, load<f32>(at, 4));
  if (count > 2) x = f32x4.replace_lane(x, 2, load<f32>(at, 8));
  return x;
}

export function storePart(at: usize, x: v128, count: i32): void {
  store<f32>(at, f32x4.extract_lane(x, 0));
  if (count > 1) store<f32>(at, f32x4.extract_lane(x, 1), 4);
  if (count > 2) store<f32>(at, f32x4.extract_lane(x, 2), 8);
}

/** exp x without limits: right from -87 to 88.3, infinity up to 89, anything outside of that. */
// @ts-ignore: decorator
@inline
function power4(x: v128): v128 {
  // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits; 127 more make it an exponent.
  const shifter = f32x4.splat(12582912 + 127);
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(1.4426950408889634)), shifter);
  const n = f32x4.sub(shifted, shifter);
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  return f32x4.mul(p, i32x4.shl(shifted, 23));
}

// @ts-ignore: decorator
@inline
export function exp4(value: v128): v128 {
  const lowest = f32x4.splat(-87);
  const x = f32x4.pmax(f32x4.pmin(value, f32x4.splat(89)), lowest);
  return v128.andnot(power4(x), f32x4.lt(value, lowest));
}

/** `exp4`, the same bits with less work, of what is known to be below 88: a score less the largest of its row. */
// @ts-ignore: decorator
@inline
export function expOfScore4(value: v128): v128 {
  return v128.andnot(power4(value), f32x4.lt(value, f32x4.splat(-87)));
}

/** Natural logarithm of a positive normal number: ln m as 2 atanh((m - 1) / (m + 1)), m in [0.7, 1.42]. */
export function log64(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  let exponent = <i32>(bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (exponent == 1024) return x;
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent += 1;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let p: f64 = 1.0 / 23.0;
  p = p * z + 1.0 / 21.0;
  p = p * z + 1.0 / 19.0;
  p = p * z + 1.0 / 17.0;
  p = p * z + 1.0 / 15.0;
  p = p * z + 1.0 / 13.0;
  p = p * z + 1.0 / 11.0;
  p = p * z + 1.0 / 9.0;
  p = p * z + 1.0 / 7.0;
  p = p * z + 1.0 / 5.0;
  p = p * z + 1.0 / 3.0;
  return <f64>exponent * 0.6931471805599453 + 2 * s * (1 + z * p);
}

// @ts-ignore: decorator
@inline
export function lowDoubles(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

// @ts-ignore: decorator
@inline
export function highDoubles(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 1));
}

/** sum += x, four floats onto two doubles. */
// @ts-ignore: decorator
@inline
export function addDoubles(sum: v128, x: v128): v128 {
  return f64x2.add(sum, f64x2.add(lowDoubles(x), highDoubles(x)));
}

/** sum += x * y, the products formed in double precision. */
// @ts-ignore: decorator
@inline
export function addProducts(sum: v128, x: v128, y: v128): v128 {
  const low = f64x2.mul(lowDoubles(x), lowDoubles(y));
  return f64x2.add(sum, f64x2.add(low, f64x2.mul(highDoubles(x), highDoubles(y))));
}

// @ts-ignore: decorator
@inline
export function total2(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

// @ts-ignore: decorator
@inline
export function total4(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 2) + (f32x4.extract_lane(x, 1) + f32x4.extract_lane(x, 3))
  );
}

// @ts-ignore: decorator
@inline
export function largest4(x: v128): f32 {
  return max(
    max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}

/**
 * x y + sum: one rounding in the relaxed build where the processor fuses them (then other bits than elsewhere),
 * two in the plain one.
 */
// @ts-ignore: decorator
@inline
export function mulAdd(x: v128, y: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(x, y, sum);
  return f32x4.add(sum, f32x4.mul(x, y));
}
