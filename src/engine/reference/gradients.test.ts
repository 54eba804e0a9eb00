/**
 * Every backward operation against central differences of its forward operation, in float64, on
 * ragged shapes: L = sum(c * forward(x)) for random c, so dL/dout = c.
 */
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../backend';
import { ReferenceBackend } from './reference-backend';

/** Deterministic values in [-1, 1). */
function noise(length: number, seed: number): Float64Array {
  let state = seed >>> 0;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

const backend = new ReferenceBackend();

function tensor(data: Float64Array | Int32Array): Tensor {
  const made = backend.alloc(data instanceof Int32Array ? 'i32' : 'f32', data.length, 'test');
  backend.write(made, data);
  return made;
}

const random = (length: number, seed: number): Tensor => tensor(noise(length, seed));
const ints = (...values: number[]): Tensor => tensor(Int32Array.from(values));
const empty = (length: number): Tensor => tensor(new Float64Array(length));

/** Compares `gradient` with d sum(c . out) / dx for every element of x. */
async function expectGradient(
  x: Tensor,
  forward: () => void,
  out: Tensor,
  c: Tensor,
  gradient: Tensor,
): Promise<void> {
  const at = (await backend.readFloats(x)).slice();
  const weights = await backend.readFloats(c);
  const analytic = await backend.readFloats(gradient);
  const loss = async (i: number, step: number): Promise<number> => {
    const moved = at.slice();
    moved[i] += step;
    backend.write(x, moved);
    forward();
    const values = await backend.readFloats(out);
    let sum = 0;
    for (let j = 0; j < values.length; j++) sum += weights[j] * values[j];
    return sum;
  };
  const step = 1e-5;
  for (let i = 0; i < at.length; i++) {
    const numeric = ((await loss(i, step)) - (await loss(i, -step))) / (2 * step);
    expect(analytic[i], `element ${i}`).toBeCloseTo(numeric, 7);
  }
  backend.write(x, at);
  forward();
}

describe('gradients against central differences', () => {
  it('linear layer: dx = dy W, dW = dy^T x, db = column sums', async () => {
    const [m, n, k] = [3, 5, 7];
    const [x, w, bias, dy, y] = [
      random(m * k, 1),
      random(n * k, 2),
      random(n, 3),
      random(m * n, 4),
      empty(m * n),
    ];
    const forward = () => backend.matmul({ out: y, a: x, b: w, m, n, k, transposeB: true, bias });
    const [dx, dw, db] = [empty(m * k), empty(n * k), empty(n)];
    backend.matmul({ out: dx, a: dy, b: w, m, n: k, k: n });
    backend.matmul({ out: dw, a: dy, b: x, m: n, n: k, k: m, transposeA: true });
    backend.sumRows({ out: db, x: dy, rows: m, dim: n });
    await expectGradient(x, forward, y, dy, dx);
    await expectGradient(w, forward, y, dy, dw);
    await expectGradient(bias, forward, y, dy, db);
  });

  it('row gather: repeated indices add up', async () => {
    const [rows, dim] = [5, 3];
    const [x, index, dy, y] = [
      random(4 * dim, 1),
      ints(2, 0, 2, 3, 2),
      random(rows * dim, 2),
      empty(rows * dim),
    ];
    const dx = empty(4 * dim);
    backend.scatterAddRows({ out: dx, x: dy, index, rows, outRows: 4, dim });
    await expectGradient(x, () => backend.gatherRows({ out: y, x, index, rows, dim }), y, dy, dx);
  });

  it('RMSNorm: dx and dWeight', async () => {
    const [rows, dim, eps] = [3, 6, 1e-2];
    const [x, weight, dOut, out, rstd] = [random(18, 1), random(6, 2), random(18, 3), empty(18), empty(3)];
    const forward = () => backend.rmsNorm({ out, x, weight, rstd, rows, dim, eps });
    forward();
    const [dx, dWeight] = [empty(18), empty(6)];
    backend.rmsNormBackward({ dx, dWeight, dOut, x, weight, rstd, rows, dim });
    await expectGradient(x, forward, out, dOut, dx);
    await expectGradient(weight, forward, out, dOut, dWeight);
  });

  it('SwiGLU: both inputs', async () => {
    const [gate, up, dOut, out] = [random(11, 1), random(11, 2), random(11, 3), empty(11)];
    const forward = () => backend.swiGlu({ out, gate, up });
    const [dGate, dUp] = [empty(11), empty(11)];
    backend.swiGluBackward({ dGate, dUp, dOut, gate, up });
    await expectGradient(gate, forward, out, dOut, dGate);
    await expectGradient(up, forward, out, dOut, dUp);
  });

  it('RoPE: the inverse rotation is the gradient and undoes the rotation', async () => {
    const [rows, heads, headDim] = [3, 2, 4];
    const angles = noise(8 * 2, 5).map((a) => 4 * a);
    const shape = {
      cos: tensor(angles.map(Math.cos)),
      sin: tensor(angles.map(Math.sin)),
      positions: ints(0, 7, 3),
      rows,
      heads,
      headDim,
    };
    const [x, dOut, out, dx] = [random(24, 1), random(24, 2), empty(24), empty(24)];
    const forward = () => {
      backend.copy(out, x);
      backend.rope({ x: out, ...shape });
    };
    backend.copy(dx, dOut);
    backend.rope({ x: dx, ...shape, inverse: true });
    await expectGradient(x, forward, out, dOut, dx);
    backend.rope({ x: out, ...shape, inverse: true });
    const [back, before] = [await backend.readFloats(out), await backend.readFloats(x)];
    back.forEach((value, i) => {
      expect(value).toBeCloseTo(before[i], 12);
    });
  });

  it('attention: packed causal sequences with grouped heads', async () => {
    const [rows, heads, kvHeads, headDim] = [6, 4, 2, 3];
    const shape = { rows, heads, kvHeads, headDim, scale: 0.7 };
    // Two packed sequences: rows 0-1 and rows 2-5.
    const keyStart = ints(0, 0, 2, 2, 2, 2);
    const keyEnd = ints(1, 2, 3, 4, 5, 6);
    const queryEnd = ints(2, 2, 6, 6, 6, 6);
    const [q, k, v] = [random(72, 1), random(36, 2), random(36, 3)];
    const [dOut, out, lse] = [random(72, 4), empty(72), empty(24)];
    const forward = () => backend.attention({ ...shape, keyStart, keyEnd, out, lse, q, k, v });
    forward();
    const [dq, dk, dv, delta] = [empty(72), empty(36), empty(36), empty(24)];
    backend.attentionBackward({
      ...shape,
      keyStart,
      keyEnd,
      queryEnd,
      dq,
      dk,
      dv,
      dOut,
      out,
      lse,
      q,
      k,
      v,
      delta,
    });
    await expectGradient(q, forward, out, dOut, dq);
    await expectGradient(k, forward, out, dOut, dk);
    await expectGradient(v, forward, out, dOut, dv);
  });

  it('token log-probabilities and entropy at a temperature', async () => {
    const [rows, vocab, temperature] = [3, 7, 0.6];
    const [logits, targets] = [random(rows * vocab, 1), ints(6, 0, 3)];
    const [logprob, entropy, lse] = [empty(rows), empty(rows), empty(rows)];
    const forward = () =>
      backend.tokenLogprobs({ logprob, entropy, lse, logits, targets, rows, vocab, temperature });
    forward();
    for (const [out, dLogprob, dEntropy] of [
      [logprob, random(rows, 2), empty(rows)],
      [entropy, empty(rows), random(rows, 3)],
    ]) {
      const gradient = empty(rows * vocab);
      backend.copy(gradient, logits);
      backend.tokenLogprobsBackward({
        logits: gradient,
        targets,
        lse,
        entropy,
        dLogprob,
        dEntropy,
        rows,
        vocab,
        temperature,
      });
      await expectGradient(logits, forward, out, out === logprob ? dLogprob : dEntropy, gradient);
    }
  });
});
