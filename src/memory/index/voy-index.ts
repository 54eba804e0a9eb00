/**
 * voy's kd-tree as an accelerator that cannot be wrong. The vectors are kept outside of it, in an exact
 * index; voy only proposes candidates, whose scores are then computed from those vectors.
 *
 *   Same results as the exact scan, ties included: more candidates than asked for are fetched, and more
 *   again until the last one is certainly worse than the k-th best.
 *   Points that agree on an axis make voy panic (33 equal vectors, one-hot vectors): the first coordinates
 *   get a deterministic jitter far below the slack allowed for when candidates are judged.
 *   Removal and replacement only mark a slot as dead; the tree is built anew when too many are. So voy never
 *   sees an id twice nor is asked to find the vector of one.
 *   Whatever it throws: a fresh instance, the tree built anew, once more; then the exact scan answers for
 *   good and `degraded` says why.
 *
 *   Small memories are voy's too: where the candidates are all that the index holds, nothing is left to judge.
 *   Only a search of a large index for nearly all of it is scanned at once.
 *
 * Limits: at most 768 dimensions; 3 kB inside voy for each vector; building takes about 0.15 ms a vector,
 * at the first search after a start.
 */
import { IndexUnavailableError } from '../errors';
import { mix } from '../hashing';
import type { IndexHit, VectorIndex } from '../memory';
import { ExactIndex, type IndexFactory, type IndexSpec } from './exact-index';
import { checkCount, compareHits } from './ranking';
import { checkUnitVector } from './unit-vectors';
import { VOY_DIMENSION, type VoyHost, VoyRuntime, type VoyTree } from './voy-runtime';

/** voy cycles through the axes, one for each level of the tree: 64 levels are more than it ever has. */
const JITTERED_AXES = 64;
const JITTER = 1e-5;
/**
 * By how much order by distance inside voy may contradict order by score: jitter (norm at most 4e-5 on one
 * side, hence 8e-5 in the score of either), lengths that are 1 only within `UNIT_TOLERANCE`, rounding.
 */
const SCORE_SLACK = 4e-4;
/** Candidates fetched beyond k at the first attempt. */
const MARGIN = 16;
/** Above this many entries a search for all of them is scanned: voy would only hand them over one by one. */
const ALL_AT_MOST = 64;
/** Dead slots that are put up with, beside a quarter of the live ones. */
const DEAD_ALLOWED = 64;

export interface VoyIndexOptions {
  /** Largest shift of a coordinate, to break ties between points. Default 1e-5; 0 invites panics. */
  readonly jitter?: number;
}

export class VoyIndex implements VectorIndex {
  readonly #vectors: ExactIndex;
  readonly #jitter: number;
  readonly #runtime: VoyHost | undefined;
  #degraded: string | undefined;
  #panics = 0;
  #treeSearches = 0;
  #tree: VoyTree | undefined;
  /** Slot of each id in the tree, and the reverse without the dead ones. */
  #slots = new Map<string, number>();
  #ids = new Map<number, string>();
  #nextSlot = 0;

  /** With an error in place of a runtime the index is an exact scan that says why. */
  constructor(spec: IndexSpec, runtime: VoyHost | IndexUnavailableError, options: VoyIndexOptions = {}) {
    this.#vectors = new ExactIndex(spec);
    this.#jitter = options.jitter ?? JITTER;
    if (runtime instanceof IndexUnavailableError) {
      this.#degraded = runtime.message;
    } else if (spec.dimension > VOY_DIMENSION) {
      this.#degraded = `voy holds vectors of at most ${VOY_DIMENSION} numbers, this embedder gives ${spec.dimension}; searches scan all entries.`;
    } else {
      this.#runtime = runtime;
    }
  }

  /** "voy", or "exact" when it has given up on voy. */
  get kind(): string {
    return this.#degraded === undefined ? 'voy' : 'exact';
  }

  get degraded(): string | undefined {
    return this.#degraded;
  }

  /** How often voy failed and was started again. */
  get panics(): number {
    return this.#panics;
  }

  /** How many searches were answered from voy's candidates, not by a scan. */
  get treeSearches(): number {
    return this.#treeSearches;
  }

  get size(): number {
    return this.#vectors.size;
  }

  upsert(id: string, vector: Float32Array): void {
    this.#vectors.upsert(id, vector);
    const tree = this.#liveTree();
    if (!tree) return;
    this.#bury(id);
    if (this.#tooManyDead()) {
      this.#dropTree();
      return;
    }
    const slot = this.#place(id);
    try {
      tree.add({ slot, vector: this.#jittered(id, slot) });
    } catch (error) {
      this.#afterPanic(error);
    }
  }

  remove(id: string): void {
    this.#vectors.remove(id);
    this.#bury(id);
    if (this.#tooManyDead()) this.#dropTree();
  }

  search(query: Float32Array, k: number): readonly IndexHit[] {
    checkUnitVector(query, this.#vectors.spec.dimension);
    checkCount(k);
    for (let attempt = 0; attempt < 2 && this.#degraded === undefined; attempt++) {
      try {
        return this.#searchTree(query, k);
      } catch (error) {
        const said = this.#afterPanic(error);
        if (attempt === 1) {
          this.#degraded = `voy failed twice on the same entries (${said}); searches scan all entries instead, with the same results.`;
        }
      }
    }
    return this.#vectors.search(query, k);
  }

  ids(): readonly string[] {
    return this.#vectors.ids();
  }

  scores(query: Float32Array): Float64Array {
    return this.#vectors.scores(query);
  }

  vector(id: string): Float32Array | undefined {
    return this.#vectors.vector(id);
  }

  load(ids: readonly string[], vectors: Float32Array): void {
    this.#vectors.load(ids, vectors);
    this.#dropTree();
  }

  snapshot(): Uint8Array {
    return this.#vectors.snapshot();
  }

  restore(snapshot: Uint8Array): void {
    this.#vectors.restore(snapshot);
    this.#dropTree();
  }

  #searchTree(query: Float32Array, k: number): readonly IndexHit[] {
    const wanted = Math.min(k, this.size);
    if (wanted === 0) return [];
    for (let ask = wanted + MARGIN; ; ask *= 2) {
      if (ask >= this.size && this.size > ALL_AT_MOST) return this.#vectors.search(query, k);
      const tree = this.#liveTree() ?? this.#build();
      // Dead slots are still in the tree, and it has no more points than slots were given.
      const count = Math.min(ask, this.#nextSlot);
      const hits: IndexHit[] = [];
      for (const slot of tree.search(query, count)) {
        const id = this.#ids.get(slot);
        if (id !== undefined) hits.push({ id, score: this.#vectors.score(query, id) });
      }
      hits.sort(compareHits);
      const all = hits.length === this.size;
      // Nothing outside of the candidates scores better than the worst of them, but for the slack.
      const settled =
        hits.length > wanted && hits[wanted - 1].score > hits[hits.length - 1].score + SCORE_SLACK;
      if (all || settled) {
        this.#treeSearches++;
        return hits.slice(0, wanted);
      }
      if (count === this.#nextSlot) {
        throw new Error(`voy returned ${hits.length} of ${this.size} entries when asked for all`);
      }
    }
  }

  #build(): VoyTree {
    this.#dropTree();
    const points = this.#vectors.ids().map((id) => {
      const slot = this.#place(id);
      return { slot, vector: this.#jittered(id, slot) };
    });
    // There is a runtime wherever `degraded` is not set, and nothing is built where it is.
    this.#tree = this.#runtime!.build(points);
    return this.#tree;
  }

  #liveTree(): VoyTree | undefined {
    return this.#tree?.alive ? this.#tree : undefined;
  }

  #place(id: string): number {
    const slot = this.#nextSlot++;
    this.#slots.set(id, slot);
    this.#ids.set(slot, id);
    return slot;
  }

  #bury(id: string): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    this.#slots.delete(id);
    this.#ids.delete(slot);
  }

  #tooManyDead(): boolean {
    return this.#nextSlot - this.#ids.size > DEAD_ALLOWED + this.#ids.size / 4;
  }

  /** The vector at unit length, its first coordinates shifted by amounts that depend on the slot alone. */
  #jittered(id: string, slot: number): Float32Array {
    const vector = this.#vectors.vector(id)!; /* placed ids are in the index */
    const dimension = Math.min(VOY_DIMENSION, Math.max(vector.length, JITTERED_AXES));
    const moved = new Float32Array(dimension);
    moved.set(vector);
    let state = slot;
    for (let axis = 0; axis < JITTERED_AXES; axis++) {
      state = mix(state + 0x9e3779b9);
      moved[axis] += this.#jitter * (state / 0xffffffff - 0.5);
    }
    return moved;
  }

  #dropTree(): void {
    this.#liveTree()?.free();
    this.#tree = undefined;
    this.#slots = new Map();
    this.#ids = new Map();
    this.#nextSlot = 0;
  }

  /** Starts voy again, without the tree, and returns what it said in falling. */
  #afterPanic(error: unknown): string {
    const said = this.#runtime?.panicMessage || String(error);
    this.#panics++;
    this.#runtime?.restart();
    this.#dropTree();
    return said;
  }
}

/** voy if it can be loaded here; otherwise indices that scan and whose `degraded` says why. */
export async function voyIndex(): Promise<IndexFactory> {
  const runtime = await VoyRuntime.load().catch((error: unknown) => {
    if (error instanceof IndexUnavailableError) return error;
    throw error;
  });
  return (spec) => new VoyIndex(spec, runtime);
}
