/**
 * What a device lacks for a model, told before anything is fetched or loaded.
 *
 * WebLLM asks its device for fixed sizes, and where the adapter has less than the larger one it takes the smaller one,
 * not what there is (`detectGPUDevice` of its TVM runtime, 0.2.86): 1 GiB buffers, else 256 MiB; 1 GiB in one binding,
 * else 128 MiB. So a device with 512 MiB bindings runs with 128, and a model whose largest tensor needs more fails
 * while it is loaded. Memory in all is not told by WebGPU; it is compared where the caller knows it.
 */
import { inWords } from '../../engine/model/memory-plan';
import { singlePrecisionOf, type WebLlmRecord } from './records';

const MIB = 2 ** 20;

/** Of a GPU adapter, what matters here. */
export interface GpuFacts {
  /** In words, e.g. `apple metal-3`. */
  readonly name: string;
  readonly features: readonly string[];
  readonly maxBufferSize: number;
  readonly maxStorageBufferBindingSize: number;
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxStorageBuffersPerShaderStage: number;
}

/** What WebLLM will hold in one buffer and in one binding on such an adapter, bytes. */
export function grantedSizes(gpu: GpuFacts): { readonly buffer: number; readonly binding: number } {
  return {
    buffer: gpu.maxBufferSize >= 1024 * MIB ? 1024 * MIB : 256 * MIB,
    binding: gpu.maxStorageBufferBindingSize >= 1024 * MIB ? 1024 * MIB : 128 * MIB,
  };
}

/** Limits below which WebLLM opens no device at all. */
const FLOORS = [
  ['maxBufferSize', 256 * MIB],
  ['maxStorageBufferBindingSize', 128 * MIB],
  ['maxComputeWorkgroupStorageSize', 32 * 1024],
  ['maxStorageBuffersPerShaderStage', 10],
] as const satisfies readonly (readonly [keyof GpuFacts, number])[];

/** Of a model that is in no list. */
export interface Needs extends Pick<WebLlmRecord, 'title' | 'features' | 'largestTensorBytes'> {
  readonly quantisation: string;
  /** 0: not known. */
  readonly memoryMegabytes: number;
}

/**
 * In sentences; empty: nothing that is known.
 * @param gpu null where there is no WebGPU
 * @param memoryBytes of the GPU, where the caller knows it
 */
export function lacksOf(
  model: WebLlmRecord | Needs,
  gpu: GpuFacts | null,
  memoryBytes: number | null = null,
): readonly string[] {
  if (gpu === null) {
    return [
      'WebLLM computes on WebGPU alone, and this browser offers no adapter. Use a browser with WebGPU, or a model for the engine.',
    ];
  }
  const lacks: string[] = [];
  for (const feature of model.features) {
    if (gpu.features.includes(feature)) continue;
    const other = 'id' in model ? singlePrecisionOf(model) : undefined;
    lacks.push(
      `This device has no ${feature}, which ${model.title} in ${model.quantisation} computes with. ` +
        (other
          ? `Take ${other.id}, which needs ${inWords(other.memoryMegabytes * MIB)}.`
          : 'Take a build in f32.'),
    );
  }
  for (const [limit, least] of FLOORS) {
    if (gpu[limit] >= least) continue;
    lacks.push(
      `WebLLM wants ${limit} of ${least} and this device has ${gpu[limit]}. A newer browser or another GPU may have more.`,
    );
  }
  if (lacks.length > 0) return lacks;
  const { buffer, binding } = grantedSizes(gpu);
  const most = Math.min(buffer, binding);
  if (model.largestTensorBytes > most) {
    lacks.push(
      `The largest tensor of ${model.title} takes ${inWords(model.largestTensorBytes)} and WebLLM can bind ` +
        `${inWords(most)} at once on this device. Take a smaller model.`,
    );
  }
  if (memoryBytes !== null && model.memoryMegabytes * MIB > memoryBytes) {
    lacks.push(
      `${model.title} takes ${inWords(model.memoryMegabytes * MIB)} of GPU memory and this device has ` +
        `${inWords(memoryBytes)}. Take a smaller model.`,
    );
  }
  return lacks;
}

/** Of the adapter that WebLLM would get here; null: no WebGPU. */
export async function readGpu(): Promise<GpuFacts | null> {
  const adapter = await globalThis.navigator?.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return null;
  const { vendor, architecture, description } = adapter.info;
  const { limits } = adapter;
  return {
    name: [vendor, architecture].filter((word) => word !== '').join(' ') || description || 'unnamed GPU',
    features: [...adapter.features],
    maxBufferSize: limits.maxBufferSize,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
    maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
  };
}
