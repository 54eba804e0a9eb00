/**
 * Floating-point operations, counted on paper: a product of [m, k] and [k, n] is 2 m n k, everything
 * else (norms, softmax, activations, optimiser) is left out, as is usual. The same count is used for
 * everybody, so rates can be compared; it is what the work needs, not what an engine spends on it.
 */
import { LORA_MODULES, type LoraConfig, type ModelConfig } from '../engine/model/model-config';
import { linearShape } from '../engine/model/parameters';

export function matmulFlops(m: number, n: number, k: number): number {
  return 2 * m * n * k;
}

/** Multiplications of one block for one token: its linear layers. */
function blockWeights(config: ModelConfig): number {
  return LORA_MODULES.reduce((sum, module) => {
    const { inDim, outDim } = linearShape(config, module);
    return sum + inDim * outDim;
  }, 0);
}

function adapterWeights(config: ModelConfig, lora: LoraConfig | null): number {
  if (!lora) return 0;
  return LORA_MODULES.filter((module) => lora.targetModules.includes(module)).reduce((sum, module) => {
    const { inDim, outDim } = linearShape(config, module);
    return sum + lora.r * (inDim + outDim);
  }, 0);
}

/** Scores and mixing of one query over `keys` keys, all heads of one layer. */
function attentionFlops(config: ModelConfig, keys: number): number {
  return 4 * config.heads * config.headDim * keys;
}

/**
 * Forward pass over a sequence of `length` tokens, of which `scored` get logits; keys count causally.
 * @param past tokens already in the cache
 */
export function forwardFlops(
  config: ModelConfig,
  lora: LoraConfig | null,
  length: number,
  scored: number,
  past = 0,
): number {
  const perToken = 2 * (blockWeights(config) + adapterWeights(config, lora));
  const keys = length * past + (length * (length + 1)) / 2;
  return (
    config.layers * (length * perToken + attentionFlops(config, keys)) +
    2 * scored * config.hiddenSize * config.vocabSize
  );
}

/**
 * Forward and backward to the activations of a frozen base, gradients for the adapter only: the linear
 * layers twice, the adapter three times, attention forward once and backward 2.5 times, the head twice.
 */
export function loraStepFlops(config: ModelConfig, lora: LoraConfig, length: number, scored: number): number {
  const linear = 4 * blockWeights(config) + 6 * adapterWeights(config, lora);
  const keys = (length * (length + 1)) / 2;
  return (
    config.layers * (length * linear + 3.5 * attentionFlops(config, keys)) +
    4 * scored * config.hiddenSize * config.vocabSize
  );
}

/** The blocks over rows at these positions (a row sees the position before it and itself): forward, and a LoRA step. */
export function rowFlops(
  config: ModelConfig,
  lora: LoraConfig | null,
  positions: Int32Array,
): { readonly forward: number; readonly step: number } {
  const keys = positions.reduce((sum, position) => sum + position + 1, 0);
  const attention = attentionFlops(config, keys);
  const rows = positions.length;
  const [base, adapter] = [blockWeights(config), adapterWeights(config, lora)];
  return {
    forward: config.layers * (2 * rows * (base + adapter) + attention),
    step: config.layers * (rows * (4 * base + 6 * adapter) + 3.5 * attention),
  };
}
