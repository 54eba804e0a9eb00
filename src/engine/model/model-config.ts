/**
 * What a decoder is made of, in the engine's words: the shape of a model, of an adapter, and named
 * host tensors. Types only; `config.ts` reads them from Hugging Face files, `decoder.ts` runs them.
 */

/** Hugging Face `model_type` values whose layout the decoder implements. */
export type Architecture = 'qwen2' | 'qwen3' | 'llama';

export interface ModelConfig {
  readonly architecture: Architecture;
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  /** Query heads. */
  readonly heads: number;
  /** Key-value heads; divides `heads`. */
  readonly kvHeads: number;
  /** Even. Not always hiddenSize / heads (Qwen3). */
  readonly headDim: number;
  readonly ropeTheta: number;
  readonly rmsNormEps: number;
  /** The output matrix is the embedding; there is no `lm_head.weight`. */
  readonly tieWordEmbeddings: boolean;
  /** Biases on q_proj, k_proj and v_proj; never on o_proj (Qwen2). */
  readonly attentionBias: boolean;
  /** RMSNorm over headDim of each query and key head, before RoPE (Qwen3). */
  readonly qkNorm: boolean;
  /** `max_position_embeddings`: the longest sequence. */
  readonly maxPositions: number;
}

/** The linear layers an adapter may change, by their PEFT names, in the order of the forward pass. */
export const LORA_MODULES = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
] as const;

export type LoraModule = (typeof LORA_MODULES)[number];

/** PEFT's LoRA: y += scaling * (x A^T) B^T with A `[r, in]`, B `[out, r]`. */
export interface LoraConfig {
  readonly r: number;
  readonly alpha: number;
  /** scaling = alpha / sqrt(r) instead of alpha / r. */
  readonly rslora: boolean;
  /** Not empty, no duplicates. */
  readonly targetModules: readonly LoraModule[];
}

/** alpha / r, or alpha / sqrt(r) for rank-stabilised LoRA. */
export function loraScaling(config: LoraConfig): number {
  return config.alpha / (config.rslora ? Math.sqrt(config.r) : config.r);
}

/** A tensor on the host: row-major float32. A scalar has shape []. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Host tensors by the name they have in a Hugging Face or PEFT file. */
export type NamedTensors = ReadonlyMap<string, NamedTensor>;
