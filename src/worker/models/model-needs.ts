/**
 * What a model takes of this device and what the device lacks for it, told in the list, before anything is fetched: of
 * the engine by its memory plan, of WebLLM by what its makers state, of transformers.js by the length of its weights.
 */
import type { MemoryGrant } from '../../engine/errors';
import { inWords, memoryRefusal, planMemory, smallerUse } from '../../engine/model/memory-plan';
import { LORA_MODULES, type LoraConfig, type ModelConfig } from '../../engine/model/model-config';
import type { ModelEntry } from '../../hub/model-entry';
import { type GpuFacts, lacksOf as lacksForWebLlm } from '../../policies/web-llm/preflight';
import { recordOf } from '../../policies/web-llm/records';
import type { MemoryNeed } from '../models-protocol';

export interface DeviceFacts {
  /** Of the engine's back end. */
  readonly grant: MemoryGrant;
  /** Null: no WebGPU. */
  readonly gpu: GpuFacts | null;
  /** The lab in one file has the engine alone. */
  readonly engineOnly: boolean;
}

/** Longest prompt with completion that is reckoned with, tokens: what a model is first opened with. */
const CONTEXT = 3072;
const LORA: LoraConfig = { r: 8, alpha: 16, rslora: false, targetModules: LORA_MODULES };
const FORMATS = ['f32', 'f16', 'int8'] as const;
/** Float weights above this are kept in half from the start. */
const USUAL_WEIGHT_BYTES = 1e9;
/** What 32-bit WebAssembly can address. */
const WASM_BYTES = 2 ** 32;
const FLOAT = 4;

/** Null until enough is known of it. */
export function needOf(entry: ModelEntry, { grant }: DeviceFacts): MemoryNeed | null {
  if (entry.provider === 'engine') return entry.shape && engineNeed(entry.shape, grant);
  if (entry.provider === 'web-llm') return entry.memoryBytes === null ? null : told(entry.memoryBytes, null);
  const weights = entry.files?.filter(({ path }) => path.startsWith('onnx/'));
  if (!weights || weights.length === 0) return null;
  const bytes = weights.reduce((sum, file) => sum + file.bytes, 0) + cacheBytes(entry.shape);
  return told(bytes, needsHalf(entry) ? null : WASM_BYTES);
}

function told(actBytes: number, grantedBytes: number | null): MemoryNeed {
  const refusal =
    grantedBytes !== null && actBytes > grantedBytes
      ? `It needs ${inWords(actBytes)}; WebAssembly can address ${inWords(grantedBytes)}. Take a smaller model, or a build for the GPU.`
      : null;
  return { actBytes, trainBytes: null, grantedBytes, refusal };
}

function engineNeed(config: ModelConfig, grant: MemoryGrant): MemoryNeed {
  const sequenceTokens = Math.min(CONTEXT, config.maxPositions);
  const acting = { config, lora: null, microBatchTokens: 0, rollouts: 1, sequenceTokens };
  const planned = FORMATS.map((base) => planMemory({ ...acting, base }, grant.bufferBytes));
  const fitting = planned.findIndex(
    (plan) => memoryRefusal(plan, grant) === null && plan.weights <= USUAL_WEIGHT_BYTES,
  );
  // Where nothing fits with room to spare: the coarsest.
  const chosen = fitting < 0 ? planned.length - 1 : fitting;
  const base = FORMATS[chosen];
  // A step is learned from whole: the longest that can be is a micro-batch of its own.
  const training = { ...acting, base, lora: LORA, microBatchTokens: sequenceTokens, recompute: true };
  const plan = planned[chosen];
  const refused = memoryRefusal(plan, grant);
  const smaller = refused === null ? null : smallerUse({ ...acting, base }, grant);
  return {
    actBytes: plan.total,
    trainBytes: planMemory(training, grant.bufferBytes).total,
    grantedBytes: grant.totalBytes,
    refusal:
      refused === null
        ? null
        : `It does not fit: ${refused}. ${smaller ? `What fits: ${smaller.words}.` : 'Take a smaller model.'}`,
  };
}

function cacheBytes(shape: ModelConfig | null): number {
  return shape ? 2 * FLOAT * CONTEXT * shape.layers * shape.kvHeads * shape.headDim : 0;
}

/** In sentences; empty: nothing that is known. */
export function lacksOf(entry: ModelEntry, { gpu, engineOnly }: DeviceFacts): readonly string[] {
  if (entry.provider === 'engine') return [];
  if (engineOnly) {
    return ['The lab in one file has the engine alone. Open the lab from a site to use this model.'];
  }
  if (entry.provider === 'web-llm') {
    const record = recordOf(entry.name);
    if (record) return lacksForWebLlm(record, gpu);
    return gpu ? [] : ['WebLLM computes on WebGPU alone, and this browser offers no adapter.'];
  }
  if (needsHalf(entry) && !gpu?.features.includes('shader-f16')) {
    return [
      `${entry.quantisation} is for GPUs that know half precision (shader-f16), which this device lacks: it would be computed on the processor, slowly. Take the q8 build.`,
    ];
  }
  return [];
}

function needsHalf({ quantisation }: ModelEntry): boolean {
  return quantisation === 'q4f16' || quantisation === 'fp16';
}
