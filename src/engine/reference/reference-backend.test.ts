/** What the seam promises beside the formulas: views, accumulation, sampling, clipping, AdamW, misuse. */

import { describe, expect, it } from 'vitest';
import { TensorMisuseError } from '../errors';
import { ReferenceBackend } from './reference-backend';

const backend = new ReferenceBackend();

function floats(...values: number[]) {
  const tensor = backend.alloc('f32', values.length, 'test');
  backend.write(tensor, Float64Array.from(values));
  return tensor;
}

describe('tensors', () => {
  it('views share memory with their parent', async () => {
    const parent = backend.alloc('f32', 200, 'parent');
    const view = backend.view(parent, 64, 3, 'view');
    backend.fill(view, 7);
    const values = await backend.readFloats(parent);
    expect([...values.slice(63, 68)]).toEqual([0, 7, 7, 7, 0]);
    expect(backend.view(view, 0, 2).offset).toBe(64);
  });

  it('refuses misaligned and outside views, wrong types and use after free', () => {
    const tensor = backend.alloc('f32', 100, 'scores');
    expect(() => backend.view(tensor, 32, 1)).toThrow(TensorMisuseError);
    expect(() => backend.view(tensor, 64, 37)).toThrow(/"scores"/);
    expect(() => backend.write(tensor, new Int32Array(1))).toThrow(TensorMisuseError);
    expect(() => backend.write(tensor, new Float64Array(2), 99)).toThrow(TensorMisuseError);
    backend.free(tensor);
    expect(() => backend.fill(tensor, 0)).toThrow(/after free/);
  });
});

describe('matmul', () => {
  it('agrees with its transposed spellings, scales, accumulates and adds the bias once', async () => {
    const a = floats(1, 2, 3, 4, 5, 6); // [2, 3]
    const aT = floats(1, 4, 2, 5, 3, 6);
    const b = floats(1, 0, 2, -1, 0, 3); // [3, 2]
    const bT = floats(1, 2, 0, 0, -1, 3);
    const shape = { m: 2, n: 2, k: 3, alpha: 2, accumulate: true, bias: floats(10, 20) };
    for (const operands of [
      { a, b },
      { a: aT, b, transposeA: true },
      { a, b: bT, transposeB: true },
      { a: aT, b: bT, transposeA: true, transposeB: true },
    ]) {
      const out = floats(1, 1, 1, 1);
      backend.matmul({ out, ...operands, ...shape });
      expect([...(await backend.readFloats(out))]).toEqual([21, 35, 39, 47]);
    }
  });
});

describe('sample', () => {
  const logits = [Math.log(0.2), Math.log(0.5), Math.log(0.3)];
  const draw = async (uniform: number, temperature: number) => {
    const [ids, logprob, entropy] = [backend.alloc('i32', 1, 'ids'), floats(0), floats(0)];
    backend.sample({
      ids,
      logprob,
      entropy,
      logits: floats(...logits),
      uniforms: floats(uniform),
      rows: 1,
      vocab: 3,
      temperature,
    });
    return {
      id: (await backend.readInts(ids))[0],
      p: Math.exp((await backend.readFloats(logprob))[0]),
      entropy: (await backend.readFloats(entropy))[0],
    };
  };

  it('takes the smallest id whose cumulative probability exceeds the uniform', async () => {
    expect((await draw(0, 1)).id).toBe(0);
    expect((await draw(0.199, 1)).id).toBe(0);
    expect((await draw(0.201, 1)).id).toBe(1);
    expect((await draw(0.699, 1)).id).toBe(1);
    expect((await draw(0.701, 1)).id).toBe(2);
    expect((await draw(0.9999999999999999, 1)).id).toBe(2);
  });

  it('reports probability and entropy at the sampling temperature, at 1 when greedy', async () => {
    const sharp = await draw(0.5, 0.5);
    expect(sharp.p).toBeCloseTo(0.25 / 0.38, 12);
    const greedy = await draw(0.99, 0);
    expect(greedy.id).toBe(1);
    expect(greedy.p).toBeCloseTo(0.5, 12);
    expect(greedy.entropy).toBeCloseTo(-(0.2 * logits[0] + 0.5 * logits[1] + 0.3 * logits[2]), 12);
  });
});

describe('optimiser', () => {
  it('clips by the global norm, and not at all without a limit', async () => {
    const [x, out] = [floats(3, 4), floats(0, 0)];
    backend.clipFactor({ out, x, maxNorm: 1 });
    expect((await backend.readFloats(out))[0]).toBe(5);
    expect((await backend.readFloats(out))[1]).toBeCloseTo(1 / (5 + 1e-6), 15);
    backend.clipFactor({ out, x, maxNorm: 0 });
    expect([...(await backend.readFloats(out))]).toEqual([5, 1]);
  });

  it('first AdamW step moves by the learning rate against the sign, after weight decay', async () => {
    const [param, grad, m, v] = [floats(1, -2), floats(0.5, -8), floats(0, 0), floats(0, 0)];
    backend.adamW({
      param,
      grad,
      m,
      v,
      clip: floats(9, 0.5),
      length: 2,
      lr: 0.1,
      beta1: 0.9,
      beta2: 0.999,
      eps: 0,
      weightDecay: 0.2,
      step: 1,
    });
    const values = await backend.readFloats(param);
    expect(values[0]).toBeCloseTo(1 * 0.98 - 0.1, 12);
    expect(values[1]).toBeCloseTo(-2 * 0.98 + 0.1, 12);
    expect((await backend.readFloats(m))[1]).toBeCloseTo(-0.4, 12);
    expect((await backend.readFloats(v))[1]).toBeCloseTo(0.016, 12);
  });
});
