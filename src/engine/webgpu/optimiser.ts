/** Global-norm clipping and AdamW. Everything that depends on the step alone is computed here, in float64. */
import type { AdamWArgs, Tensor } from '../backend';
import { floats } from './gpu-tensor';
import type { Recorder } from './recorder';
import { elementwise } from './row-movement';

/** Elements that one workgroup of the first pass sums, and how many workgroups at most. */
const PIECE = 1024;
const MOST_PIECES = 256;

export function clipFactor(
  recorder: Recorder,
  args: { readonly out: Tensor; readonly x: Tensor; readonly maxNorm: number },
): void {
  const x = floats(recorder, args.x, 0);
  const out = floats(recorder, args.out, 2);
  const count = Math.max(1, Math.min(MOST_PIECES, Math.ceil(x.length / PIECE)));
  const partials = recorder.scratch(count, 'pieces of a norm');
  recorder.dispatch({
    kernel: 'square-sums',
    operands: { partials, x },
    params: { length: x.length },
    workgroups: count,
  });
  recorder.dispatch({
    kernel: 'clip-factor',
    operands: { out, partials },
    params: { count, max_norm: args.maxNorm },
    workgroups: 1,
  });
  recorder.release(partials.allocation);
}

export function adamW(recorder: Recorder, args: AdamWArgs): void {
  const { length, lr, beta1, beta2, eps, weightDecay, step } = args;
  recorder.dispatch({
    kernel: 'adamw',
    operands: {
      param: floats(recorder, args.param, length),
      m: floats(recorder, args.m, length),
      v: floats(recorder, args.v, length),
      grad: floats(recorder, args.grad, length),
      clip: floats(recorder, args.clip, 2),
    },
    params: {
      length,
      beta1,
      rest1: 1 - beta1,
      beta2,
      rest2: 1 - beta2,
      decay: 1 - lr * weightDecay,
      rate: lr / (1 - beta1 ** step),
      root: 1 / Math.sqrt(1 - beta2 ** step),
      eps,
    },
    workgroups: elementwise(length),
  });
}
