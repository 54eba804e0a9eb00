/**
 * Many tokens in one dispatch, for models so small that a token costs more in dispatches than in
 * arithmetic: which models that is, and how their weights are packed for it.
 *
 * The kernel (`webgpu/kernels/decode-tokens.wgsl`) holds one rollout in one workgroup, so a model must fit
 * in what a workgroup can hold and should fit in a GPU's cache. It reads a copy of the base weights in
 * an order of its own; the adapter is read where it is trained, so an update needs no new copy.
 */
import { type Backend, type FusedShape, type Tensor, VIEW_ALIGNMENT } from '../backend';
import {
  LORA_MODULES,
  type LoraConfig,
  loraScaling,
  type ModelConfig,
  type NamedTensors,
} from './model-config';
import { adapterName, linearName, linearShape, type ParameterLayout } from './parameters';

/** Parameters above which one workgroup a rollout reads too much: 16 MB of float32. */
const MOST_PARAMETERS = 4_000_000;
const FEWEST_FLOATS = 4;

/** What the kernel needs beside cache and state. */
export interface FusedDecoder {
  readonly shape: FusedShape;
  readonly weights: Tensor;
  readonly layout: Tensor;
  /** s of the adapter; 0 without one. */
  readonly scaling: number;
}

/** Floats that the kernel keeps in workgroup memory for `big`: scores of all heads, logits, gated activation. */
function bigOf(config: ModelConfig, positions: number): number {
  return Math.max(config.vocabSize, config.heads * positions, config.intermediateSize);
}

/** Why a model cannot be decoded this way; null if it can. */
export function fusedRefusal(
  config: ModelConfig,
  lora: LoraConfig | undefined,
  positions: number,
  parameterCount: number,
  workgroupBytes: number,
): string | null {
  if (parameterCount > MOST_PARAMETERS)
    return `it has ${parameterCount} parameters, more than ${MOST_PARAMETERS}`;
  const sizes = [config.hiddenSize, config.intermediateSize, config.headDim, lora?.r ?? FEWEST_FLOATS];
  if (sizes.some((size) => size % 4 !== 0)) return 'a width, head size or LoRA rank is no multiple of 4';
  const { heads, kvHeads, headDim, hiddenSize } = config;
  const rank = lora?.r ?? FEWEST_FLOATS;
  const floats =
    2 * hiddenSize +
    3 * heads * headDim +
    3 * kvHeads * headDim +
    bigOf(config, positions) +
    8 * heads +
    15 * rank;
  // Lane sums, pieces, state: under 2 KiB.
  const bytes = 4 * floats + 2048;
  if (bytes > workgroupBytes)
    return `it needs ${bytes} bytes of workgroup memory, the device gives ${workgroupBytes}`;
  return null;
}

/** [out, in] row-major to [in / 4][out][4]: neighbouring outputs lie side by side. */
function packMatrix(to: Float32Array, at: number, data: ArrayLike<number>, out: number, input: number): void {
  for (let o = 0; o < out; o++) {
    for (let i = 0; i < input; i++) to[at + ((i >> 2) * out + o) * 4 + (i & 3)] = data[o * input + i];
  }
}

/**
 * Packs the base weights and uploads them with the table of offsets.
 * @param adapter layout of the flat adapter tensor, as `Trainable` keeps it
 */
export function packFusedDecoder(
  backend: Backend,
  config: ModelConfig,
  weights: NamedTensors,
  lora: LoraConfig | undefined,
  adapter: ParameterLayout | undefined,
  positions: number,
): FusedDecoder {
  const parts: { readonly length: number; write(to: Float32Array, at: number): void }[] = [];
  let length = 0;
  const place = (size: number, write: (to: Float32Array, at: number) => void): number => {
    const at = length;
    parts.push({ length: size, write });
    length += Math.ceil(size / VIEW_ALIGNMENT) * VIEW_ALIGNMENT;
    return at / 4;
  };
  const plain = (name: string): number => {
    const data = weights.get(name)?.data;
    return data ? place(data.length, (to, at) => to.set(data, at)) : -1;
  };
  const matrix = (name: string, out: number, input: number): number => {
    const data = weights.get(name)?.data ?? [];
    return place(out * input, (to, at) => packMatrix(to, at, data, out, input));
  };
  const half = config.headDim / 2;
  const table = (f: (x: number) => number): number =>
    place(positions * half, (to, at) => {
      for (let i = 0; i < positions * half; i++) {
        to[at + i] = f(Math.floor(i / half) * config.ropeTheta ** ((-2 * (i % half)) / config.headDim));
      }
    });
  const head = config.tieWordEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight';
  const offsets = [
    plain('model.embed_tokens.weight'),
    plain('model.norm.weight'),
    matrix(head, config.vocabSize, config.hiddenSize),
    table(Math.cos),
    table(Math.sin),
  ];
  for (let layer = 0; layer < config.layers; layer++) {
    const prefix = `model.layers.${layer}`;
    offsets.push(
      plain(`${prefix}.input_layernorm.weight`),
      plain(`${prefix}.post_attention_layernorm.weight`),
    );
    for (const module of LORA_MODULES) {
      const { inDim, outDim } = linearShape(config, module);
      offsets.push(matrix(`${linearName(layer, module)}.weight`, outDim, inDim));
    }
    for (const module of ['q_proj', 'k_proj', 'v_proj'] as const) {
      offsets.push(plain(`${linearName(layer, module)}.bias`));
    }
    for (const norm of ['q_norm', 'k_norm']) offsets.push(plain(`${prefix}.self_attn.${norm}.weight`));
    for (const module of LORA_MODULES) {
      for (const name of ['A', 'B'] as const) {
        const slot = adapter?.slots.get(adapterName(layer, module, name));
        offsets.push(slot ? slot.offset / 4 : -1);
      }
    }
  }
  const host = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    part.write(host, at);
    at += Math.ceil(part.length / VIEW_ALIGNMENT) * VIEW_ALIGNMENT;
  }
  const packed = backend.alloc('f32', length, 'fused.weights', 'activation');
  backend.write(packed, host);
  const layout = backend.alloc('i32', offsets.length, 'fused.layout', 'activation');
  backend.write(layout, Int32Array.from(offsets));
  const { hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, vocabSize, rmsNormEps } = config;
  const shape = { hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, vocabSize, rmsNormEps };
  return {
    shape: { ...shape, rank: lora?.r ?? FEWEST_FLOATS, big: bigOf(config, positions) },
    weights: packed,
    layout,
    scaling: lora ? loraScaling(lora) : 0,
  };
}
