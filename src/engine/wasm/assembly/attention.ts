/**
 * Attention of query rows over ranges of key rows, one (row, head) at a time, and its gradient.
 * Scores exist for one row only. The gradient recomputes probabilities from the log-sum-exp; dq is
 * gathered by query row, dk and dv by key row, so no two items write the same place.
 */
import { addDoubles, exp4, largest4, loadPart, log64, storePart, total2, total4 } from './numbers';

// @ts-ignore: decorator
@inline
function dot(a: usize, b: usize, n: i32): f32 {
  let sum = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(a + (<usize>i << 2)), v128.load(b + (<usize>i << 2))));
  }
  if (i < n) {
    sum = f32x4.add(sum, f32x4.mul(loadPart(a + (<usize>i << 2), n - i), loadPart(b + (<usize>i << 2), n - i)));
  }
  return total4(sum);
}

/** to += factor * from */
// @ts-ignore: decorator
@inline
function addTo(to: usize, from: usize, factor: f32, n: i32): void {
  const f = f32x4.splat(factor);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const at = <usize>i << 2;
    v128.store(to + at, f32x4.add(v128.load(to + at), f32x4.mul(f, v128.load(from + at))));
  }
  if (i < n) {
    const at = <usize>i << 2;
    storePart(to + at, f32x4.add(loadPart(to + at, n - i), f32x4.mul(f, loadPart(from + at, n - i))), n - i);
  }
}

// @ts-ignore: decorator
@inline
function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0);
}

/** Item = query row. Scratch: the scores of one row, padded to four. */
export function attention(
  out: usize, lse: usize, q: usize, k: usize, v: usize, keyStart: usize, keyEnd: usize,
  heads: i32, kvHeads: i32, headDim: i32, scale: f32, scratch: usize, scratchStride: usize,
  start: i32, end: i32, thread: i32,
): void {
  const scores = scratch + <usize>thread * scratchStride;
  const group = heads / kvHeads;
  const bytes = <usize>headDim << 2, kvBytes = bytes * kvHeads;
  for (let r = start; r < end; r++) {
    const first = load<i32>(keyStart + (<usize>r << 2));
    const count = load<i32>(keyEnd + (<usize>r << 2)) - first;
    for (let h = 0; h < heads; h++) {
      const offset = <usize>first * kvBytes + <usize>(h / group) * bytes;
      const at = <usize>(r * heads + h);
      const pq = q + at * bytes, po = out + at * bytes;
      let pk = k + offset;
      for (let j = 0; j < count; j++, pk += kvBytes) {
        store<f32>(scores + (<usize>j << 2), scale * dot(pq, pk, headDim));
      }
      for (let j = count; j & 3; j++) store<f32>(scores + (<usize>j << 2), -Infinity);
      let tops = v128.load(scores);
      for (let j = 4; j < count; j += 4) tops = f32x4.max(tops, v128.load(scores + (<usize>j << 2)));
      const top = largest4(tops);
      let sum = f64x2.splat(0);
      for (let j = 0; j < count; j += 4) {
        const p = scores + (<usize>j << 2);
        const e = exp4(f32x4.sub(v128.load(p), f32x4.splat(top)));
        sum = addDoubles(sum, e);
        v128.store(p, e);
      }
      const sumAll = total2(sum);
      store<f32>(lse + (at << 2), <f32>(<f64>top + log64(sumAll)));
      memory.fill(po, 0, bytes);
      const inverse = 1 / sumAll;
      let pv = v + offset;
      for (let j = 0; j < count; j++, pv += kvBytes) {
        addTo(po, pv, <f32>(<f64>load<f32>(scores + (<usize>j << 2)) * inverse), headDim);
      }
    }
  }
}

/** delta = sum over headDim of dOut * out. Item = (row, head). */
export function attentionDelta(
  delta: usize, dOut: usize, out: usize, headDim: i32, start: i32, end: i32, thread: i32,
): void {
  const bytes = <usize>headDim << 2;
  for (let i = start; i < end; i++) {
    store<f32>(delta + (<usize>i << 2), dot(dOut + <usize>i * bytes, out + <usize>i * bytes, headDim));
  }
}

/** dq = scale * sum over keys of p (dp - delta) k. Item = query row. */
export function attentionBackwardQueries(
  dq: usize, dOut: usize, q: usize, k: usize, v: usize, lse: usize, delta: usize, keyStart: usize, keyEnd: usize,
  heads: i32, kvHeads: i32, headDim: i32, scale: f32, start: i32, end: i32, thread: i32,
): void {
  const group = heads / kvHeads;
  const bytes = <usize>headDim << 2, kvBytes = bytes * kvHeads;
  for (let r = start; r < end; r++) {
    const first = load<i32>(keyStart + (<usize>r << 2));
    const last = load<i32>(keyEnd + (<usize>r << 2));
    for (let h = 0; h < heads; h++) {
      const at = <usize>(r * heads + h);
      const pq = q + at * bytes, pd = dOut + at * bytes, to = dq + at * bytes;
      const rowLse = load<f32>(lse + (at << 2)), rowDelta = load<f32>(delta + (at << 2));
      memory.fill(to, 0, bytes);
      for (let j = first; j < last; j++) {
        const offset = <usize>j * kvBytes + <usize>(h / group) * bytes;
        const p = exp1(scale * dot(pq, k + offset, headDim) - rowLse);
        addTo(to, k + offset, scale * p * (dot(pd, v + offset, headDim) - rowDelta), headDim);
      }
    }
  }
}

/** dv = sum over queries and the heads of the group of p dOut; dk = scale * sum of p (dp - delta) q. Item = key row. */
export function attentionBackwardKeys(
  dk: usize, dv: usize, dOut: usize, q: usize, k: usize, v: usize, lse: usize, delta: usize, queryEnd: usize,
  heads: i32, kvHeads: i32, headDim: i32, scale: f32, start: i32, end: i32, thread: i32,
): void {
  const group = heads / kvHeads;
  const bytes = <usize>headDim << 2, kvBytes = bytes * kvHeads;
  for (let j = start; j < end; j++) {
    const last = load<i32>(queryEnd + (<usize>j << 2));
    for (let g = 0; g < kvHeads; g++) {
      const offset = <usize>j * kvBytes + <usize>g * bytes;
      memory.fill(dk + offset, 0, bytes);
      memory.fill(dv + offset, 0, bytes);
      for (let r = j; r < last; r++) {
        for (let h = g * group; h < (g + 1) * group; h++) {
          const at = <usize>(r * heads + h);
          const pq = q + at * bytes, pd = dOut + at * bytes;
          const p = exp1(scale * dot(pq, k + offset, headDim) - load<f32>(lse + (at << 2)));
          addTo(dv + offset, pd, p, headDim);
          const ds = scale * p * (dot(pd, v + offset, headDim) - load<f32>(delta + (at << 2)));
          addTo(dk + offset, pq, ds, headDim);
        }
      }
    }
  }
}
