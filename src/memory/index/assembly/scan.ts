/**
 * Two passes over rows of unit vectors.
 *
 *   First, over 8-bit codes: bounds of every inner product. A quarter of the bytes, and a product of sixteen
 *   numbers takes two instructions.
 *   Second, over float32 rows worth it: the inner product in float64, summed from the first coordinate to the
 *   last, as `cosineAt` in unit-vectors.ts does, hence equal to it in every bit. Lanes are not used here, since
 *   they would sum in another order; four rows at a time keep the adder busy instead.
 *
 * Rows are `stride` numbers apart, a multiple of 16; the numbers after the vector's end are zero, in codes too.
 */

/** Added to every bound: rounding of the sums below, above what it can be for 8,192 numbers (`MOST_NUMBERS`). */
const ROUNDING: f32 = 4e-6;
/** |v| <= LENGTH for every vector that counts as of unit length (`UNIT_TOLERANCE`), and sums of squares round. */
const LENGTH: f32 = 1.0002;

// @ts-ignore: decorator
@inline
function sum4(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/**
 * For `count` rows v: scale = max |v[i]| / 127, code[i] = round(v[i] / scale), error >= |v - scale code|.
 * `scales` and `errors` are float32.
 */
export function quantise(rows: usize, codes: usize, scales: usize, errors: usize, count: i32, stride: i32): void {
  for (let r = 0; r < count; r++) {
    const row = rows + ((<usize>r * stride) << 2);
    let most = f32x4.splat(0);
    for (let i = 0; i < stride; i += 4) most = f32x4.max(most, f32x4.abs(v128.load(row + (<usize>i << 2))));
    const largest = max(
      max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
      max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
    );
    const scale: f32 = largest / 127;
    const s = f32x4.splat(scale), inverse = f32x4.splat(127 / largest);
    const code = codes + <usize>r * stride;
    let square = f32x4.splat(0);
    for (let i = 0; i < stride; i += 4) {
      const x = v128.load(row + (<usize>i << 2));
      const rounded = f32x4.nearest(f32x4.mul(x, inverse));
      const rest = f32x4.sub(x, f32x4.mul(s, rounded));
      square = f32x4.add(square, f32x4.mul(rest, rest));
      const wide = i32x4.trunc_sat_f32x4_s(rounded);
      const half = i16x8.narrow_i32x4_s(wide, wide);
      v128.store32_lane(code + i, i8x16.narrow_i16x8_s(half, half), 0);
    }
    store<f32>(scales + (<usize>r << 2), scale);
    store<f32>(errors + (<usize>r << 2), <f32>sqrt(sum4(square)) * LENGTH + ROUNDING);
  }
}

/**
 * lower[r] <= <query, row r> <= upper[r], from the codes alone. The query is given as 16-bit codes with its
 * scale and error: with q = query and c for what codes stand for,
 * |<q, v> - <cq, cv>| <= |q| |v - cv| + |q - cq| |cv|.
 */
export function bounds(
  codes: usize, scales: usize, errors: usize, count: i32, stride: i32,
  query: usize, queryScale: f32, queryError: f32, lower: usize, upper: usize,
): void {
  for (let r = 0; r < count; r++) {
    const code = codes + <usize>r * stride;
    let low = i32x4.splat(0), high = i32x4.splat(0);
    for (let i = 0; i < stride; i += 16) {
      const c = v128.load(code + i), q = query + (<usize>i << 1);
      low = i32x4.add(low, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(c), v128.load(q)));
      high = i32x4.add(high, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(c), v128.load(q, 16)));
    }
    low = i32x4.add(low, high);
    const product =
      i32x4.extract_lane(low, 0) + i32x4.extract_lane(low, 1) + i32x4.extract_lane(low, 2) + i32x4.extract_lane(low, 3);
    const at = <usize>r << 2;
    const error = load<f32>(errors + at);
    const middle = <f32>product * (load<f32>(scales + at) * queryScale);
    const reach = LENGTH * error + queryError * (LENGTH + error) + ROUNDING;
    store<f32>(lower + at, middle - reach);
    store<f32>(upper + at, middle + reach);
  }
}

/** out[j] = <query, row at the address rows[j]>, float64; the query is float64 `[dimension]`. */
export function products(rows: usize, count: i32, dimension: i32, query: usize, out: usize): void {
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    const at = rows + (<usize>j << 2);
    const a = <usize>load<u32>(at), b = <usize>load<u32>(at, 4), c = <usize>load<u32>(at, 8), d = <usize>load<u32>(at, 12);
    let sa: f64 = 0, sb: f64 = 0, sc: f64 = 0, sd: f64 = 0;
    for (let i = 0; i < dimension; i++) {
      const q = load<f64>(query + (<usize>i << 3)), p = <usize>i << 2;
      sa += q * <f64>load<f32>(a + p);
      sb += q * <f64>load<f32>(b + p);
      sc += q * <f64>load<f32>(c + p);
      sd += q * <f64>load<f32>(d + p);
    }
    const to = out + (<usize>j << 3);
    store<f64>(to, sa);
    store<f64>(to, sb, 8);
    store<f64>(to, sc, 16);
    store<f64>(to, sd, 24);
  }
  for (; j < count; j++) {
    const row = <usize>load<u32>(rows + (<usize>j << 2));
    let sum: f64 = 0;
    for (let i = 0; i < dimension; i++) {
      sum += load<f64>(query + (<usize>i << 3)) * <f64>load<f32>(row + (<usize>i << 2));
    }
    store<f64>(out + (<usize>j << 3), sum);
  }
}
