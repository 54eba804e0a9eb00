/**
 * out += alpha x;  h = silu(g) u, silu(z) = z s, s = 1 / (1 + exp(-z)), and back: du = dh silu(g),
 * dg = dh u s (1 + g (1 - s));  sum of x^2;  AdamW: m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
 * p = p (1 - lr decay) - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps).
 *
 * Operations on each element alone. Work item = CHUNK consecutive elements.
 */
import { addProducts, exp4, loadPart, storePart, total2 } from './numbers';

const CHUNK: i32 = 4096;

/** out += alpha x */
export function addScaled(
  out: usize, x: usize, alpha: f32, length: i32, start: i32, end: i32, thread: i32,
): void {
  const factor = f32x4.splat(alpha);
  const last = min(end * CHUNK, length);
  for (let i = start * CHUNK; i < last; i += 4) {
    const at = <usize>i << 2;
    if (i + 4 <= last) {
      v128.store(out + at, f32x4.add(v128.load(out + at), f32x4.mul(factor, v128.load(x + at))));
    } else {
      const count = last - i;
      const y = f32x4.mul(factor, loadPart(x + at, count));
      storePart(out + at, f32x4.add(loadPart(out + at, count), y), count);
    }
  }
}

// @ts-ignore: decorator
@inline
function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

/** out = silu(gate) up */
export function swiGlu(
  out: usize, gate: usize, up: usize, length: i32, start: i32, end: i32, thread: i32,
): void {
  const last = min(end * CHUNK, length);
  for (let i = start * CHUNK; i < last; i += 4) {
    const at = <usize>i << 2;
    const count = min(4, last - i);
    const g = count == 4 ? v128.load(gate + at) : loadPart(gate + at, count);
    const u = count == 4 ? v128.load(up + at) : loadPart(up + at, count);
    const y = f32x4.mul(f32x4.mul(g, sigmoid4(g)), u);
    if (count == 4) v128.store(out + at, y);
    else storePart(out + at, y, count);
  }
}

/** dUp = dOut silu(g); dGate = dOut up s (1 + g (1 - s)), s = sigmoid(g) */
export function swiGluBackward(
  dGate: usize, dUp: usize, dOut: usize, gate: usize, up: usize, length: i32,
  start: i32, end: i32, thread: i32,
): void {
  const one = f32x4.splat(1);
  const last = min(end * CHUNK, length);
  for (let i = start * CHUNK; i < last; i += 4) {
    const at = <usize>i << 2;
    const count = min(4, last - i);
    const g = count == 4 ? v128.load(gate + at) : loadPart(gate + at, count);
    const u = count == 4 ? v128.load(up + at) : loadPart(up + at, count);
    const d = count == 4 ? v128.load(dOut + at) : loadPart(dOut + at, count);
    const s = sigmoid4(g);
    const slope = f32x4.mul(s, f32x4.add(one, f32x4.mul(g, f32x4.sub(one, s))));
    const toUp = f32x4.mul(d, f32x4.mul(g, s));
    const toGate = f32x4.mul(f32x4.mul(d, u), slope);
    if (count == 4) {
      v128.store(dUp + at, toUp);
      v128.store(dGate + at, toGate);
    } else {
      storePart(dUp + at, toUp, count);
      storePart(dGate + at, toGate, count);
    }
  }
}

/** partials[item] (double) = sum of x^2 over the item's chunk. */
export function sumSquares(partials: usize, x: usize, length: i32, start: i32, end: i32, thread: i32): void {
  for (let item = start; item < end; item++) {
    let sum = f64x2.splat(0);
    const last = min((item + 1) * CHUNK, length);
    let i = item * CHUNK;
    for (; i + 4 <= last; i += 4) {
      const y = v128.load(x + (<usize>i << 2));
      sum = addProducts(sum, y, y);
    }
    if (i < last) {
      const y = loadPart(x + (<usize>i << 2), last - i);
      sum = addProducts(sum, y, y);
    }
    store<f64>(partials + (<usize>item << 3), total2(sum));
  }
}

/**
 * AdamW with decoupled decay; `clip` points to the factor on the gradient, `stepSize` is lr / (1 - beta1^t),
 * `rootBias` sqrt(1 - beta2^t), `keep` 1 - lr * weightDecay; beta1c and beta2c are 1 - beta.
 */
export function adamW(
  param: usize, grad: usize, m: usize, v: usize, clip: usize, length: i32,
  keep: f32, beta1: f32, beta1c: f32, beta2: f32, beta2c: f32, stepSize: f32, rootBias: f32, eps: f32,
  start: i32, end: i32, thread: i32,
): void {
  const factor = v128.load32_splat(clip);
  const last = min(end * CHUNK, length);
  for (let i = start * CHUNK; i < last; i += 4) {
    const at = <usize>i << 2;
    const count = min(4, last - i);
    const full = count == 4;
    const g = f32x4.mul(full ? v128.load(grad + at) : loadPart(grad + at, count), factor);
    let m4 = full ? v128.load(m + at) : loadPart(m + at, count);
    let v4 = full ? v128.load(v + at) : loadPart(v + at, count);
    let p4 = full ? v128.load(param + at) : loadPart(param + at, count);
    m4 = f32x4.add(f32x4.mul(f32x4.splat(beta1), m4), f32x4.mul(f32x4.splat(beta1c), g));
    v4 = f32x4.add(f32x4.mul(f32x4.splat(beta2), v4), f32x4.mul(f32x4.splat(beta2c), f32x4.mul(g, g)));
    const spread = f32x4.add(f32x4.div(f32x4.sqrt(v4), f32x4.splat(rootBias)), f32x4.splat(eps));
    const move = f32x4.mul(f32x4.splat(stepSize), f32x4.div(m4, spread));
    p4 = f32x4.sub(f32x4.mul(p4, f32x4.splat(keep)), move);
    if (full) {
      v128.store(m + at, m4);
      v128.store(v + at, v4);
      v128.store(param + at, p4);
    } else {
      storePart(m + at, m4, count);
      storePart(v + at, v4, count);
      storePart(param + at, p4, count);
    }
  }
}
