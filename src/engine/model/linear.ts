/**
 * One linear layer with an optional low-rank adapter, forward and backward.
 *
 *     y  = x W^T + bias + s (x A^T) B^T
 *     dx = dy W + s (dy B) A
 *     dB = s dy^T (x A^T),  dA = s (dy B)^T x,  dW = dy^T x,  dbias = sum of dy over rows
 *
 * Source: Hu et al. 2021 (LoRA), PEFT's `lora.Linear`. The low-rank product x A^T is kept by the
 * training pass, because dB needs it.
 */
import type { Backend, Tensor } from '../backend';
import type { LinearWeights, LoraPair } from './decoder-weights';
import type { LinearShape } from './parameters';

export interface LinearArgs extends LinearShape {
  /** `[rows, out]` */
  readonly out: Tensor;
  /** `[rows, in]` */
  readonly x: Tensor;
  readonly rows: number;
  readonly weights: LinearWeights;
  /** out += instead of out =: the residual connection for free. */
  readonly accumulate?: boolean;
  readonly lora?: LoraForward;
}

export interface LoraForward {
  readonly pair: LoraPair;
  readonly r: number;
  readonly scaling: number;
  /** `[rows, r]`, output: x A^T. */
  readonly low: Tensor;
}

export function linear(backend: Backend, args: LinearArgs): void {
  const { out, x, rows, weights, inDim, outDim, accumulate, lora } = args;
  backend.matmul({
    out,
    a: x,
    b: weights.weight,
    m: rows,
    n: outDim,
    k: inDim,
    transposeB: true,
    bias: weights.bias,
    accumulate,
  });
  if (!lora) return;
  const { pair, r, scaling, low } = lora;
  backend.matmul({ out: low, a: x, b: pair.a, m: rows, n: r, k: inDim, transposeB: true });
  backend.matmul({
    out,
    a: low,
    b: pair.b,
    m: rows,
    n: outDim,
    k: r,
    transposeB: true,
    alpha: scaling,
    accumulate: true,
  });
}

export interface LinearBackwardArgs extends LinearShape {
  /** `[rows, out]` */
  readonly dOut: Tensor;
  /** `[rows, in]`, as in the forward pass. */
  readonly x: Tensor;
  readonly rows: number;
  readonly weights: LinearWeights;
  /** `[rows, in]`, output; left out when nothing below needs it. */
  readonly dx?: Tensor;
  /** dx += instead of dx =. */
  readonly accumulate?: boolean;
  /** Full training: where dW and dbias add up. */
  readonly gradients?: LinearWeights;
  readonly lora?: LoraForward & {
    /** Where dA and dB add up. */
    readonly gradients: LoraPair;
    /** Scratch `[rows, r]`: s dy B. */
    readonly dLow: Tensor;
  };
}

export function linearBackward(backend: Backend, args: LinearBackwardArgs): void {
  const { dOut, x, rows, weights, dx, inDim, outDim, accumulate, gradients, lora } = args;
  if (dx) {
    backend.matmul({ out: dx, a: dOut, b: weights.weight, m: rows, n: inDim, k: outDim, accumulate });
  }
  if (gradients) {
    backend.matmul({
      out: gradients.weight,
      a: dOut,
      b: x,
      m: outDim,
      n: inDim,
      k: rows,
      transposeA: true,
      accumulate: true,
    });
    if (gradients.bias) backend.sumRows({ out: gradients.bias, x: dOut, rows, dim: outDim });
  }
  if (lora) {
    const { pair, r, scaling, low, dLow } = lora;
    const sum = { transposeA: true, accumulate: true, k: rows };
    backend.matmul({ out: dLow, a: dOut, b: pair.b, m: rows, n: r, k: outDim, alpha: scaling });
    if (dx) backend.matmul({ out: dx, a: dLow, b: pair.a, m: rows, n: inDim, k: r, accumulate: true });
    backend.matmul({ out: lora.gradients.b, a: dOut, b: low, m: outDim, n: r, alpha: scaling, ...sum });
    backend.matmul({ out: lora.gradients.a, a: dLow, b: x, m: r, n: inDim, ...sum });
  }
}
