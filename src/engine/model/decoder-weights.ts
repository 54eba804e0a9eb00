/**
 * The tensors a decoder computes with, in the shape of the network rather than under file names.
 *
 * The same structure holds weights and, in full training, their gradients: a gradient is looked up
 * where its weight is. A tied head is the embedding itself, so its gradient adds up in one place.
 */
import type { Tensor } from '../backend';
import { LORA_MODULES, type LoraConfig, type LoraModule, type ModelConfig } from './model-config';
import { adapterName, linearName } from './parameters';

/**  M how a matrix of a linear layer is kept */
export interface LinearWeights<M = Tensor> {
  /** `[out, in]` */
  readonly weight: M;
  /** `[out]` */
  readonly bias?: Tensor;
}

export interface LayerWeights<M = Tensor> {
  readonly inputNorm: Tensor;
  readonly postAttentionNorm: Tensor;
  readonly linear: Readonly<Record<LoraModule, LinearWeights<M>>>;
  /** `[headDim]`, Qwen3. */
  readonly qNorm?: Tensor;
  readonly kNorm?: Tensor;
}

export interface DecoderWeights<M = Tensor, T = Tensor> {
  /** `[vocab, hidden]` */
  readonly embedding: T;
  readonly layers: readonly LayerWeights<M>[];
  readonly finalNorm: Tensor;
  /** `[vocab, hidden]`; the embedding when tied. */
  readonly head: T;
}

/** A and B of one adapted linear layer, or their gradients. */
export interface LoraPair {
  /** `[r, in]` */
  readonly a: Tensor;
  /** `[out, r]` */
  readonly b: Tensor;
}

/** For each layer, the adapted modules. */
export type LoraWeights = readonly Readonly<Partial<Record<LoraModule, LoraPair>>>[];

/** Builds the structure from lookups by Hugging Face name; `matrix` gives the weights of the linear layers, `table` embedding and head. */
export function decoderWeights<M, T>(
  config: ModelConfig,
  tensor: (name: string) => Tensor,
  matrix: (name: string) => M,
  table: (name: string) => T,
): DecoderWeights<M, T> {
  const embedding = table('model.embed_tokens.weight');
  return {
    embedding,
    layers: Array.from({ length: config.layers }, (_, layer) => layerWeights(config, layer, tensor, matrix)),
    finalNorm: tensor('model.norm.weight'),
    head: config.tieWordEmbeddings ? embedding : table('lm_head.weight'),
  };
}

function layerWeights<M>(
  config: ModelConfig,
  layer: number,
  tensor: (name: string) => Tensor,
  matrix: (name: string) => M,
): LayerWeights<M> {
  const prefix = `model.layers.${layer}`;
  const linear = (module: LoraModule): LinearWeights<M> => {
    const name = linearName(layer, module);
    const biased = config.attentionBias && ['q_proj', 'k_proj', 'v_proj'].includes(module);
    return { weight: matrix(`${name}.weight`), bias: biased ? tensor(`${name}.bias`) : undefined };
  };
  return {
    inputNorm: tensor(`${prefix}.input_layernorm.weight`),
    postAttentionNorm: tensor(`${prefix}.post_attention_layernorm.weight`),
    linear: {
      q_proj: linear('q_proj'),
      k_proj: linear('k_proj'),
      v_proj: linear('v_proj'),
      o_proj: linear('o_proj'),
      gate_proj: linear('gate_proj'),
      up_proj: linear('up_proj'),
      down_proj: linear('down_proj'),
    },
    qNorm: config.qkNorm ? tensor(`${prefix}.self_attn.q_norm.weight`) : undefined,
    kNorm: config.qkNorm ? tensor(`${prefix}.self_attn.k_norm.weight`) : undefined,
  };
}

/** Builds the adapter's structure from a lookup by PEFT name. */
export function loraWeights(
  config: ModelConfig,
  lora: LoraConfig,
  tensor: (name: string) => Tensor,
): LoraWeights {
  return Array.from({ length: config.layers }, (_, layer) => {
    const pairs: Partial<Record<LoraModule, LoraPair>> = {};
    for (const module of LORA_MODULES.filter((name) => lora.targetModules.includes(name))) {
      pairs[module] = {
        a: tensor(adapterName(layer, module, 'A')),
        b: tensor(adapterName(layer, module, 'B')),
      };
    }
    return pairs;
  });
}
