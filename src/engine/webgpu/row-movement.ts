/** Operations that move numbers without much arithmetic: fill, copy, add, gather and scatter of rows. */

import type { CopyColumnsArgs, GatherRowsArgs, Tensor } from '../backend';
import { TensorMisuseError } from '../errors';
import { floats, ints, own } from './gpu-tensor';
import type { Recorder } from './recorder';

const ELEMENTWISE = 256;

/** Workgroups of an elementwise kernel over `length` elements. */
export function elementwise(length: number): number {
  return Math.ceil(length / ELEMENTWISE);
}

const bitsView = new DataView(new ArrayBuffer(4));

function bitsOf(tensor: Tensor, value: number): number {
  if (tensor.type === 'f32') bitsView.setFloat32(0, value);
  else bitsView.setInt32(0, value);
  return bitsView.getUint32(0);
}

export function fill(recorder: Recorder, target: Tensor, value: number): void {
  const out = own(recorder, target);
  recorder.dispatch({
    kernel: 'fill',
    operands: { out },
    params: { length: out.length, bits: bitsOf(out, value) },
    workgroups: elementwise(out.length),
  });
}

export function copy(recorder: Recorder, target: Tensor, source: Tensor): void {
  const out = own(recorder, target);
  const x = own(recorder, source);
  if (out.length !== x.length) throw new TensorMisuseError(target, `copied from ${x.length} elements`);
  recorder.dispatch({
    kernel: 'copy',
    operands: { out, x },
    params: { length: out.length },
    workgroups: elementwise(out.length),
  });
}

export function addScaled(recorder: Recorder, target: Tensor, term: Tensor, alpha: number): void {
  const out = floats(recorder, target, 0);
  recorder.dispatch({
    kernel: 'add-scaled',
    operands: { out, x: floats(recorder, term, out.length) },
    params: { length: out.length, alpha },
    workgroups: elementwise(out.length),
  });
}

interface RowMove {
  readonly out: Tensor;
  readonly x: Tensor;
  readonly index: Tensor;
  readonly rows: number;
  readonly dim: number;
}

export function gatherRows(recorder: Recorder, args: GatherRowsArgs): void {
  const { out, x, index, rows, dim, firstRow } = args;
  recorder.dispatch({
    kernel: 'gather-rows',
    operands: {
      out: floats(recorder, out, rows * dim),
      x: floats(recorder, x, dim),
      index: ints(recorder, index, rows),
    },
    params: {
      rows,
      dim,
      source_rows: Math.floor(x.length / dim),
      first_row: firstRow ?? 0,
      is_part: Number(firstRow !== undefined),
    },
    workgroups: elementwise(rows * dim),
  });
}

export function copyColumns(recorder: Recorder, args: CopyColumnsArgs): void {
  const { out, outDim, outColumn, x, xDim, xColumn, rows, columns } = args;
  recorder.dispatch({
    kernel: 'copy-columns',
    operands: { out: floats(recorder, out, rows * outDim), x: floats(recorder, x, rows * xDim) },
    params: { rows, columns, out_dim: outDim, out_column: outColumn, x_dim: xDim, x_column: xColumn },
    workgroups: elementwise(rows * columns),
  });
}

export function scatterRows(recorder: Recorder, { out, x, index, rows, dim }: RowMove): void {
  recorder.dispatch({
    kernel: 'scatter-rows',
    operands: {
      out: floats(recorder, out, dim),
      x: floats(recorder, x, rows * dim),
      index: ints(recorder, index, rows),
    },
    params: { rows, dim, out_rows: Math.floor(out.length / dim) },
    workgroups: elementwise(rows * dim),
  });
}

export function sumPicked(recorder: Recorder, args: RowMove & { readonly starts: Tensor }): void {
  const { out, x, starts, index, rows, dim } = args;
  recorder.dispatch({
    kernel: 'sum-picked',
    operands: {
      out: floats(recorder, out, rows * dim),
      x: floats(recorder, x, 0),
      starts: ints(recorder, starts, rows + 1),
      index: ints(recorder, index, 0),
    },
    params: { rows, dim, source_rows: Math.floor(x.length / dim) },
    workgroups: elementwise(rows * dim),
  });
}

export function scatterAddRows(recorder: Recorder, args: RowMove & { readonly outRows: number }): void {
  const { out, x, index, rows, outRows, dim } = args;
  recorder.dispatch({
    kernel: 'scatter-add-rows',
    operands: {
      out: floats(recorder, out, outRows * dim),
      x: floats(recorder, x, rows * dim),
      index: ints(recorder, index, rows),
    },
    params: { rows, dim, out_rows: outRows },
    workgroups: outRows * Math.ceil(dim / 64),
    cost: rows * outRows * dim,
  });
}
