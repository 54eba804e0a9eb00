/**
 * The engine's language model: a decoder with its weights on a device, an adapter or the weights
 * themselves under training, and the passes that the layers above ask for.
 *
 * One object owns the device memory; calls that wait are run one after the other, because they share
 * scratch memory. The reference policy of GRPO is this same model with the adapter off, so it costs
 * no second copy of the weights.
 */
import type { Backend, BackendInfo, FastPath, FloatArray, Tensor } from '../backend';
import { type Capturable, capturable, checkCaptureNames } from '../capture/capturable';
import { captureGradients } from '../capture/capture-gradients';
import { type CapturedTensor, capturePass } from '../capture/capture-pass';
import { DeviceMemoryError, NonFiniteError, PassAbortedError } from '../errors';
import type {
  AdapterNorm,
  AdapterState,
  Generated,
  GenerateOptions,
  GenerateRequest,
  LanguageModel,
  PassControl,
  PolicyBatch,
  PolicyUpdateOptions,
  PolicyUpdateResult,
  TokenLoss,
  TokenSample,
  TokenScores,
  UpdateOptions,
} from '../language-model';
import type { BaseMatrix } from './base-matrix';
import { BaseStore } from './base-store';
import { chooseDecoding } from './decode-choice';
import { type ActiveAdapter, type DecoderContext, forward } from './decoder';
import type { GradientTargets } from './decoder-training';
import { decoderWeights, loraWeights } from './decoder-weights';
import { type FusedWay, type GenerationCounts, generate, noGenerationYet } from './generation';
import { logitsOf } from './head';
import { readWeights } from './host-weights';
import { type Inspected, inspectSequences, logitsThroughCache } from './inspection';
import { adapterNorms, checkLoraConfig, initialAdapter } from './lora';
import type { MemoryUse } from './memory-plan';
import type { LoraConfig, ModelConfig, NamedTensors } from './model-config';
import {
  advised,
  checkOptions,
  type EngineModelOptions,
  fitsKept,
  MICRO_BATCH_TOKENS,
  ModelUseError,
  openedFor,
  positionsOf,
} from './model-options';
import { namingTensor } from './non-finite-trace';
import { packSequences, uploadRows } from './packed-batch';
import { adapterParameters, baseParameters, checkTensors, ParameterLayout } from './parameters';
import { updatePolicy } from './policy-update';
import { type RopeTables, ropeTables } from './rope-tables';
import { type RowTable, wholeTable } from './row-table';
import { checkSequence } from './samples';
import { Scratch } from './scratch';
import {
  accumulateSamples,
  accumulateWeighted,
  type PassShape,
  scoreSamples,
  type WeightedTokens,
} from './token-passes';
import { type NamedMoments, Trainable } from './trainable';
import { readCatalogue } from './weight-catalogue';
import type { WeightSource } from './weight-source';
import { type LoadControl, streamWeights } from './weight-stream';

export type { WeightedTokens } from './token-passes';

/** Where memory does not suffice for these either, a micro-batch is not what is too large. */
const LEAST_TOKENS = 64;
/** Less would cost more in submits than it spares. */
const FEWEST_SUBMIT_TOKENS = 128;

/** How a pass over samples is cut. */
export interface PassChoices {
  /** Most rows of a micro-batch; bounds memory, changes results by rounding only. Default 2048: measured, larger ones fall out of the cache. */
  readonly microBatchTokens?: number;
  /** Computes prefixes that samples share once: the same up to rounding. Default true. */
  readonly sharePrefixes?: boolean;
}

export class EngineModel implements LanguageModel {
  readonly config: ModelConfig;
  readonly adapterConfig: LoraConfig | undefined;
  readonly vocabSize: number;
  readonly maxPositions: number;
  /** Parameters of the base model, a tied head counted once. */
  readonly parameterCount: number;
  /** Parameters that `update` changes. */
  readonly trainableParameterCount: number;
  readonly #backend: Backend;
  readonly #context: DecoderContext;
  readonly #rope: RopeTables;
  readonly #owned: Tensor[] = [];
  readonly #store: BaseStore | undefined;
  readonly #use: MemoryUse;
  readonly #options: Omit<EngineModelOptions, 'weights'>;
  readonly #trainable: Trainable | undefined;
  readonly #active: ActiveAdapter | undefined;
  readonly #targets: GradientTargets;
  #fused: FusedWay | undefined;
  /** Tokens of a micro-batch for which there was memory, as far as is known. */
  #roomyTokens = Number.POSITIVE_INFINITY;
  /** What generation has done so far. */
  readonly generationCounts: GenerationCounts = noGenerationYet();
  /** How tokens are decoded, in words for the page. */
  decoding = 'one pass a token';
  /** The same as one of the faster ways; undefined where the device does not offer it. */
  decodePath: FastPath | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** Calls of `exclusively` that have not ended. */
  #unfinished = 0;

  /**
   * Uploads the weights.
   * @throws ModelFileError for missing, unexpected or wrongly shaped weights
   * @throws NonFiniteError naming a weight that holds NaN or infinity
   * @throws UnsupportedModelError for an adapter configuration that makes no sense
   * @throws DeviceMemoryError
   */
  static async open(options: EngineModelOptions): Promise<EngineModel> {
    const { backend, config, trainable = 'adapter' } = options;
    checkOptions(options);
    checkTensors(baseParameters(config), options.weights, 'base weights');
    const { baseFormat = 'f32', weights } = options;
    const model = EngineModel.fitting(options, () =>
      trainable === 'base' ? undefined : BaseStore.filled(backend, config, baseFormat, weights),
    );
    return model.settled(() => model.openDecoding(options, async () => weights));
  }

  /**
   * Opens a model whose weights are too many to be held twice: they go from their files to the device in
   * pieces. The base is frozen. A model small enough for the fused decoder is read once more to be packed for it.
   * @throws ModelFileError, NonFiniteError, DeviceMemoryError, LoadAbortedError; nothing stays allocated then
   */
  static async stream(
    options: Omit<EngineModelOptions, 'weights' | 'trainable'> & {
      readonly source: WeightSource;
    } & LoadControl,
  ): Promise<EngineModel> {
    const { backend, config, adapter, source, signal } = options;
    if (adapter) checkLoraConfig(adapter);
    const catalogue = await readCatalogue(source, config, signal);
    const store = new BaseStore(backend, config, options.baseFormat ?? 'f32');
    const whole: EngineModelOptions = { ...options, weights: new Map(), trainable: 'adapter' };
    await streamWeights(store, source, catalogue, options).catch((error: unknown) => {
      throw advised(error, backend, openedFor(whole));
    });
    const read = () => readWeights(source, config, { signal });
    const model = EngineModel.fitting(whole, () => store);
    return model.settled(() => model.openDecoding(options, read));
  }

  /**
   * Another model on the same frozen weights, with an adapter of its own: they are on the device once, and freed with
   * the last of their models. Each has its own memory for passes; see `rest`.
   * @param weights the base on the host, asked for only where a model this small decodes many tokens a dispatch
   * @throws ModelUseError in full training; UnsupportedModelError, DeviceMemoryError as `open`
   */
  async beside(
    adapter: LoraConfig,
    adapterSeed: number,
    weights: () => Promise<NamedTensors>,
  ): Promise<EngineModel> {
    const store = this.#store;
    if (!store) {
      throw new ModelUseError('base-learns', 'The weights of this model learn; only frozen ones are shared.');
    }
    const options: EngineModelOptions = { ...this.#options, weights: new Map(), adapter, adapterSeed };
    checkOptions(options);
    const model = EngineModel.fitting(options, () => store.shared());
    return model.settled(() => model.openDecoding(options, weights));
  }

  /** This model when its device has done all it was told; disposed of where that fails. */
  private async settled(more: () => Promise<void> = async () => {}): Promise<EngineModel> {
    try {
      await more();
      await this.#backend.flush();
      return this;
    } catch (error) {
      this.dispose();
      throw advised(error, this.#backend, this.#use);
    }
  }

  /** The model with the weights that `stored` gives, or none of it. */
  private static fitting(options: EngineModelOptions, stored: () => BaseStore | undefined): EngineModel {
    const { backend, config } = options;
    let store: BaseStore | undefined;
    let rope: RopeTables | undefined;
    try {
      store = stored();
      rope = ropeTables(backend, config, positionsOf(options));
      return new EngineModel(options, rope, store);
    } catch (error) {
      store?.dispose();
      for (const table of rope ? [rope.cos, rope.sin] : []) backend.free(table);
      throw advised(error, backend, openedFor(options));
    }
  }

  /** @param store the frozen weights, on the device already; it becomes the model's. Left out in full training. */
  private constructor(options: EngineModelOptions, rope: RopeTables, store: BaseStore | undefined) {
    const { backend, config, weights, adapter } = options;
    this.config = config;
    this.adapterConfig = adapter;
    this.#store = store;
    this.#use = openedFor(options);
    const { weights: _, ...lasting } = options;
    this.#options = lasting;
    this.vocabSize = config.vocabSize;
    this.maxPositions = positionsOf(options);
    this.#backend = backend;
    this.#rope = rope;
    const layout = new ParameterLayout(baseParameters(config));
    this.parameterCount = layout.parameterCount;
    let tensor: (name: string) => Tensor;
    let matrix: (name: string) => BaseMatrix;
    let table: (name: string) => RowTable;
    if (!store) {
      const base = new Trainable(backend, layout, layout.flatten(weights, 'base weights'), 'base');
      this.#trainable = base;
      const gradient = (name: string) => base.gradient(name);
      this.#targets = { base: decoderWeights(config, gradient, gradient, gradient) };
      tensor = (name) => base.parameter(name);
      matrix = tensor;
      table = (name) => wholeTable(base.parameter(name), config.vocabSize);
    } else {
      tensor = (name) => store.tensor(name);
      matrix = (name) => store.matrix(name);
      table = (name) => store.table(name);
      this.#targets = {};
    }
    if (adapter) {
      const adapterLayout = new ParameterLayout(adapterParameters(config, adapter));
      const initial = initialAdapter(config, adapter, options.adapterSeed ?? 0);
      const learned = new Trainable(
        backend,
        adapterLayout,
        adapterLayout.flatten(initial, 'adapter'),
        'adapter',
      );
      this.#trainable = learned;
      this.#active = {
        config: adapter,
        weights: loraWeights(config, adapter, (name) => learned.parameter(name)),
      };
      this.#targets = { lora: loraWeights(config, adapter, (name) => learned.gradient(name)) };
    }
    this.trainableParameterCount = this.#trainable?.layout.parameterCount ?? 0;
    this.#context = {
      backend,
      config,
      scratch: new Scratch(backend),
      weights: decoderWeights(config, tensor, matrix, table),
      rope: this.#rope,
      recompute: options.recompute ?? !fitsKept(options),
    };
  }

  get info(): BackendInfo {
    return this.#backend.info;
  }

  /** AdamW updates so far. */
  get updates(): number {
    return this.#trainable?.updates ?? 0;
  }

  /** See `LanguageModel`. @throws TokenInputError, NonFiniteError */
  async generate(
    requests: readonly GenerateRequest[],
    options: GenerateOptions,
  ): Promise<readonly Generated[]> {
    requests.forEach(({ promptIds }, i) => {
      checkSequence(promptIds, this, `The prompt of request ${i}`);
    });
    const adapter = this.adapterFor(options.useAdapter);
    const prompts = requests.map(({ promptIds }) => promptIds);
    const longest = Math.max(0, ...prompts.map((ids) => ids.length)) + options.maxNewTokens;
    let told = 0;
    const onToken: GenerateOptions['onToken'] =
      options.onToken &&
      ((request, token) => {
        told++;
        options.onToken?.(request, token);
      });
    const drawn = { ...options, onToken };
    const run = () =>
      this.exclusively(
        () =>
          this.naming(prompts, adapter, () =>
            generate(
              this.#context,
              requests,
              drawn,
              this.maxPositions,
              this.generationCounts,
              adapter,
              this.#fused,
            ),
          ),
        { rollouts: prompts.length, sequenceTokens: longest },
      );
    try {
      return await run();
    } catch (error) {
      // What an update left for the next was in the way; it has been given back by now.
      if (!(error instanceof DeviceMemoryError) || told > 0) throw error;
      return run();
    }
  }

  /**
   * See `LanguageModel`. Order of results: that of `samples`.
   * @throws TokenInputError, NonFiniteError, PassAbortedError
   */
  async score(
    samples: readonly TokenSample[],
    options: {
      readonly temperature: number;
      readonly useAdapter: boolean;
    } & PassChoices &
      PassControl,
  ): Promise<readonly TokenScores[]> {
    this.checkSamples(samples);
    const shape = this.passShape(options);
    const adapter = this.adapterFor(options.useAdapter);
    const sequences = samples.map(({ promptIds, completionIds }) => [...promptIds, ...completionIds]);
    return this.exclusively(
      () =>
        this.naming(sequences, adapter, () => scoreSamples(this.#context, samples, shape, adapter, options)),
      shape,
    );
  }

  /**
   * See `LanguageModel`. A micro-batch whose gradients are all zero costs no backward pass.
   * @throws TokenInputError, NonFiniteError, PassAbortedError
   */
  async accumulate(
    samples: readonly TokenSample[],
    options: { readonly temperature: number } & PassChoices & PassControl,
    loss: TokenLoss,
  ): Promise<void> {
    const learned = this.learned();
    this.checkSamples(samples);
    const shape = this.passShape(options);
    const learning = { targets: this.#targets, adapter: this.#active };
    return this.exclusively(async () => {
      try {
        await accumulateSamples(this.#context, samples, shape, learning, loss, options);
      } catch (error) {
        if (error instanceof PassAbortedError || error instanceof DeviceMemoryError) learned.zeroGradients();
        throw error;
      }
    }, shape);
  }

  /**
   * Adds the gradient of sum w (-log p) / sum w over whole sequences, at temperature 1: what
   * pretraining and fine-tuning minimise. One readback however many micro-batches.
   * @returns the loss (0 if no token has weight) and the sum of the weights
   * @throws TokenInputError, NonFiniteError
   */
  async accumulateTokens(
    batch: readonly WeightedTokens[],
    options: { readonly microBatchTokens?: number } = {},
  ): Promise<{ readonly loss: number; readonly weight: number }> {
    this.learned();
    batch.forEach(({ ids }, i) => {
      checkSequence(ids, this, `Sequence ${i}`);
    });
    const { microBatchTokens = MICRO_BATCH_TOKENS } = options;
    const learning = { targets: this.#targets, adapter: this.#active };
    return this.exclusively(() => accumulateWeighted(this.#context, batch, microBatchTokens, learning), {
      microBatchTokens,
    });
  }

  /** See `LanguageModel`. On an error the gradient is kept too; call `zeroGradients` to go on. */
  async update(options: UpdateOptions): Promise<{ readonly gradNorm: number }> {
    const learned = this.learned();
    return this.exclusively(() => learned.update(options));
  }

  /** See `LanguageModel`. @throws TokenInputError, NonFiniteError, PassAbortedError */
  async updatePolicy(batch: PolicyBatch, options: PolicyUpdateOptions): Promise<PolicyUpdateResult> {
    const learned = this.learned();
    this.checkSamples(batch.samples);
    const learning = { targets: this.#targets, adapter: this.#active };
    for (;;) {
      const { microBatchTokens = this.microBatchTokens } = options;
      const shape = this.passShape({ ...options, microBatchTokens });
      try {
        return await this.exclusively(
          () => updatePolicy(this.#context, batch, options, shape, learning, learned),
          shape,
        );
      } catch (error) {
        const asked = options.microBatchTokens !== undefined;
        if (asked || !(error instanceof DeviceMemoryError) || microBatchTokens <= LEAST_TOKENS) throw error;
        this.#roomyTokens = Math.max(LEAST_TOKENS, Math.floor(microBatchTokens / 2));
      }
    }
  }

  /**
   * Rows that an update takes in one micro-batch where it is not told: the usual number, fewer on a slow device, and half
   * as many as before each time memory did not suffice. The sums are the same but for rounding.
   */
  get microBatchTokens(): number {
    return Math.min(this.submitTokens(), this.#roomyTokens);
  }

  zeroGradients(): void {
    this.idle('zeroGradients').zeroGradients();
  }

  /** Final hidden states `[rows, hidden]` and logits `[rows, vocab]` of all tokens of packed sequences. */
  async inspect(
    sequences: readonly (readonly number[])[],
    options: { readonly useAdapter?: boolean } = {},
  ): Promise<Inspected> {
    sequences.forEach((ids, i) => {
      checkSequence(ids, this, `Sequence ${i}`);
    });
    const adapter = this.adapterFor(options.useAdapter);
    return this.exclusively(() => inspectSequences(this.#context, sequences, adapter));
  }

  /** Every intermediate of this model by name, in computing order (`capture/capturable.ts`). */
  get capturable(): readonly Capturable[] {
    return capturable(this.config, this.adapterConfig, this.#trainable !== undefined && !this.#active);
  }

  /**
   * The named intermediates of a pass over whole samples, packed one after the other, in computing order. With
   * names of gradients a backward pass for `loss` follows; gradients accumulated before stay as they were.
   * @param options.rows packed rows whose attention probabilities are wanted; default all
   * @throws CaptureNameError, TokenInputError; ModelUseError for gradients without a loss
   */
  async capture(
    samples: readonly TokenSample[],
    names: readonly string[],
    options: {
      readonly useAdapter?: boolean;
      readonly rows?: readonly number[];
      readonly loss?: TokenLoss;
      readonly temperature?: number;
    } = {},
  ): Promise<ReadonlyMap<string, CapturedTensor>> {
    checkCaptureNames(this.capturable, names);
    this.checkSamples(samples);
    const captured = new Map<string, CapturedTensor>();
    const wanted = new Set(names);
    const ofGradients = this.capturable.filter(({ name, kind }) => kind === 'gradient' && wanted.has(name));
    for (const { name } of ofGradients) wanted.delete(name);
    const adapter = this.adapterFor(options.useAdapter);
    if (wanted.size > 0) {
      const packed = packSequences(
        samples.map(({ promptIds, completionIds }) => [...promptIds, ...completionIds]),
      );
      await this.exclusively(() =>
        capturePass(this.#context, packed, adapter, wanted, options.rows, (name, tensor) => {
          captured.set(name, tensor);
          return false;
        }),
      );
    }
    if (ofGradients.length === 0) return captured;
    return new Map([...captured, ...(await this.captureGradients(samples, ofGradients, options))]);
  }

  private async captureGradients(
    samples: readonly TokenSample[],
    asked: readonly Capturable[],
    options: { readonly loss?: TokenLoss; readonly temperature?: number },
  ): Promise<ReadonlyMap<string, CapturedTensor>> {
    const learned = this.learned();
    const { loss, temperature = 1 } = options;
    if (!loss) {
      throw new ModelUseError('capture-loss', `"${asked[0].name}" needs a loss: pass one in the options.`);
    }
    const shape = this.passShape({ temperature });
    const learning = { targets: this.#targets, adapter: this.#active };
    return this.exclusively(
      () => captureGradients(this.#context, samples, shape, learning, learned, loss, asked),
      shape,
    );
  }

  /** Logits `[vocab]` after each given token, computed as generation does: prefill, then one by one. */
  async cachedLogits(
    promptIds: readonly number[],
    tokens: readonly number[],
    options: { readonly useAdapter?: boolean } = {},
  ): Promise<readonly FloatArray[]> {
    checkSequence([...promptIds, ...tokens], this, 'The sequence');
    const adapter = this.adapterFor(options.useAdapter);
    return this.exclusively(() => logitsThroughCache(this.#context, promptIds, tokens, adapter));
  }

  /** Empty without an adapter. */
  async adapterNorms(): Promise<readonly AdapterNorm[]> {
    if (!this.adapterConfig) return [];
    return adapterNorms(this.config, this.adapterConfig, await this.adapterTensors());
  }

  /** Same as `exportState`. */
  async exportAdapter(): Promise<AdapterState> {
    return this.exportState();
  }

  /** Same as `importState`. */
  importAdapter(state: AdapterState): void {
    this.importState(state);
  }

  /** Trainable parameters (adapter or all weights, flat), AdamW moments and update count. */
  async exportState(): Promise<AdapterState> {
    const learned = this.learned();
    return this.exclusively(() => learned.exportState());
  }

  /** Goes on from `exportState` of a model opened alike. @throws TrainingStateError, nothing changed then */
  importState(state: AdapterState): void {
    this.idle('importState').importState(state);
  }

  /** A and B of every adapted module by PEFT name. @throws ModelUseError without an adapter */
  async adapterTensors(): Promise<NamedTensors> {
    const learned = this.learnedAdapter();
    return this.exclusively(() => learned.namedParameters());
  }

  /**
   * Replaces A and B; moments and update count start afresh.
   * @throws ModelFileError, NonFiniteError naming the tensor; nothing changed then
   */
  loadAdapterTensors(tensors: NamedTensors, what = 'adapter'): void {
    this.learnedAdapter();
    this.idle('loadAdapterTensors').loadParameters(tensors, what);
  }

  /** Base weights by Hugging Face name, after full training. @throws ModelUseError otherwise */
  async exportWeights(): Promise<NamedTensors> {
    const learned = this.learned();
    if (this.#active) {
      throw new ModelUseError(
        'frozen-base',
        'The base is frozen under an adapter; its weights are in its file.',
      );
    }
    return this.exclusively(() => learned.namedParameters());
  }

  /** The gradient accumulated so far, by parameter name. */
  async gradients(): Promise<NamedTensors> {
    const learned = this.learned();
    return this.exclusively(() => learned.namedGradients());
  }

  /** Adds gradients computed elsewhere to those accumulated. @throws ModelFileError, NonFiniteError */
  addGradients(tensors: NamedTensors): void {
    this.idle('addGradients').addGradients(tensors, 'gradients');
  }

  /** AdamW's moments by parameter name. */
  async moments(): Promise<NamedMoments> {
    const learned = this.learned();
    return this.exclusively(() => learned.namedMoments());
  }

  /** Gives back the memory that passes leave for the next, so that a model beside this one finds it. */
  async rest(): Promise<void> {
    return this.exclusively(async () => this.#context.scratch.dispose());
  }

  /** Frees the device memory of this model, and of its weights unless another shares them. Wait for running calls first. */
  dispose(): void {
    this.#context.scratch.dispose();
    this.#trainable?.dispose();
    this.#store?.dispose();
    for (const tensor of [...this.#owned, this.#rope.cos, this.#rope.sin]) this.#backend.free(tensor);
  }

  private learned(): Trainable {
    if (!this.#trainable) {
      throw new ModelUseError(
        'nothing-trainable',
        "This model was opened for inference; open it with an adapter, or with trainable: 'base'.",
      );
    }
    return this.#trainable;
  }

  /** What is trained, for a change at once. @throws ModelUseError while a pass runs: it would see half of each */
  private idle(call: string): Trainable {
    const learned = this.learned();
    if (this.#unfinished > 0) {
      throw new ModelUseError(
        'pass-running',
        `${call} was called while a pass over this model runs; wait for its promise first.`,
      );
    }
    return learned;
  }

  private learnedAdapter(): Trainable {
    if (!this.#active) throw new ModelUseError('no-adapter', 'This model was opened without an adapter.');
    return this.learned();
  }

  private adapterFor(useAdapter = true): ActiveAdapter | undefined {
    return useAdapter ? this.#active : undefined;
  }

  /** Rows of a training micro-batch that the device takes in one submit; at most the usual ones. */
  private submitTokens(): number {
    const { submitFlops } = this.#backend.info;
    if (submitFlops === undefined) return MICRO_BATCH_TOKENS;
    // Reference, forward and backward to the activations: two operations a parameter each, and the adapter.
    const flopsPerToken = 8 * (this.parameterCount + this.trainableParameterCount);
    return Math.max(
      FEWEST_SUBMIT_TOKENS,
      Math.min(MICRO_BATCH_TOKENS, Math.floor(submitFlops / flopsPerToken)),
    );
  }

  /** Takes the fastest way to decode that is allowed and possible. */
  private async openDecoding(
    { baseFormat = 'f32', decode = 'fused' }: Pick<EngineModelOptions, 'baseFormat' | 'decode'>,
    weights: () => Promise<NamedTensors>,
  ): Promise<void> {
    const { adapterConfig, maxPositions, parameterCount } = this;
    const learned = this.#trainable;
    const adapter = adapterConfig && learned && { config: adapterConfig, learned };
    const baseLearns = learned !== undefined && !adapter;
    const wish = { baseFormat, decode, weights, adapter, baseLearns, maxPositions, parameterCount };
    const { decoding, path, way, owned } = await chooseDecoding(this.#context, wish);
    this.decoding = decoding;
    this.decodePath = path;
    this.#fused = way;
    this.#owned.push(...owned);
  }

  private passShape(options: { readonly temperature: number } & PassChoices): PassShape {
    const { temperature, microBatchTokens = MICRO_BATCH_TOKENS, sharePrefixes = true } = options;
    return { temperature, microBatchTokens, sharePrefixes };
  }

  private checkSamples(samples: readonly TokenSample[]): void {
    samples.forEach(({ promptIds, completionIds }, i) => {
      checkSequence(promptIds, this, `The prompt of sample ${i}`);
      checkSequence([...promptIds, ...completionIds], this, `Sample ${i}`);
    });
  }

  /** Where numbers broke down, looks again at a pass over the sequences and names the first tensor that did. */
  private async naming<T>(
    sequences: readonly (readonly number[])[],
    adapter: ActiveAdapter | undefined,
    run: () => Promise<T>,
  ): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof NonFiniteError)) throw error;
      throw await namingTensor(this.#context, error, async (traced) => {
        const states = forward(traced, uploadRows(traced.scratch, packSequences(sequences)), adapter);
        logitsOf(traced, states.hidden, states.rows);
        await traced.backend.flush();
      });
    }
  }

  /** Runs calls in the order they came, each after the one before has ended or failed. @param asked for advice on memory */
  private exclusively<T>(run: () => Promise<T>, asked: Partial<MemoryUse> = {}): Promise<T> {
    const guarded = async (): Promise<T> => {
      try {
        return await run();
      } catch (error) {
        // So that the smaller setting finds room; nothing in it outlives a call.
        if (error instanceof DeviceMemoryError) this.#context.scratch.dispose();
        const { recompute } = this.#context;
        const nothing = { microBatchTokens: 0, rollouts: 1, sequenceTokens: 1 };
        throw advised(error, this.#backend, { ...this.#use, ...nothing, recompute, ...asked });
      } finally {
        this.#unfinished--;
      }
    };
    this.#unfinished++;
    const result = this.#last.then(guarded, guarded);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
