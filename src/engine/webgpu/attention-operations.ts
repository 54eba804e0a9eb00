/**
 * Attention forward and backward, one workgroup for each (row, head), or one lane where barriers are dear.
 *
 * The backward pass recomputes probabilities from the log-sum-exp, once by query row for dq and once
 * by key row for dk and dv, so that every output has one writer and no atomics are needed.
 */
import type { AttentionArgs, AttentionBackwardArgs, AttentionShape } from '../backend';
import { UnsupportedModelError } from '../errors';
import { attentionKernel } from './attention-kernels';
import { floats, type GpuTensor, ints } from './gpu-tensor';
import type { Recorder } from './recorder';

/** The kernels hold one head's vector in workgroup memory. */
const LARGEST_HEAD = 256;
/** Keys of a query are on the device; the cost of a submit only needs their order of magnitude. */
const TYPICAL_KEYS = 128;

interface Ranges {
  readonly key_start: GpuTensor;
  readonly key_end: GpuTensor;
}

function prepare(
  recorder: Recorder,
  shape: AttentionShape,
): { ranges: Ranges; params: Record<string, number> } {
  const { rows, heads, kvHeads, headDim, scale } = shape;
  if (headDim > LARGEST_HEAD) {
    throw new UnsupportedModelError(
      'webgpu-head-size',
      `The WebGPU kernels take attention heads of up to ${LARGEST_HEAD} entries, not ${headDim}. Use ?backend=wasm.`,
    );
  }
  return {
    ranges: {
      key_start: ints(recorder, shape.keyStart, rows),
      key_end: ints(recorder, shape.keyEnd, rows),
    },
    params: { rows, heads, kv_heads: kvHeads, head_dim: headDim, scale },
  };
}

export function attention(recorder: Recorder, args: AttentionArgs): void {
  const { rows, heads, kvHeads, headDim } = args;
  const { ranges, params } = prepare(recorder, args);
  recorder.dispatch({
    ...attentionKernel(recorder, 'attention', {
      rows,
      heads,
      headDim,
      packed: args.queryEnd !== undefined || args.k.length === rows * kvHeads * headDim,
    }),
    operands: {
      out: floats(recorder, args.out, rows * heads * headDim),
      lse: floats(recorder, args.lse, rows * heads),
      q: floats(recorder, args.q, rows * heads * headDim),
      k: floats(recorder, args.k, kvHeads * headDim),
      v: floats(recorder, args.v, kvHeads * headDim),
      query_end: args.queryEnd ? ints(recorder, args.queryEnd, 0) : recorder.nothing,
      ...ranges,
    },
    params: { ...params, has_tree: Number(args.queryEnd !== undefined) },
    cost: 4 * rows * heads * headDim * TYPICAL_KEYS,
  });
}

export function attentionBackward(recorder: Recorder, args: AttentionBackwardArgs): void {
  const { rows, heads, kvHeads, headDim } = args;
  const { ranges, params } = prepare(recorder, args);
  const queries = rows * heads;
  const read = {
    q: floats(recorder, args.q, queries * headDim),
    k: floats(recorder, args.k, rows * kvHeads * headDim),
    v: floats(recorder, args.v, rows * kvHeads * headDim),
    d_out: floats(recorder, args.dOut, queries * headDim),
  };
  const query_end = ints(recorder, args.queryEnd, rows);
  const stats = recorder.scratch(2 * queries, 'attention statistics');
  recorder.dispatch({
    kernel: 'attention-delta',
    operands: {
      delta: floats(recorder, args.delta, queries),
      stats,
      d_out: read.d_out,
      out: floats(recorder, args.out, queries * headDim),
      lse: floats(recorder, args.lse, queries),
    },
    params: { queries, head_dim: headDim },
    workgroups: Math.ceil(queries / 64),
  });
  recorder.dispatch({
    ...attentionKernel(recorder, 'attention-query-gradient', { rows, heads, headDim, packed: true }),
    operands: {
      dq: floats(recorder, args.dq, queries * headDim),
      ...read,
      stats,
      key_start: ranges.key_start,
      query_end,
    },
    params,
    cost: 6 * queries * headDim * TYPICAL_KEYS,
  });
  recorder.dispatch({
    ...attentionKernel(recorder, 'attention-key-gradient', { rows, heads: kvHeads, headDim, packed: true }),
    operands: {
      dk: floats(recorder, args.dk, rows * kvHeads * headDim),
      dv: floats(recorder, args.dv, rows * kvHeads * headDim),
      ...read,
      stats,
      query_end,
    },
    params,
    cost: 8 * queries * headDim * TYPICAL_KEYS,
  });
  recorder.release(stats.allocation);
}
