/**
 * out = alpha op(a) op(b) + bias;  gather: out[r] = x[index[r]], its gradient dx[index[r]] += dout[r].
 *
 * Matrix products, row moves and column sums: everything linear in the decoder.
 *
 * The backward pass of `y = x W^T` is two more products, dx = dy W and dW = dy^T x, which is why
 * one function with two transposition flags is all a linear layer needs.
 */

import type { CopyColumnsArgs, GatherRowsArgs, MatmulArgs, Tensor } from '../backend';
import { TensorMisuseError } from '../errors';
import { floats, ints } from './buffers';

/** out[i, j] (+)= alpha * sum over l of op(a)[i, l] * op(b)[l, j] + bias[j]. */
export function matmul(args: MatmulArgs): void {
  const { m, n, k, transposeA = false, transposeB = false, alpha = 1, accumulate = false } = args;
  const out = floats(args.out, m * n);
  const a = floats(args.a, m * k);
  const b = floats(args.b, k * n);
  const bias = args.bias && floats(args.bias, n);
  const [aRow, aColumn] = transposeA ? [1, m] : [k, 1];
  const [bRow, bColumn] = transposeB ? [1, k] : [n, 1];
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let l = 0; l < k; l++) sum += a[i * aRow + l * aColumn] * b[l * bRow + j * bColumn];
      const value = alpha * sum + (bias ? bias[j] : 0);
      out[i * n + j] = accumulate ? out[i * n + j] + value : value;
    }
  }
}

/** out[o] = sum of the rows of x that `index` lists for o. */
export function sumPicked(args: {
  out: Tensor;
  x: Tensor;
  starts: Tensor;
  index: Tensor;
  rows: number;
  dim: number;
}): void {
  const { rows, dim } = args;
  const out = floats(args.out, rows * dim);
  const x = floats(args.x);
  const starts = ints(args.starts, rows + 1);
  const index = ints(args.index, starts[rows]);
  out.fill(0, 0, rows * dim);
  for (let o = 0; o < rows; o++) {
    for (let e = starts[o]; e < starts[o + 1]; e++) {
      for (let c = 0; c < dim; c++) out[o * dim + c] += x[index[e] * dim + c];
    }
  }
}

/** out[c] += sum over rows of x[r, c]. */
export function sumRows(args: { out: Tensor; x: Tensor; rows: number; dim: number }): void {
  const { rows, dim } = args;
  const out = floats(args.out, dim);
  const x = floats(args.x, rows * dim);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < dim; c++) out[c] += x[r * dim + c];
  }
}

interface RowMove {
  out: Tensor;
  x: Tensor;
  index: Tensor;
  rows: number;
  dim: number;
}

/** out[r] = x[index[r]]. */
export function gatherRows(args: GatherRowsArgs): void {
  const { rows, dim, firstRow } = args;
  const out = floats(args.out, rows * dim);
  const x = floats(args.x);
  const index = ints(args.index, rows);
  const inPart = (row: number) => row >= 0 && row < Math.floor(x.length / dim);
  for (let r = 0; r < rows; r++) {
    const row = index[r] - (firstRow ?? 0);
    if (firstRow !== undefined && !inPart(row)) continue;
    const from = rowStart(args.x, row, dim);
    for (let c = 0; c < dim; c++) out[r * dim + c] = x[from + c];
  }
}

/** Columns of one matrix into another. */
export function copyColumns(args: CopyColumnsArgs): void {
  const { outDim, outColumn, xDim, xColumn, rows, columns } = args;
  const out = floats(args.out, rows * outDim);
  const x = floats(args.x, rows * xDim);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) out[r * outDim + outColumn + c] = x[r * xDim + xColumn + c];
  }
}

/** out[index[r]] = x[r], indices distinct. */
export function scatterRows(args: RowMove): void {
  const { rows, dim } = args;
  const out = floats(args.out);
  const x = floats(args.x, rows * dim);
  const index = ints(args.index, rows);
  for (let r = 0; r < rows; r++) {
    const to = rowStart(args.out, index[r], dim);
    for (let c = 0; c < dim; c++) out[to + c] = x[r * dim + c];
  }
}

/** out[index[r]] += x[r], indices may repeat: the gradient of `gatherRows`. */
export function scatterAddRows(args: RowMove & { outRows: number }): void {
  const { rows, dim } = args;
  const out = floats(args.out, args.outRows * dim);
  const x = floats(args.x, rows * dim);
  const index = ints(args.index, rows);
  for (let r = 0; r < rows; r++) {
    const to = rowStart(args.out, index[r], dim);
    for (let c = 0; c < dim; c++) out[to + c] += x[r * dim + c];
  }
}

function rowStart(tensor: Tensor, row: number, dim: number): number {
  if (row < 0 || (row + 1) * dim > tensor.length) {
    throw new TensorMisuseError(tensor, `row ${row} of ${dim} elements is outside`);
  }
  return row * dim;
}
