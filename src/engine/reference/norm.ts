/**
 * RMSNorm (Zhang and Sennrich 2019) and the gated activation of the feed-forward block.
 *
 * h = silu(gate) * up, silu(z) = z / (1 + exp(-z)); its slope is sig(z) (1 + z (1 - sig(z))).
 * y = w * x * s with s = 1 / sqrt(mean(x^2) + eps). Since s depends on every x of the row,
 * dx_i = s * (w_i dy_i - x_i s^2 * mean(w dy x)).
 */
import type { RmsNormArgs, RmsNormBackwardArgs, Tensor } from '../backend';
import { floats } from './buffers';

export function rmsNorm(args: RmsNormArgs): void {
  const { rows, dim, eps } = args;
  const out = floats(args.out, rows * dim);
  const x = floats(args.x, rows * dim);
  const weight = floats(args.weight, dim);
  const rstd = floats(args.rstd, rows);
  for (let r = 0; r < rows; r++) {
    let squares = 0;
    for (let i = 0; i < dim; i++) squares += x[r * dim + i] ** 2;
    rstd[r] = 1 / Math.sqrt(squares / dim + eps);
    for (let i = 0; i < dim; i++) out[r * dim + i] = weight[i] * x[r * dim + i] * rstd[r];
  }
}

export function rmsNormBackward(args: RmsNormBackwardArgs): void {
  const { rows, dim, accumulate = false } = args;
  const dx = floats(args.dx, rows * dim);
  const dWeight = args.dWeight && floats(args.dWeight, dim);
  const dOut = floats(args.dOut, rows * dim);
  const x = floats(args.x, rows * dim);
  const weight = floats(args.weight, dim);
  const rstd = floats(args.rstd, rows);
  for (let r = 0; r < rows; r++) {
    const s = rstd[r];
    let mean = 0;
    for (let i = 0; i < dim; i++) mean += (weight[i] * dOut[r * dim + i] * x[r * dim + i]) / dim;
    for (let i = 0; i < dim; i++) {
      const at = r * dim + i;
      const gradient = s * (weight[i] * dOut[at] - x[at] * s * s * mean);
      if (dWeight) dWeight[i] += dOut[at] * x[at] * s;
      dx[at] = accumulate ? dx[at] + gradient : gradient;
    }
  }
}

/** silu(z) = z * sigmoid(z); out = silu(gate) * up. */
export function swiGlu(args: { out: Tensor; gate: Tensor; up: Tensor }): void {
  const out = floats(args.out);
  const gate = floats(args.gate, out.length);
  const up = floats(args.up, out.length);
  for (let i = 0; i < out.length; i++) out[i] = gate[i] * sigmoid(gate[i]) * up[i];
}

/** silu'(z) = sigmoid(z) * (1 + z * (1 - sigmoid(z))). */
export function swiGluBackward(args: {
  dGate: Tensor;
  dUp: Tensor;
  dOut: Tensor;
  gate: Tensor;
  up: Tensor;
}): void {
  const dOut = floats(args.dOut);
  const dGate = floats(args.dGate, dOut.length);
  const dUp = floats(args.dUp, dOut.length);
  const gate = floats(args.gate, dOut.length);
  const up = floats(args.up, dOut.length);
  for (let i = 0; i < dOut.length; i++) {
    const s = sigmoid(gate[i]);
    dUp[i] = dOut[i] * gate[i] * s;
    dGate[i] = dOut[i] * up[i] * s * (1 + gate[i] * (1 - s));
  }
}

function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}
