/**
 * The exact index: every vector in one flat array, every search a scan. The oracle of the other index,
 * its fallback, and fast enough by itself: ten thousand vectors take some milliseconds.
 */
import { MemoryArgumentError, VectorError } from '../errors';
import type { IndexHit, VectorIndex } from '../memory';
import { checkCount, compareHits } from './ranking';
import { decodeSnapshot, encodeSnapshot } from './snapshot';
import { checkUnitVector, cosineAt } from './unit-vectors';

/** What an index holds: vectors of this length, made by this embedder. */
export interface IndexSpec {
  readonly embedderId: string;
  readonly dimension: number;
}

/** Makes an empty index. */
export type IndexFactory = (spec: IndexSpec) => VectorIndex;

/** See the head of the file. All methods take time in the number of vectors, but `upsert` and `remove`. */
export class ExactIndex implements VectorIndex {
  readonly kind = 'exact';
  readonly spec: IndexSpec;
  readonly degraded?: string;
  #ids: string[] = [];
  #slots = new Map<string, number>();
  #vectors: Float32Array;

  /** @param degraded why it answers in place of another index, in words */
  constructor(spec: IndexSpec, degraded?: string) {
    if (!Number.isInteger(spec.dimension) || spec.dimension < 1) {
      throw new MemoryArgumentError('dimension', `An index of dimension ${spec.dimension} cannot be made.`);
    }
    this.spec = spec;
    this.degraded = degraded;
    this.#vectors = new Float32Array(spec.dimension * 16);
  }

  get size(): number {
    return this.#ids.length;
  }

  ids(): readonly string[] {
    return this.#ids;
  }

  /** A view. */
  vector(id: string): Float32Array | undefined {
    const slot = this.#slots.get(id);
    return slot === undefined ? undefined : this.#at(slot);
  }

  /** Cosine of the query and the vector of a known id. */
  score(query: Float32Array, id: string): number {
    const slot = this.#slots.get(id);
    if (slot === undefined) {
      throw new MemoryArgumentError('unknown-vector', `The index holds no vector ${JSON.stringify(id)}.`);
    }
    return cosineAt(query, this.#vectors, slot * this.spec.dimension);
  }

  upsert(id: string, vector: Float32Array): void {
    checkUnitVector(vector, this.spec.dimension);
    let slot = this.#slots.get(id);
    if (slot === undefined) {
      slot = this.#ids.length;
      this.#reserve(slot + 1);
      this.#ids.push(id);
      this.#slots.set(id, slot);
    }
    this.#vectors.set(vector, slot * this.spec.dimension);
  }

  /** Unknown ids are ignored. The last vector moves into the gap. */
  remove(id: string): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    const last = this.#ids.length - 1;
    const moved = this.#ids[last];
    this.#vectors.copyWithin(
      slot * this.spec.dimension,
      last * this.spec.dimension,
      (last + 1) * this.spec.dimension,
    );
    this.#ids[slot] = moved;
    this.#slots.set(moved, slot);
    this.#ids.pop();
    this.#slots.delete(id);
  }

  search(query: Float32Array, k: number): readonly IndexHit[] {
    checkUnitVector(query, this.spec.dimension);
    checkCount(k);
    const best: IndexHit[] = [];
    for (let slot = 0; slot < this.#ids.length; slot++) {
      const score = cosineAt(query, this.#vectors, slot * query.length);
      // Most vectors are worse than all of the best k and need no object, let alone a place.
      if (best.length < k || score >= best[best.length - 1].score)
        insertHit(best, { id: this.#ids[slot], score }, k);
    }
    return best;
  }

  scores(query: Float32Array): Float64Array {
    checkUnitVector(query, this.spec.dimension);
    return Float64Array.from(this.#ids, (_, slot) => cosineAt(query, this.#vectors, slot * query.length));
  }

  load(ids: readonly string[], vectors: Float32Array): void {
    const slots = slotsOf(ids, vectors, this.spec.dimension);
    this.#ids = [...ids];
    this.#slots = slots;
    this.#vectors = vectors;
  }

  snapshot(): Uint8Array {
    return encodeSnapshot(this.spec, this.#ids, (vectors) =>
      vectors.set(this.#vectors.subarray(0, vectors.length)),
    );
  }

  restore(snapshot: Uint8Array): void {
    const { ids, vectors } = decodeSnapshot(snapshot, this.spec);
    this.load(ids, vectors.slice());
  }

  #at(slot: number): Float32Array {
    return this.#vectors.subarray(slot * this.spec.dimension, (slot + 1) * this.spec.dimension);
  }

  #reserve(count: number): void {
    if (count * this.spec.dimension <= this.#vectors.length) return;
    const larger = new Float32Array(Math.max(count * this.spec.dimension, this.#vectors.length * 2));
    larger.set(this.#vectors);
    this.#vectors = larger;
  }
}

/** The place of each id. Throws `VectorError` for a vector that no index holds, `MemoryArgumentError` for an id twice. */
export function slotsOf(
  ids: readonly string[],
  vectors: Float32Array,
  dimension: number,
): Map<string, number> {
  if (vectors.length !== ids.length * dimension) {
    throw new VectorError(
      'vector-length',
      `${ids.length} vectors of ${dimension} numbers were announced, but ${vectors.length} numbers came. Read the vectors again.`,
    );
  }
  const slots = new Map<string, number>();
  ids.forEach((id, slot) => {
    checkUnitVector(vectors.subarray(slot * dimension, (slot + 1) * dimension), dimension);
    slots.set(id, slot);
  });
  if (slots.size !== ids.length) {
    throw new MemoryArgumentError('twice', 'An id came twice. Read the vectors again.');
  }
  return slots;
}

/** Puts the hit into the sorted list at its place, and lets go of the last if there are more than k. */
export function insertHit(best: IndexHit[], hit: IndexHit, k: number): void {
  let low = 0;
  let high = best.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareHits(best[middle], hit) < 0) low = middle + 1;
    else high = middle;
  }
  best.splice(low, 0, hit);
  if (best.length > k) best.pop();
}

/** The factory for rollouts, Node and fallback. */
export const exactIndex: IndexFactory = (spec) => new ExactIndex(spec);
