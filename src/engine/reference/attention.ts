/**
 * score[j] = scale q . k[j],  p = softmax(score),  out = sum over j of p[j] v[j],  scale = 1 / sqrt(headDim).
 *
 * Softmax attention over a range of key rows for each query row (Vaswani et al. 2017), with grouped
 * key-value heads (Ainslie et al. 2023). In a tree of tokens a query sees those keys of its range whose
 * subtree it lies in: its ancestors.
 *
 * Forward keeps lse = log sum exp(scores) only; backward recomputes the probabilities from it, as
 * FlashAttention does: p = exp(score - lse), dv += p dOut, dscore = p (dOut.v - delta) with
 * delta = dOut.out, dq += scale dscore k, dk += scale dscore q.
 */
import type { AttentionArgs, AttentionBackwardArgs, AttentionShape } from '../backend';
import { floats, ints } from './buffers';

export function attention(args: AttentionArgs): void {
  const { rows, heads, headDim } = args;
  const out = floats(args.out, rows * heads * headDim);
  const lse = floats(args.lse, rows * heads);
  const v = floats(args.v);
  forEachHead(args, (r, h, query, keys) => {
    const scores = scoresOf(args, query, keys);
    const max = Math.max(...scores);
    const total = scores.reduce((sum, score) => sum + Math.exp(score - max), 0);
    lse[r * heads + h] = max + Math.log(total);
    for (let i = 0; i < headDim; i++) {
      let sum = 0;
      keys.forEach((key, j) => {
        sum += (Math.exp(scores[j] - max) / total) * v[key + i];
      });
      out[query + i] = sum;
    }
  });
}

export function attentionBackward(args: AttentionBackwardArgs): void {
  const { rows, heads, kvHeads, headDim, scale } = args;
  const dq = floats(args.dq, rows * heads * headDim).fill(0, 0, rows * heads * headDim);
  const dk = floats(args.dk, rows * kvHeads * headDim).fill(0, 0, rows * kvHeads * headDim);
  const dv = floats(args.dv, rows * kvHeads * headDim).fill(0, 0, rows * kvHeads * headDim);
  const dOut = floats(args.dOut, rows * heads * headDim);
  const out = floats(args.out, rows * heads * headDim);
  const lse = floats(args.lse, rows * heads);
  const delta = floats(args.delta, rows * heads);
  const q = floats(args.q);
  const k = floats(args.k);
  const v = floats(args.v);
  forEachHead(args, (r, h, query, keys) => {
    const scores = scoresOf(args, query, keys);
    delta[r * heads + h] = dot(dOut, query, out, query, headDim);
    keys.forEach((key, j) => {
      const p = Math.exp(scores[j] - lse[r * heads + h]);
      const dScore = p * (dot(dOut, query, v, key, headDim) - delta[r * heads + h]) * scale;
      for (let i = 0; i < headDim; i++) {
        dq[query + i] += dScore * k[key + i];
        dk[key + i] += dScore * q[query + i];
        dv[key + i] += p * dOut[query + i];
      }
    });
  });
}

/** Visits every (query row, query head) with the offset of its vector and of those of the key rows it sees. */
function forEachHead(
  shape: AttentionShape,
  visit: (row: number, head: number, query: number, keys: readonly number[]) => void,
): void {
  const { rows, heads, kvHeads, headDim } = shape;
  const keyStart = ints(shape.keyStart, rows);
  const keyEnd = ints(shape.keyEnd, rows);
  const queryEnd = shape.queryEnd && ints(shape.queryEnd);
  for (let r = 0; r < rows; r++) {
    for (let h = 0; h < heads; h++) {
      const kvHead = Math.floor((h * kvHeads) / heads);
      const keys: number[] = [];
      for (let j = keyStart[r]; j < keyEnd[r]; j++) {
        if (!queryEnd || queryEnd[j] >= keyEnd[r]) keys.push((j * kvHeads + kvHead) * headDim);
      }
      visit(r, h, (r * heads + h) * headDim, keys);
    }
  }
}

function scoresOf(
  args: AttentionArgs | AttentionBackwardArgs,
  query: number,
  keys: readonly number[],
): Float64Array {
  const q = floats(args.q);
  const k = floats(args.k);
  return Float64Array.from(keys, (key) => args.scale * dot(q, query, k, key, args.headDim));
}

function dot(a: Float64Array, aStart: number, b: Float64Array, bStart: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[aStart + i] * b[bStart + i];
  return sum;
}
