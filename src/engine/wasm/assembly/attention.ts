/**
 * p = softmax(scale q k^T) over a query's keys, out = p v, lse = log sum exp(scale q k^T);  back: p = exp(scale q k^T - lse),
 * dv = p^T dOut, dS = p (dOut v^T - delta), delta = dOut . out, dq = scale dS k, dk = scale dS^T q.
 *
 * Attention by panels: eight query rows at a time, a lane for each, keys walking down.
 *
 * A panel is up to eight (query row, head) pairs that read the same key-value head and whose key
 * ranges begin at the same row. With the queries laid out as [headDim][8], the scores K Q^T come out
 * of the matrix tiles as [keys][8]; softmax is then the same arithmetic in every lane, and the
 * result P^T V is a matrix product again. Scores exist for one panel only. Lanes that are not used
 * hold zero rows: they cost time but disturb nothing. Where a panel would have one or two lanes
 * (decoding), `attentionRows` walks the keys with dot products instead.
 *
 * The gradient recomputes P from the log-sum-exp and makes dS = P (dP - delta); a work item is a
 * segment of rows that share keys, so that dk and dv are summed in a fixed order by one thread.
 */
import { addDoubles, exp4, highDoubles, largest4, loadPart, log64, lowDoubles, storePart, total2, total4 } from './numbers';
import { BASE_MEMORY, BASE_NONE, tileByColumn, tileByRow, transpose4 } from './matmul';

const LANES: i32 = 8;
const LANES_BYTES: usize = 32;

/** Index of the (row, head) pair in lane 0 + `lane` of the panel: pairs count heads of the group first, then rows. */
// @ts-ignore: decorator
@inline
function pairOf(firstRow: i32, pair: i32, heads: i32, group: i32, kvHead: i32): usize {
  return <usize>((firstRow + pair / group) * heads + kvHead * group + (pair % group));
}

/** Copies the panel's rows of x to [8][width], zero-padded. */
function copyLanes(
  to: usize, x: usize, firstRow: i32, pair: i32, lanes: i32, heads: i32, group: i32, kvHead: i32,
  bytes: usize, width: usize,
): void {
  memory.fill(to, 0, 8 * width);
  for (let c = 0; c < lanes; c++) {
    memory.copy(to + <usize>c * width, x + pairOf(firstRow, pair + c, heads, group, kvHead) * bytes, bytes);
  }
}

/** [8][width] to [width / 4][8]. */
function transposeLanes(to: usize, from: usize, width: usize): void {
  for (let at: usize = 0; at < width; at += 16) {
    const r = from + at, t = to + (at << 3);
    transpose4(t, r, r + width, r + 2 * width, r + 3 * width);
    transpose4(t + 16, r + 4 * width, r + 5 * width, r + 6 * width, r + 7 * width);
  }
}

/** to[keys][8] = alpha * rows of keys (or values) times lanes[headDim][8]. */
function scoreLanes(to: usize, x: usize, ldx: usize, lanes: usize, keys: i32, headDim: i32, alpha: f32): void {
  for (let j = 0; j < keys; j += 4) {
    const at = to + <usize>j * LANES_BYTES;
    tileByRow(
      min(4, keys - j), at, LANES_BYTES, at, LANES_BYTES, BASE_NONE,
      x + <usize>j * ldx, ldx, lanes, LANES_BYTES, headDim, alpha,
    );
  }
}

/** to[8][width] = [to +] alpha * weights[keys][8]^T times rows of x; adds when `mode` is BASE_MEMORY. */
function mixRows(
  to: usize, width: usize, weights: usize, x: usize, ldx: usize, keys: i32, lanes: i32, alpha: f32, mode: i32,
): void {
  for (let c = 0; c < lanes; c += 4) {
    const row = to + <usize>c * width;
    for (let at: usize = 0; at < width; at += LANES_BYTES) {
      tileByColumn(
        min(4, lanes - c), row + at, width, row + at, width, mode,
        weights + (<usize>c << 2), LANES_BYTES, x + at, ldx, keys, alpha,
      );
    }
  }
}

/** to[keys][width] += alpha * weights[keys][8] times rows[8][width]. */
function spreadLanes(to: usize, width: usize, weights: usize, rows: usize, keys: i32, alpha: f32): void {
  for (let j = 0; j < keys; j += 4) {
    for (let at: usize = 0; at < width; at += LANES_BYTES) {
      const out = to + <usize>j * width + at;
      tileByRow(
        min(4, keys - j), out, width, out, width, BASE_MEMORY,
        weights + <usize>j * LANES_BYTES, LANES_BYTES, rows + at, width, LANES, alpha,
      );
    }
  }
}

/** Key ranges of the panel last looked at, relative to `firstKey`. Globals belong to an instance and so to one thread. */
let firstKey: i32 = 0;
/** All lanes see keys 0 .. commonKeys - 1; none sees more than `mostKeys`. */
let commonKeys: i32 = 0;
let mostKeys: i32 = 0;
let laneEndsLow = i32x4.splat(0);
let laneEndsHigh = i32x4.splat(0);

function readRanges(keyStart: usize, keyEnd: usize, firstRow: i32, pair: i32, lanes: i32, group: i32, at: usize): void {
  firstKey = load<i32>(keyStart + (<usize>firstRow << 2));
  commonKeys = i32.MAX_VALUE;
  mostKeys = 0;
  for (let c = 0; c < LANES; c++) {
    const row = firstRow + (pair + min(c, lanes - 1)) / group;
    const count = load<i32>(keyEnd + (<usize>row << 2)) - firstKey;
    commonKeys = min(commonKeys, count);
    mostKeys = max(mostKeys, count);
    store<i32>(at + (<usize>c << 2), count);
  }
  laneEndsLow = v128.load(at);
  laneEndsHigh = v128.load(at, 16);
}

/** Stretches of keys that some lane of the panel may see: [first key, end) each, at `stretches`. */
let stretches: usize = 0;
let stretchCount: i32 = 0;
/** Keys of all stretches together. */
let seenKeys: i32 = 0;

/**
 * After readRanges: one stretch, or in a tree (`queryEnd` given) the stretches between the subtrees that end
 * before the panel's first row (its keys end at `firstEnd`) and so belong to none of its lanes.
 */
function findStretches(queryEnd: usize, firstEnd: i32, at: usize): void {
  stretches = at;
  if (!queryEnd) {
    store<i32>(at, firstKey);
    store<i32>(at, firstKey + mostKeys, 4);
    stretchCount = 1;
    seenKeys = mostKeys;
    return;
  }
  const last = firstKey + mostKeys;
  stretchCount = 0;
  seenKeys = 0;
  for (let j = firstKey; j < last; ) {
    const end = load<i32>(queryEnd + (<usize>j << 2));
    if (end < firstEnd) {
      j = end;
      continue;
    }
    const first = j++;
    while (j < last && load<i32>(queryEnd + (<usize>j << 2)) >= firstEnd) j++;
    store<i32>(at, first);
    store<i32>(at, j, 4);
    at += 8;
    stretchCount++;
    seenKeys += j - first;
  }
}

// @ts-ignore: decorator
@inline
function stretchFirst(i: i32): i32 {
  return load<i32>(stretches + (<usize>i << 3));
}

// @ts-ignore: decorator
@inline
function stretchEnd(i: i32): i32 {
  return load<i32>(stretches + (<usize>i << 3), 4);
}

/** scoreLanes over the stretches, one after the other; `x` is the row of key 0. */
function scoreStretches(to: usize, x: usize, ldx: usize, lanes: usize, headDim: i32, alpha: f32): void {
  for (let i = 0; i < stretchCount; i++) {
    const first = stretchFirst(i), keys = stretchEnd(i) - first;
    scoreLanes(to, x + <usize>first * ldx, ldx, lanes, keys, headDim, alpha);
    to += <usize>keys * LANES_BYTES;
  }
}

/**
 * mixRows over the stretches as over one: their rows are copied side by side to `gathered` first, so that a sum
 * has the same bits however the rows of its keys lie.
 */
function mixGathered(
  to: usize, width: usize, weights: usize, x: usize, ldx: usize, bytes: usize, gathered: usize, lanes: i32,
): void {
  if (stretchCount == 1) {
    mixRows(to, width, weights, x + <usize>stretchFirst(0) * ldx, ldx, seenKeys, lanes, 1, BASE_NONE);
    return;
  }
  let at = gathered;
  for (let i = 0; i < stretchCount; i++) {
    const end = stretchEnd(i);
    for (let j = stretchFirst(i); j < end; j++, at += bytes) memory.copy(at, x + <usize>j * ldx, bytes);
  }
  mixRows(to, width, weights, gathered, bytes, seenKeys, lanes, 1, BASE_NONE);
}

/** mixRows over the stretches, one sum after the other. */
function mixStretches(to: usize, width: usize, weights: usize, x: usize, ldx: usize, lanes: i32, alpha: f32): void {
  for (let i = 0; i < stretchCount; i++) {
    const first = stretchFirst(i), keys = stretchEnd(i) - first;
    mixRows(to, width, weights, x + <usize>first * ldx, ldx, keys, lanes, alpha, i == 0 ? BASE_NONE : BASE_MEMORY);
    weights += <usize>keys * LANES_BYTES;
  }
}

/** spreadLanes over the stretches; `to` is the row of key 0. */
function spreadStretches(to: usize, width: usize, weights: usize, rows: usize, alpha: f32): void {
  for (let i = 0; i < stretchCount; i++) {
    const first = stretchFirst(i), keys = stretchEnd(i) - first;
    spreadLanes(to + <usize>first * width, width, weights, rows, keys, alpha);
    weights += <usize>keys * LANES_BYTES;
  }
}

/** Scores a lane may not see become `masked`: lane ends and, in a tree, subtrees that the lane's row is not in. */
function maskTree(scores: usize, masked: f32, queryEnd: usize): void {
  const hidden = f32x4.splat(masked);
  for (let i = 0; i < stretchCount; i++) {
    const end = stretchEnd(i);
    for (let j = stretchFirst(i); j < end; j++, scores += LANES_BYTES) {
      const at = j - firstKey, subtreeEnd = load<i32>(queryEnd + (<usize>j << 2)) - firstKey;
      if (at < commonKeys && subtreeEnd >= mostKeys) continue;
      const key = i32x4.splat(at), last = i32x4.splat(subtreeEnd);
      const low = v128.and(i32x4.lt_s(key, laneEndsLow), i32x4.le_s(laneEndsLow, last));
      const high = v128.and(i32x4.lt_s(key, laneEndsHigh), i32x4.le_s(laneEndsHigh, last));
      v128.store(scores, v128.bitselect(v128.load(scores), hidden, low));
      v128.store(scores, v128.bitselect(v128.load(scores, 16), hidden, high), 16);
    }
  }
}

/** Scores a lane may not see become `masked`. */
function maskLanes(scores: usize, masked: f32): void {
  const hidden = f32x4.splat(masked);
  for (let j = commonKeys; j < mostKeys; j++) {
    const at = scores + <usize>j * LANES_BYTES, key = i32x4.splat(j);
    v128.store(at, v128.bitselect(v128.load(at), hidden, i32x4.lt_s(key, laneEndsLow)));
    v128.store(at, v128.bitselect(v128.load(at, 16), hidden, i32x4.lt_s(key, laneEndsHigh)), 16);
  }
}

/** Scores to exp(score - largest) in each lane; stores the largest (f32 x 8) and the sums (f64 x 8) at `stats`. */
function exponentiate(scores: usize, keys: i32, stats: usize): void {
  const end = scores + <usize>keys * LANES_BYTES;
  let top0 = v128.load(scores), top1 = v128.load(scores, 16);
  for (let at = scores + LANES_BYTES; at < end; at += LANES_BYTES) {
    top0 = f32x4.pmax(top0, v128.load(at));
    top1 = f32x4.pmax(top1, v128.load(at, 16));
  }
  let a = f64x2.splat(0), b = a, c = a, d = a;
  for (let at = scores; at < end; at += LANES_BYTES) {
    const e0 = exp4(f32x4.sub(v128.load(at), top0)), e1 = exp4(f32x4.sub(v128.load(at, 16), top1));
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

/** Bytes before the arrays in a thread's scratch: lane ends, largest scores, sums; or lane ends, lse, delta. */
const STATS_BYTES: usize = 256;

/**
 * Item = (panel, key-value head); `panels` holds [first row of the run, first pair, lanes] for each panel.
 * Scratch: stats, rows [8][width], lanes [width / 4][8], scores [longest][8], stretches, gathered values; width is headDim rounded up
 * to 8, in bytes. `queryEnd` 0: no tree.
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
    findStretches(queryEnd, firstEnd, scores + <usize>longest * LANES_BYTES);
    const offset = <usize>kvHead * bytes;
    copyLanes(rows, q, firstRow, pair, lanes, heads, group, kvHead, bytes, width);
    transposeLanes(lanesAt, rows, width);
    scoreStretches(scores, k + offset, ldk, lanesAt, headDim, scale);
    if (queryEnd) maskTree(scores, -Infinity, queryEnd);
    else maskLanes(scores, -Infinity);
    exponentiate(scores, seenKeys, stats);
    const gathered = scores + <usize>longest * LANES_BYTES + <usize>(longest + 1) * 8;
    mixGathered(rows, width, scores, v + offset, ldk, bytes, gathered, lanes);
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
        const e = exp4(f32x4.sub(v128.load(p), f32x4.splat(top)));
        sum = addDoubles(sum, e);
        v128.store(p, e);
      }
      const all = total2(sum);
      store<f32>(lse + (at << 2), <f32>(<f64>top + log64(all)));
      mixOne(out + at * bytes, scores, v + offset, ldk, count, headDim, <f32>(1 / all));
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

/** p = exp(p - lse) in each lane, ds = p (ds - delta). */
function scoreGradients(p: usize, ds: usize, keys: i32, lse: usize, delta: usize): void {
  const lse0 = v128.load(lse), lse1 = v128.load(lse, 16), delta0 = v128.load(delta), delta1 = v128.load(delta, 16);
  const end = p + <usize>keys * LANES_BYTES;
  for (; p < end; p += LANES_BYTES, ds += LANES_BYTES) {
    const p0 = exp4(f32x4.sub(v128.load(p), lse0)), p1 = exp4(f32x4.sub(v128.load(p, 16), lse1));
    v128.store(p, p0);
    v128.store(p, p1, 16);
    v128.store(ds, f32x4.mul(p0, f32x4.sub(v128.load(ds), delta0)));
    v128.store(ds, f32x4.mul(p1, f32x4.sub(v128.load(ds, 16), delta1)), 16);
  }
}

/** Copies [keys][width] to rows of `bytes` bytes, `ld` apart. */
function copyOut(to: usize, ld: usize, from: usize, width: usize, bytes: usize, keys: i32): void {
  for (let j = 0; j < keys; j++) memory.copy(to + <usize>j * ld, from + <usize>j * width, bytes);
}

/**
 * Item = (segment, key-value head); `segments` holds [first key, last key + 1, first panel, last panel + 1].
 * Keys of no segment are left alone: the host has set dk and dv to zero.
 * Scratch: stats, then q and dOut as rows and as lanes, dq rows, P and dS [keys][8], dk and dv [keys][width], stretches.
 */
export function attentionBackward(
  dq: usize, dk: usize, dv: usize, dOut: usize, q: usize, k: usize, v: usize, lse: usize, delta: usize,
  keyStart: usize, keyEnd: usize, queryEnd: usize, panels: usize, segments: usize,
  heads: i32, kvHeads: i32, headDim: i32, scale: f32, longest: i32, scratch: usize, scratchStride: usize,
  start: i32, end: i32, thread: i32,
): void {
  const group = heads / kvHeads;
  const bytes = <usize>headDim << 2, ldk = bytes * kvHeads, width = <usize>((headDim + 7) & ~7) << 2;
  const stats = scratch + <usize>thread * scratchStride;
  const qRows = stats + STATS_BYTES, qLanes = qRows + 8 * width;
  const dRows = qLanes + 8 * width, dLanes = dRows + 8 * width, dqRows = dLanes + 8 * width;
  const p = dqRows + 8 * width, ds = p + <usize>longest * LANES_BYTES;
  const dkRows = ds + <usize>longest * LANES_BYTES, dvRows = dkRows + <usize>longest * width;
  const stretchesAt = dvRows + <usize>longest * width;
  const laneLse = stats + 32, laneDelta = stats + 64;
  for (let item = start; item < end; item++) {
    const segment = segments + (<usize>(item / kvHeads) << 4), kvHead = item % kvHeads;
    const key0 = load<i32>(segment), segmentKeys = load<i32>(segment, 4) - key0;
    memory.fill(dkRows, 0, <usize>segmentKeys * width);
    memory.fill(dvRows, 0, <usize>segmentKeys * width);
    for (let i = load<i32>(segment, 8); i < load<i32>(segment, 12); i++) {
      const panel = panels + <usize>i * 12;
      const firstRow = load<i32>(panel), pair = load<i32>(panel, 4), lanes = load<i32>(panel, 8);
      readRanges(keyStart, keyEnd, firstRow, pair, lanes, group, stats);
      findStretches(queryEnd, load<i32>(keyEnd + (<usize>(firstRow + pair / group) << 2)), stretchesAt);
      const offset = <usize>kvHead * bytes, into = <usize>key0 * width;
      copyLanes(qRows, q, firstRow, pair, lanes, heads, group, kvHead, bytes, width);
      copyLanes(dRows, dOut, firstRow, pair, lanes, heads, group, kvHead, bytes, width);
      transposeLanes(qLanes, qRows, width);
      transposeLanes(dLanes, dRows, width);
      for (let c = 0; c < LANES; c++) {
        const at = pairOf(firstRow, pair + c, heads, group, kvHead) << 2, lane = <usize>c << 2;
        store<f32>(laneLse + lane, c < lanes ? load<f32>(lse + at) : 0);
        store<f32>(laneDelta + lane, c < lanes ? load<f32>(delta + at) : 0);
      }
      scoreStretches(p, k + offset, ldk, qLanes, headDim, scale);
      maskTree(p, -Infinity, queryEnd);
      scoreStretches(ds, v + offset, ldk, dLanes, headDim, 1);
      scoreGradients(p, ds, seenKeys, laneLse, laneDelta);
      mixStretches(dqRows, width, ds, k + offset, ldk, lanes, scale);
      for (let c = 0; c < lanes; c++) {
        memory.copy(dq + pairOf(firstRow, pair + c, heads, group, kvHead) * bytes, dqRows + <usize>c * width, bytes);
      }
      spreadStretches(dkRows - into, width, ds, qRows, scale);
      spreadStretches(dvRows - into, width, p, dRows, 1);
    }
    const to = <usize>key0 * ldk + <usize>kvHead * bytes;
    copyOut(dk + to, ldk, dkRows, width, bytes, segmentKeys);
    copyOut(dv + to, ldk, dvRows, width, bytes, segmentKeys);
  }
}
