/**
 * How much memory a model takes on a device, told before it is loaded: weights, adapter with its
 * optimiser, cache, activations of a training micro-batch, logits; against what the device grants in one
 * buffer and, where that is known, in all. And if it does not fit: the smaller setting that does.
 *
 * All sizes are float32. Counts follow `decoder-training.ts` (what a block keeps for its backward pass),
 * `kv-cache.ts`, `head.ts` and `trainable.ts`; a test compares them with what a back end really allocates.
 */

import { LORA_MODULES, type LoraConfig, type ModelConfig } from './model-config';
import { adapterParameters, baseParameters, linearShape, ParameterLayout } from './parameters';

/** What is to be done with the model. */
export interface MemoryUse {
  readonly config: ModelConfig;
  /** Null: inference. */
  readonly lora: LoraConfig | null;
  /** Rows of a training micro-batch; 0 for inference. */
  readonly microBatchTokens: number;
  /** Blocks are computed again on the way back (`EngineModelOptions.recompute`). Default false. */
  readonly recompute?: boolean;
  /** Rollouts that are decoded side by side, and the longest sequence of each. */
  readonly rollouts: number;
  readonly sequenceTokens: number;
}

/** What a device gives. */
export interface MemoryGrant {
  /** In one buffer. */
  readonly bufferBytes: number;
  /** In all; null where the device does not say (WebGPU). */
  readonly totalBytes: number | null;
}

export interface MemoryPlan {
  readonly weights: number;
  /** Parameters, gradient, two moments, and the copies that an update can be undone from. */
  readonly adapter: number;
  readonly cache: number;
  /** Kept for the backward pass, and scratch of both passes. */
  readonly activations: number;
  readonly logits: number;
  readonly total: number;
  readonly largestBuffer: { readonly name: string; readonly bytes: number };
}

const FLOAT = 4;
/** Logits kept at once, as in `head.ts`. */
const LOGIT_ELEMENTS = 2 ** 24;
/** Copies of the flat adapter: parameters, gradient, m, v, and three to undo an update. */
const ADAPTER_COPIES = 7;

/** Bytes by purpose. Pure. */
export function planMemory(use: MemoryUse): MemoryPlan {
  const { config, lora, microBatchTokens: rows } = use;
  const base = baseParameters(config);
  const weights = FLOAT * new ParameterLayout(base).parameterCount;
  const flat = lora ? FLOAT * new ParameterLayout(adapterParameters(config, lora)).flatLength : 0;
  const perToken = 2 * config.layers * config.kvHeads * config.headDim;
  const cache = FLOAT * use.rollouts * use.sequenceTokens * perToken;
  const activations = rows > 0 ? FLOAT * rows * trainingFloats(config, lora, use.recompute) : 0;
  const scored = rows > 0 ? rows : use.rollouts;
  const logits = FLOAT * Math.min(Math.max(LOGIT_ELEMENTS, config.vocabSize), scored * config.vocabSize);
  const matrices = base.map(({ name, shape }) => ({
    name,
    bytes: FLOAT * shape.reduce((product, dim) => product * dim, 1),
  }));
  const largestBuffer = [
    ...matrices,
    { name: 'the key-value cache', bytes: cache },
    { name: 'the logits', bytes: logits },
    { name: 'the activations of one layer', bytes: FLOAT * rows * config.intermediateSize },
  ].reduce((most, buffer) => (buffer.bytes > most.bytes ? buffer : most));
  const adapter = ADAPTER_COPIES * flat;
  const total = weights + adapter + cache + activations + logits;
  return { weights, adapter, cache, activations, logits, total, largestBuffer };
}

/** Floats that one row of a training pass takes: kept in every block, and scratch shared by all. */
function trainingFloats(config: ModelConfig, lora: LoraConfig | null, recompute = false): number {
  const { hiddenSize, intermediateSize, heads, kvHeads, headDim, qkNorm } = config;
  const query = heads * headDim;
  const key = kvHeads * headDim;
  const adapted = LORA_MODULES.filter((module) => lora?.targetModules.includes(module)).length;
  // Input, its norm, q, k, v, attention, middle, its norm, gate, up, activated; statistics; LoRA's low products.
  const kept =
    4 * hiddenSize +
    (qkNorm ? 2 : 1) * (query + key) +
    key +
    query +
    3 * intermediateSize +
    heads +
    2 +
    adapted * (lora?.r ?? 0);
  const widest = Math.max(...LORA_MODULES.map((module) => linearShape(config, module).outDim));
  const scratch = 5 * hiddenSize + 2 * (query + key) + query + 3 * intermediateSize + widest;
  const blocks = recompute ? config.layers * hiddenSize + kept - hiddenSize : config.layers * kept;
  return blocks + scratch;
}

/** Why it does not fit, in words with numbers; null if it does. */
export function memoryRefusal(plan: MemoryPlan, grant: MemoryGrant): string | null {
  const { name, bytes } = plan.largestBuffer;
  if (bytes > grant.bufferBytes) {
    return `${name} needs ${inWords(bytes)}; this device grants ${inWords(grant.bufferBytes)} in one buffer`;
  }
  if (grant.totalBytes !== null && plan.total > grant.totalBytes) {
    return `it needs ${inWords(plan.total)}; this device grants ${inWords(grant.totalBytes)}`;
  }
  return null;
}

/** The largest smaller setting that fits, and what it gives up; null if even the smallest does not. */
export function smallerUse(
  use: MemoryUse,
  grant: MemoryGrant,
): { readonly use: MemoryUse; readonly words: string } | null {
  const fits = (candidate: MemoryUse) => memoryRefusal(planMemory(candidate), grant) === null;
  const halved = (n: number, least: number) => Math.max(least, n >> 1);
  // Recomputation costs time only, so it is proposed before anything is made shorter.
  let candidate = use.microBatchTokens > 0 && !fits(use) ? { ...use, recompute: true } : use;
  while (!fits(candidate)) {
    const { microBatchTokens, rollouts, sequenceTokens } = candidate;
    const next: MemoryUse = {
      ...candidate,
      microBatchTokens: microBatchTokens > 0 ? halved(microBatchTokens, 32) : 0,
      rollouts: halved(rollouts, 1),
    };
    if (next.microBatchTokens === microBatchTokens && next.rollouts === rollouts) {
      if (sequenceTokens <= 64) return null;
      candidate = { ...next, sequenceTokens: halved(sequenceTokens, 64) };
    } else {
      candidate = next;
    }
  }
  const words = [
    candidate.recompute && !use.recompute && 'recomputed activations',
    candidate.rollouts < use.rollouts && `${candidate.rollouts} rollouts at a time`,
    candidate.microBatchTokens < use.microBatchTokens &&
      `micro-batches of ${candidate.microBatchTokens} tokens`,
    candidate.sequenceTokens < use.sequenceTokens && `sequences of ${candidate.sequenceTokens} tokens`,
  ].filter(Boolean);
  return { use: candidate, words: words.length > 0 ? words.join(', ') : 'as asked for' };
}

/** Bytes as people say them: 2.1 GB, 340 MB. Decimal units. */
export function inWords(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(0)} MB`;
  return `${Math.ceil(bytes / 1e3)} kB`;
}
