/**
 * What the engine offers to the layers above: a language model that samples, scores and trains,
 * in token ids. It knows nothing of chat, tools or rewards. `model/` implements it on any Backend.
 */
import type { BackendInfo } from './backend';
import type { BatchTotals, GrpoLossOptions, LossMetricSums } from './training/grpo-loss';

/** One prompt to complete. Draws depend on `seed` and the token's index only, never on the batch. */
export interface GenerateRequest {
  readonly promptIds: readonly number[];
  readonly seed: number;
}

export interface TokenAlternative {
  readonly id: number;
  readonly logprob: number;
}

/**
 * What a completion may consist of, asked token by token: a grammar, say. One object for one completion; it must
 * allow some token wherever the completion can get to. Stop ids are asked like any other.
 */
export interface TokenConstraint {
  /** Whether `id` may come next. Changes nothing; asked for few of the tokens, the likeliest first. */
  allows(id: number): boolean;
  /** `id`, which is allowed, has come. */
  accept(id: number): void;
}

export interface GeneratedToken {
  readonly id: number;
  /**
   * Natural log, at the sampling temperature, of softmax over all tokens: before `topP` and `constraint` take any
   * away. It is what `score` finds and training compares, whatever the token was drawn under.
   */
  readonly logprob: number;
  /** Of the same distribution, nats. */
  readonly entropy: number;
  /** The most likely tokens, best first; empty unless asked for. */
  readonly alternatives: readonly TokenAlternative[];
}

export type FinishReason = 'stop' | 'length' | 'aborted';

export interface Generated {
  /** Sampled tokens, the stop token included. */
  readonly tokens: readonly GeneratedToken[];
  readonly finish: FinishReason;
}

export interface GenerateOptions {
  /** 0 is greedy. */
  readonly temperature: number;
  /**
   * Draws from the smallest set of likeliest tokens whose probabilities add up to at least this (nucleus sampling,
   * arXiv 1904.09751), in (0, 1]. Default 1: from all. Below 1 tokens are drawn on the host, as with `constraint`.
   */
  readonly topP?: number;
  /**
   * What the completion of a request may be; made anew for each. Tokens are then drawn on the host: every token
   * costs a readback of the logits, `[rows, vocab]` floats, on every back end.
   */
  readonly constraint?: (request: number) => TokenConstraint;
  readonly maxNewTokens: number;
  readonly stopIds: readonly number[];
  /** False runs the base model. Default true. */
  readonly useAdapter?: boolean;
  /** How many alternatives to report for each token. Default 0 (spares a readback of the logits). */
  readonly alternatives?: number;
  /**
   * Tokens of a sequence between two readbacks where it is decoded one token a pass; changes no result. Default: on
   * WebGPU all of them, with a listener 4, on a software adapter 8 at most; elsewhere, and with alternatives, 1.
   */
  readonly readEvery?: number;
  readonly signal?: AbortSignal;
  readonly onToken?: (request: number, token: GeneratedToken) => void;
}

/** How a long pass over samples is watched and stopped, both between micro-batches. */
export interface PassControl {
  /** When it fires the pass throws `PassAbortedError`. */
  readonly signal?: AbortSignal;
  /** Called after each micro-batch with the tokens computed so far, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A prompt and the tokens sampled after it; only the latter carry loss. */
export interface TokenSample {
  readonly promptIds: readonly number[];
  readonly completionIds: readonly number[];
}

/** Per completion token, at the temperature asked for. */
export interface TokenScores {
  readonly logprobs: Float64Array;
  readonly entropies: Float64Array;
}

/** dL/dlogprob, and where an entropy term is used dL/dentropy, per completion token. */
export interface TokenGradients {
  readonly dLogprobs: Float64Array;
  readonly dEntropies?: Float64Array;
}

/** Called on the host for each micro-batch: scores in, gradients out, in the order of `samples`. */
export type TokenLoss = (
  scores: readonly TokenScores[],
  sampleIndices: readonly number[],
) => readonly TokenGradients[];

export interface UpdateOptions {
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  /** Global norm; 0 or less: no clipping. */
  readonly maxGradNorm: number;
}

/** A batch of GRPO: one entry for each sample (a step of a rollout) in every list. */
export interface PolicyBatch {
  readonly samples: readonly TokenSample[];
  /** Log-probs fixed at sampling, per completion token. */
  readonly sampledLogprobs: readonly ArrayLike<number>[];
  /** 1 = the token carries loss. Null: all of the sample do. */
  readonly masks: readonly (ArrayLike<number> | null)[];
  readonly advantages: readonly number[];
}

export interface PolicyUpdateOptions extends PassControl {
  /** Log-probs of policy and reference are taken at it: the sampling temperature. */
  readonly temperature: number;
  readonly loss: GrpoLossOptions;
  /** Normalisers of the whole batch. */
  readonly totals: BatchTotals;
  /** Updates on the batch (TRL `num_iterations`). */
  readonly iterations: number;
  /** Ratios are to the log-probs at sampling. False: the policy is the one that sampled, ratio 1. */
  readonly offPolicy: boolean;
  /** Scores the batch with the adapter off too, for the KL term and its metric. */
  readonly useReference: boolean;
  readonly optimiser: UpdateOptions;
  /** Most rows of one micro-batch. Default: what the device takes in one submit, at most 2048. */
  readonly microBatchTokens?: number;
  /** Computes prefixes that samples share once. Default true. */
  readonly sharePrefixes?: boolean;
}

/** One update on the batch. */
export interface PolicyUpdate {
  readonly loss: number;
  readonly metrics: LossMetricSums;
  /** Mean over all completion tokens of |log-prob now - log-prob at sampling|. */
  readonly gap: number;
  /** Before clipping. */
  readonly gradNorm: number;
}

export interface PolicyUpdateResult {
  /** Rows computed in one pass over the batch: its tokens, shared prefixes once. */
  readonly rows: number;
  readonly updates: readonly PolicyUpdate[];
}

/** Norms of the learned change scaling * B A, for one adapted linear layer. */
export interface AdapterNorm {
  readonly layer: number;
  /** PEFT module name: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj or down_proj. */
  readonly module: string;
  readonly frobenius: number;
}

/** Everything needed to go on with the same numbers: adapter weights, AdamW moments, update count. */
export interface AdapterState {
  readonly params: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
  readonly updates: number;
}

export interface LanguageModel {
  readonly vocabSize: number;
  /** Longest sequence (prompt + completion) the buffers and the config allow. */
  readonly maxPositions: number;
  readonly info: BackendInfo;
  readonly parameterCount: number;

  generate(requests: readonly GenerateRequest[], options: GenerateOptions): Promise<readonly Generated[]>;
  score(
    samples: readonly TokenSample[],
    options: { readonly temperature: number; readonly useAdapter: boolean } & PassControl,
  ): Promise<readonly TokenScores[]>;
  /**
   * Forward, host loss, backward into the gradient of the trainable parameters (the adapter's; all
   * weights when the model was opened for full training). Gradients add up until `update` or
   * `zeroGradients`; a pass that is aborted clears them all.
   */
  accumulate(
    samples: readonly TokenSample[],
    options: { readonly temperature: number; readonly microBatchTokens?: number } & PassControl,
    loss: TokenLoss,
  ): Promise<void>;
  /** Clips, applies AdamW, clears the gradient. Throws `NonFiniteError` and changes nothing if the norm is not finite. */
  update(options: UpdateOptions): Promise<{ readonly gradNorm: number }>;
  /**
   * Whole updates of GRPO on one batch: reference, forward, loss, backward, clipping and AdamW, `iterations`
   * times, with one readback at the end. All of it happens or none: after an error or an abort the adapter and
   * the optimiser are as before. Clears the gradient in any case.
   */
  updatePolicy(batch: PolicyBatch, options: PolicyUpdateOptions): Promise<PolicyUpdateResult>;
  zeroGradients(): void;

  adapterNorms(): Promise<readonly AdapterNorm[]>;
  exportAdapter(): Promise<AdapterState>;
  importAdapter(state: AdapterState): void;
  dispose(): void;
}
