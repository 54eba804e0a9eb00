/**
 * Gather: out[r] = x[index[r]];  scatter: out[index[r]] = x[r], or += x[r];  sums: out[c] += sum over r of x[r, c].
 * RMSNorm: y = w x s, s = 1 / sqrt(mean(x^2) + eps), and back: dx = s w dy - x s^3 mean(w dy x).
 * Rotation: (x[i], x[i + d/2]) = (x[i] cos - x[i + d/2] sin, x[i + d/2] cos + x[i] sin).
 *
 * Moving, adding up, normalising and rotating the rows of a matrix [rows, dim]. Each function says what one work
 * item is; no two items write the same place, so results do not depend on the threads.
 */
import { addProducts, highDoubles, loadPart, lowDoubles, storePart, total2 } from './numbers';

/** Columns of an item that walks down all rows: one cache line. */
const COLUMNS: i32 = 16;

/** out[r] = x[index[r] - first] where x has that row, else out[r] stays. Item = row of out. */
export function gatherRows(
  out: usize, x: usize, index: usize, dim: i32, first: i32, sources: i32, start: i32, end: i32, thread: i32,
): void {
  const bytes = <usize>dim << 2;
  for (let r = start; r < end; r++) {
    const row = load<i32>(index + (<usize>r << 2)) - first;
    if (<u32>row < <u32>sources) memory.copy(out + <usize>r * bytes, x + <usize>row * bytes, bytes);
  }
}

/** out[r, c] = x[r, c] for c < columns; out and x point at the first column. Item = row. */
export function copyColumns(
  out: usize, outDim: i32, x: usize, xDim: i32, columns: i32, start: i32, end: i32, thread: i32,
): void {
  const bytes = <usize>columns << 2;
  for (let r = start; r < end; r++) {
    memory.copy(out + ((<usize>r * outDim) << 2), x + ((<usize>r * xDim) << 2), bytes);
  }
}

/** out[index[r]] = x[r]. Item = row of x. */
export function scatterRows(
  out: usize, x: usize, index: usize, dim: i32, start: i32, end: i32, thread: i32,
): void {
  const bytes = <usize>dim << 2;
  for (let r = start; r < end; r++) {
    memory.copy(out + <usize>load<i32>(index + (<usize>r << 2)) * bytes, x + <usize>r * bytes, bytes);
  }
}

/** out[index[r]] += x[r], r ascending. Item = COLUMNS columns, so that repeated indices need no lock. */
export function scatterAddRows(
  out: usize, x: usize, index: usize, rows: i32, dim: i32, start: i32, end: i32, thread: i32,
): void {
  const bytes = <usize>dim << 2;
  const first = start * COLUMNS, last = min(end * COLUMNS, dim);
  for (let r = 0; r < rows; r++) {
    const from = x + <usize>r * bytes;
    const to = out + <usize>load<i32>(index + (<usize>r << 2)) * bytes;
    let c = first;
    for (; c + 4 <= last; c += 4) {
      const at = <usize>c << 2;
      v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
    }
    for (; c < last; c++) {
      const at = <usize>c << 2;
      store<f32>(to + at, load<f32>(to + at) + load<f32>(from + at));
    }
  }
}

/** out[o] = sum over starts[o] <= e < starts[o + 1] of x[index[e]], in the order of e. Item = row of out. */
export function sumPicked(
  out: usize, x: usize, starts: usize, index: usize, dim: i32, start: i32, end: i32, thread: i32,
): void {
  const bytes = <usize>dim << 2;
  for (let o = start; o < end; o++) {
    const to = out + <usize>o * bytes;
    const first = load<i32>(starts + (<usize>o << 2)), last = load<i32>(starts + (<usize>o << 2), 4);
    memory.fill(to, 0, bytes);
    for (let e = first; e < last; e++) {
      const from = x + <usize>load<i32>(index + (<usize>e << 2)) * bytes;
      let c = 0;
      for (; c + 4 <= dim; c += 4) {
        const at = <usize>c << 2;
        v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
      }
      for (; c < dim; c++) {
        const at = <usize>c << 2;
        store<f32>(to + at, load<f32>(to + at) + load<f32>(from + at));
      }
    }
  }
}

/**
 * out[c] += sum over rows of x[r, c], or of x[r, c] y[r, c] rstd[r] when y is given, in double precision and in
 * the order of the rows. Item = COLUMNS columns.
 */
export function sumRows(
  out: usize, x: usize, y: usize, rstd: usize, rows: i32, dim: i32, start: i32, end: i32, thread: i32,
): void {
  const bytes = <usize>dim << 2;
  for (let c = start * COLUMNS; c < min(end * COLUMNS, dim); c += 4) {
    const count = min(4, dim - c);
    let low = f64x2.splat(0), high = low;
    for (let r = 0; r < rows; r++) {
      const at = <usize>r * bytes + (<usize>c << 2);
      const v = count == 4 ? v128.load(x + at) : loadPart(x + at, count);
      if (y) {
        const w = count == 4 ? v128.load(y + at) : loadPart(y + at, count);
        const factor = f64x2.splat(<f64>load<f32>(rstd + (<usize>r << 2)));
        low = f64x2.add(low, f64x2.mul(f64x2.mul(lowDoubles(v), factor), lowDoubles(w)));
        high = f64x2.add(high, f64x2.mul(f64x2.mul(highDoubles(v), factor), highDoubles(w)));
      } else {
        low = f64x2.add(low, lowDoubles(v));
        high = f64x2.add(high, highDoubles(v));
      }
    }
    const to = out + (<usize>c << 2);
    const before = count == 4 ? v128.load(to) : loadPart(to, count);
    low = f64x2.add(low, lowDoubles(before));
    high = f64x2.add(high, highDoubles(before));
    const sum = v128.shuffle<f64>(
      f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2,
    );
    if (count == 4) v128.store(to, sum);
    else storePart(to, sum, count);
  }
}

/** out = x w rstd, rstd = 1 / sqrt(mean(x^2) + eps). Item = row. */
export function rmsNorm(
  out: usize, x: usize, weight: usize, rstd: usize, dim: i32, eps: f64, start: i32, end: i32, thread: i32,
): void {
  const bytes = <usize>dim << 2;
  const whole = dim & ~3, rest = dim & 3;
  for (let r = start; r < end; r++) {
    const from = x + <usize>r * bytes, to = out + <usize>r * bytes;
    let sum = f64x2.splat(0);
    for (let i = 0; i < whole; i += 4) {
      const v = v128.load(from + (<usize>i << 2));
      sum = addProducts(sum, v, v);
    }
    const tail = <usize>whole << 2;
    if (rest) {
      const v = loadPart(from + tail, rest);
      sum = addProducts(sum, v, v);
    }
    const scale = <f32>(1 / sqrt<f64>(total2(sum) / <f64>dim + eps));
    store<f32>(rstd + (<usize>r << 2), scale);
    const s = f32x4.splat(scale);
    for (let i = 0; i < whole; i += 4) {
      const at = <usize>i << 2;
      v128.store(to + at, f32x4.mul(v128.load(weight + at), f32x4.mul(v128.load(from + at), s)));
    }
    if (rest) {
      const y = f32x4.mul(loadPart(weight + tail, rest), f32x4.mul(loadPart(from + tail, rest), s));
      storePart(to + tail, y, rest);
    }
  }
}

/** dx (+)= rstd w dOut - x rstd^3 / dim * sum(w dOut x). Item = row. */
export function rmsNormBackward(
  dx: usize, dOut: usize, x: usize, weight: usize, rstd: usize, dim: i32, accumulate: i32,
  start: i32, end: i32, thread: i32,
): void {
  const bytes = <usize>dim << 2;
  const whole = dim & ~3, rest = dim & 3;
  const tail = <usize>whole << 2;
  for (let r = start; r < end; r++) {
    const offset = <usize>r * bytes;
    const px = x + offset, pd = dOut + offset, to = dx + offset;
    let sum = f64x2.splat(0);
    for (let i = 0; i < whole; i += 4) {
      const at = <usize>i << 2;
      sum = addProducts(sum, f32x4.mul(v128.load(weight + at), v128.load(pd + at)), v128.load(px + at));
    }
    if (rest) {
      const wd = f32x4.mul(loadPart(weight + tail, rest), loadPart(pd + tail, rest));
      sum = addProducts(sum, wd, loadPart(px + tail, rest));
    }
    const scale = <f64>load<f32>(rstd + (<usize>r << 2));
    const s = f32x4.splat(<f32>scale);
    const back = f32x4.splat(<f32>((scale * scale * scale * total2(sum)) / <f64>dim));
    for (let i = 0; i < whole; i += 4) {
      const at = <usize>i << 2;
      const wd = f32x4.mul(v128.load(weight + at), v128.load(pd + at));
      let y = f32x4.sub(f32x4.mul(s, wd), f32x4.mul(back, v128.load(px + at)));
      if (accumulate) y = f32x4.add(v128.load(to + at), y);
      v128.store(to + at, y);
    }
    if (rest) {
      const wd = f32x4.mul(loadPart(weight + tail, rest), loadPart(pd + tail, rest));
      let y = f32x4.sub(f32x4.mul(s, wd), f32x4.mul(back, loadPart(px + tail, rest)));
      if (accumulate) y = f32x4.add(loadPart(to + tail, rest), y);
      storePart(to + tail, y, rest);
    }
  }
}

/** Rotates the pairs (i, i + headDim / 2) of every head by the row's position; `sign` -1 rotates back. Item = row. */
export function rope(
  x: usize, cos: usize, sin: usize, positions: usize, heads: i32, headDim: i32, sign: f32,
  start: i32, end: i32, thread: i32,
): void {
  const half = headDim >> 1;
  const halfBytes = <usize>half << 2;
  const turn = f32x4.splat(sign);
  for (let r = start; r < end; r++) {
    const table = <usize>load<i32>(positions + (<usize>r << 2)) * halfBytes;
    for (let h = 0; h < heads; h++) {
      const low = x + <usize>(r * heads + h) * 2 * halfBytes, high = low + halfBytes;
      for (let i = 0; i < half; i += 4) {
        const at = <usize>i << 2;
        const count = min(4, half - i);
        if (count == 4) {
          const c = v128.load(cos + table + at), s = f32x4.mul(turn, v128.load(sin + table + at));
          const a = v128.load(low + at), b = v128.load(high + at);
          v128.store(low + at, f32x4.sub(f32x4.mul(a, c), f32x4.mul(b, s)));
          v128.store(high + at, f32x4.add(f32x4.mul(b, c), f32x4.mul(a, s)));
        } else {
          const c = loadPart(cos + table + at, count);
          const s = f32x4.mul(turn, loadPart(sin + table + at, count));
          const a = loadPart(low + at, count), b = loadPart(high + at, count);
          storePart(low + at, f32x4.sub(f32x4.mul(a, c), f32x4.mul(b, s)), count);
          storePart(high + at, f32x4.add(f32x4.mul(b, c), f32x4.mul(a, s)), count);
        }
      }
    }
  }
}
