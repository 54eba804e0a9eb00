/**
 * The policy's own hidden states as an embedder: what the model at play has learned to tell apart.
 *
 *     v = sum over tokens of  a / (a + p(token))  x / |x|      x: the token's hidden state after a layer
 *     embedding = W (v / |v| - mean), of unit length           W: whitening, (C + l trace(C) / d)^(-1/2)
 *
 * Frequent tokens count less (p: their share), and the directions that all sentences have in common count less;
 * p, mean and covariance C are taken from a fixed sample of sentences of the project's tasks, so the vectors of a
 * text depend on the base weights and on nothing else. The adapter is off: training must not move what is stored.
 *
 * Which layer: of the bundled policy (4 blocks, 0.8 M parameters) the states that enter the first block tell facts
 * apart best, and the deeper the worse, since a policy trained to act keeps what the next token needs. Right first
 * answers to 200 questions: embedding 0.78, after block 1 to 4 0.55, 0.41, 0.28 and 0.08, the last token alone 0.03;
 * at the embedding without the weights 0.70, without whitening 0.65, with neither 0.40 (`npm run bench -- retrieval`).
 * It is no sentence encoder: the n-gram embedder, which sees the same letters, finds more.
 *
 * Sources: Arora, Liang & Ma 2017, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings" (the weights); Su et
 * al. 2021, "Whitening Sentence Representations for Better Semantics and Faster Retrieval".
 */
import type { CapturedTensor } from '../engine/capture/capture-pass';
import type { TokenSample } from '../engine/language-model';
import type { EngineModel } from '../engine/model/engine-model';
import type { TextTokenizer } from '../engine/model/tokenizer';
import type { Embedder } from '../memory/memory';
import { qaFamily } from '../tasks/qa/family';
import { Whitening } from './whitening';

export type Pooling = 'mean' | 'last';

/** What is needed of a model and its tokenizer. */
export interface HiddenStateModel {
  /** `EngineModel.capture` with the adapter off. */
  capture(
    samples: readonly TokenSample[],
    names: readonly string[],
  ): Promise<ReadonlyMap<string, CapturedTensor>>;
  /** A text spelled out, no control tokens. */
  encode(text: string): readonly number[];
  readonly hiddenSize: number;
  /** Longest sequence. */
  readonly maxPositions: number;
  /** Of the base weights. */
  readonly fingerprint: string;
}

/** What an opened model folder gives; its passes wait for those of episodes and training. */
export function hiddenStatesOf(
  model: EngineModel,
  tokenizer: TextTokenizer,
  fingerprint: string,
): HiddenStateModel {
  return {
    capture: (samples, names) => model.capture(samples, names, { useAdapter: false }),
    encode: (text) => tokenizer.encode(text, 'none'),
    hiddenSize: model.config.hiddenSize,
    maxPositions: model.maxPositions,
    fingerprint,
  };
}

export interface HiddenStateOptions {
  /** A capturable of `[rows, hidden]`: `embedding`, `layers.N.output`, `hidden`. Default `embedding`. */
  readonly layer?: string;
  /** Over all tokens, or the last one alone. Default `mean`. */
  readonly pooling?: Pooling;
  /** The weight a token of share p has is a / (a + p); infinity: all weigh alike. Default 0.01. */
  readonly rarity?: number;
  /** l: how much the covariance is drawn towards a multiple of the identity; infinity: centred only. Default 1. */
  readonly shrinkage?: number;
  /** Theta for these states. Default: calibrated by whoever opens it. */
  readonly threshold: (embedder: Embedder) => Promise<number>;
}

/** What the embedder of these options is called, without opening it. */
export function hiddenStateId(
  { fingerprint }: Pick<HiddenStateModel, 'fingerprint'>,
  options: Omit<HiddenStateOptions, 'threshold'> = {},
): string {
  const { layer = 'embedding', pooling = 'mean', rarity = RARITY, shrinkage = SHRINKAGE } = options;
  const standard = rarity === RARITY && shrinkage === SHRINKAGE;
  const variant = standard ? '' : `-${rarity}-${shrinkage}`;
  return `policy-${fingerprint}-${layer}-${pooling}${variant}-v1`;
}

const RARITY = 0.01;
const SHRINKAGE = 1;
/** Sentences from which shares, mean and covariance are taken. */
const SAMPLE_SENTENCES = 512;
/** Tokens of one pass. */
const PASS_TOKENS = 2048;
/** A text is read up to here; an entry is a sentence or a few. UTF-16 code units. */
const LONGEST_TEXT = 16_384;

/** Statements, small talk and questions of training tasks, in their order. */
function sampleSentences(): readonly string[] {
  const sentences: string[] = [];
  for (let seed = 0; sentences.length < SAMPLE_SENTENCES; seed++) {
    const task = qaFamily.generate(seed, 'train', 'several');
    sentences.push(...task.messages.map(({ content }) => content), task.query);
  }
  return sentences.slice(0, SAMPLE_SENTENCES);
}

export class HiddenStateEmbedder implements Embedder {
  readonly id: string;
  readonly dimension: number;
  readonly #model: HiddenStateModel;
  readonly #layer: string;
  readonly #pooling: Pooling;
  #threshold = 0;
  #weightOf: (id: number) => number = () => 1;
  #whitening: Whitening | undefined;

  /** Reads the sample and calibrates. @throws CaptureNameError for a layer the model does not have */
  static async open(model: HiddenStateModel, options: HiddenStateOptions): Promise<HiddenStateEmbedder> {
    const embedder = new HiddenStateEmbedder(model, options);
    await embedder.#learn(options);
    embedder.#threshold = await options.threshold(embedder);
    return embedder;
  }

  private constructor(model: HiddenStateModel, options: HiddenStateOptions) {
    this.#model = model;
    this.#layer = options.layer ?? 'embedding';
    this.#pooling = options.pooling ?? 'mean';
    this.dimension = model.hiddenSize;
    this.id = hiddenStateId(model, options);
  }

  get threshold(): number {
    return this.#threshold;
  }

  async embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    const pooled = await this.#pool(texts.map((text) => this.#idsOf(text)));
    return pooled.map((vector) => unitFloats(this.#whitening ? this.#whitening.apply(vector) : vector));
  }

  async #learn({ rarity = RARITY, shrinkage = SHRINKAGE }: HiddenStateOptions): Promise<void> {
    const sample = sampleSentences().map((text) => this.#idsOf(text));
    const counts = new Map<number, number>();
    let total = 0;
    for (const ids of sample) {
      for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
      total += ids.length;
    }
    this.#weightOf = (id) =>
      rarity === Number.POSITIVE_INFINITY ? 1 : rarity / (rarity + (counts.get(id) ?? 0) / total);
    this.#whitening = Whitening.of(await this.#pool(sample), shrinkage);
  }

  /** Ids of a text, at least one. */
  #idsOf(text: string): readonly number[] {
    const ids = this.#model.encode(text.slice(0, LONGEST_TEXT));
    // Nothing at all still has to be somewhere; a space is nothing as well as any.
    return ids.length > 0 ? ids : this.#model.encode(' ');
  }

  /** Unit vectors before whitening, `[hidden]` each; long sequences are read in windows. */
  async #pool(sequences: readonly (readonly number[])[]): Promise<readonly Float64Array[]> {
    const sums = sequences.map(() => new Float64Array(this.dimension));
    let pass: { readonly owner: number; readonly ids: readonly number[] }[] = [];
    let tokens = 0;
    const run = async () => {
      if (pass.length > 0) await this.#add(pass, sums);
      pass = [];
      tokens = 0;
    };
    for (const [owner, ids] of sequences.entries()) {
      for (let at = 0; at < ids.length; at += this.#model.maxPositions) {
        const window = ids.slice(at, at + this.#model.maxPositions);
        if (tokens + window.length > PASS_TOKENS) await run();
        pass.push({ owner, ids: window });
        tokens += window.length;
      }
    }
    await run();
    return sums.map(unit);
  }

  /** One pass over windows; each adds its states to the sum of its owner. */
  async #add(
    pass: readonly { readonly owner: number; readonly ids: readonly number[] }[],
    sums: readonly Float64Array[],
  ): Promise<void> {
    const samples = pass.map(({ ids }) => ({ promptIds: ids, completionIds: [] }));
    const captured = await this.#model.capture(samples, [this.#layer]);
    // Captured because it was asked for.
    const { data } = captured.get(this.#layer)!;
    let row = 0;
    for (const { owner, ids } of pass) {
      const sum = sums[owner];
      const first = this.#pooling === 'last' ? ids.length - 1 : 0;
      if (this.#pooling === 'last') sum.fill(0);
      for (let t = first; t < ids.length; t++) {
        const start = (row + t) * this.dimension;
        let square = 0;
        for (let d = 0; d < this.dimension; d++) square += data[start + d] * data[start + d];
        if (square === 0) continue;
        const weight = this.#weightOf(ids[t]) / Math.sqrt(square);
        for (let d = 0; d < this.dimension; d++) sum[d] += weight * data[start + d];
      }
      row += ids.length;
    }
  }
}

function unit(vector: Float64Array): Float64Array {
  let square = 0;
  for (const value of vector) square += value * value;
  return square > 0 ? vector.map((value) => value / Math.sqrt(square)) : vector;
}

/** Of unit length; a vector of nothing gets a direction of its own. */
function unitFloats(vector: Float64Array): Float32Array {
  const floats = Float32Array.from(unit(vector));
  if (floats.every((value) => value === 0)) floats[0] = 1;
  return floats;
}
