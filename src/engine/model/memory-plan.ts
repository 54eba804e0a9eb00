/**
 * How much memory a model takes on a device, told before it is loaded: weights, adapter with its
 * optimiser, cache, activations of a training micro-batch, logits; against what the device grants in one
 * buffer and, where that is known, in all. And if it does not fit: the smaller setting that does.
 *
 * Sizes are float32 but for a packed base (`packed-rows.ts`). Counts follow `decoder-training.ts` (what a block keeps for its backward pass),
 * `kv-cache.ts`, `head.ts` and `trainable.ts`; a test compares them with what a back end really allocates.
 */

import type { MemoryGrant } from '../errors';
import { largestMatrix } from './base-matrix';
import { LORA_MODULES, type LoraConfig, type ModelConfig } from './model-config';
import { type BaseFormat, wordsOf } from './packed-rows';
import { adapterParameters, baseParameters, linearShape, ParameterLayout } from './parameters';
import { partRows } from './row-table';

/** What is to be done with the model. */
export interface MemoryUse {
  readonly config: ModelConfig;
  /** Null: inference. */
  readonly lora: LoraConfig | null;
  /** The weights of the base learn: a gradient and two moments for each. Default false. */
  readonly trainsBase?: boolean;
  /** Rows of a training micro-batch; 0 for inference. */
  readonly microBatchTokens: number;
  /** How the matrices of the blocks are kept (`EngineModelOptions.baseFormat`). Default f32. */
  readonly base?: BaseFormat;
  /** Blocks are computed again on the way back (`EngineModelOptions.recompute`). Default false. */
  readonly recompute?: boolean;
  /** Rollouts that are decoded side by side, and the longest sequence of each. */
  readonly rollouts: number;
  readonly sequenceTokens: number;
}

export interface MemoryPlan {
  /** With a packed base: and the one matrix that is floats at a time. */
  readonly weights: number;
  /** Parameters, gradient, two moments, and the copies that an update can be undone from; where the base learns, what that adds. */
  readonly adapter: number;
  readonly cache: number;
  /** Kept for the backward pass, and scratch of both passes. */
  readonly activations: number;
  readonly logits: number;
  readonly total: number;
  readonly largestBuffer: { readonly name: string; readonly bytes: number };
}

const FLOAT = 4;
const BLOCK_MATRIX = /_proj\.weight$/;
const TABLE = /^(model.embed_tokens|lm_head).weight$/;
/** Logits kept at once, as in `head.ts`. */
const LOGIT_ELEMENTS = 2 ** 24;
/** From exact to coarse. */
const PACKED: readonly BaseFormat[] = ['f32', 'f16', 'int8'];
/** Copies of the flat adapter: parameters, gradient, m, v, and three to undo an update. */
const ADAPTER_COPIES = 7;

/**
 * Bytes by purpose. Pure.
 * @param bufferBytes what the device grants in one buffer: embedding and head lie in parts where they are larger
 */
export function planMemory(use: MemoryUse, bufferBytes = Number.POSITIVE_INFINITY): MemoryPlan {
  const { config, lora, microBatchTokens: rows } = use;
  const stored = storedMatrices(config, use.base ?? 'f32', bufferBytes);
  const weights = stored.reduce((sum, { bytes, parts }) => sum + bytes * parts, 0);
  const flat = lora ? FLOAT * new ParameterLayout(adapterParameters(config, lora)).flatLength : 0;
  const perToken = 2 * config.layers * config.kvHeads * config.headDim;
  const cache = FLOAT * use.rollouts * use.sequenceTokens * perToken;
  const activations = rows > 0 ? FLOAT * rows * trainingFloats(config, lora, use.recompute) : 0;
  const scored = rows > 0 ? rows : use.rollouts;
  const atOnce = FLOAT * Math.min(Math.max(LOGIT_ELEMENTS, config.vocabSize), scored * config.vocabSize);
  // The columns of one part are made beside them.
  const ofVocabulary = partRows(config.vocabSize, config.hiddenSize, bufferBytes) / config.vocabSize;
  const logits = ofVocabulary < 1 ? atOnce * (1 + ofVocabulary) : atOnce;
  const largestBuffer = [
    ...stored,
    { name: 'the key-value cache', bytes: cache },
    { name: 'the logits', bytes: atOnce },
    { name: 'the activations of one layer', bytes: FLOAT * rows * config.intermediateSize },
  ].reduce((most, buffer) => (buffer.bytes > most.bytes ? buffer : most));
  // Gradient, m and v; there is nothing to undo an update from.
  const learning = use.trainsBase ? 3 * FLOAT * new ParameterLayout(baseParameters(config)).flatLength : 0;
  const adapter = ADAPTER_COPIES * flat + learning;
  const total = weights + adapter + cache + activations + logits;
  return { weights, adapter, cache, activations, logits, total, largestBuffer };
}

interface StoredMatrix {
  readonly name: string;
  /** Of one part. */
  readonly bytes: number;
  readonly parts: number;
}

/** Bytes of the base weights by name, and of the float matrix that packed ones share. */
function storedMatrices(config: ModelConfig, format: BaseFormat, bufferBytes: number): StoredMatrix[] {
  const stored = baseParameters(config).map(({ name, shape }) => {
    const [rows, dim = 1] = shape;
    if (format === 'f32' || !BLOCK_MATRIX.test(name)) {
      const part = TABLE.test(name) ? partRows(rows, dim, bufferBytes) : rows;
      return { name, bytes: FLOAT * part * dim, parts: rows / part };
    }
    const scales = format === 'int8' ? rows : 0;
    return { name, bytes: FLOAT * (rows * wordsOf(format, dim) + scales), parts: 1 };
  });
  if (format === 'f32') return stored;
  return [...stored, { name: 'the matrix at work', bytes: FLOAT * largestMatrix(config), parts: 1 }];
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

/**
 * The largest smaller setting that fits, and what it gives up; null if even the smallest does not.
 *
 * Recomputation costs time only and is proposed first; then less at a time, which costs time too; a packed base, which
 * changes the numbers, only where nothing else helps.
 */
export function smallerUse(
  use: MemoryUse,
  grant: MemoryGrant,
): { readonly use: MemoryUse; readonly words: string } | null {
  const formats = PACKED.slice(PACKED.indexOf(use.base ?? 'f32'));
  for (const base of formats) {
    const smaller = lessAtATime({ ...use, base }, grant);
    if (!smaller) continue;
    const words = [
      base !== formats[0] && `the base in ${base}`,
      smaller.recompute && !use.recompute && 'recomputed activations',
      smaller.rollouts < use.rollouts && `${smaller.rollouts} rollouts at a time`,
      smaller.microBatchTokens < use.microBatchTokens &&
        `micro-batches of ${smaller.microBatchTokens} tokens`,
      smaller.sequenceTokens < use.sequenceTokens && `sequences of ${smaller.sequenceTokens} tokens`,
    ].filter(Boolean);
    return { use: smaller, words: words.length > 0 ? words.join(', ') : 'as asked for' };
  }
  return null;
}

function lessAtATime(use: MemoryUse, grant: MemoryGrant): MemoryUse | null {
  const fits = (candidate: MemoryUse) =>
    memoryRefusal(planMemory(candidate, grant.bufferBytes), grant) === null;
  const halved = (n: number, least: number) => Math.max(least, n >> 1);
  // Recomputation makes the whole smaller, not the largest buffer.
  const whole = planMemory(use, grant.bufferBytes).total;
  const tooMuch = grant.totalBytes !== null && whole > grant.totalBytes;
  let candidate = use.microBatchTokens > 0 && tooMuch ? { ...use, recompute: true } : use;
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
  return candidate;
}

/** Bytes as people say them: 2.1 GB, 340 MB. Decimal units. */
export function inWords(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(0)} MB`;
  return `${Math.ceil(bytes / 1e3)} kB`;
}
