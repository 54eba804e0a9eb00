/** All kernels of the WebGPU back end, under the names that the operations use. */

import type { KernelSource } from './kernel';
import adamW from './kernels/adamw.wgsl?raw';
import addScaled from './kernels/add-scaled.wgsl?raw';
import attention from './kernels/attention.wgsl?raw';
import attentionDelta from './kernels/attention-delta.wgsl?raw';
import attentionKeyGradient from './kernels/attention-key-gradient.wgsl?raw';
import attentionQueryGradient from './kernels/attention-query-gradient.wgsl?raw';
import clipFactor from './kernels/clip-factor.wgsl?raw';
import columnSums from './kernels/column-sums.wgsl?raw';
import copy from './kernels/copy.wgsl?raw';
import copyColumns from './kernels/copy-columns.wgsl?raw';
import dequantiseHalf from './kernels/dequantise-half.wgsl?raw';
import dequantiseInt8 from './kernels/dequantise-int8.wgsl?raw';
import fill from './kernels/fill.wgsl?raw';
import gatherRows from './kernels/gather-rows.wgsl?raw';
import lanes from './kernels/lanes.wgsl?raw';
import lanesBySubgroups from './kernels/lanes-subgroups.wgsl?raw';
import matmulRows from './kernels/matmul-rows.wgsl?raw';
import matmulTile from './kernels/matmul-tile.wgsl?raw';
import normWeightGradient from './kernels/norm-weight-gradient.wgsl?raw';
import policyLoss from './kernels/policy-loss.wgsl?raw';
import productNN from './kernels/product-direct-nn.wgsl?raw';
import productNT from './kernels/product-direct-nt.wgsl?raw';
import productTN from './kernels/product-direct-tn.wgsl?raw';
import productPut from './kernels/product-put.wgsl?raw';
import productPutGated from './kernels/product-put-gated.wgsl?raw';
import productQuadNN from './kernels/product-quad-nn.wgsl?raw';
import productQuadNT from './kernels/product-quad-nt.wgsl?raw';
import rmsNorm from './kernels/rms-norm.wgsl?raw';
import rmsNormBackward from './kernels/rms-norm-backward.wgsl?raw';
import rmsNormBackwardDirect from './kernels/rms-norm-backward-direct.wgsl?raw';
import rmsNormDirect from './kernels/rms-norm-direct.wgsl?raw';
import rope from './kernels/rope.wgsl?raw';
import sample from './kernels/sample.wgsl?raw';
import scatterAddRows from './kernels/scatter-add-rows.wgsl?raw';
import scatterRows from './kernels/scatter-rows.wgsl?raw';
import softmaxRow from './kernels/softmax-row.wgsl?raw';
import squareSums from './kernels/square-sums.wgsl?raw';
import sumPicked from './kernels/sum-picked.wgsl?raw';
import sumSlabs from './kernels/sum-slabs.wgsl?raw';
import sumSplits from './kernels/sum-splits.wgsl?raw';
import swiGlu from './kernels/swiglu.wgsl?raw';
import swiGluBackward from './kernels/swiglu-backward.wgsl?raw';
import tileF16 from './kernels/tile-f16.wgsl?raw';
import tileF32 from './kernels/tile-f32.wgsl?raw';
import tilePut from './kernels/tile-put.wgsl?raw';
import tilePutGated from './kernels/tile-put-gated.wgsl?raw';
import tokenLogprobs from './kernels/token-logprobs.wgsl?raw';
import tokenLogprobsBackward from './kernels/token-logprobs-backward.wgsl?raw';
import {
  gatedName,
  MATMUL_TILES,
  type ProductStyle,
  ROWS_COLUMNS,
  rowsKernelName,
  tileKernelName,
} from './matmul-plan';

/** Lanes of the kernels that walk over a vocabulary or a whole gradient; the others take 64. */
const WIDE = { LANES: 256 };
/** The same where every lane costs at a barrier. */
const FEW = { LANES: 16 };

const PLAIN: Readonly<Record<string, string>> = {
  fill,
  copy,
  'add-scaled': addScaled,
  'copy-columns': copyColumns,
  'gather-rows': gatherRows,
  'scatter-rows': scatterRows,
  'scatter-add-rows': scatterAddRows,
  'sum-picked': sumPicked,
  'sum-splits': sumSplits,
  'sum-slabs': sumSlabs,
  'product-direct NT': productNT + productPut,
  'product-direct NN': productNN + productPut,
  [gatedName('product-direct NT')]: productNT + productPutGated,
  'product-direct TN': productTN,
  'rms-norm direct': rmsNormDirect,
  'rms-norm-backward direct': rmsNormBackwardDirect,
  'column-sums': columnSums,
  'norm-weight-gradient': normWeightGradient,
  rope,
  'dequantise-half': dequantiseHalf,
  'dequantise-int8': dequantiseInt8,
  'attention-delta': attentionDelta,
  swiglu: swiGlu,
  'swiglu-backward': swiGluBackward,
  adamw: adamW,
};

/** These want the feature `subgroups`. */
const QUADS: Readonly<Record<string, string>> = {
  'product-quad NT': productQuadNT + productPut,
  'product-quad NN': productQuadNN + productPut,
  [gatedName('product-quad NT')]: productQuadNT + productPutGated,
};

/** One workgroup for each row or head; in two widths, see `overRows`. */
const OVER_ROWS: Readonly<Record<string, string>> = {
  attention,
  'attention-query-gradient': attentionQueryGradient,
  'attention-key-gradient': attentionKeyGradient,
};

/** Rows and heads up to this length are served by workgroups of so many lanes, longer ones by 64. */
const NARROW = 32;

const DIRECT_LANES = 64;

/**
 * The variant of a kernel for `count` rows or heads of `dim` entries, and its workgroups; attention has more of
 * them (`attention-kernels.ts`). Where barriers are dear one
 * lane takes a whole row, read as vec4s; else a workgroup does, a narrower one where most lanes would idle.
 */
export function overRows(
  style: ProductStyle,
  kernel: string,
  count: number,
  dim: number,
): { readonly kernel: string; readonly workgroups: number } {
  if (style !== 'tiles' && dim % 4 === 0) {
    return { kernel: `${kernel} direct`, workgroups: Math.ceil(count / DIRECT_LANES) };
  }
  return { kernel: byWidth(kernel, dim), workgroups: count };
}

function bothWidths(sources: readonly KernelSource[]): readonly KernelSource[] {
  return sources.flatMap((source) => [
    source,
    { ...source, label: byWidth(source.label, NARROW), constants: { LANES: NARROW } },
  ]);
}

function byWidth(kernel: string, dim: number): string {
  return dim <= NARROW ? `${kernel} narrow` : kernel;
}

/** The same, with sums over the lanes. */
const REDUCING_ROWS: Readonly<Record<string, string>> = {
  'rms-norm': rmsNorm,
  'rms-norm-backward': rmsNormBackward,
};

const OVER_VOCABULARY: Readonly<Record<string, string>> = {
  'token-logprobs': tokenLogprobs,
  'token-logprobs-backward': tokenLogprobsBackward,
  sample,
};

const REDUCING: Readonly<Record<string, string>> = {
  'square-sums': squareSums,
  'clip-factor': clipFactor,
};

function matmulKernels(halves: boolean): KernelSource[] {
  const sources: KernelSource[] = [];
  const text = (halves ? tileF16 : tileF32) + matmulTile;
  for (const transposeB of [false, true]) {
    sources.push({
      label: rowsKernelName(transposeB),
      code: matmulRows,
      constants: {
        COLUMNS: ROWS_COLUMNS[transposeB ? 'transposed' : 'plain'],
        TRANSPOSE_B: Number(transposeB),
      },
    });
    for (const transposeA of [false, true]) {
      for (const tile of MATMUL_TILES) {
        const label = tileKernelName(tile, transposeA, transposeB);
        const constants = {
          TILE_M: tile.m,
          TILE_N: tile.n,
          TRANSPOSE_A: Number(transposeA),
          TRANSPOSE_B: Number(transposeB),
        };
        sources.push({ label, code: text + tilePut, constants });
        if (transposeA || !transposeB) continue;
        sources.push({ label: gatedName(label), code: text + tilePutGated, constants });
      }
    }
  }
  return sources;
}

/** Every kernel; those over a vocabulary differ by style in their lanes, those that reduce by how they do it, tiled products by the precision of their tiles. */
export function kernelSources(
  style: ProductStyle = 'tiles',
  { subgroups = false, halves = false } = {},
): readonly KernelSource[] {
  const reduce = subgroups ? lanesBySubgroups : lanes;
  const list = (files: Readonly<Record<string, string>>, before = '', constants?: Record<string, number>) =>
    Object.entries(files).map(([label, code]): KernelSource => ({ label, code: before + code, constants }));
  return [
    ...list(PLAIN),
    ...(style === 'quads' ? list(QUADS) : []),
    ...bothWidths(list(OVER_ROWS)),
    ...bothWidths(list(REDUCING_ROWS, reduce)),
    ...list(REDUCING, reduce, style === 'tiles' ? WIDE : FEW),
    ...list({ 'policy-loss': policyLoss }, reduce),
    ...list(OVER_VOCABULARY, reduce + softmaxRow, style === 'tiles' ? WIDE : FEW),
    ...matmulKernels(halves),
  ];
}
