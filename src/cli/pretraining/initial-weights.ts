/**
 * Initial weights of a decoder in Hugging Face names: normal, residual outputs scaled down by
 * 1 / sqrt(2 layers) as in GPT-2, norms one. A pure function of the seed.
 */
import type { ModelConfig, NamedTensor, NamedTensors } from '../../engine/model/model-config';
import { mixSeed } from '../../rl/seeds';

/**
 * Standard normal numbers from a counter (Box-Muller). The bare mixing round of seeds.ts and not
 * `hashSeed`: the published weights were made from these numbers, and the same seed must make them again.
 */
function normal(seed: number, index: number): number {
  const place = mixSeed(seed, index);
  const u = (mixSeed(place, 1) + 1) / 4294967297;
  const v = mixSeed(place, 2) / 4294967296;
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
}

export function initialWeights(config: ModelConfig, std: number, seed: number): NamedTensors {
  const tensors = new Map<string, NamedTensor>();
  let serial = 0;
  const matrix = (name: string, rows: number, columns: number, scale: number) => {
    const tensorSeed = mixSeed(seed, serial++);
    const data = new Float32Array(rows * columns);
    for (let i = 0; i < data.length; i++) data[i] = scale * normal(tensorSeed, i);
    tensors.set(name, { shape: [rows, columns], data });
  };
  const constant = (name: string, length: number, value: number) =>
    tensors.set(name, { shape: [length], data: new Float32Array(length).fill(value) });

  const { hiddenSize, intermediateSize, headDim } = config;
  const queryDim = config.heads * headDim;
  const kvDim = config.kvHeads * headDim;
  const residual = std / Math.sqrt(2 * config.layers);
  matrix('model.embed_tokens.weight', config.vocabSize, hiddenSize, std);
  for (let layer = 0; layer < config.layers; layer++) {
    const at = (name: string) => `model.layers.${layer}.${name}`;
    constant(at('input_layernorm.weight'), hiddenSize, 1);
    matrix(at('self_attn.q_proj.weight'), queryDim, hiddenSize, std);
    matrix(at('self_attn.k_proj.weight'), kvDim, hiddenSize, std);
    matrix(at('self_attn.v_proj.weight'), kvDim, hiddenSize, std);
    matrix(at('self_attn.o_proj.weight'), hiddenSize, queryDim, residual);
    if (config.attentionBias) {
      constant(at('self_attn.q_proj.bias'), queryDim, 0);
      constant(at('self_attn.k_proj.bias'), kvDim, 0);
      constant(at('self_attn.v_proj.bias'), kvDim, 0);
    }
    if (config.qkNorm) {
      constant(at('self_attn.q_norm.weight'), headDim, 1);
      constant(at('self_attn.k_norm.weight'), headDim, 1);
    }
    constant(at('post_attention_layernorm.weight'), hiddenSize, 1);
    matrix(at('mlp.gate_proj.weight'), intermediateSize, hiddenSize, std);
    matrix(at('mlp.up_proj.weight'), intermediateSize, hiddenSize, std);
    matrix(at('mlp.down_proj.weight'), hiddenSize, intermediateSize, residual);
  }
  constant('model.norm.weight', hiddenSize, 1);
  if (!config.tieWordEmbeddings) matrix('lm_head.weight', config.vocabSize, hiddenSize, std);
  return tensors;
}
