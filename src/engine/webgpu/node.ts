/**
 * WebGPU in Node, through Dawn (npm package `webgpu`): the very kernels of the page without a page.
 *
 * Only command-line programs and Node tests import this file; the page never does. Dawn wants a
 * Vulkan driver (Metal or D3D12 elsewhere). Without a GPU a software driver serves: set
 * VK_ICD_FILENAMES to the `vk_swiftshader_icd.json` that lies beside a Chromium binary, and where the
 * system has no libvulkan.so.1 of its own, LD_LIBRARY_PATH to that folder before Node starts.
 */
import { DeviceUnavailableError } from '../errors';
import { WebGpuBackend, type WebGpuBackendOptions } from './webgpu-backend';

let opened: Promise<GPU> | undefined;

/**
 * The GPU object for Node; also installs WebGPU's globals (`GPUBufferUsage` and so on).
 * One for the process: Dawn's instance must outlive its devices. Throws `DeviceUnavailableError`.
 */
export function nodeGpu(): Promise<GPU> {
  opened ??= open();
  return opened;
}

async function open(): Promise<GPU> {
  try {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    return create([]);
  } catch (cause) {
    throw new DeviceUnavailableError(
      'webgpu-node',
      `WebGPU for Node could not be loaded (${cause instanceof Error ? cause.message : String(cause)}). ` +
        'Run npm install with optional binaries allowed, or use --backend wasm.',
      { cause },
    );
  }
}

/** A WebGPU back end in Node. Throws `DeviceUnavailableError` where Dawn finds no Vulkan, Metal or D3D12 driver. */
export async function createNodeWebGpuBackend(
  options: Omit<WebGpuBackendOptions, 'gpu'> = {},
): Promise<WebGpuBackend> {
  const gpu = await nodeGpu();
  try {
    return await WebGpuBackend.create({ ...options, gpu });
  } catch (cause) {
    if (!(cause instanceof DeviceUnavailableError) || cause.code !== 'webgpu-no-adapter') throw cause;
    throw new DeviceUnavailableError(
      'webgpu-node-driver',
      'Dawn found no GPU driver. Install one (on Linux libvulkan.so.1 and a Vulkan driver); for a software one ' +
        'start with VK_ICD_FILENAMES=<chromium>/vk_swiftshader_icd.json and LD_LIBRARY_PATH=<chromium>, or use ' +
        '--backend wasm.',
      { cause },
    );
  }
}
