/**
 * Which index answers when: one index that is voy while a memory is small and the SIMD scan once it has grown, with
 * the same results throughout.
 *
 * Median milliseconds of one search for five of n entries of 512 numbers (all in one process on one core of a
 * server; `npm run bench -- ltm` measures the same in a browser), and what voy takes to build its tree:
 *
 *   n        exact    voy    simd    voy's tree
 *   10       0.008    0.020  0.004        1
 *   100      0.078    0.071  0.016       14
 *   300      0.24     0.15   0.017       35
 *   1,000    0.75     0.43   0.037      120
 *   3,000    2.2      1.2    0.088      430
 *   10,000   7.5      4.3    0.28      1300
 *
 * At 128, 384 and 768 numbers the order is the same; the scans go with the dimension, voy does not, as it pads to 768.
 * So the SIMD scan is never slower and is built for nothing, but each takes a WebAssembly memory of its own, of which a
 * browser has a limited number, while voy's trees share one: rollouts open small memories by the thousand, and there
 * every index answers in a fraction of the time that a step takes. Hence:
 *
 *   up to `LARGE` entries    voy; the plain scan for vectors longer than voy holds (768)
 *   above                    the SIMD scan, until fewer than `SMALL` are left, so that a memory about the limit
 *                            is not built anew with every entry that comes and goes
 *   without WebAssembly      the plain scan, and `degraded` says so
 */
import { IndexUnavailableError } from '../errors';
import type { IndexHit, VectorIndex } from '../memory';
import { ExactIndex, type IndexFactory, type IndexSpec } from './exact-index';
import { loadScan } from './scan-rows';
import { SimdIndex } from './simd-index';
import { VoyIndex } from './voy-index';
import { VOY_DIMENSION, VoyRuntime } from './voy-runtime';

/** More entries than this are the SIMD scan's. */
export const LARGE = 500;
/** Fewer than this are voy's again. */
export const SMALL = 250;

/** What the two were given, or why they were not. */
export interface IndexParts {
  readonly voy: VoyRuntime | IndexUnavailableError;
  readonly scan: WebAssembly.Module | IndexUnavailableError;
}

export class ChosenIndex implements VectorIndex {
  readonly #spec: IndexSpec;
  readonly #parts: IndexParts;
  #large = false;
  #index: VectorIndex;

  constructor(spec: IndexSpec, parts: IndexParts) {
    this.#spec = spec;
    this.#parts = parts;
    this.#index = this.#make();
  }

  /** Of the one that answers now: "voy", "simd" or "exact". */
  get kind(): string {
    return this.#index.kind;
  }

  get degraded(): string | undefined {
    return this.#index.degraded;
  }

  get size(): number {
    return this.#index.size;
  }

  upsert(id: string, vector: Float32Array): void {
    this.#index.upsert(id, vector);
    this.#chooseFor(this.size);
  }

  remove(id: string): void {
    this.#index.remove(id);
    this.#chooseFor(this.size);
  }

  search(query: Float32Array, k: number): readonly IndexHit[] {
    return this.#index.search(query, k);
  }

  ids(): readonly string[] {
    return this.#index.ids();
  }

  scores(query: Float32Array): Float64Array {
    return this.#index.scores(query);
  }

  vector(id: string): Float32Array | undefined {
    return this.#index.vector(id);
  }

  load(ids: readonly string[], vectors: Float32Array): void {
    const before = this.#index;
    const large = this.#large;
    this.#large = this.#isLarge(ids.length);
    if (this.#large !== large) this.#index = this.#make();
    try {
      this.#index.load(ids, vectors);
    } catch (error) {
      this.#index = before;
      this.#large = large;
      throw error;
    }
  }

  snapshot(): Uint8Array {
    return this.#index.snapshot();
  }

  restore(snapshot: Uint8Array): void {
    this.#index.restore(snapshot);
    this.#chooseFor(this.size);
  }

  #isLarge(size: number): boolean {
    return this.#large ? size >= SMALL : size > LARGE;
  }

  /** Moves everything to the other index if it is the other one's by now. */
  #chooseFor(size: number): void {
    if (this.#isLarge(size) === this.#large) return;
    const { dimension } = this.#spec;
    const vectors = new Float32Array(size * dimension);
    // The index holds a vector of every id it names.
    this.#index.ids().forEach((id, i) => {
      vectors.set(this.#index.vector(id)!, i * dimension);
    });
    this.load(this.#index.ids(), vectors);
  }

  #make(): VectorIndex {
    if (this.#large) return new SimdIndex(this.#spec, this.#parts.scan);
    return this.#spec.dimension > VOY_DIMENSION
      ? new ExactIndex(this.#spec)
      : new VoyIndex(this.#spec, this.#parts.voy);
  }
}

/** Loads what can be loaded here. */
export async function loadIndexParts(): Promise<IndexParts> {
  const orWhyNot = (error: unknown) => {
    if (error instanceof IndexUnavailableError) return error;
    throw error;
  };
  const [voy, scan] = await Promise.all([VoyRuntime.load().catch(orWhyNot), loadScan().catch(orWhyNot)]);
  return { voy, scan };
}

/** What searches, in words, for one sentence on the page. */
export function indexInWords({ voy, scan }: IndexParts): string {
  const small = voy instanceof IndexUnavailableError ? 'an exact scan' : 'the voy index (WebAssembly)';
  const large = scan instanceof IndexUnavailableError ? 'an exact scan' : 'an exact scan in WebAssembly SIMD';
  return small === large ? small : `${small}, above ${LARGE} entries by ${large}`;
}

/** See the head of the file. */
export function chosenIndex(parts: IndexParts): IndexFactory {
  return (spec) => new ChosenIndex(spec, parts);
}
