/**
 * p = softmax(scale q k^T) over a query's keys, out = p v, lse = log sum exp(scale q k^T).
 *
 * By panels of eight (query row, head) pairs (attention-panel.ts); scores exist for one panel only. Where a panel
 * would have one or two lanes (decoding), `attentionRows` walks the keys with dot products instead.
 */
import { addDoubles, expOfScore4, highDoubles, largest4, log64, lowDoubles, storePart, total2 } from './numbers';
import {
  copyLanes, dot, findStretches, firstKey, LANES_BYTES, maskLanes, maskTree, mixOnward, mostKeys, pairOf, readRanges,
  scoreLanes, seenKeys, stretchCount, stretchEnd, stretchFirst, transposeLanes,
} from './attention-panel';

/** Scores to exp(score - largest) in each lane; stores the largest (f32 x 8) and the sums (f64 x 8) at `stats`. */
function exponentiate(scores: usize, keys: i32, stats: usize): void {
  const end = scores + <usize>keys * LANES_BYTES;
  let top0 = v128.load(scores), top1 = v128.load(scores, 16);
  for (let at = scores + LANES_BYTES; at < end; at += LANES_BYTES) {
    top0 = f32x4.pmax(top0, v128.load(at));
    top1 = f32x4.pmax(top1, v128.load(at, 16));
  }
  // The sums in double precision of lanes 0-1, 2-3, 4-5 and 6-7.
  let a = f64x2.splat(0), b = a, c = a, d = a;
  let at = scores;
  // Two keys at a time: V8 makes the constants of exp anew in every round.
  for (; at + LANES_BYTES < end; at += 2 * LANES_BYTES) {
    const e0 = expOfScore4(f32x4.sub(v128.load(at), top0)), e1 = expOfScore4(f32x4.sub(v128.load(at, 16), top1));
    const e2 = expOfScore4(f32x4.sub(v128.load(at, 32), top0)), e3 = expOfScore4(f32x4.sub(v128.load(at, 48), top1));
    v128.store(at, e0);
    v128.store(at, e1, 16);
    v128.store(at, e2, 32);
    v128.store(at, e3, 48);
    a = f64x2.add(f64x2.add(a, lowDoubles(e0)), lowDoubles(e2));
    b = f64x2.add(f64x2.add(b, highDoubles(e0)), highDoubles(e2));
    c = f64x2.add(f64x2.add(c, lowDoubles(e1)), lowDoubles(e3));
    d = f64x2.add(f64x2.add(d, highDoubles(e1)), highDoubles(e3));
  }
  if (at < end) {
    const e0 = expOfScore4(f32x4.sub(v128.load(at), top0)), e1 = expOfScore4(f32x4.sub(v128.load(at, 16), top1));
    v128.store(at, e0);
    v128.store(at, e1, 16);
    a = f64x2.add(a, lowDoubles(e0));
    b = f64x2.add(b, highDoubles(e0));
    c = f64x2.add(c, lowDoubles(e1));
    d = f64x2.add(d, highDoubles(e1));
  }
  v128.store(stats, top0);
  v128.store(stats, top1, 16);
  v128.store(stats, a, 32);
  v128.store(stats, b, 48);
  v128.store(stats, c, 64);
  v128.store(stats, d, 80);
}

/** Bytes before the arrays in a thread's scratch: lane ends, largest scores, sums. */
const STATS_BYTES: usize = 256;

/**
 * Item = (panel, key-value head); `panels` holds [first row of the run, first pair, lanes] for each panel.
 * Scratch: stats, rows [8][width], lanes [width / 4][8], scores [longest][8], stretches; width is headDim rounded up to 8,
 * in bytes. `queryEnd` 0: no tree. Sums run over the keys in their order from the first to the last, so a row has the
 * same bits however its keys lie.
 */
export function attention(
  out: usize, lse: usize, q: usize, k: usize, v: usize, keyStart: usize, keyEnd: usize, queryEnd: usize, panels: usize,
  heads: i32, kvHeads: i32, headDim: i32, scale: f32, longest: i32, scratch: usize, scratchStride: usize,
  start: i32, end: i32, thread: i32,
): void {
  const group = heads / kvHeads;
  const bytes = <usize>headDim << 2, ldk = bytes * kvHeads, width = <usize>((headDim + 7) & ~7) << 2;
  const stats = scratch + <usize>thread * scratchStride;
  const rows = stats + STATS_BYTES, lanesAt = rows + 8 * width, scores = lanesAt + 8 * width;
  for (let item = start; item < end; item++) {
    const panel = panels + <usize>(item / kvHeads) * 12, kvHead = item % kvHeads;
    const firstRow = load<i32>(panel), pair = load<i32>(panel, 4), lanes = load<i32>(panel, 8);
    readRanges(keyStart, keyEnd, firstRow, pair, lanes, group, stats);
    const firstEnd = load<i32>(keyEnd + (<usize>(firstRow + pair / group) << 2));
    findStretches(queryEnd, firstEnd, firstKey, firstKey + mostKeys, scores + <usize>longest * LANES_BYTES);
    const offset = <usize>kvHead * bytes;
    copyLanes(rows, q, firstRow, pair, lanes, heads, group, kvHead, bytes, width);
    transposeLanes(lanesAt, rows, width);
    let at = scores;
    for (let i = 0; i < stretchCount; i++) {
      const first = stretchFirst(i), last = stretchEnd(i);
      scoreLanes(at, LANES_BYTES, k + offset + <usize>first * ldk, ldk, lanesAt, last - first, headDim, scale);
      if (queryEnd) maskTree(at, LANES_BYTES, first, last, -Infinity, queryEnd);
      at += <usize>(last - first) * LANES_BYTES;
    }
    if (!queryEnd) maskLanes(scores, -Infinity);
    exponentiate(scores, seenKeys, stats);
    memory.fill(rows, 0, 8 * width);
    at = scores;
    for (let i = 0; i < stretchCount; i++) {
      const first = stretchFirst(i), keys = stretchEnd(i) - first;
      mixOnward(rows, width, at, v + offset + <usize>first * ldk, ldk, keys, lanes);
      at += <usize>keys * LANES_BYTES;
    }
    for (let c = 0; c < lanes; c++) {
      const at = pairOf(firstRow, pair + c, heads, group, kvHead);
      const sum = load<f64>(stats + 32 + (<usize>c << 3));
      store<f32>(lse + (at << 2), <f32>(<f64>load<f32>(stats + (<usize>c << 2)) + log64(sum)));
      const to = out + at * bytes, from = rows + <usize>c * width;
      const factor = <f32>(1 / sum);
      const f = f32x4.splat(factor);
      let i: usize = 0;
      for (; i + 16 <= bytes; i += 16) v128.store(to + i, f32x4.mul(f, v128.load(from + i)));
      for (; i < bytes; i += 4) store<f32>(to + i, factor * load<f32>(from + i));
    }
  }
}

/** to = sum over keys of weight * row of v. Four columns of the result stay in a register while the keys pass. */
function mixOne(to: usize, weights: usize, v: usize, ldv: usize, keys: i32, headDim: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  for (let i = 0; i < headDim; i += 16) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let from = v + (<usize>i << 2);
    const count = min(16, headDim - i);
    for (let j = 0; j < keys; j++, from += ldv) {
      const w = v128.load32_splat(weights + (<usize>j << 2));
      s0 = f32x4.add(s0, f32x4.mul(w, v128.load(from)));
      if (count > 4) s1 = f32x4.add(s1, f32x4.mul(w, v128.load(from, 16)));
      if (count > 8) s2 = f32x4.add(s2, f32x4.mul(w, v128.load(from, 32)));
      if (count > 12) s3 = f32x4.add(s3, f32x4.mul(w, v128.load(from, 48)));
    }
    for (let c = 0; c < count; c += 4) {
      const at = to + (<usize>(i + c) << 2);
      const s = f32x4.mul(f, c == 0 ? s0 : c == 4 ? s1 : c == 8 ? s2 : s3);
      if (count - c >= 4) v128.store(at, s);
      else storePart(at, s, count - c);
    }
  }
}

/** Item = entry of `list`, a query row, with all its heads. Scratch: the scores of one row, padded to four. */
export function attentionRows(
  out: usize, lse: usize, q: usize, k: usize, v: usize, keyStart: usize, keyEnd: usize, list: usize,
  heads: i32, kvHeads: i32, headDim: i32, scale: f32, scratch: usize, scratchStride: usize,
  start: i32, end: i32, thread: i32,
): void {
  const scores = scratch + <usize>thread * scratchStride;
  const group = heads / kvHeads;
  const bytes = <usize>headDim << 2, ldk = bytes * kvHeads;
  for (let item = start; item < end; item++) {
    const r = load<i32>(list + (<usize>item << 2));
    const first = load<i32>(keyStart + (<usize>r << 2));
    const count = load<i32>(keyEnd + (<usize>r << 2)) - first;
    for (let h = 0; h < heads; h++) {
      const offset = <usize>first * ldk + <usize>(h / group) * bytes;
      const at = <usize>(r * heads + h);
      let pk = k + offset;
      for (let j = 0; j < count; j++, pk += ldk) {
        store<f32>(scores + (<usize>j << 2), scale * dot(q + at * bytes, pk, headDim));
      }
      for (let j = count; j & 3; j++) store<f32>(scores + (<usize>j << 2), -Infinity);
      let tops = v128.load(scores);
      for (let j = 4; j < count; j += 4) tops = f32x4.pmax(tops, v128.load(scores + (<usize>j << 2)));
      const top = largest4(tops);
      let sum = f64x2.splat(0);
      for (let j = 0; j < count; j += 4) {
        const p = scores + (<usize>j << 2);
        const e = expOfScore4(f32x4.sub(v128.load(p), f32x4.splat(top)));
        sum = addDoubles(sum, e);
        v128.store(p, e);
      }
      const all = total2(sum);
      store<f32>(lse + (at << 2), <f32>(<f64>top + log64(all)));
      mixOne(out + at * bytes, scores, v + offset, ldk, count, headDim, <f32>(1 / all));
    }
  }
}
