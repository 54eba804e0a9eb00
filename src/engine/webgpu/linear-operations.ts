/**
 * Linear layers with their low-rank part.
 *
 * Forward: x A^T, then one product whose sum goes on over the r extra terms: two dispatches, or one
 * without an adapter; a gated activation is made in the same product. Backward: s dy B, then dx in one product the same way, then both gradients of the
 * adapter in one dispatch (cut over rows) and one that adds the pieces in order: four dispatches.
 * Sizes that are no multiple of four take single products for what they cannot share.
 */
import type { LinearArgs, LinearBackwardArgs } from '../backend';
import { floats } from './gpu-tensor';
import { swiGlu } from './layer-operations';
import { inFours, planDirectSum } from './matmul-plan';
import { gatesInside, product, sumRows } from './products';
import type { Recorder } from './recorder';

export function linear(recorder: Recorder, args: LinearArgs): void {
  const { out, x, rows, weight, bias, inDim, outDim, accumulate, lora, addend, gated } = args;
  if (lora) {
    product(recorder, { out: lora.low, a: x, b: lora.a, m: rows, n: lora.r, k: inDim, transposeB: true });
  }
  const inside = gated && gatesInside(recorder, rows, outDim, inDim, lora?.r ?? 0);
  product(recorder, {
    out,
    a: x,
    b: weight,
    m: rows,
    n: outDim,
    k: inDim,
    transposeB: true,
    bias,
    accumulate,
    base: addend,
    gated: inside ? gated : undefined,
    low: lora && { c: lora.low, d: lora.b, k2: lora.r, beta: lora.scaling },
  });
  if (gated && !inside) swiGlu(recorder, { out: gated.out, gate: gated.gate, up: out });
}

export function linearBackward(recorder: Recorder, args: LinearBackwardArgs): void {
  const { dOut, x, rows, weight, dx, inDim, outDim, accumulate, dWeight, dBias, lora } = args;
  if (lora) {
    const { b, r, scaling, dLow } = lora;
    product(recorder, { out: dLow, a: dOut, b, m: rows, n: r, k: outDim, alpha: scaling });
  }
  if (dx) {
    const low = lora && { c: lora.dLow, d: lora.a, k2: lora.r, beta: 1 };
    product(recorder, { out: dx, a: dOut, b: weight, m: rows, n: inDim, k: outDim, accumulate, low });
  }
  const overRows = { k: rows, transposeA: true, accumulate: true };
  if (dWeight) product(recorder, { out: dWeight, a: dOut, b: x, m: outDim, n: inDim, ...overRows });
  if (dBias) sumRows(recorder, { out: dBias, x: dOut, rows, dim: outDim });
  if (lora) adapterGradients(recorder, args, lora);
}

/** dB += s dy^T (x A^T), dA += (s dy B)^T x. */
function adapterGradients(
  recorder: Recorder,
  { dOut, x, rows, inDim, outDim }: LinearBackwardArgs,
  { r, scaling, low, dLow, dA, dB }: NonNullable<LinearBackwardArgs['lora']>,
): void {
  if (rows === 0) return;
  if (!inFours(r, inDim, outDim)) {
    const overRows = { k: rows, transposeA: true, accumulate: true };
    product(recorder, { out: dB, a: dOut, b: low, m: outDim, n: r, alpha: scaling, ...overRows });
    product(recorder, { out: dA, a: dLow, b: x, m: r, n: inDim, ...overRows });
    return;
  }
  const [first_length, second_length] = [outDim * r, r * inDim];
  const length = first_length + second_length;
  const { chunk, splits, workgroups } = planDirectSum(rows, length);
  const slabs = recorder.scratch(splits * length, 'pieces of adapter gradients');
  recorder.dispatch({
    kernel: 'product-direct TN',
    operands: {
      slabs,
      a: floats(recorder, dOut, rows * outDim),
      b: floats(recorder, low, rows * r),
      c: floats(recorder, dLow, rows * r),
      d: floats(recorder, x, rows * inDim),
    },
    params: { rows, m: outDim, n: r, m2: r, n2: inDim, chunk, splits },
    workgroups,
    cost: 2 * rows * length,
  });
  recorder.dispatch({
    kernel: 'sum-slabs',
    operands: {
      first: floats(recorder, dB, first_length),
      second: floats(recorder, dA, second_length),
      slabs,
    },
    params: { first_length, second_length, splits, alpha: scaling, accumulate: 1 },
    workgroups: Math.ceil(length / 64),
  });
  recorder.release(slabs.allocation);
}
