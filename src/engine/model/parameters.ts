/**
 * Which parameters a model and an adapter have, under their file names, and how a set of them lies
 * in one flat device tensor.
 *
 * Trainable parameters share one tensor (and their gradients, and each AdamW moment another), so
 * clipping and the optimiser are one operation each, however many matrices there are. Every matrix
 * starts at a multiple of `VIEW_ALIGNMENT`; the padding between them is zero and stays zero, since
 * its gradient is.
 *
 * Names: Hugging Face `modeling_qwen2.py`, `modeling_qwen3.py`, `modeling_llama.py`; PEFT's
 * `adapter_model.safetensors`.
 */
import { VIEW_ALIGNMENT } from '../backend';
import { ModelFileError, NonFiniteError } from '../errors';
import {
  LORA_MODULES,
  type LoraConfig,
  type LoraModule,
  type ModelConfig,
  type NamedTensors,
} from './model-config';

export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface LinearShape {
  readonly inDim: number;
  readonly outDim: number;
}

/** Sizes of the linear layers of one block. */
export function linearShape(config: ModelConfig, module: LoraModule): LinearShape {
  const queryDim = config.heads * config.headDim;
  const keyDim = config.kvHeads * config.headDim;
  switch (module) {
    case 'q_proj':
      return { inDim: config.hiddenSize, outDim: queryDim };
    case 'k_proj':
    case 'v_proj':
      return { inDim: config.hiddenSize, outDim: keyDim };
    case 'o_proj':
      return { inDim: queryDim, outDim: config.hiddenSize };
    case 'gate_proj':
    case 'up_proj':
      return { inDim: config.hiddenSize, outDim: config.intermediateSize };
    case 'down_proj':
      return { inDim: config.intermediateSize, outDim: config.hiddenSize };
  }
}

/** `model.layers.3.self_attn.q_proj`, without `.weight`. */
export function linearName(layer: number, module: LoraModule): string {
  const block =
    module.endsWith('gate_proj') || module === 'up_proj' || module === 'down_proj' ? 'mlp' : 'self_attn';
  return `model.layers.${layer}.${block}.${module}`;
}

/** PEFT's name of an adapter matrix: A is `[r, in]`, B is `[out, r]`. */
export function adapterName(layer: number, module: LoraModule, matrix: 'A' | 'B'): string {
  return `base_model.model.${linearName(layer, module)}.lora_${matrix}.weight`;
}

/** Every tensor of the base model, in the order of the forward pass. */
export function baseParameters(config: ModelConfig): ParameterShape[] {
  const { hiddenSize, vocabSize } = config;
  const shapes: ParameterShape[] = [{ name: 'model.embed_tokens.weight', shape: [vocabSize, hiddenSize] }];
  for (let layer = 0; layer < config.layers; layer++) {
    const prefix = `model.layers.${layer}`;
    shapes.push({ name: `${prefix}.input_layernorm.weight`, shape: [hiddenSize] });
    for (const module of LORA_MODULES) {
      const { inDim, outDim } = linearShape(config, module);
      if (module === 'gate_proj') {
        shapes.push({ name: `${prefix}.post_attention_layernorm.weight`, shape: [hiddenSize] });
      }
      shapes.push({ name: `${linearName(layer, module)}.weight`, shape: [outDim, inDim] });
      if (config.attentionBias && (module === 'q_proj' || module === 'k_proj' || module === 'v_proj')) {
        shapes.push({ name: `${linearName(layer, module)}.bias`, shape: [outDim] });
      }
    }
    if (config.qkNorm) {
      shapes.push({ name: `${prefix}.self_attn.q_norm.weight`, shape: [config.headDim] });
      shapes.push({ name: `${prefix}.self_attn.k_norm.weight`, shape: [config.headDim] });
    }
  }
  shapes.push({ name: 'model.norm.weight', shape: [hiddenSize] });
  if (!config.tieWordEmbeddings) shapes.push({ name: 'lm_head.weight', shape: [vocabSize, hiddenSize] });
  return shapes;
}

/** Numbers in the base model, tied ones once. */
export function parameterCount(config: ModelConfig): number {
  return baseParameters(config).reduce(
    (sum, { shape }) => sum + shape.reduce((product, dim) => product * dim, 1),
    0,
  );
}

/** Every matrix of an adapter, layer by layer, A before B. */
export function adapterParameters(config: ModelConfig, lora: LoraConfig): ParameterShape[] {
  const shapes: ParameterShape[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    for (const module of LORA_MODULES.filter((name) => lora.targetModules.includes(name))) {
      const { inDim, outDim } = linearShape(config, module);
      shapes.push({ name: adapterName(layer, module, 'A'), shape: [lora.r, inDim] });
      shapes.push({ name: adapterName(layer, module, 'B'), shape: [outDim, lora.r] });
    }
  }
  return shapes;
}

/** One named parameter within a flat tensor. */
export interface ParameterSlot extends ParameterShape {
  readonly offset: number;
  readonly length: number;
}

/** Where each parameter of a set lies in its flat tensor. */
export class ParameterLayout {
  readonly slots: ReadonlyMap<string, ParameterSlot>;
  /** Elements of the flat tensor, padding included. */
  readonly flatLength: number;
  /** Parameters without padding. */
  readonly parameterCount: number;

  constructor(shapes: readonly ParameterShape[]) {
    const slots = new Map<string, ParameterSlot>();
    let offset = 0;
    let count = 0;
    for (const { name, shape } of shapes) {
      const length = elementCount(shape);
      slots.set(name, { name, shape, offset, length });
      count += length;
      offset += Math.ceil(length / VIEW_ALIGNMENT) * VIEW_ALIGNMENT;
    }
    this.slots = slots;
    this.flatLength = offset;
    this.parameterCount = count;
  }

  /**
   * Named tensors as one flat array.
   * @throws ModelFileError for a missing, unexpected or wrongly shaped tensor
   * @throws NonFiniteError naming the tensor that holds NaN or infinity
   */
  flatten(named: NamedTensors, what: string): Float32Array {
    checkTensors([...this.slots.values()], named, what);
    const flat = new Float32Array(this.flatLength);
    for (const slot of this.slots.values()) flat.set(named.get(slot.name)!.data, slot.offset); // checked above
    return flat;
  }

  /** The inverse of `flatten`; `rename` gives the name in the result. */
  unflatten(flat: ArrayLike<number>, rename = (name: string) => name): NamedTensors {
    const named = new Map<string, { shape: readonly number[]; data: Float32Array }>();
    for (const { name, shape, offset, length } of this.slots.values()) {
      const data = new Float32Array(length);
      for (let i = 0; i < length; i++) data[i] = flat[offset + i];
      named.set(rename(name), { shape, data });
    }
    return named;
  }
}

/** Names, shapes and finiteness, exactly; errors name the tensor. */
export function checkTensors(expected: readonly ParameterShape[], named: NamedTensors, what: string): void {
  const wanted = new Set(expected.map(({ name }) => name));
  for (const name of named.keys()) {
    if (!wanted.has(name)) {
      throw new ModelFileError('unexpected-tensor', `${what}: tensor "${name}" has no place in this model.`);
    }
  }
  for (const { name, shape } of expected) {
    const tensor = named.get(name);
    if (!tensor) {
      throw new ModelFileError('missing-tensor', `${what}: tensor "${name}" [${shape}] is missing.`);
    }
    const sameShape = tensor.shape.length === shape.length && tensor.shape.every((d, i) => d === shape[i]);
    if (!sameShape || tensor.data.length !== elementCount(shape)) {
      throw new ModelFileError(
        'tensor-shape',
        `${what}: tensor "${name}" has shape [${tensor.shape}] and ${tensor.data.length} values, expected [${shape}].`,
      );
    }
    const at = tensor.data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) {
      throw new NonFiniteError(
        'non-finite-weight',
        `${what}: tensor "${name}" holds ${tensor.data[at]} at element ${at}; the file is damaged, fetch it again.`,
      );
    }
  }
}

function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}
