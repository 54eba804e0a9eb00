/**
 * Which attention kernel serves a head size, and its workgroups.
 *
 * Where barriers are dear a lane takes a whole query or key, in a pipeline made for the head size (`unroll.ts`);
 * else a workgroup does (`kernel-catalogue.ts`).
 */
import { overRows } from './kernel-catalogue';
import attentionDirect from './kernels/attention-direct.wgsl?raw';
import attentionKeyGradientDirect from './kernels/attention-key-gradient-direct.wgsl?raw';
import attentionQueryGradientDirect from './kernels/attention-query-gradient-direct.wgsl?raw';
import type { Recorder } from './recorder';
import { unrolled } from './unroll';

/** Longest head whose vectors one lane holds. */
const WIDEST_DIRECT_HEAD = 64;
const DIRECT_LANES = 64;

const DIRECT = {
  attention: attentionDirect,
  'attention-query-gradient': attentionQueryGradientDirect,
  'attention-key-gradient': attentionKeyGradientDirect,
} as const;

/** @param count queries, or keys for the gradient of keys */
export function attentionKernel(
  recorder: Recorder,
  kernel: keyof typeof DIRECT,
  count: number,
  headDim: number,
): { readonly kernel: string; readonly workgroups: number } {
  if (recorder.products === 'tiles' || headDim % 4 !== 0 || headDim > WIDEST_DIRECT_HEAD) {
    return overRows('tiles', kernel, count, headDim);
  }
  const label = `${kernel} direct ${headDim}`;
  recorder.define({ label, code: unrolled(DIRECT[kernel], 'd', 'width', headDim / 4) });
  return { kernel: label, workgroups: Math.ceil(count / DIRECT_LANES) };
}
