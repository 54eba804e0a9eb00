/**
 * A sentence encoder of the MiniLM class as an embedder: the mean of its last hidden states over the tokens of a text,
 * of unit length. It knows synonyms, which spelling cannot; it costs some ten megabytes once and milliseconds a text.
 *
 * The runtime is loaded with the first encoder, from this site; the files from wherever the user has them
 * (`encoder-files.ts`) and from then on from the browser's own copy (`encoder-store.ts`), with the network gone too.
 *
 * The same vectors come from WebAssembly and WebGPU up to rounding, so both go under one id; other weights, other
 * storage of them (int8 or float32) or another tokenizer have another.
 *
 * Source: Reimers & Gurevych 2019, "Sentence-BERT" (mean pooling).
 */
import type { Embedder } from '../../memory';
import { calibrated } from '../calibration';
import { EncoderCancelledError, EncoderLayoutError, unlessCancelled } from './encoder-errors';
import type { EncoderFiles, ReadControl } from './encoder-files';
import { type EncoderFolder, readEncoderFolder } from './encoder-folder';
import type { EncodedBatch, EncoderDevice } from './encoder-protocol';
import { EncoderRuntime } from './encoder-runtime';

export interface TransformersOptions extends ReadControl {
  /** What it is called, e.g. "Xenova/all-MiniLM-L6-v2"; part of the id. */
  readonly name: string;
  /** Default `wasm`. */
  readonly device?: EncoderDevice;
  /** Languages it knows, for theta (BCP 47). Default: all of the committed pairs. */
  readonly languages?: readonly string[];
  /** Theta if it is known already; else it is calibrated, which takes some seconds. */
  readonly threshold?: number;
}

/** Texts of one pass; more only pad one another. */
const BATCH = 16;

export class TransformersEmbedder implements Embedder {
  readonly id: string;
  readonly dimension: number;
  readonly #runtime: EncoderRuntime;
  #threshold = 0;

  /** Everything is read and tried before it is returned. @throws EncoderError by name */
  static async open(files: EncoderFiles, options: TransformersOptions): Promise<TransformersEmbedder> {
    return TransformersEmbedder.of(await readEncoderFolder(files, options), options);
  }

  /** The same for files that were read already. @throws EncoderError by name */
  static async of(folder: EncoderFolder, options: TransformersOptions): Promise<TransformersEmbedder> {
    const { signal } = options;
    if (signal?.aborted) throw new EncoderCancelledError();
    const runtime = await EncoderRuntime.open(folder, options.device ?? 'wasm', signal);
    const embedder = new TransformersEmbedder(folder, options.name, runtime);
    try {
      // An encoder that loads may still give nothing that can be used.
      await embedder.embed(['A first sentence.']);
      embedder.#threshold = options.threshold ?? (await embedder.#calibrate(options));
      if (signal?.aborted) throw new EncoderCancelledError();
      return embedder;
    } catch (error) {
      runtime.dispose();
      throw unlessCancelled(error, signal);
    }
  }

  private constructor(folder: EncoderFolder, name: string, runtime: EncoderRuntime) {
    this.id = `transformers-${name}-${folder.dtype}-${folder.fingerprint}`;
    this.dimension = folder.dimension;
    this.#runtime = runtime;
  }

  get threshold(): number {
    return this.#threshold;
  }

  async embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (let at = 0; at < texts.length; at += BATCH) {
      const batch = texts.slice(at, at + BATCH);
      vectors.push(...meanStates(await this.#runtime.encode(batch), batch.length, this.dimension));
    }
    return vectors;
  }

  dispose(): void {
    this.#runtime.dispose();
  }

  async #calibrate({ languages, signal }: TransformersOptions): Promise<number> {
    const stoppable: Embedder = {
      id: this.id,
      dimension: this.dimension,
      threshold: 0,
      embed: async (texts) => {
        const vectors: Float32Array[] = [];
        for (let at = 0; at < texts.length; at += BATCH) {
          if (signal?.aborted) throw new EncoderCancelledError();
          vectors.push(...(await this.embed(texts.slice(at, at + BATCH))));
        }
        return vectors;
      },
    };
    return (await calibrated(stoppable, languages)).threshold;
  }
}

/**
 * Unit vectors: the mean over the tokens that are no padding. A text without tokens gets a direction of its own.
 * @throws EncoderLayoutError for states of another size than the configuration says, or that are not finite
 */
export function meanStates(
  { states, mask, tokens }: EncodedBatch,
  texts: number,
  dimension: number,
): readonly Float32Array[] {
  if (states.length !== texts * tokens * dimension) {
    throw new EncoderLayoutError(
      `The model gives ${states.length} numbers for ${texts} texts of ${tokens} tokens, but its config.json says ${dimension} for each token.`,
    );
  }
  return Array.from({ length: texts }, (_, text) => {
    const sum = new Float64Array(dimension);
    for (let t = 0; t < tokens; t++) {
      if (mask[text * tokens + t] === 0) continue;
      const start = (text * tokens + t) * dimension;
      for (let d = 0; d < dimension; d++) sum[d] += states[start + d];
    }
    const norm = Math.sqrt(sum.reduce((square, value) => square + value * value, 0));
    if (!Number.isFinite(norm)) {
      throw new EncoderLayoutError(
        'The model gives NaN or infinity; its weights are damaged or need another device.',
      );
    }
    const vector = new Float32Array(dimension);
    if (norm === 0) vector[0] = 1;
    else for (let d = 0; d < dimension; d++) vector[d] = sum[d] / norm;
    return vector;
  });
}
