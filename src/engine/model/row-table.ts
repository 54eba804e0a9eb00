/**
 * A table too large for one buffer of the device: embedding and head of a real vocabulary (151,936 x 1024 floats are
 * 622 MB, many devices bind 128 MiB at once), kept in parts of whole rows.
 *
 *     look-up:   every part fills the rows whose id lies in it
 *     logits:    each part's product is put into its columns of the logits
 *     gradient:  dL/dhidden is the sum over the parts of their columns of dL/dlogits times the part
 *
 * A table that fits is one part, and costs no operation more. A part starts at a multiple of 64 rows, so that the logits
 * of a single row need no copy. What is split does arithmetic in the same order but for that sum.
 */
import { type Tensor, VIEW_ALIGNMENT } from '../backend';
import type { DecoderContext } from './decoder';

export interface TablePart {
  /** `[rows, dim]` */
  readonly tensor: Tensor;
  /** First row of the table that lies here. */
  readonly first: number;
  readonly rows: number;
}

/** Parts in order, at least one. */
export type RowTable = readonly TablePart[];

type TableContext = Pick<DecoderContext, 'backend' | 'scratch' | 'config'>;

/** A table of one part. */
export function wholeTable(tensor: Tensor, rows: number): RowTable {
  return [{ tensor, first: 0, rows }];
}

/** Rows of each part of a table of `rows` x `dim` floats where one buffer holds `bufferBytes`. Pure. */
export function partRows(rows: number, dim: number, bufferBytes = Number.POSITIVE_INFINITY): number {
  if (4 * rows * dim <= bufferBytes) return rows;
  const most = Math.max(1, Math.floor(bufferBytes / (4 * dim * VIEW_ALIGNMENT))) * VIEW_ALIGNMENT;
  return Math.ceil(rows / Math.ceil(rows / most) / VIEW_ALIGNMENT) * VIEW_ALIGNMENT;
}

/** out[r] = table[ids[r]], ids within the table. */
export function lookUp(
  { backend, config }: TableContext,
  table: RowTable,
  out: Tensor,
  ids: Tensor,
  rows: number,
): void {
  const dim = config.hiddenSize;
  for (const { tensor: x, first } of table) {
    backend.gatherRows({ out, x, index: ids, rows, dim, firstRow: table.length > 1 ? first : undefined });
  }
}

/** out = hidden table^T, `[rows, vocab]`. */
export function tableProduct(
  context: TableContext,
  table: RowTable,
  hidden: Tensor,
  rows: number,
  out: Tensor,
): void {
  const { backend, config } = context;
  const { vocabSize, hiddenSize: k } = config;
  for (const part of table) {
    const { tensor: b, first, rows: n } = part;
    const product = { a: hidden, b, m: rows, n, k, transposeB: true };
    if (table.length === 1) {
      backend.matmul({ out, ...product });
      return;
    }
    // The columns of a single row lie together.
    const to = rows === 1 ? backend.view(out, first, n) : columnsOf(context, table, rows, n);
    backend.matmul({ out: to, ...product });
    if (rows === 1) continue;
    const shape = { outDim: vocabSize, outColumn: first, xDim: n, xColumn: 0, rows, columns: n };
    backend.copyColumns({ out, x: to, ...shape });
  }
}

/** dHidden = dOut table, from `[rows, vocab]`. */
export function tableProductBackward(
  context: TableContext,
  table: RowTable,
  dOut: Tensor,
  rows: number,
  dHidden: Tensor,
): void {
  const { backend, config } = context;
  const { vocabSize, hiddenSize: n } = config;
  for (const { tensor: b, first, rows: k } of table) {
    let a = dOut;
    if (table.length > 1) {
      a = columnsOf(context, table, rows, k);
      const shape = { outDim: k, outColumn: 0, xDim: vocabSize, xColumn: first, rows, columns: k };
      backend.copyColumns({ out: a, x: dOut, ...shape });
    }
    backend.matmul({ out: dHidden, a, b, m: rows, n, k, accumulate: first > 0 });
  }
}

/** Memory for the columns of one part. */
function columnsOf(
  { backend, scratch }: TableContext,
  table: RowTable,
  rows: number,
  columns: number,
): Tensor {
  // The first part is the largest.
  return backend.view(scratch.floats('logits.part', rows * table[0].rows), 0, rows * columns);
}
