/**
 * Ragged batches without padding: the rows of all sequences lie one after the other.
 *
 * Everything that attention must know about the packing is a range of key rows for each query row
 * (and, for the backward pass, the end of the query rows that read a key). Causality, sequence
 * borders and KV caches are all expressed by these ranges.
 */
import type { Tensor } from '../backend';
import type { Scratch } from './scratch';

/** Host description of the rows of one forward pass; all arrays but `outputs` are `[rows]`. */
export interface PackedRows {
  readonly ids: Int32Array;
  readonly positions: Int32Array;
  readonly keyStart: Int32Array;
  readonly keyEnd: Int32Array;
  /** Packed self-attention: queries j <= r < queryEnd[j] read key row j. */
  readonly queryEnd?: Int32Array;
  /** With a cache: the cache row that each row's key and value go to. */
  readonly cacheRows?: Int32Array;
  /** Filling a cache from a forest: for each cache row from `cacheFirst` on the row whose key and value it gets. */
  readonly cacheSource?: Int32Array;
  readonly cacheFirst?: number;
  /** Rows whose hidden state is wanted, ascending and distinct; all of them when it has `rows` entries. */
  readonly outputs: Int32Array;
  /** True where rows form trees that branch, so that attention must look at `queryEnd` (`token-tree.ts`). */
  readonly branches?: boolean;
}

/** The same on the device; `outputs` is left out when every row is wanted. */
export interface DeviceRows {
  readonly rows: number;
  readonly ids: Tensor;
  readonly positions: Tensor;
  readonly keyStart: Tensor;
  readonly keyEnd: Tensor;
  readonly queryEnd?: Tensor;
  /** `queryEnd` where rows form trees that branch. */
  readonly tree?: Tensor;
  readonly cacheRows?: Tensor;
  readonly cacheSource?: Tensor;
  readonly cacheFirst?: number;
  readonly outputs?: OutputRows;
}

/** The rows that survive into the last block. */
export interface OutputRows {
  readonly rows: number;
  readonly index: Tensor;
  readonly positions: Tensor;
  readonly keyStart: Tensor;
  readonly keyEnd: Tensor;
  readonly tree?: Tensor;
}

/**
 * Packs whole sequences.
 * @param outputsOf offsets within each sequence whose hidden state is wanted; default all
 */
export function packSequences(
  sequences: readonly (readonly number[])[],
  outputsOf?: readonly (readonly number[])[],
): PackedRows {
  const rows = sequences.reduce((sum, sequence) => sum + sequence.length, 0);
  const packed = {
    ids: new Int32Array(rows),
    positions: new Int32Array(rows),
    keyStart: new Int32Array(rows),
    keyEnd: new Int32Array(rows),
    queryEnd: new Int32Array(rows),
  };
  const outputs: number[] = [];
  let start = 0;
  sequences.forEach((sequence, s) => {
    for (let t = 0; t < sequence.length; t++) {
      const row = start + t;
      packed.ids[row] = sequence[t];
      packed.positions[row] = t;
      packed.keyStart[row] = start;
      packed.keyEnd[row] = row + 1;
      packed.queryEnd[row] = start + sequence.length;
      if (!outputsOf) outputs.push(row);
    }
    for (const t of outputsOf?.[s] ?? []) outputs.push(start + t);
    start += sequence.length;
  });
  return { ...packed, outputs: Int32Array.from(outputs) };
}

/** One upload for all index arrays of a pass. */
export function uploadRows(scratch: Scratch, packed: PackedRows): DeviceRows {
  const { ids, positions, keyStart, keyEnd, queryEnd, cacheRows, cacheSource, outputs } = packed;
  const partial = outputs.length < ids.length;
  const pick = (from: Int32Array): Int32Array => outputs.map((row) => from[row]);
  const arrays = [ids, positions, keyStart, keyEnd];
  if (queryEnd) arrays.push(queryEnd);
  if (cacheRows) arrays.push(cacheRows);
  if (cacheSource) arrays.push(cacheSource);
  if (partial) arrays.push(outputs, pick(positions), pick(keyStart), pick(keyEnd));
  const views = scratch.uploadInts('rows', arrays);
  const next = views[Symbol.iterator]();
  // The arrays were pushed in this order, so a view exists for each call.
  const take = (): Tensor => next.next().value as Tensor;
  const all = { rows: ids.length, ids: take(), positions: take(), keyStart: take(), keyEnd: take() };
  const ends = queryEnd && take();
  const tree = packed.branches ? ends : undefined;
  return {
    ...all,
    queryEnd: ends,
    tree,
    cacheRows: cacheRows && take(),
    cacheSource: cacheSource && take(),
    cacheFirst: packed.cacheFirst,
    outputs: partial
      ? { rows: outputs.length, index: take(), positions: take(), keyStart: take(), keyEnd: take(), tree }
      : undefined,
  };
}

/**
 * Splits items into consecutive micro-batches of at most `limit` tokens; a longer item goes alone.
 * @returns indices of the items of each micro-batch, in order
 */
export function planMicroBatches(lengths: readonly number[], limit: number): number[][] {
  const batches: number[][] = [];
  let tokens = 0;
  lengths.forEach((length, item) => {
    const current = batches.at(-1);
    if (current && tokens + length <= limit) {
      current.push(item);
      tokens += length;
    } else {
      batches.push([item]);
      tokens = length;
    }
  });
  return batches;
}
