/**
 * What kernels without workgroup memory, and those by quads of lanes, must get right at the start: a layer with its
 * gated activation and its adapter's gradients, a norm and its gradient, attention over packed rows, over a tree
 * of tokens and over a cache, each followed by its gradient where it has one.
 *
 * Rows are many, so that quads and several workgroups and pieces take part, and few, as in decoding, where quads are
 * not used. Only heads of 32 are tried: attention is compiled for each head size (`attention-kernels.ts`), and a start
 * cannot pay for all; the text and the quads are the same for the others. Measured on SwiftShader: a start takes two
 * seconds longer, of which the trials take 0.07 and the rest is compiling 13 pipelines; most of them the first
 * rollout or update of a policy with heads of 32 needs anyway.
 */
import type { AttentionShape, Backend, Tensor } from '../backend';
import { SeededNumbers } from '../parity/seeded-numbers';

/** Enqueues operations on a back end and returns the tensors to compare; `put` uploads what was drawn. */
export type Trial = (backend: Backend, put: Put) => readonly Tensor[];
export type Put = (data: Float32Array | Int32Array, label: string) => Tensor;

/** The head size tried. */
export const CHECKED_HEAD = 32;

/** A gated linear layer under an adapter and its gradients: products x W^T, dy W and dy^T x. */
export function layer(rows: number, inDim: number, outDim: number, r: number): Trial {
  return (backend, put) => {
    const draw = new SeededNumbers(20260102);
    const named = (what: string) => `${what} of a layer of ${rows} x ${inDim} x ${outDim}`;
    const random = (length: number, label = 'operand', spread = 1) => put(draw.normal(length, spread), label);
    const empty = (length: number, label: string) => put(new Float32Array(length), label);
    const out = empty(rows * outDim, named('output'));
    const gated = { gate: random(rows * outDim), out: empty(rows * outDim, named('gated output')) };
    const low = empty(rows * r, named('low part'));
    const dLow = empty(rows * r, named('gradient of the low part'));
    const lora = { a: random(r * inDim), b: random(outDim * r), r, scaling: 0.5, low };
    const shared = { x: random(rows * inDim), rows, inDim, outDim, weight: random(outDim * inDim) };
    backend.linear({ ...shared, out, bias: random(outDim), lora, gated });
    const dx = random(rows * inDim, named('gradient of the input'));
    const dA = random(r * inDim, named('gradient of A'));
    const dB = random(outDim * r, named('gradient of B'));
    const dOut = random(rows * outDim);
    backend.linearBackward({ ...shared, dOut, dx, accumulate: true, lora: { ...lora, dA, dB, dLow } });
    return [out, gated.out, low, dLow, dx, dA, dB];
  };
}

export function normAndGradient(rows: number, dim: number): Trial {
  return (backend, put) => {
    const draw = new SeededNumbers(20260103);
    const [x, weight] = [put(draw.normal(rows * dim, 2), 'x'), put(draw.normal(dim), 'weight')];
    const dOut = put(draw.normal(rows * dim), 'gradient');
    const out = put(new Float32Array(rows * dim), `norm of rows of ${dim}`);
    const rstd = put(new Float32Array(rows), `norm of rows of ${dim}, its factors`);
    const dx = put(draw.normal(rows * dim), `gradient of a norm of rows of ${dim}`);
    backend.rmsNorm({ out, rstd, x, weight, rows, dim, eps: 1e-6 });
    backend.rmsNormBackward({ dx, dOut, x, weight, rstd, rows, dim, accumulate: true });
    return [out, rstd, dx];
  };
}

/** Rows of packed sequences and the key range of each; `queryEnd` makes trees of them. */
interface Packing {
  readonly name: string;
  readonly keyStart: readonly number[];
  readonly queryEnd: readonly number[];
  readonly tree: boolean;
}

/** Two sequences, of which a row sees so many keys at most. */
export function windows(first: number, second: number, window: number): Packing {
  const rows = Array.from({ length: first + second }, (_, row) => row);
  const root = (row: number) => (row < first ? 0 : first);
  const end = (row: number) => (row < first ? first : first + second);
  return {
    name: 'packed rows',
    keyStart: rows.map((row) => Math.max(root(row), row + 1 - window)),
    queryEnd: rows.map((row) => Math.min(end(row), row + window)),
    tree: false,
  };
}

/** A sequence and, behind it, a stem of three rows with branches of so many. */
export function tree(sequence: number, branches: readonly number[]): Packing {
  const keyStart: number[] = new Array(sequence).fill(0);
  const queryEnd: number[] = new Array(sequence).fill(sequence);
  const stem = 3;
  const size = branches.reduce((sum, length) => sum + length, stem);
  for (let i = 0; i < size; i++) keyStart.push(sequence);
  for (let i = 0; i < stem; i++) queryEnd.push(sequence + size);
  for (const length of branches) {
    const end = queryEnd.length + length;
    for (let i = 0; i < length; i++) queryEnd.push(end);
  }
  return { name: 'a tree', keyStart, queryEnd, tree: true };
}

/** Two heads of queries share the keys of each of two. */
const HEADS = { heads: 4, kvHeads: 2, headDim: CHECKED_HEAD, scale: 1 / Math.sqrt(CHECKED_HEAD) };
const WIDTH = HEADS.heads * CHECKED_HEAD;
const KV_WIDTH = HEADS.kvHeads * CHECKED_HEAD;

export function attentionAndGradient({ name, keyStart, queryEnd, tree }: Packing): Trial {
  return (backend, put) => {
    const draw = new SeededNumbers(20260104);
    const rows = keyStart.length;
    const random = (length: number) => put(draw.normal(length), 'operand');
    const empty = (length: number, what: string) =>
      put(new Float32Array(length), `${what} of attention over ${name}`);
    const ends = put(Int32Array.from(queryEnd), 'ends of queries');
    const shape: AttentionShape = {
      rows,
      ...HEADS,
      keyStart: put(Int32Array.from(keyStart), 'starts of keys'),
      keyEnd: put(
        Int32Array.from(keyStart, (_, row) => row + 1),
        'ends of keys',
      ),
      queryEnd: tree ? ends : undefined,
    };
    const [q, k, v] = [random(rows * WIDTH), random(rows * KV_WIDTH), random(rows * KV_WIDTH)];
    const [out, lse] = [empty(rows * WIDTH, 'output'), empty(rows * HEADS.heads, 'log-sums')];
    backend.attention({ ...shape, out, lse, q, k, v });
    const [dq, dk, dv] = [
      empty(rows * WIDTH, 'gradient of the queries'),
      empty(rows * KV_WIDTH, 'gradient of the keys'),
      empty(rows * KV_WIDTH, 'gradient of the values'),
    ];
    const delta = empty(rows * HEADS.heads, 'sums');
    const dOut = random(rows * WIDTH);
    backend.attentionBackward({ ...shape, dq, dk, dv, dOut, out, lse, q, k, v, queryEnd: ends, delta });
    return [out, lse, dq, dk, dv];
  };
}

/** One query each of rows that see different numbers of keys, as in decoding. */
export function attentionOverCache(keys: readonly number[], slot: number): Trial {
  return (backend, put) => {
    const draw = new SeededNumbers(20260105);
    const rows = keys.length;
    const out = put(new Float32Array(rows * WIDTH), 'output of attention over a cache');
    const lse = put(new Float32Array(rows * HEADS.heads), 'log-sums of attention over a cache');
    backend.attention({
      rows,
      ...HEADS,
      out,
      lse,
      q: put(draw.normal(rows * WIDTH), 'q'),
      k: put(draw.normal(rows * slot * KV_WIDTH), 'k'),
      v: put(draw.normal(rows * slot * KV_WIDTH), 'v'),
      keyStart: put(
        Int32Array.from(keys, (_, row) => row * slot),
        'starts of keys',
      ),
      keyEnd: put(
        Int32Array.from(keys, (count, row) => row * slot + count),
        'ends of keys',
      ),
    });
    return [out, lse];
  };
}
