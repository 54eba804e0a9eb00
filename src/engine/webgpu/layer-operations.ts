/** Operations on the rows of a layer: RMSNorm, rotary positions, the gated activation. */
import type { RmsNormArgs, RmsNormBackwardArgs, RopeArgs, Tensor } from '../backend';
import { floats, ints } from './gpu-tensor';
import { overRows } from './kernel-catalogue';
import { accumulateColumns } from './products';
import type { Recorder } from './recorder';
import { elementwise } from './row-movement';

export function rmsNorm(recorder: Recorder, args: RmsNormArgs): void {
  const { rows, dim, eps } = args;
  recorder.dispatch({
    ...overRows(recorder.products, 'rms-norm', rows, dim),
    operands: {
      out: floats(recorder, args.out, rows * dim),
      rstd: floats(recorder, args.rstd, rows),
      x: floats(recorder, args.x, rows * dim),
      weight: floats(recorder, args.weight, dim),
    },
    params: { rows, dim, eps },
  });
}

export function rmsNormBackward(recorder: Recorder, args: RmsNormBackwardArgs): void {
  const { rows, dim } = args;
  const d_out = floats(recorder, args.dOut, rows * dim);
  const x = floats(recorder, args.x, rows * dim);
  const rstd = floats(recorder, args.rstd, rows);
  recorder.dispatch({
    ...overRows(recorder.products, 'rms-norm-backward', rows, dim),
    operands: {
      dx: floats(recorder, args.dx, rows * dim),
      d_out,
      x,
      weight: floats(recorder, args.weight, dim),
      rstd,
    },
    params: { rows, dim, accumulate: Number(args.accumulate ?? false) },
  });
  if (args.dWeight) {
    const out = floats(recorder, args.dWeight, dim);
    accumulateColumns(recorder, 'norm-weight-gradient', { d_out, x, rstd }, out, rows, dim);
  }
}

export function rope(recorder: Recorder, args: RopeArgs): void {
  const { rows, heads, headDim, inverse = false } = args;
  const half_dim = headDim / 2;
  recorder.dispatch({
    kernel: 'rope',
    operands: {
      x: floats(recorder, args.x, rows * heads * headDim),
      cos_table: floats(recorder, args.cos, half_dim),
      sin_table: floats(recorder, args.sin, half_dim),
      positions: ints(recorder, args.positions, rows),
    },
    params: {
      rows,
      heads,
      half_dim,
      table_rows: Math.floor(Math.min(args.cos.length, args.sin.length) / half_dim),
      sign: inverse ? -1 : 1,
    },
    workgroups: elementwise(rows * heads * half_dim),
  });
}

export function swiGlu(
  recorder: Recorder,
  args: { readonly out: Tensor; readonly gate: Tensor; readonly up: Tensor },
): void {
  const { length } = args.out;
  recorder.dispatch({
    kernel: 'swiglu',
    operands: {
      out: floats(recorder, args.out, length),
      gate: floats(recorder, args.gate, length),
      up: floats(recorder, args.up, length),
    },
    params: { length },
    workgroups: elementwise(length),
  });
}

export function swiGluBackward(
  recorder: Recorder,
  args: {
    readonly dGate: Tensor;
    readonly dUp: Tensor;
    readonly dOut: Tensor;
    readonly gate: Tensor;
    readonly up: Tensor;
  },
): void {
  const { length } = args.dOut;
  recorder.dispatch({
    kernel: 'swiglu-backward',
    operands: {
      d_gate: floats(recorder, args.dGate, length),
      d_up: floats(recorder, args.dUp, length),
      d_out: floats(recorder, args.dOut, length),
      gate: floats(recorder, args.gate, length),
      up: floats(recorder, args.up, length),
    },
    params: { length },
    workgroups: elementwise(length),
  });
}
