/**
 * Which attention kernel serves a head size, and its workgroups.
 *
 * Where barriers are dear a lane takes a whole query or key, in a pipeline made for the head size (`unroll.ts`); where
 * four lanes can share what they read, they take four neighbouring rows of packed sequences together. Else a
 * workgroup takes a query or key (`kernel-catalogue.ts`).
 */
import { overRows } from './kernel-catalogue';
import attentionDirect from './kernels/attention-direct.wgsl?raw';
import attentionKeyGradientDirect from './kernels/attention-key-gradient-direct.wgsl?raw';
import attentionKeyGradientQuad from './kernels/attention-key-gradient-quad.wgsl?raw';
import attentionQuad from './kernels/attention-quad.wgsl?raw';
import attentionQueryGradientDirect from './kernels/attention-query-gradient-direct.wgsl?raw';
import attentionQueryGradientQuad from './kernels/attention-query-gradient-quad.wgsl?raw';
import type { Recorder } from './recorder';
import { unrolled } from './unroll';

/** Longest head whose vectors one lane holds. */
const WIDEST_DIRECT_HEAD = 64;
const DIRECT_LANES = 64;
/** Rows of a quad of lanes, and quads of a workgroup. */
const [QUAD_ROWS, QUADS] = [4, 4];

const KERNELS = {
  attention: { direct: attentionDirect, quad: attentionQuad },
  'attention-query-gradient': { direct: attentionQueryGradientDirect, quad: attentionQueryGradientQuad },
  'attention-key-gradient': { direct: attentionKeyGradientDirect, quad: attentionKeyGradientQuad },
} as const;

export interface AttentionRows {
  readonly rows: number;
  /** Heads of what the kernel writes for a row: of queries, or of keys for their gradient. */
  readonly heads: number;
  readonly headDim: number;
  /** Neighbouring rows see much the same keys; not so in a KV cache. */
  readonly packed: boolean;
}

/** The kernel for these rows, made known to the recorder, and how many workgroups of it they take. */
export function attentionKernel(
  recorder: Recorder,
  kernel: keyof typeof KERNELS,
  { rows, heads, headDim, packed }: AttentionRows,
): { readonly kernel: string; readonly workgroups: number } {
  const style = recorder.products;
  if (style === 'tiles' || headDim % 4 !== 0 || headDim > WIDEST_DIRECT_HEAD) {
    return overRows('tiles', kernel, rows * heads, headDim);
  }
  const way = style === 'quads' && packed ? 'quad' : 'direct';
  const label = `${kernel} ${way} ${headDim}`;
  recorder.define(label, () => ({ code: unrolled(KERNELS[kernel][way], 'd', 'width', headDim / 4) }));
  const quads = Math.ceil(rows / QUAD_ROWS) * heads;
  const workgroups = way === 'quad' ? quads / QUADS : (rows * heads) / DIRECT_LANES;
  return { kernel: label, workgroups: Math.ceil(workgroups) };
}
