/**
 * The decoder transformer, inference form: token ids in, final hidden states out.
 *
 *     x = embedding[ids]
 *     each block: x += o(attention(rope(q(n)), rope(k(n)), v(n))),  n = norm(x)
 *                 x += down(silu(gate(n)) * up(n)),                 n = norm(x)
 *     hidden = norm(x)
 *
 * One code path serves scoring (keys are the rows of this pass) and generation (keys lie in a
 * cache). In the last block only the rows somebody asked for go on after the keys and values:
 * prefill wants one row per prompt, scoring the completion only, so most of that block is spared.
 * The residual stream is updated in place by accumulating products.
 *
 * Source: transformers' `modeling_qwen2.py`, `modeling_qwen3.py`, `modeling_llama.py`.
 */
import type { Backend, LinearArgs, LowRank, Tensor } from '../backend';
import { type BaseMatrix, floatMatrix } from './base-matrix';
import type { DecoderWeights, LayerWeights, LoraWeights } from './decoder-weights';
import type { KvCache } from './kv-cache';
import { type LoraConfig, type LoraModule, loraScaling, type ModelConfig } from './model-config';
import type { DeviceRows } from './packed-batch';
import { linearShape } from './parameters';
import type { RopeTables } from './rope-tables';
import { lookUp, type RowTable } from './row-table';
import type { Scratch } from './scratch';

/** What a pass computes with. */
export interface DecoderContext {
  readonly backend: Backend;
  readonly scratch: Scratch;
  readonly config: ModelConfig;
  readonly weights: DecoderWeights<BaseMatrix, RowTable>;
  readonly rope: RopeTables;
  /** Training keeps the input of each block only and computes the block again on the way back. */
  readonly recompute?: boolean;
}

/** An adapter in use; passes without one run the base model. */
export interface ActiveAdapter {
  readonly config: LoraConfig;
  readonly weights: LoraWeights;
}

/** The rows of a pass that attention needs to know about. */
type QueryRows = Pick<DeviceRows, 'rows' | 'positions' | 'keyStart' | 'keyEnd' | 'tree'>;

/** Hidden states after the final norm, for the rows asked for. */
export interface HiddenStates {
  /** `[rows, hidden]` */
  readonly hidden: Tensor;
  readonly rows: number;
}

/**
 * Runs the decoder without keeping anything for a backward pass.
 * @param cache with `rows.cacheRows`: keys and values go there and attention reads from there
 */
export function forward(
  context: DecoderContext,
  rows: DeviceRows,
  adapter?: ActiveAdapter,
  cache?: KvCache,
): HiddenStates {
  const { backend, scratch, config, weights } = context;
  const { hiddenSize } = config;
  let x = scratch.floats('x', rows.rows * hiddenSize);
  lookUp(context, weights.embedding, x, rows.ids, rows.rows);
  let count = rows.rows;
  for (let layer = 0; layer < config.layers; layer++) {
    const outputs = layer === config.layers - 1 ? rows.outputs : undefined;
    const block = new Block(context, layer, adapter);
    const normed = block.norm('n', x, block.weights.inputNorm, count);
    const { k, v } = block.keysAndValues(normed, rows, cache);
    let queryRows: QueryRows = rows;
    let queryInput = normed;
    if (outputs) {
      x = block.gather('x.out', x, outputs.index, outputs.rows);
      queryInput = block.gather('n.out', normed, outputs.index, outputs.rows);
      queryRows = outputs;
      count = outputs.rows;
    }
    block.attend(x, queryInput, queryRows, k, v);
    block.feedForward(x, count);
  }
  const hidden = scratch.floats('hidden', count * hiddenSize);
  const rstd = scratch.floats('rstd', count);
  const eps = config.rmsNormEps;
  backend.rmsNorm({ out: hidden, x, weight: weights.finalNorm, rstd, rows: count, dim: hiddenSize, eps });
  return { hidden, rows: count };
}

/** Runs the decoder as far as the keys and values of its last block, which is all that a cache holds. */
export function fillCache(
  context: DecoderContext,
  rows: DeviceRows,
  adapter: ActiveAdapter | undefined,
  cache: KvCache,
): void {
  const { scratch, config, weights } = context;
  const { hiddenSize: dim, layers } = config;
  const x = scratch.floats('x', rows.rows * dim);
  lookUp(context, weights.embedding, x, rows.ids, rows.rows);
  for (let layer = 0; layer < layers; layer++) {
    const block = new Block(context, layer, adapter);
    const normed = block.norm('n', x, block.weights.inputNorm, rows.rows);
    const { k, v } = block.keysAndValues(normed, rows, cache);
    if (layer === layers - 1) return;
    block.attend(x, normed, rows, k, v);
    block.feedForward(x, rows.rows);
  }
}

/** The linear layer's part of an adapter, with the scratch its low-rank product needs. */
export function loraForward(
  adapter: ActiveAdapter | undefined,
  layer: number,
  module: LoraModule,
  low: (r: number) => Tensor,
): LowRank | undefined {
  const pair = adapter?.weights[layer][module];
  if (!adapter || !pair) return undefined;
  const { r } = adapter.config;
  return { ...pair, r, scaling: loraScaling(adapter.config), low: low(r) };
}

/** One transformer block of the inference pass; scratch is shared by all layers. */
class Block {
  readonly weights: LayerWeights<BaseMatrix>;

  constructor(
    private readonly context: DecoderContext,
    private readonly layer: number,
    private readonly adapter: ActiveAdapter | undefined,
  ) {
    this.weights = context.weights.layers[layer];
  }

  norm(label: string, x: Tensor, weight: Tensor, rows: number): Tensor {
    const { backend, scratch, config } = this.context;
    const out = scratch.floats(label, rows * config.hiddenSize);
    const rstd = scratch.floats('rstd', rows);
    backend.rmsNorm({ out, x, weight, rstd, rows, dim: config.hiddenSize, eps: config.rmsNormEps });
    return out;
  }

  gather(label: string, x: Tensor, index: Tensor, rows: number): Tensor {
    const { backend, scratch, config } = this.context;
    const out = scratch.floats(label, rows * config.hiddenSize);
    backend.gatherRows({ out, x, index, rows, dim: config.hiddenSize });
    return out;
  }

  /** Keys (rotated) and values of all rows; with a cache they are written there and the cache is returned. */
  keysAndValues(normed: Tensor, rows: DeviceRows, cache?: KvCache): { k: Tensor; v: Tensor } {
    const { backend, scratch, config } = this.context;
    const dim = config.kvHeads * config.headDim;
    const k = this.heads('k', 'k_proj', normed, rows, config.kvHeads, this.weights.kNorm);
    const v = this.project('v_proj', scratch.floats('v', rows.rows * dim), normed, rows.rows);
    if (cache && rows.cacheSource) {
      // Attention reads the rows of this pass; the cache is for the passes to come.
      const { cacheSource: index, cacheFirst = 0 } = rows;
      const { k: keys, v: values } = cache.layers[this.layer];
      for (const [to, x] of [
        [keys, k],
        [values, v],
      ]) {
        const out = backend.view(to, cacheFirst * dim, index.length * dim);
        backend.gatherRows({ out, x, index, rows: index.length, dim });
      }
      return { k, v };
    }
    if (!cache || !rows.cacheRows) return { k, v };
    const cached = cache.layers[this.layer];
    backend.scatterRows({ out: cached.k, x: k, index: rows.cacheRows, rows: rows.rows, dim });
    backend.scatterRows({ out: cached.v, x: v, index: rows.cacheRows, rows: rows.rows, dim });
    return cached;
  }

  /** x += o_proj(attention). */
  attend(x: Tensor, normed: Tensor, rows: QueryRows, k: Tensor, v: Tensor): void {
    const { backend, scratch, config } = this.context;
    const { heads, kvHeads, headDim } = config;
    const q = this.heads('q', 'q_proj', normed, rows, heads, this.weights.qNorm);
    const out = scratch.floats('attention', rows.rows * heads * headDim);
    const lse = scratch.floats('attention.lse', rows.rows * heads);
    const { keyStart, keyEnd, tree } = rows;
    const scale = 1 / Math.sqrt(headDim);
    backend.attention({
      out,
      lse,
      q,
      k,
      v,
      rows: rows.rows,
      heads,
      kvHeads,
      headDim,
      scale,
      keyStart,
      keyEnd,
      queryEnd: tree,
    });
    this.project('o_proj', x, out, rows.rows, { accumulate: true });
  }

  /** x += down(silu(gate(norm(x))) * up(norm(x))). */
  feedForward(x: Tensor, rows: number): void {
    const { scratch, config } = this.context;
    const normed = this.norm('n', x, this.weights.postAttentionNorm, rows);
    const length = rows * config.intermediateSize;
    const gate = this.project('gate_proj', scratch.floats('gate', length), normed, rows);
    const out = scratch.floats('activated', length);
    this.project('up_proj', scratch.floats('up', length), normed, rows, { gated: { gate, out } });
    this.project('down_proj', x, out, rows, { accumulate: true });
  }

  /** Projects to heads, normalises each head where the model does, and rotates. */
  private heads(
    label: 'q' | 'k',
    module: LoraModule,
    normed: Tensor,
    rows: Pick<DeviceRows, 'rows' | 'positions'>,
    heads: number,
    norm: Tensor | undefined,
  ): Tensor {
    const { backend, scratch, config, rope } = this.context;
    const { headDim, rmsNormEps: eps } = config;
    const length = rows.rows * heads * headDim;
    let out = this.project(module, scratch.floats(label, length), normed, rows.rows);
    if (norm) {
      const raw = out;
      out = scratch.floats(`${label}.normed`, length);
      const rstd = scratch.floats(`${label}.rstd`, rows.rows * heads);
      backend.rmsNorm({ out, x: raw, weight: norm, rstd, rows: rows.rows * heads, dim: headDim, eps });
    }
    backend.rope({ x: out, ...rope, positions: rows.positions, rows: rows.rows, heads, headDim });
    return out;
  }

  private project(
    module: LoraModule,
    out: Tensor,
    x: Tensor,
    rows: number,
    then: Pick<LinearArgs, 'accumulate' | 'gated'> = {},
  ): Tensor {
    const { backend, scratch, config } = this.context;
    const shape = linearShape(config, module);
    const { weight, bias } = this.weights.linear[module];
    backend.linear({
      out,
      x,
      rows,
      weight: floatMatrix(this.context, weight, shape),
      bias,
      ...shape,
      ...then,
      lora: loraForward(this.adapter, this.layer, module, (r) => scratch.floats('low', rows * r)),
    });
    return out;
  }
}
