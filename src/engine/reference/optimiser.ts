/**
 * g = min(1, limit / |g|) g;  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;
 * p = p (1 - lr decay) - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)  at update t.
 *
 * One optimiser step as PyTorch takes it: clip_grad_norm_ over all parameters at once, then AdamW
 * (Loshchilov and Hutter 2019). The parameters are one flat tensor, so each is one loop.
 */
import type { AdamWArgs, Tensor } from '../backend';
import { floats } from './buffers';

/** out[0] = |x|, out[1] = min(1, maxNorm / (|x| + 1e-6)), 1 where maxNorm <= 0, -1 where |x| is not finite. */
export function clipFactor(args: { out: Tensor; x: Tensor; maxNorm: number }): void {
  const out = floats(args.out, 2);
  let squares = 0;
  for (const value of floats(args.x)) squares += value * value;
  out[0] = Math.sqrt(squares);
  out[1] = args.maxNorm > 0 ? Math.min(1, args.maxNorm / (out[0] + 1e-6)) : 1;
  if (!Number.isFinite(out[0])) out[1] = -1;
}

export function adamW(args: AdamWArgs): void {
  const { length, lr, beta1, beta2, eps, weightDecay, step } = args;
  const param = floats(args.param, length);
  const grad = floats(args.grad, length);
  const m = floats(args.m, length);
  const v = floats(args.v, length);
  const factor = floats(args.clip, 2)[1];
  if (factor < 0) return;
  const correction1 = 1 - beta1 ** step;
  const correction2 = 1 - beta2 ** step;
  for (let i = 0; i < length; i++) {
    const g = factor * grad[i];
    m[i] = beta1 * m[i] + (1 - beta1) * g;
    v[i] = beta2 * v[i] + (1 - beta2) * g * g;
    param[i] *= 1 - lr * weightDecay;
    param[i] -= ((lr / correction1) * m[i]) / (Math.sqrt(v[i] / correction2) + eps);
  }
}
