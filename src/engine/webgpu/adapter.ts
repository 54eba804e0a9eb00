/**
 * Finding a GPU and saying what it is.
 *
 * A browser may hand out a software adapter (SwiftShader, llvmpipe, WARP) that computes on the CPU,
 * slower than WebAssembly does; whoever chooses a back end must be able to tell. Browsers say little
 * about the hardware on purpose, so the words are theirs: vendor, architecture, sometimes more.
 */
import { DeviceUnavailableError } from '../errors';

export interface AdapterDescription {
  /** As the browser names it, lower case and often empty: "nvidia", "apple", "google". */
  readonly vendor: string;
  /** A family of GPUs, often empty: "ampere", "metal-3", "swiftshader". */
  readonly architecture: string;
  /** One phrase for people. */
  readonly words: string;
  /** True when the adapter computes on the CPU. */
  readonly software: boolean;
}

/** What `GPUAdapterInfo` says; all of it may be empty. */
export interface AdapterFacts {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|warp/i;

/** Describes an adapter from what it says about itself. */
export function describeAdapter(facts: AdapterFacts): AdapterDescription {
  const { vendor, architecture, device, description } = facts;
  const names = [vendor, architecture, description || device].filter((name) => name !== '');
  const software = facts.isFallbackAdapter === true || SOFTWARE.test([...names, device].join(' '));
  const words = names.length > 0 ? names.join(' ') : 'GPU of unknown make';
  return { vendor, architecture, words: software ? `${words} (software)` : words, software };
}

/** The page's or worker's GPU object, or undefined where the browser has none. */
export function browserGpu(): GPU | undefined {
  return typeof navigator === 'undefined' ? undefined : navigator.gpu;
}

/** Asks for an adapter; throws `DeviceUnavailableError` in words. */
export async function requestAdapter(
  gpu: GPU | undefined,
  options: GPURequestAdapterOptions = { powerPreference: 'high-performance' },
): Promise<GPUAdapter> {
  if (!gpu) {
    throw new DeviceUnavailableError(
      'webgpu-missing',
      'This browser has no WebGPU. Use a recent Chrome, Edge, Safari or Firefox, or ?backend=wasm.',
    );
  }
  const adapter = await gpu.requestAdapter(options);
  if (!adapter) {
    throw new DeviceUnavailableError(
      'webgpu-no-adapter',
      'WebGPU is there but found no GPU: the driver may be blocked or hardware acceleration switched off ' +
        'in the browser settings. Switch it on, or use ?backend=wasm.',
    );
  }
  return adapter;
}
