/** What the parity cases do not show: memory, misuse, independence of the batch, accuracy of exp. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureWasm } from '../../../scripts/build-wasm.mjs';
import type { FloatArray, Tensor } from '../backend';
import { SeededNumbers } from '../backend-parity';
import { DeviceMemoryError, TensorMisuseError } from '../errors';
import { WasmBackend } from './wasm-backend';

const MIB = 1024 * 1024;
/** Of the attention cases. */
const [HEADS, KV_HEADS, HEAD_DIM] = [4, 2, 24];
let backend: WasmBackend;
beforeAll(async () => {
  await ensureWasm();
  backend = await WasmBackend.create({ threads: 2 });
});
afterAll(() => backend.dispose());

function upload(to: WasmBackend, data: Float32Array | Int32Array, use?: 'weight'): Tensor {
  const tensor = to.alloc(data instanceof Float32Array ? 'f32' : 'i32', data.length, 'test', use);
  to.write(tensor, data);
  return tensor;
}

describe('memory', () => {
  it('says what is wrong when it is full, and is usable again after a free', async () => {
    const small = await WasmBackend.create({ threads: 1, maximumBytes: 8 * MIB });
    const half = small.alloc('f32', MIB, 'weights');
    const rest = small.alloc('f32', MIB / 2, 'activations');
    expect(() => small.alloc('f32', MIB, 'logits')).toThrow(DeviceMemoryError);
    expect(() => small.alloc('f32', MIB, 'logits')).toThrow(/"logits" needs 4\.0 MiB.*smaller batch/);
    small.fill(rest, 3);
    small.free(half);
    const again = small.alloc('f32', MIB, 'logits');
    expect((await small.readFloats(again)).every((x) => x === 0)).toBe(true);
    expect((await small.readFloats(rest)).every((x) => x === 3)).toBe(true);
  });

  it('gives up packed copies of weights before it refuses', async () => {
    const small = await WasmBackend.create({ threads: 1, maximumBytes: 8 * MIB });
    const numbers = new SeededNumbers(1);
    const n = 700;
    const weight = upload(small, numbers.normal(n * n), 'weight');
    const a = upload(small, numbers.normal(n));
    const out = small.alloc('f32', n, 'out');
    small.matmul({ out, a, b: weight, m: 1, n, k: n, transposeB: true });
    const before = await small.readFloats(out);
    small.alloc('f32', MIB, 'fits beside the copy');
    const inItsPlace = small.alloc('f32', (1.5 * MIB) / 4, 'fits only in place of the copy');
    expect(() => small.matmul({ out, a, b: weight, m: 1, n, k: n, transposeB: true })).toThrow(
      DeviceMemoryError,
    );
    small.free(inItsPlace);
    small.fill(out, 0);
    small.matmul({ out, a, b: weight, m: 1, n, k: n, transposeB: true });
    expect(await small.readFloats(out)).toEqual(before);
    expect(before.some((x) => x !== 0)).toBe(true);
  });

  it('zero-fills reused memory, on shared memory too', async () => {
    const dirty = backend.alloc('f32', 5000, 'dirty');
    backend.fill(dirty, Number.NaN);
    backend.free(dirty);
    const clean = backend.alloc('f32', 5000, 'clean');
    expect((await backend.readFloats(clean)).every((x) => x === 0)).toBe(true);
    backend.free(clean);
  });

  it('does not grow over many rounds of the same work', async () => {
    const one = await WasmBackend.create({ threads: 1, maximumBytes: 16 * MIB });
    const numbers = new SeededNumbers(2);
    for (let round = 0; round < 300; round++) {
      const [m, n, k] = [numbers.integer(1, 60), numbers.integer(1, 300), numbers.integer(1, 300)];
      const a = one.alloc('f32', m * k, 'a');
      const b = one.alloc('f32', n * k, 'b', 'weight');
      const out = one.alloc('f32', m * n, 'out');
      one.matmul({ out, a, b, m, n, k, transposeB: true });
      for (const tensor of [a, b, out]) one.free(tensor);
    }
    expect(() => one.alloc('f32', 2 * MIB, 'half of all')).not.toThrow();
  });
});

describe('misuse is refused before a kernel sees it', () => {
  it('use after free, foreign tensors, wrong types and lengths, misaligned views', () => {
    const x = backend.alloc('f32', 100, 'x');
    const ints = backend.alloc('i32', 100, 'ints');
    expect(() => backend.view(x, 32, 8)).toThrow(TensorMisuseError);
    expect(() => backend.view(x, 64, 37)).toThrow(TensorMisuseError);
    expect(() => backend.addScaled(x, ints, 1)).toThrow(/wanted f32/);
    expect(() => backend.write(x, new Float32Array(101))).toThrow(/outside/);
    expect(() => backend.write(x, new Int32Array(1))).toThrow(/other type/);
    expect(() => backend.sumRows({ out: x, x, rows: 2, dim: 51 })).toThrow(/at least 102/);
    expect(() => backend.fill({ ...x }, 1)).toThrow(/another back end/);
    backend.free(x);
    expect(() => backend.fill(x, 1)).toThrow(/after free/);
    expect(() => backend.free(x)).toThrow(/after free/);
  });

  it('indices that point outside', () => {
    const x = backend.alloc('f32', 40, 'x');
    const out = backend.alloc('f32', 40, 'out');
    const index = upload(backend, Int32Array.from([0, 4]));
    const args = { out, x, index, rows: 2, dim: 10 };
    expect(() => backend.gatherRows(args)).toThrow(/element 1 is 4, not in 0 \.\. 3/);
    expect(() => backend.scatterRows(args)).toThrow(/element 1 is 4/);
    expect(() => backend.scatterAddRows({ ...args, outRows: 3 })).toThrow(/not in 0 \.\. 2/);
    const shape = { rows: 2, heads: 1, kvHeads: 1, headDim: 10, scale: 1 };
    const keyStart = upload(backend, Int32Array.from([0, 1]));
    const keyEnd = upload(backend, Int32Array.from([1, 1]));
    const tensors = { out, lse: out, q: x, k: x, v: x };
    expect(() => backend.attention({ ...shape, ...tensors, keyStart, keyEnd })).toThrow(/row 1 has no keys/);
  });
});

describe('results do not depend on the batch', () => {
  it('a row of a matrix product has the same bits alone and among others', async () => {
    const numbers = new SeededNumbers(3);
    for (const [n, k] of [
      [128, 128],
      [37, 300],
    ]) {
      const rows = 23;
      const data = numbers.normal(rows * k);
      const b = upload(backend, numbers.normal(n * k), 'weight');
      const out = backend.alloc('f32', rows * n, 'out');
      backend.matmul({ out, a: upload(backend, data), b, m: rows, n, k, transposeB: true });
      const together = await backend.readFloats(out);
      for (const row of [0, 3, 21, 22]) {
        const alone = backend.alloc('f32', n, 'alone');
        const a = upload(backend, data.slice(row * k, row * k + k));
        backend.matmul({ out: alone, a, b, m: 1, n, k, transposeB: true });
        expect(await backend.readFloats(alone)).toEqual(together.slice(row * n, row * n + n));
      }
    }
  });

  /** Everything attention and its gradient give for these rows of q, k, v and dOut. */
  async function attend(
    data: {
      readonly q: Float32Array;
      readonly k: Float32Array;
      readonly v: Float32Array;
      readonly dOut: Float32Array;
    },
    ranges: {
      readonly start: readonly number[];
      readonly queryEnd: readonly number[];
      readonly tree: boolean;
    },
  ): Promise<Record<'out' | 'lse' | 'dq' | 'dk' | 'dv', FloatArray>> {
    const rows = ranges.start.length;
    const size = rows * HEADS * HEAD_DIM;
    const kvSize = rows * KV_HEADS * HEAD_DIM;
    const made: Tensor[] = [];
    const kept = (tensor: Tensor): Tensor => {
      made.push(tensor);
      return tensor;
    };
    const empty = (length: number, label: string) => kept(backend.alloc('f32', length, label));
    const [out, dq, dk, dv] = [
      empty(size, 'out'),
      empty(size, 'dq'),
      empty(kvSize, 'dk'),
      empty(kvSize, 'dv'),
    ];
    const [lse, delta] = [empty(rows * HEADS, 'lse'), empty(rows * HEADS, 'delta')];
    const [q, k, v, dOut] = [data.q, data.k, data.v, data.dOut].map((part) => kept(upload(backend, part)));
    const queryEnd = kept(upload(backend, Int32Array.from(ranges.queryEnd)));
    const shape = {
      rows,
      heads: HEADS,
      kvHeads: KV_HEADS,
      headDim: HEAD_DIM,
      scale: 0.2,
      keyStart: kept(upload(backend, Int32Array.from(ranges.start))),
      keyEnd: kept(
        upload(
          backend,
          Int32Array.from(ranges.start, (_, i) => i + 1),
        ),
      ),
    };
    backend.attention({ ...shape, out, lse, q, k, v, ...(ranges.tree ? { queryEnd } : {}) });
    backend.attentionBackward({ ...shape, dq, dk, dv, dOut, out, lse, q, k, v, delta, queryEnd });
    const results = {
      out: await backend.readFloats(out),
      lse: await backend.readFloats(lse),
      dq: await backend.readFloats(dq),
      dk: await backend.readFloats(dk),
      dv: await backend.readFloats(dv),
    };
    for (const tensor of made) backend.free(tensor);
    return results;
  }

  /** Random q, k, v and dOut of some rows. */
  function attended(numbers: SeededNumbers, rows: number) {
    const [q, dOut] = [numbers.normal(rows * HEADS * HEAD_DIM), numbers.normal(rows * HEADS * HEAD_DIM)];
    const [k, v] = [numbers.normal(rows * KV_HEADS * HEAD_DIM), numbers.normal(rows * KV_HEADS * HEAD_DIM)];
    return { q, k, v, dOut };
  }

  /** Those rows of an array of `rows` rows, in the order given. */
  function pick(data: FloatArray, rows: number, wanted: readonly number[]): Float32Array {
    const width = data.length / rows;
    const picked = new Float32Array(wanted.length * width);
    wanted.forEach((row, i) => {
      picked.set(data.subarray(row * width, (row + 1) * width), i * width);
    });
    return picked;
  }

  it('a sequence has the same bits of attention and its gradient alone and packed behind others', async () => {
    const numbers = new SeededNumbers(4);
    // The longest has more keys than a block of the gradient, and none begins where a block would in the batch.
    const lengths = [5, 1, 30, 290, 11];
    const start = lengths.flatMap((length, i) =>
      Array<number>(length).fill(lengths.slice(0, i).reduce((sum, before) => sum + before, 0)),
    );
    const rows = start.length;
    const data = attended(numbers, rows);
    const queryEnd = start.map((first) => first + start.filter((other) => other === first).length);
    const packed = await attend(data, { start, queryEnd, tree: false });
    for (const first of new Set(start)) {
      const own = start.flatMap((other, row) => (other === first ? [row] : []));
      const part = (whole: FloatArray) => pick(whole, rows, own);
      const alone = await attend(
        { q: part(data.q), k: part(data.k), v: part(data.v), dOut: part(data.dOut) },
        { start: own.map(() => 0), queryEnd: own.map(() => own.length), tree: false },
      );
      for (const name of ['out', 'lse', 'dq', 'dk', 'dv'] as const) {
        expect(alone[name], `${name} of the sequence at row ${first}`).toEqual(part(packed[name]));
      }
    }
  });

  it('a path through a tree has the same attention bits as the sequence it stands for', async () => {
    const numbers = new SeededNumbers(5);
    // A trunk, and branches that leave it: the second path jumps over 77 rows, the third over 200.
    const [trunk, branches] = [140, [77, 123, 61]];
    const rows = trunk + branches.reduce((sum, length) => sum + length, 0);
    const data = attended(numbers, rows);
    const queryEnd = Array<number>(trunk).fill(rows);
    for (const length of branches) {
      const end = queryEnd.length + length;
      while (queryEnd.length < end) queryEnd.push(end);
    }
    const tree = await attend(data, { start: queryEnd.map(() => 0), queryEnd, tree: true });
    let first = trunk;
    for (const length of branches) {
      const path = Array.from({ length: trunk + length }, (_, i) => (i < trunk ? i : first + i - trunk));
      const part = (whole: FloatArray) => pick(whole, rows, path);
      const alone = await attend(
        { q: part(data.q), k: part(data.k), v: part(data.v), dOut: part(data.dOut) },
        { start: path.map(() => 0), queryEnd: path.map(() => path.length), tree: false },
      );
      for (const name of ['out', 'lse'] as const) expect(alone[name]).toEqual(part(tree[name]));
      first += length;
    }
  });
});

describe('numbers', () => {
  it('has an exponential within two units in the last place', async () => {
    // silu(x) = x / (1 + exp(-x)) is exp itself where x is far below zero.
    const count = 20_000;
    const gates = Float32Array.from({ length: count }, (_, i) => -86 + (172 * i) / count);
    const out = backend.alloc('f32', count, 'silu');
    backend.swiGlu({
      out,
      gate: upload(backend, gates),
      up: upload(backend, new Float32Array(count).fill(1)),
    });
    const silu = await backend.readFloats(out);
    let worst = 0;
    for (let i = 0; i < count; i++) {
      const exact = gates[i] / (1 + Math.exp(-gates[i]));
      if (exact !== 0) worst = Math.max(worst, Math.abs(silu[i] / exact - 1));
    }
    // exp (1.5 ulp), sum, quotient and product: half a unit each.
    expect(worst).toBeLessThan(3.5 * 2 ** -23);
  });

  it('carries NaN from logits to log-probability and from gradients to the norm', async () => {
    const logits = upload(backend, Float32Array.from([1, Number.NaN, 2, 0, 5, 6, 7, 8]));
    const logprob = backend.alloc('f32', 2, 'logprob');
    const rest = { entropy: backend.alloc('f32', 2, 'entropy'), lse: backend.alloc('f32', 2, 'lse') };
    const targets = upload(backend, Int32Array.from([0, 1]));
    backend.tokenLogprobs({ logprob, ...rest, logits, targets, rows: 2, vocab: 4, temperature: 1 });
    const [bad, good] = await backend.readFloats(logprob);
    expect(bad).toBeNaN();
    expect(good).toBeCloseTo(6 - Math.log(Math.exp(5) + Math.exp(6) + Math.exp(7) + Math.exp(8)), 6);
    const clip = backend.alloc('f32', 2, 'clip');
    backend.clipFactor({ out: clip, x: logits, maxNorm: 1 });
    expect([...(await backend.readFloats(clip))]).toEqual([Number.NaN, -1]);
  });

  it('samples every token as often as its probability says, and never an impossible one', async () => {
    const [rows, vocab] = [20_000, 6];
    const row = [0.5, 1, Number.NEGATIVE_INFINITY, -0.3, 2, 1.2];
    const weights = row.map((x) => Math.exp(x / 0.8));
    const total = weights.reduce((sum, w) => sum + w, 0);
    const ids = backend.alloc('i32', rows, 'ids');
    const entropy = backend.alloc('f32', rows, 'entropy');
    backend.sample({
      ids,
      logprob: backend.alloc('f32', rows, 'logprob'),
      entropy,
      logits: upload(
        backend,
        Float32Array.from({ length: rows * vocab }, (_, i) => row[i % vocab]),
      ),
      uniforms: upload(
        backend,
        Float32Array.from({ length: rows }, (_, i) => (i + 0.5) / rows),
      ),
      rows,
      vocab,
      temperature: 0.8,
    });
    const counts = new Float64Array(vocab);
    for (const id of await backend.readInts(ids)) counts[id]++;
    expect(counts[2]).toBe(0);
    for (let i = 0; i < vocab; i++) expect(Math.abs(counts[i] - (rows * weights[i]) / total)).toBeLessThan(2);
    const exact = weights.reduce((sum, w) => (w > 0 ? sum - (w / total) * Math.log(w / total) : sum), 0);
    expect((await backend.readFloats(entropy))[0]).toBeCloseTo(exact, 6);
  });
});
