/**
 * The gradient of attention: P = exp(scale Q K^T - lse) again, dV = P^T dOut, dS = P (dOut V^T - delta) with
 * delta = dOut . out, dQ = scale dS K, dK = scale dS^T Q.
 *
 * Blocks of keys outside, query rows inside: keys, values, dK and dV of a block and the P and dS of a few panels
 * stay near, however long the sequence (FlashAttention-2, arXiv 2307.08691, has the same order). A few panels
 * (attention-panel.ts) are a bundle: their P and dS lie side by side, so that the sums over query rows, dK and dV, run
 * over up to 32 of them before they are stored.
 *
 * A work item is a segment of rows that share keys, for one key-value head: one thread sums its dK and dV over panels
 * and its dQ over blocks, in a fixed order.
 */
import { expOfScore4, storePart } from './numbers';
import { BASE_MEMORY, BASE_NONE, tile, tileByRow } from './matmul';
import {
  copyLanes, copyRow, dot, findStretches, firstKey, LANES, LANES_BYTES, maskTree, mixRows, mostKeys, pairOf, readRanges,
  scoreLanes, seenKeys, stretchCount, stretchEnd, stretchFirst, transposeLanes,
} from './attention-panel';

/** Keys of a block; BLOCK_KEYS in attention-calls.ts. */
const BLOCK_KEYS: i32 = 128;
/** Panels of a bundle; BUNDLE_PANELS in attention-calls.ts. */
const BUNDLE: i32 = 4;
/** From one key's P or dS to the next: the lanes of all panels of a bundle. */
const BUNDLE_BYTES: usize = 128;
/** Lane ends, lse and delta of a panel and the reaches of a bundle; GRADIENT_STATS in attention-calls.ts. */
const STATS_BYTES: usize = 128;

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
  const end = p + <usize>keys * BUNDLE_BYTES;
  // Two keys at a time: V8 makes the constants of exp anew in every round.
  for (; p + BUNDLE_BYTES < end; p += 2 * BUNDLE_BYTES, ds += 2 * BUNDLE_BYTES) {
    const p0 = expOfScore4(f32x4.sub(v128.load(p), lse0)), p1 = expOfScore4(f32x4.sub(v128.load(p, 16), lse1));
    const p2 = expOfScore4(f32x4.sub(v128.load(p, BUNDLE_BYTES), lse0));
    const p3 = expOfScore4(f32x4.sub(v128.load(p, BUNDLE_BYTES + 16), lse1));
    v128.store(p, p0);
    v128.store(p, p1, 16);
    v128.store(p, p2, BUNDLE_BYTES);
    v128.store(p, p3, BUNDLE_BYTES + 16);
    v128.store(ds, f32x4.mul(p0, f32x4.sub(v128.load(ds), delta0)));
    v128.store(ds, f32x4.mul(p1, f32x4.sub(v128.load(ds, 16), delta1)), 16);
    v128.store(ds, f32x4.mul(p2, f32x4.sub(v128.load(ds, BUNDLE_BYTES), delta0)), BUNDLE_BYTES);
    v128.store(ds, f32x4.mul(p3, f32x4.sub(v128.load(ds, BUNDLE_BYTES + 16), delta1)), BUNDLE_BYTES + 16);
  }
  if (p < end) {
    const p0 = expOfScore4(f32x4.sub(v128.load(p), lse0)), p1 = expOfScore4(f32x4.sub(v128.load(p, 16), lse1));
    v128.store(p, p0);
    v128.store(p, p1, 16);
    v128.store(ds, f32x4.mul(p0, f32x4.sub(v128.load(ds), delta0)));
    v128.store(ds, f32x4.mul(p1, f32x4.sub(v128.load(ds, 16), delta1)), 16);
  }
}

/** to[keys][width] += alpha * lanes[keys][pairs] times rows[pairs][width]. */
function spreadRows(
  to: usize, width: usize, lanes: usize, rows: usize, keys: i32, pairs: i32, alpha: f32,
): void {
  for (let j = 0; j < keys; j += 4) {
    const from = lanes + <usize>j * BUNDLE_BYTES;
    for (let at: usize = 0; at < width; at += LANES_BYTES) {
      const out = to + <usize>j * width + at;
      if (keys - j >= 4) {
        tile(
          4, false, false, out, width, out, width, BASE_MEMORY,
          from, BUNDLE_BYTES, rows + at, width, pairs, alpha,
        );
      } else {
        tileByRow(
          keys - j, out, width, out, width, BASE_MEMORY,
          from, BUNDLE_BYTES, rows + at, width, pairs, alpha,
        );
      }
    }
  }
}

/** P and dS of one panel become zero for `keys` keys. */
function clearLanes(p: usize, ds: usize, keys: i32): void {
  const zero = f32x4.splat(0);
  for (let j = 0; j < keys; j++, p += BUNDLE_BYTES, ds += BUNDLE_BYTES) {
    v128.store(p, zero);
    v128.store(p, zero, 16);
    v128.store(ds, zero);
    v128.store(ds, zero, 16);
  }
}

/** A row of `bytes` bytes becomes zero. */
function clearRow(to: usize, bytes: usize): void {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(to + i, f32x4.splat(0));
  for (; i < bytes; i += 4) store<f32>(to + i, 0);
}

/** A row of `bytes` bytes: to += from. */
function addRow(to: usize, from: usize, bytes: usize): void {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(from + i)));
  for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(to + i) + load<f32>(from + i));
}

/** Rows of `bytes` bytes from [keys][width] to where they are `ld` apart. */
function copyOut(to: usize, ld: usize, from: usize, width: usize, bytes: usize, keys: i32): void {
  for (let j = 0; j < keys; j++, to += ld, from += width) {
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) v128.store(to + i, v128.load(from + i));
    if (i < bytes) storePart(to + i, v128.load(from + i), <i32>((bytes - i) >> 2));
  }
}

/** Where the arrays of a thread's scratch begin. Globals belong to an instance and so to one thread. */
let stats: usize = 0;
/** Lane lse and delta of a panel; the end of the keys that the panels of a bundle up to each see. */
let laneLse: usize = 0;
let laneDelta: usize = 0;
let reaches: usize = 0;
/** K, V, dK and dV of a block [BLOCK_KEYS][width]. */
let kRows: usize = 0;
let vRows: usize = 0;
let dkRows: usize = 0;
let dvRows: usize = 0;
/** P and dS of a bundle [BLOCK_KEYS][lanes of the bundle]. */
let weights: usize = 0;
let slopes: usize = 0;
/** q and dOut of a bundle [its lanes][width]. */
let qRows: usize = 0;
let dRows: usize = 0;
/** Of a panel: q and dOut [width / 4][8], dQ [8][width]. */
let qLanes: usize = 0;
let dLanes: usize = 0;
let dqRows: usize = 0;
let stretchesAt: usize = 0;

function layOut(at: usize, width: usize): void {
  const block = <usize>BLOCK_KEYS * width, scores = <usize>BLOCK_KEYS * BUNDLE_BYTES;
  const bundle = <usize>(BUNDLE * LANES) * width, panel = <usize>LANES * width;
  stats = at;
  laneLse = at + 32;
  laneDelta = at + 64;
  reaches = at + 96;
  kRows = at + STATS_BYTES;
  vRows = kRows + block;
  dkRows = vRows + block;
  dvRows = dkRows + block;
  weights = dvRows + block;
  slopes = weights + scores;
  qRows = slopes + scores;
  dRows = qRows + bundle;
  qLanes = dRows + bundle;
  dLanes = qLanes + panel;
  dqRows = dLanes + panel;
  stretchesAt = dqRows + panel;
}

/**
 * P and dS of panel `b` of a bundle for the keys low .. high - 1 of the block that begins at `key0`, and what they add
 * to dQ. `reach`: the end of the keys that the panels before it see.
 * @returns the end of the keys that those and this one see; up to there P and dS are set
 */
function panelGradient(
  dq: usize, dOut: usize, q: usize, lse: usize, delta: usize, keyStart: usize, keyEnd: usize, queryEnd: usize,
  panel: usize, b: i32, key0: i32, low: i32, high: i32, reach: i32,
  heads: i32, group: i32, kvHead: i32, headDim: i32, width: usize, scale: f32,
): i32 {
  const firstRow = load<i32>(panel), pair = load<i32>(panel, 4), lanes = load<i32>(panel, 8);
  const bytes = <usize>headDim << 2;
  const ownQ = qRows + <usize>(b * LANES) * width, ownD = dRows + <usize>(b * LANES) * width;
  const p = weights + <usize>b * LANES_BYTES, ds = slopes + <usize>b * LANES_BYTES;
  readRanges(keyStart, keyEnd, firstRow, pair, lanes, group, stats);
  copyLanes(ownQ, q, firstRow, pair, lanes, heads, group, kvHead, bytes, width);
  copyLanes(ownD, dOut, firstRow, pair, lanes, heads, group, kvHead, bytes, width);
  transposeLanes(qLanes, ownQ, width);
  transposeLanes(dLanes, ownD, width);
  for (let c = 0; c < LANES; c++) {
    const at = pairOf(firstRow, pair + c, heads, group, kvHead) << 2, lane = <usize>c << 2;
    store<f32>(laneLse + lane, c < lanes ? load<f32>(lse + at) : 0);
    store<f32>(laneDelta + lane, c < lanes ? load<f32>(delta + at) : 0);
  }
  const last = min(firstKey + mostKeys, high);
  reach = max(reach, last);
  findStretches(queryEnd, load<i32>(keyEnd + (<usize>(firstRow + pair / group) << 2)), low, last, stretchesAt);
  if (seenKeys < reach - low) {
    const at = <usize>(low - key0) * BUNDLE_BYTES;
    clearLanes(p + at, ds + at, reach - low);
  }
  if (stretchCount == 0) return reach;
  for (let s = 0; s < stretchCount; s++) {
    const first = stretchFirst(s), keys = stretchEnd(s) - first;
    const row = <usize>(first - key0), at = row * BUNDLE_BYTES;
    scoreLanes(p + at, BUNDLE_BYTES, kRows + row * width, width, qLanes, keys, headDim, scale);
    maskTree(p + at, BUNDLE_BYTES, first, first + keys, -Infinity, queryEnd);
    scoreLanes(ds + at, BUNDLE_BYTES, vRows + row * width, width, dLanes, keys, headDim, 1);
    scoreGradients(p + at, ds + at, keys, laneLse, laneDelta);
    mixRows(
      dqRows, width, ds + at, BUNDLE_BYTES, kRows + row * width, width, keys, lanes,
      scale, s == 0 ? BASE_NONE : BASE_MEMORY,
    );
  }
  for (let c = 0; c < lanes; c++) {
    addRow(dq + pairOf(firstRow, pair + c, heads, group, kvHead) * bytes, dqRows + <usize>c * width, bytes);
  }
  return reach;
}

/**
 * What the `count` panels of a bundle add to dK and dV of the keys from `low` on. Keys behind the reach of the first
 * panels are summed over the others only. `firstEnd`: where the keys of the bundle's first row end.
 */
function spreadBundle(
  queryEnd: usize, firstEnd: i32, count: i32, key0: i32, low: i32, width: usize, scale: f32,
): void {
  for (let b = 0; b < count; b++) {
    const until = load<i32>(reaches + (<usize>b << 2));
    const lane0 = <usize>b * LANES_BYTES, rows = <usize>(b * LANES) * width, pairs = (count - b) * LANES;
    findStretches(queryEnd, firstEnd, low, until, stretchesAt);
    for (let s = 0; s < stretchCount; s++) {
      const first = stretchFirst(s), keys = stretchEnd(s) - first;
      const row = <usize>(first - key0), at = row * BUNDLE_BYTES + lane0;
      spreadRows(dkRows + row * width, width, slopes + at, qRows + rows, keys, pairs, scale);
      spreadRows(dvRows + row * width, width, weights + at, dRows + rows, keys, pairs, 1);
    }
    low = until;
  }
}

/**
 * Item = (segment, key-value head); `segments` holds [first key, last key + 1, first panel, last panel + 1].
 * Keys of no segment are left alone: the host has set dk and dv to zero. Width is headDim rounded up to 8, in bytes.
 */
export function attentionBackward(
  dq: usize, dk: usize, dv: usize, dOut: usize, q: usize, k: usize, v: usize, lse: usize, delta: usize,
  keyStart: usize, keyEnd: usize, queryEnd: usize, panels: usize, segments: usize,
  heads: i32, kvHeads: i32, headDim: i32, scale: f32, scratch: usize, scratchStride: usize,
  start: i32, end: i32, thread: i32,
): void {
  const group = heads / kvHeads;
  const bytes = <usize>headDim << 2, ldk = bytes * kvHeads, width = <usize>((headDim + 7) & ~7) << 2;
  layOut(scratch + <usize>thread * scratchStride, width);
  for (let item = start; item < end; item++) {
    const segment = segments + (<usize>(item / kvHeads) << 4), kvHead = item % kvHeads;
    const lastKey = load<i32>(segment, 4);
    const firstPanel = panels + <usize>load<i32>(segment, 8) * 12, endPanel = panels + <usize>load<i32>(segment, 12) * 12;
    for (let panel = firstPanel; panel < endPanel; panel += 12) {
      const firstRow = load<i32>(panel), pair = load<i32>(panel, 4), lanes = load<i32>(panel, 8);
      for (let c = 0; c < lanes; c++) clearRow(dq + pairOf(firstRow, pair + c, heads, group, kvHead) * bytes, bytes);
    }
    for (let key0 = load<i32>(segment); key0 < lastKey; key0 += BLOCK_KEYS) {
      const keys = min(BLOCK_KEYS, lastKey - key0), offset = <usize>key0 * ldk + <usize>kvHead * bytes;
      for (let j = 0; j < keys; j++) {
        copyRow(kRows + <usize>j * width, k + offset + <usize>j * ldk, bytes, width);
        copyRow(vRows + <usize>j * width, v + offset + <usize>j * ldk, bytes, width);
      }
      memory.fill(dkRows, 0, <usize>keys * width);
      memory.fill(dvRows, 0, <usize>keys * width);
      for (let bundle = firstPanel; bundle < endPanel; ) {
        // Panels of one run: their keys begin at the same row, and later ones' first rows are later.
        const firstRow = load<i32>(bundle);
        let next = bundle + 12, count = 1;
        for (; count < BUNDLE && next < endPanel && load<i32>(next) == firstRow; next += 12) count++;
        const row0 = firstRow + load<i32>(bundle, 4) / group;
        const row1 = firstRow + (load<i32>(next - 12, 4) + load<i32>(next - 12, 8) - 1) / group;
        let seenEnd = 0;
        for (let row = row0; row <= row1; row++) seenEnd = max(seenEnd, load<i32>(keyEnd + (<usize>row << 2)));
        const low = max(load<i32>(keyStart + (<usize>firstRow << 2)), key0), high = min(seenEnd, key0 + keys);
        const firstEnd = load<i32>(keyEnd + (<usize>row0 << 2));
        // In a tree most bundles see nothing of most blocks.
        findStretches(queryEnd, firstEnd, low, high, stretchesAt);
        if (seenKeys > 0) {
          let reach = low;
          for (let b = 0; b < count; b++) {
            reach = panelGradient(
              dq, dOut, q, lse, delta, keyStart, keyEnd, queryEnd, bundle + <usize>b * 12, b, key0, low, high, reach,
              heads, group, kvHead, headDim, width, scale,
            );
            store<i32>(reaches + (<usize>b << 2), reach);
          }
          spreadBundle(queryEnd, firstEnd, count, key0, low, width, scale);
        }
        bundle = next;
      }
      copyOut(dk + offset, ldk, dkRows, width, bytes, keys);
      copyOut(dv + offset, ldk, dvRows, width, bytes, keys);
    }
  }
}
