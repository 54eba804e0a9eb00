/**
 * The keys and values of what generation has read so far.
 *
 * One tensor for all layers, shared by all sequences of a batch: a sequence owns the rows
 * `base .. base + capacity` of every layer, as many as it can ever need, so ragged batches waste nothing
 * and its keys are one contiguous range, which is what attention asks for.
 *
 * It is filled from a forest of the prompts (`token-tree.ts`): what prompts share is computed once and
 * copied to each of them.
 */
import { type Backend, type Tensor, VIEW_ALIGNMENT } from '../backend';
import type { ModelConfig } from './model-config';
import type { PackedRows } from './packed-batch';
import type { Scratch } from './scratch';
import { packForest } from './token-tree';

export interface KvCache {
  /** `[layers][keys, values][rows, kvHeads, headDim]` */
  readonly whole: Tensor;
  /** Elements of the keys (or values) of one layer in `whole`. */
  readonly region: number;
  /** `[rows, kvHeads, headDim]` for each layer: views of `whole`. */
  readonly layers: readonly { readonly k: Tensor; readonly v: Tensor }[];
  /** First cache row of each sequence, a multiple of what `view` needs. */
  readonly bases: readonly number[];
  /** Rows of all sequences. */
  readonly rows: number;
}

/** Elements that one cached token takes, over all layers. */
export function cacheElementsPerToken(config: ModelConfig): number {
  return 2 * config.layers * config.kvHeads * config.headDim;
}

/** Takes a cache from scratch memory; only one is in use at a time. */
export function openCache(
  backend: Backend,
  scratch: Scratch,
  config: ModelConfig,
  capacities: readonly number[],
): KvCache {
  const dim = config.kvHeads * config.headDim;
  // A sequence's first row is where a view may begin.
  const step = VIEW_ALIGNMENT / commonDivisor(VIEW_ALIGNMENT, dim);
  const bases: number[] = [];
  let rows = 0;
  for (const capacity of capacities) {
    bases.push(rows);
    rows += Math.ceil(capacity / step) * step;
  }
  const region = rows * dim;
  const whole = scratch.floats('cache', 2 * config.layers * region);
  const layers = Array.from({ length: config.layers }, (_, layer) => ({
    k: backend.view(whole, 2 * layer * region, region, `cache.${layer}.k`),
    v: backend.view(whole, (2 * layer + 1) * region, region, `cache.${layer}.v`),
  }));
  return { whole, region, layers, bases, rows };
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
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
export function packCached(cache: Pick<KvCache, 'bases'>, parts: readonly CachedTokens[]): PackedRows {
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

/** A pass that fills the cache rows of some sequences from their prompts. */
export interface PackedPrompts {
  readonly packed: PackedRows;
  /** For each sequence the output (index into `packed.outputs`) of its last token; empty sequences have none. */
  readonly last: Int32Array;
}

/**
 * Packs prompts into a forest, for sequences that own neighbouring cache rows.
 * @param prompts in sorted order (`sortedOrder`), the sequence of each next to the one before in the cache
 * @param slots the sequences, ascending by their rows
 */
export function packPrompts(
  cache: KvCache,
  prompts: readonly (readonly number[])[],
  slots: readonly number[],
): PackedPrompts {
  const { packed, outputsOf, rowsOf } = packForest(
    prompts,
    prompts.map((ids) => (ids.length > 0 ? [ids.length - 1] : [])),
  );
  const first = cache.bases[slots[0]];
  const lastSlot = slots[slots.length - 1];
  const end = cache.bases[lastSlot] + prompts[prompts.length - 1].length;
  // Rows between two prompts get some row's key; they are written before anybody reads them.
  const cacheSource = new Int32Array(Math.max(0, end - first));
  slots.forEach((slot, i) => {
    cacheSource.set(rowsOf[i], cache.bases[slot] - first);
  });
  return {
    // As a tree whether it branches or not: a prompt gets the same arithmetic alone and in any batch.
    packed: { ...packed, branches: true, cacheSource, cacheFirst: first },
    last: Int32Array.from(outputsOf.flatMap((outputs) => [...outputs])),
  };
}
