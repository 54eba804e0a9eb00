/**
 * Fused operations spelled out in plain ones: what they mean, and what a back end without a kernel of
 * its own does. The reference back end computes this way, so a fused kernel is compared with this text.
 *
 *     y  = [addend +] x W^T + bias + s (x A^T) B^T,  gated: also silu(gate) y
 *     dx = dy W + s (dy B) A
 *     dB = s dy^T (x A^T),  dA = s (dy B)^T x,  dW = dy^T x,  dbias = sum of dy over rows
 *
 * Source: Hu et al. 2021 (LoRA), PEFT's `lora.Linear`. The low-rank product x A^T is kept by the
 * training pass, because dB needs it.
 */
import type { Backend, LinearArgs, LinearBackwardArgs } from './backend';

/** The plain operations that fused ones are made of. */
type Plain = Pick<Backend, 'matmul' | 'sumRows' | 'copy' | 'addScaled' | 'swiGlu'>;

export function composedLinear(backend: Plain, args: LinearArgs): void {
  composedProduct(backend, args);
  const { gated } = args;
  if (gated) backend.swiGlu({ out: gated.out, gate: gated.gate, up: args.out });
}

function composedProduct(backend: Plain, args: LinearArgs): void {
  const { out, x, rows, weight, bias, inDim, outDim, addend, lora } = args;
  const accumulate = args.accumulate || addend !== undefined;
  if (addend && args.accumulate) backend.addScaled(out, addend, 1);
  else if (addend) backend.copy(out, addend);
  backend.matmul({ out, a: x, b: weight, m: rows, n: outDim, k: inDim, transposeB: true, bias, accumulate });
  if (!lora) return;
  const { a, b, r, scaling, low } = lora;
  backend.matmul({ out: low, a: x, b: a, m: rows, n: r, k: inDim, transposeB: true });
  const product = { m: rows, n: outDim, k: r, transposeB: true, alpha: scaling, accumulate: true };
  backend.matmul({ out, a: low, b, ...product });
}

export function composedLinearBackward(backend: Plain, args: LinearBackwardArgs): void {
  const { dOut, x, rows, weight, dx, inDim, outDim, accumulate, dWeight, dBias, lora } = args;
  const sum = { k: rows, transposeA: true, accumulate: true };
  if (dx) backend.matmul({ out: dx, a: dOut, b: weight, m: rows, n: inDim, k: outDim, accumulate });
  if (dWeight) backend.matmul({ out: dWeight, a: dOut, b: x, m: outDim, n: inDim, ...sum });
  if (dBias) backend.sumRows({ out: dBias, x: dOut, rows, dim: outDim });
  if (!lora) return;
  const { a, b, r, scaling, low, dA, dB, dLow } = lora;
  backend.matmul({ out: dLow, a: dOut, b, m: rows, n: r, k: outDim, alpha: scaling });
  if (dx) backend.matmul({ out: dx, a: dLow, b: a, m: rows, n: inDim, k: r, accumulate: true });
  backend.matmul({ out: dB, a: dOut, b: low, m: outDim, n: r, alpha: scaling, ...sum });
  backend.matmul({ out: dA, a: dLow, b: x, m: r, n: inDim, ...sum });
}
