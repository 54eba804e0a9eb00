/**
 * S = K Q^T [keys][8] and O = P^T V [8][headDim]: eight query rows at a time, a lane for each, keys walking down. What
 * attention and its gradient share.
 *
 * A panel is up to eight (query row, head) pairs that read the same key-value head and whose key
 * ranges begin at the same row. With the queries laid out as [headDim][8], the scores K Q^T come out
 * of the matrix tiles as [keys][8]; softmax is then the same arithmetic in every lane, and the
 * result is a matrix product again. Lanes that are not used hold zero rows: they cost time but
 * disturb nothing.
 *
 * In a tree a panel reads stretches of keys: those between subtrees that belong to none of its lanes.
 *
 * Whole tiles stand in the loops here rather than in functions of their own: V8 unrolls an inner loop the more the deeper
 * it is nested, which makes products of this depth a fifth faster. (Unrolled by hand they spill.)
 */
import { loadPart, total4 } from './numbers';
import { BASE_NONE, tile, tileByColumn, tileByRow, transpose4 } from './matmul';

export const LANES: i32 = 8;
export const LANES_BYTES: usize = 32;
/** Values of so many keys stay in the first cache while the columns of a panel pass over them. */
const KEYS_AT_ONCE: i32 = 128;

/** Index of the (row, head) pair in a lane: pairs count heads of the group first, then rows. */
// @ts-ignore: decorator
@inline
export function pairOf(firstRow: i32, pair: i32, heads: i32, group: i32, kvHead: i32): usize {
  return <usize>((firstRow + pair / group) * heads + kvHead * group + (pair % group));
}

/** Copies `bytes` bytes and zeroes up to `width`, a multiple of 32 (`memory.copy` is a call, dear for a row). */
export function copyRow(to: usize, from: usize, bytes: usize, width: usize): void {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(to + i, v128.load(from + i));
  if (i < bytes) {
    v128.store(to + i, loadPart(from + i, <i32>((bytes - i) >> 2)));
    i += 16;
  }
  for (; i < width; i += 16) v128.store(to + i, f32x4.splat(0));
}

/** Copies the panel's rows of x to [8][width], zero-padded. */
export function copyLanes(
  to: usize, x: usize, firstRow: i32, pair: i32, lanes: i32, heads: i32, group: i32, kvHead: i32,
  bytes: usize, width: usize,
): void {
  for (let c = 0; c < LANES; c++, to += width) {
    if (c < lanes) copyRow(to, x + pairOf(firstRow, pair + c, heads, group, kvHead) * bytes, bytes, width);
    else copyRow(to, x, 0, width);
  }
}

/** [8][width] to [width / 4][8]. */
export function transposeLanes(to: usize, from: usize, width: usize): void {
  for (let at: usize = 0; at < width; at += 16) {
    const r = from + at, t = to + (at << 3);
    transpose4(t, r, r + width, r + 2 * width, r + 3 * width);
    transpose4(t + 16, r + 4 * width, r + 5 * width, r + 6 * width, r + 7 * width);
  }
}

/** to[keys][8] = alpha * rows of keys (or values) times lanes[headDim][8]. Rows of `to` are `ld` bytes apart. */
export function scoreLanes(
  to: usize, ld: usize, x: usize, ldx: usize, lanes: usize, keys: i32, headDim: i32, alpha: f32,
): void {
  for (; keys >= 4; keys -= 4, to += 4 * ld, x += 4 * ldx) {
    tile(4, false, false, to, ld, to, ld, BASE_NONE, x, ldx, lanes, LANES_BYTES, headDim, alpha);
  }
  if (keys > 0) tileByRow(keys, to, ld, to, ld, BASE_NONE, x, ldx, lanes, LANES_BYTES, headDim, alpha);
}

/** to[8][width] = [to +] alpha * weights[keys][8]^T times rows of x; adds when `mode` is BASE_MEMORY. */
export function mixRows(
  to: usize, width: usize, weights: usize, ldw: usize, x: usize, ldx: usize, keys: i32, lanes: i32,
  alpha: f32, mode: i32,
): void {
  for (let c = 0; c < lanes; c += 4) {
    const row = to + <usize>c * width, w = weights + (<usize>c << 2), count = lanes - c;
    for (let at: usize = 0; at < width; at += LANES_BYTES) {
      const out = row + at;
      if (count >= 4) tile(4, true, false, out, width, out, width, mode, w, ldw, x + at, ldx, keys, alpha);
      else tileByColumn(count, out, width, out, width, mode, w, ldw, x + at, ldx, keys, alpha);
    }
  }
}

/**
 * to[8][width] += weights[keys][8]^T times rows of x: one chain of sums over all calls, so the same bits however the keys are
 * cut into them. Rows behind `lanes` in the same four are written too.
 */
export function mixOnward(
  to: usize, width: usize, weights: usize, x: usize, ldx: usize, keys: i32, lanes: i32,
): void {
  for (let j = 0; j < keys; j += KEYS_AT_ONCE, weights += <usize>KEYS_AT_ONCE * LANES_BYTES, x += <usize>KEYS_AT_ONCE * ldx) {
    const count = min(KEYS_AT_ONCE, keys - j);
    for (let c = 0; c < lanes; c += 4) {
      const row = to + <usize>c * width, w = weights + (<usize>c << 2);
      for (let at: usize = 0; at < width; at += LANES_BYTES) {
        const out = row + at;
        tile(4, true, true, out, width, out, width, BASE_NONE, w, LANES_BYTES, x + at, ldx, count, 1);
      }
    }
  }
}

/** Key ranges of the panel last looked at, relative to `firstKey`. Globals belong to an instance and so to one thread. */
export let firstKey: i32 = 0;
/** All lanes see keys 0 .. commonKeys - 1; none sees more than `mostKeys`. */
export let commonKeys: i32 = 0;
export let mostKeys: i32 = 0;
let laneEndsLow = i32x4.splat(0);
let laneEndsHigh = i32x4.splat(0);

export function readRanges(keyStart: usize, keyEnd: usize, firstRow: i32, pair: i32, lanes: i32, group: i32, at: usize): void {
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

/** Stretches of keys that some lane of a panel may see: [first key, end) each, at `stretches`. */
let stretches: usize = 0;
export let stretchCount: i32 = 0;
/** Keys of all stretches together. */
export let seenKeys: i32 = 0;

/**
 * The stretches of the keys from .. to - 1: all of them, or in a tree (`queryEnd` given) those between the
 * subtrees that end before the panel's first row (its keys end at `firstEnd`) and so belong to none of its lanes.
 */
export function findStretches(queryEnd: usize, firstEnd: i32, from: i32, to: i32, at: usize): void {
  stretches = at;
  stretchCount = 0;
  seenKeys = 0;
  for (let j = from; j < to; ) {
    const first = j;
    if (queryEnd) {
      const end = load<i32>(queryEnd + (<usize>j << 2));
      if (end < firstEnd) {
        j = end;
        continue;
      }
      j++;
      while (j < to && load<i32>(queryEnd + (<usize>j << 2)) >= firstEnd) j++;
    } else {
      j = to;
    }
    store<i32>(at, first);
    store<i32>(at, j, 4);
    at += 8;
    stretchCount++;
    seenKeys += j - first;
  }
}

// @ts-ignore: decorator
@inline
export function stretchFirst(i: i32): i32 {
  return load<i32>(stretches + (<usize>i << 3));
}

// @ts-ignore: decorator
@inline
export function stretchEnd(i: i32): i32 {
  return load<i32>(stretches + (<usize>i << 3), 4);
}

/** In a tree: scores of the keys first .. end - 1 that a lane may not see become `masked`: lane ends and foreign subtrees. */
export function maskTree(
  scores: usize, ld: usize, first: i32, end: i32, masked: f32, queryEnd: usize,
): void {
  const hidden = f32x4.splat(masked);
  for (let j = first; j < end; j++, scores += ld) {
    const at = j - firstKey, subtreeEnd = load<i32>(queryEnd + (<usize>j << 2)) - firstKey;
    if (at < commonKeys && subtreeEnd >= mostKeys) continue;
    const key = i32x4.splat(at), last = i32x4.splat(subtreeEnd);
    const low = v128.and(i32x4.lt_s(key, laneEndsLow), i32x4.le_s(laneEndsLow, last));
    const high = v128.and(i32x4.lt_s(key, laneEndsHigh), i32x4.le_s(laneEndsHigh, last));
    v128.store(scores, v128.bitselect(v128.load(scores), hidden, low));
    v128.store(scores, v128.bitselect(v128.load(scores, 16), hidden, high), 16);
  }
}

/** Without a tree: scores [keys][8] from the first key on that a lane may not see become `masked`. */
export function maskLanes(scores: usize, masked: f32): void {
  const hidden = f32x4.splat(masked);
  for (let j = commonKeys; j < mostKeys; j++) {
    const at = scores + <usize>j * LANES_BYTES, key = i32x4.splat(j);
    v128.store(at, v128.bitselect(v128.load(at), hidden, i32x4.lt_s(key, laneEndsLow)));
    v128.store(at, v128.bitselect(v128.load(at, 16), hidden, i32x4.lt_s(key, laneEndsHigh)), 16);
  }
}

// @ts-ignore: decorator
@inline
export function dot(a: usize, b: usize, n: i32): f32 {
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
