/**
 * The keys and values of what generation has read so far.
 *
 * One buffer of rows for each layer, shared by all sequences of a batch: a sequence owns the rows
 * `base .. base + capacity`, as many as it can ever need, so ragged batches waste nothing and its
 * keys are one contiguous range, which is what attention asks for.
 */
import type { Tensor } from '../backend';
import type { ModelConfig } from './model-config';
import type { PackedRows } from './packed-batch';
import type { Scratch } from './scratch';

export interface KvCache {
  /** `[rows, kvHeads, headDim]` for each layer. */
  readonly layers: readonly { readonly k: Tensor; readonly v: Tensor }[];
  /** First cache row of each sequence. */
  readonly bases: readonly number[];
}

/** Elements that one cached token takes, over all layers. */
export function cacheElementsPerToken(config: ModelConfig): number {
  return 2 * config.layers * config.kvHeads * config.headDim;
}

/** Takes a cache from scratch memory; only one is in use at a time. */
export function openCache(scratch: Scratch, config: ModelConfig, capacities: readonly number[]): KvCache {
  const bases: number[] = [];
  let rows = 0;
  for (const capacity of capacities) {
    bases.push(rows);
    rows += capacity;
  }
  const length = rows * config.kvHeads * config.headDim;
  const layers = Array.from({ length: config.layers }, (_, layer) => ({
    k: scratch.floats(`cache.${layer}.k`, length),
    v: scratch.floats(`cache.${layer}.v`, length),
  }));
  return { layers, bases };
}

/** New tokens of some sequences of a cache: `past` tokens are cached already. */
export interface CachedTokens {
  readonly slot: number;
  readonly past: number;
  readonly ids: readonly number[];
}

/**
 * Packs new tokens so that each attends to its sequence's cached rows up to itself.
 * The hidden state of the last new token of each sequence is wanted.
 */
export function packCached(cache: KvCache, parts: readonly CachedTokens[]): PackedRows {
  const rows = parts.reduce((sum, part) => sum + part.ids.length, 0);
  const packed = {
    ids: new Int32Array(rows),
    positions: new Int32Array(rows),
    keyStart: new Int32Array(rows),
    keyEnd: new Int32Array(rows),
    cacheRows: new Int32Array(rows),
    outputs: new Int32Array(parts.length),
  };
  let row = 0;
  parts.forEach(({ slot, past, ids }, p) => {
    const base = cache.bases[slot];
    ids.forEach((id, t) => {
      packed.ids[row] = id;
      packed.positions[row] = past + t;
      packed.keyStart[row] = base;
      packed.keyEnd[row] = base + past + t + 1;
      packed.cacheRows[row] = base + past + t;
      row++;
    });
    packed.outputs[p] = row - 1;
  });
  return packed;
}
