/**
 * The default embedder: works offline, in any language, from the first second.
 *
 * The features of a text (text-features.ts) are hashed with signs into a dense unit vector, the hashing
 * trick of Weinberger et al. 2009: the inner product of two vectors is, up to noise of about
 * 1/sqrt(dimension), the inner product of the feature bags. Each feature lands on several coordinates
 * rather than on one, so that no single collision decides. Same text, same vector, on every machine:
 * integer hashing, one fixed order of summation, rounded to float32 at the end.
 */
import { hashText, mix } from '../hashing';
import type { Embedder } from '../memory';
import { type FeatureParameters, weightedTokens } from './text-features';

/** Chosen by the figures that calibration.test.ts prints; change them and `id` must change. */
export const NGRAM_FEATURES: FeatureParameters = {
  weightByLength: [0.2, 0.35, 0.7, 1],
  capitalWeight: 1.8,
  wholeShare: 0.3,
  orders: [2, 3],
  pairWeight: 0.8,
  singleWeight: 0.35,
  hiraganaWeight: 0.3,
};

export const NGRAM_DIMENSION = 512;

/** Theta: `calibrateThreshold` over the committed pairs; a test recomputes it. */
export const NGRAM_THRESHOLD = 0.453;

const COORDINATES_PER_FEATURE = 4;
const CACHED_TOKENS = 8192;
/** Longer tokens are not words that come again, and their features take megabytes. Characters of the key. */
const CACHED_LENGTH = 64;

interface SparseVector {
  readonly indices: Uint16Array;
  readonly values: Float64Array;
}

export interface NgramEmbedderOptions {
  /** Length of the vectors, at most 65,536. Default 512: 2 kB an entry. */
  readonly dimension?: number;
  readonly features?: FeatureParameters;
  /** Stored with other parameters under another name, since their vectors do not compare. */
  readonly id?: string;
  readonly threshold?: number;
}

/** Similarity of spelling, not of meaning. `embed` resolves at once; `embedNow` is the same without the promise. */
export class NgramEmbedder implements Embedder {
  readonly id: string;
  readonly dimension: number;
  readonly threshold: number;
  readonly #features: FeatureParameters;
  readonly #tokens = new Map<string, SparseVector>();

  constructor(options: NgramEmbedderOptions = {}) {
    this.dimension = options.dimension ?? NGRAM_DIMENSION;
    this.id = options.id ?? `ngram-${this.dimension}-v1`;
    this.threshold = options.threshold ?? NGRAM_THRESHOLD;
    this.#features = options.features ?? NGRAM_FEATURES;
  }

  async embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    return texts.map((text) => this.embedNow(text));
  }

  /** A unit vector `[dimension]`; defined for every string, the empty one included. */
  embedNow(text: string): Float32Array {
    const sum = new Float64Array(this.dimension);
    for (const token of weightedTokens(text, this.#features)) {
      let sparse = this.#tokens.get(token.key);
      if (!sparse) {
        sparse = hashFeatures(token.features(), this.dimension);
        if (this.#tokens.size >= CACHED_TOKENS) this.#tokens.clear();
        if (token.key.length <= CACHED_LENGTH) this.#tokens.set(token.key, sparse);
      }
      const { indices, values } = sparse;
      for (let i = 0; i < indices.length; i++) sum[indices[i]] += values[i] * token.weight;
    }
    let square = 0;
    for (const value of sum) square += value * value;
    const vector = new Float32Array(this.dimension);
    if (square > 0) {
      const scale = 1 / Math.sqrt(square);
      for (let i = 0; i < sum.length; i++) vector[i] = sum[i] * scale;
    } else {
      // Signs can cancel exactly; a text still needs a direction.
      vector[0] = 1;
    }
    return vector;
  }
}

function hashFeatures(
  features: readonly { readonly name: string; readonly weight: number }[],
  dimension: number,
): SparseVector {
  const indices = new Uint16Array(features.length * COORDINATES_PER_FEATURE);
  const values = new Float64Array(indices.length);
  let at = 0;
  for (const { name, weight } of features) {
    let hash = hashText(name);
    for (let c = 0; c < COORDINATES_PER_FEATURE; c++) {
      hash = mix(hash + 0x9e3779b9);
      // The high bits choose the coordinate by multiply-and-shift, the lowest one the sign.
      indices[at] = Math.floor(((hash >>> 1) / 0x80000000) * dimension);
      values[at] = ((hash & 1) === 1 ? weight : -weight) / Math.sqrt(COORDINATES_PER_FEATURE);
      at++;
    }
  }
  return { indices, values };
}
