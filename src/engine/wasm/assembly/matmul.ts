/**
 * Matrix products: out[m, n] = base + alpha * op(A)[m, k] op(B)[k, n].
 *
 * The inner loop keeps a tile of 4 x 8 results in eight vector registers, two more hold a row of B and
 * one an element of A in all lanes. (5 x 8 and 6 x 8 would load less, but V8 then spills: 20-40% slower, with
 * fused multiply-add too; so is an inner loop unrolled by two.)
 * B is read in panels of 8 columns, either packed (`packRows`, `packColumns`: panel after panel, each
 * [k][8]) or straight from row-major memory; A is laid out as [k][4] for a tile of rows where three or more
 * panels read it, else read where it lies, along rows or, when it is stored transposed, along columns.
 *
 * Every element is summed in the order of k, in blocks of BLOCK_K that start at zero and are then
 * added to the result (shorter rounding chains). The order does not depend on m, on n, on the tile
 * an element falls into or on the thread, so a row has the same bits whatever batch it is in. The relaxed
 * build rounds product and sum together where the processor can; its bits differ from the plain build's.
 */

import { loadPart, mulAdd } from './numbers';

/** Sums of this many products are formed in registers before they are added to memory. */
const BLOCK_K: i32 = 256;
const TILE_ROWS: i32 = 4;
const TILE_COLUMNS: i32 = 8;
/** Scratch of a thread: one tile of results, then [BLOCK_K][TILE_ROWS] of A. */
const EDGE_BYTES: usize = 128;
const FEWEST_PACKED_COLUMNS: i32 = 24;

/** Where the addend of a result comes from. */
export const BASE_NONE: i32 = 0;
export const BASE_MEMORY: i32 = 1;

// @ts-ignore: decorator
@inline
function put(to: usize, base: usize, mode: i32, alpha: v128, low: v128, high: v128): void {
  let x = f32x4.mul(alpha, low);
  let y = f32x4.mul(alpha, high);
  if (mode != BASE_NONE) {
    x = f32x4.add(v128.load(base), x);
    y = f32x4.add(v128.load(base, 16), y);
  }
  v128.store(to, x);
  v128.store(to, y, 16);
}

/**
 * `rows` x 8 results; `rows` and `byColumn` are literals at every call, so each call compiles to its own loop.
 * Strides are in bytes. byColumn: A's element (i, p) is at a + p * lda + 4 i, else at a + i * lda + 4 p.
 * onward: sums begin with what lies in `out`, not with zero.
 */
// @ts-ignore: decorator
@inline
export function tile(
  rows: i32, byColumn: bool, onward: bool,
  out: usize, ldOut: usize, base: usize, ldBase: usize, mode: i32,
  a: usize, lda: usize, b: usize, ldb: usize, k: i32, alpha: f32,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00;
  if (onward) {
    c00 = v128.load(out);
    c01 = v128.load(out, 16);
    if (rows > 1) {
      c10 = v128.load(out + ldOut);
      c11 = v128.load(out + ldOut, 16);
    }
    if (rows > 2) {
      c20 = v128.load(out + 2 * ldOut);
      c21 = v128.load(out + 2 * ldOut, 16);
    }
    if (rows > 3) {
      c30 = v128.load(out + 3 * ldOut);
      c31 = v128.load(out + 3 * ldOut, 16);
    }
  }
  let a0 = a, a1 = a, a2 = a, a3 = a;
  if (!byColumn) {
    a1 = a0 + lda;
    a2 = a1 + lda;
    a3 = a2 + lda;
  }
  const end = a + (<usize>k << 2);
  // Along rows the first row's address counts too: one register less to step.
  for (let p = 0; byColumn ? p < k : a0 < end; p++) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    b += ldb;
    let x = v128.load32_splat(a0);
    c00 = mulAdd(x, b0, c00);
    c01 = mulAdd(x, b1, c01);
    if (rows > 1) {
      x = byColumn ? v128.load32_splat(a0, 4) : v128.load32_splat(a1);
      c10 = mulAdd(x, b0, c10);
      c11 = mulAdd(x, b1, c11);
    }
    if (rows > 2) {
      x = byColumn ? v128.load32_splat(a0, 8) : v128.load32_splat(a2);
      c20 = mulAdd(x, b0, c20);
      c21 = mulAdd(x, b1, c21);
    }
    if (rows > 3) {
      x = byColumn ? v128.load32_splat(a0, 12) : v128.load32_splat(a3);
      c30 = mulAdd(x, b0, c30);
      c31 = mulAdd(x, b1, c31);
    }
    if (byColumn) {
      a0 += lda;
    } else {
      a0 += 4;
      if (rows > 1) a1 += 4;
      if (rows > 2) a2 += 4;
      if (rows > 3) a3 += 4;
    }
  }
  const scale = f32x4.splat(alpha);
  put(out, base, mode, scale, c00, c01);
  if (rows > 1) put((out += ldOut), (base += ldBase), mode, scale, c10, c11);
  if (rows > 2) put((out += ldOut), (base += ldBase), mode, scale, c20, c21);
  if (rows > 3) put((out += ldOut), (base += ldBase), mode, scale, c30, c31);
}

export function tileByRow(
  rows: i32, out: usize, ldOut: usize, base: usize, ldBase: usize, mode: i32,
  a: usize, lda: usize, b: usize, ldb: usize, k: i32, alpha: f32,
): void {
  if (rows == 4) tile(4, false, false, out, ldOut, base, ldBase, mode, a, lda, b, ldb, k, alpha);
  else if (rows == 3) tile(3, false, false, out, ldOut, base, ldBase, mode, a, lda, b, ldb, k, alpha);
  else if (rows == 2) tile(2, false, false, out, ldOut, base, ldBase, mode, a, lda, b, ldb, k, alpha);
  else tile(1, false, false, out, ldOut, base, ldBase, mode, a, lda, b, ldb, k, alpha);
}

export function tileByColumn(
  rows: i32, out: usize, ldOut: usize, base: usize, ldBase: usize, mode: i32,
  a: usize, lda: usize, b: usize, ldb: usize, k: i32, alpha: f32,
): void {
  if (rows == 4) tile(4, true, false, out, ldOut, base, ldBase, mode, a, lda, b, ldb, k, alpha);
  else if (rows == 3) tile(3, true, false, out, ldOut, base, ldBase, mode, a, lda, b, ldb, k, alpha);
  else if (rows == 2) tile(2, true, false, out, ldOut, base, ldBase, mode, a, lda, b, ldb, k, alpha);
  else tile(1, true, false, out, ldOut, base, ldBase, mode, a, lda, b, ldb, k, alpha);
}

/** [depth][4] from `rows` rows or columns of A; missing ones are zero, or left as they were and never used. */
function packLeft(to: usize, a: usize, lda: usize, byColumn: i32, rows: i32, depth: i32): void {
  let p = 0;
  if (byColumn) {
    for (; p < depth; p++, to += 16, a += lda) {
      v128.store(to, rows == 4 ? v128.load(a) : loadPart(a, rows));
    }
    return;
  }
  if (rows == 4) {
    const a1 = a + lda, a2 = a1 + lda, a3 = a2 + lda;
    for (; p + 4 <= depth; p += 4) {
      const at = <usize>p << 2;
      transpose4x4(to + (at << 2), 16, a + at, a1 + at, a2 + at, a3 + at);
    }
  }
  for (; p < depth; p++) {
    for (let r = 0; r < rows; r++) {
      store<f32>(to + (<usize>(4 * p + r) << 2), load<f32>(a + <usize>r * lda + (<usize>p << 2)));
    }
  }
}

/** out[i][j] += bias[j] over rows x columns. */
function addBias(out: usize, ldOut: usize, bias: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++, out += ldOut) {
    for (let j = 0; j < columns; j++) {
      const at = <usize>j << 2;
      store<f32>(out + at, load<f32>(out + at) + load<f32>(bias + at));
    }
  }
}

/**
 * Work item = block of `itemRows` x `itemColumns` results (multiples of 4 and 8); items run along a row of
 * blocks first. `b` is packed panels when `packed`, else row-major. `bias` 0 means none.
 */
export function matmul(
  out: usize, a: usize, b: usize, bias: usize, m: i32, n: i32, k: i32,
  aByColumn: i32, packed: i32, alpha: f32, accumulate: i32,
  itemRows: i32, itemColumns: i32, scratch: usize, scratchStride: usize, start: i32, end: i32, thread: i32,
): void {
  const across = (n + itemColumns - 1) / itemColumns;
  const edge = scratch + <usize>thread * scratchStride, left = edge + EDGE_BYTES;
  const lda = <usize>(aByColumn ? m : k) << 2;
  const ldOut = <usize>n << 2;
  const ldb = packed ? <usize>(TILE_COLUMNS << 2) : ldOut;
  for (let item = start; item < end; item++) {
    const row0 = (item / across) * itemRows, column0 = (item % across) * itemColumns;
    const row1 = min(row0 + itemRows, m), column1 = min(column0 + itemColumns, n);
    if (accumulate && bias) {
      const at = <usize>column0 << 2;
      addBias(out + <usize>row0 * ldOut + at, ldOut, bias + at, row1 - row0, column1 - column0);
    }
    // With enough columns to multiply them by, four rows pay for being laid side by side: one address instead
    // of four, and rows that lie far apart do not collide in the cache.
    const together = column1 - column0 >= FEWEST_PACKED_COLUMNS;
    for (let p = 0; p == 0 || p < k; p += BLOCK_K) {
      const depth = min(BLOCK_K, k - p);
      for (let i = row0; i < row1; i += TILE_ROWS) {
        const rows = min(TILE_ROWS, row1 - i);
        const pa = a + (aByColumn ? <usize>p * lda + (<usize>i << 2) : <usize>i * lda + (<usize>p << 2));
        if (together) packLeft(left, pa, lda, aByColumn, rows, depth);
        for (let j = column0; j < column1; j += TILE_COLUMNS) {
          const pb = packed ? b + ((<usize>j * <usize>k + <usize>p * 8) << 2) : b + <usize>p * ldb + (<usize>j << 2);
          const po = out + <usize>i * ldOut + (<usize>j << 2);
          let base = po, ldBase = ldOut, mode = BASE_MEMORY;
          if (p == 0 && !accumulate) {
            if (bias) {
              base = bias + (<usize>j << 2);
              ldBase = 0;
            } else {
              mode = BASE_NONE;
            }
          }
          const columns = column1 - j, whole = columns >= TILE_COLUMNS;
          const to = whole ? po : edge, ldTo = whole ? ldOut : 32;
          const from = whole ? base : edge, ldFrom = whole ? ldBase : 32, how = whole ? mode : BASE_NONE;
          if (together) tilePacked(rows, to, ldTo, from, ldFrom, how, left, pb, ldb, depth, alpha);
          else if (aByColumn) tileByColumn(rows, to, ldTo, from, ldFrom, how, pa, lda, pb, ldb, depth, alpha);
          else tileByRow(rows, to, ldTo, from, ldFrom, how, pa, lda, pb, ldb, depth, alpha);
          if (whole) continue;
          for (let r = 0; r < rows; r++) {
            for (let c = 0; c < columns; c++) {
              const x = load<f32>(edge + (<usize>(r * 8 + c) << 2));
              const at = <usize>c << 2;
              store<f32>(
                po + <usize>r * ldOut + at,
                mode == BASE_NONE ? x : load<f32>(base + <usize>r * ldBase + at) + x,
              );
            }
          }
        }
      }
    }
  }
}

/** Panels of 8 columns from a row-major [k, n] matrix; missing columns are zero. Item = panel. */
export function packRows(to: usize, from: usize, n: i32, k: i32, start: i32, end: i32, thread: i32): void {
  const ld = <usize>n << 2;
  for (let panel = start; panel < end; panel++) {
    let at = to + ((<usize>panel * <usize>k * 8) << 2);
    let row = from + (<usize>panel << 5);
    const columns = n - panel * 8;
    for (let p = 0; p < k; p++) {
      if (columns >= 8) {
        v128.store(at, v128.load(row));
        v128.store(at, v128.load(row, 16), 16);
      } else {
        for (let c = 0; c < 8; c++) {
          store<f32>(at + (<usize>c << 2), c < columns ? load<f32>(row + (<usize>c << 2)) : 0);
        }
      }
      at += 32;
      row += ld;
    }
  }
}

/** As `tileByColumn` for a packed tile of A: the stride is a literal, which is worth 7% with fused multiply-add. */
function tilePacked(
  rows: i32, out: usize, ldOut: usize, base: usize, ldBase: usize, mode: i32,
  a: usize, b: usize, ldb: usize, k: i32, alpha: f32,
): void {
  if (rows == 4) tile(4, true, false, out, ldOut, base, ldBase, mode, a, 16, b, ldb, k, alpha);
  else if (rows == 3) tile(3, true, false, out, ldOut, base, ldBase, mode, a, 16, b, ldb, k, alpha);
  else if (rows == 2) tile(2, true, false, out, ldOut, base, ldBase, mode, a, 16, b, ldb, k, alpha);
  else tile(1, true, false, out, ldOut, base, ldBase, mode, a, 16, b, ldb, k, alpha);
}

/** Four floats of each of four rows, stored as four columns of four, `step` bytes apart. */
// @ts-ignore: decorator
@inline
function transpose4x4(to: usize, step: usize, r0: usize, r1: usize, r2: usize, r3: usize): void {
  const x0 = v128.load(r0), x1 = v128.load(r1), x2 = v128.load(r2), x3 = v128.load(r3);
  const y0 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5), y1 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
  const y2 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5), y3 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(y0, y2, 0, 2));
  v128.store(to + step, v128.shuffle<f64>(y0, y2, 1, 3));
  v128.store(to + 2 * step, v128.shuffle<f64>(y1, y3, 0, 2));
  v128.store(to + 3 * step, v128.shuffle<f64>(y1, y3, 1, 3));
}

// @ts-ignore: decorator
@inline
export function transpose4(to: usize, r0: usize, r1: usize, r2: usize, r3: usize): void {
  transpose4x4(to, 32, r0, r1, r2, r3);
}

/** Panels of 8 columns of the transpose of a row-major [n, k] matrix with rows `ld` bytes apart. Item = panel. */
export function packColumns(
  to: usize, from: usize, n: i32, k: i32, ld: usize, start: i32, end: i32, thread: i32,
): void {
  for (let panel = start; panel < end; panel++) {
    const at = to + ((<usize>panel * <usize>k * 8) << 2);
    const rows = min(8, n - panel * 8);
    const row = from + <usize>panel * 8 * ld;
    let p = 0;
    if (rows == 8) {
      for (; p + 4 <= k; p += 4) {
        const r = row + (<usize>p << 2), t = at + (<usize>p << 5);
        transpose4(t, r, r + ld, r + 2 * ld, r + 3 * ld);
        transpose4(t + 16, r + 4 * ld, r + 5 * ld, r + 6 * ld, r + 7 * ld);
      }
    }
    for (; p < k; p++) {
      for (let c = 0; c < 8; c++) {
        store<f32>(
          at + (<usize>(p * 8 + c) << 2),
          c < rows ? load<f32>(row + <usize>c * ld + (<usize>p << 2)) : 0,
        );
      }
    }
  }
}
