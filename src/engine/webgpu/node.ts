/**
 * WebGPU in Node, through Dawn (npm package `webgpu`): the very kernels of the page without a page.
 *
 * Only command-line programs and Node tests import this file; the page never does. Dawn wants a
 * Vulkan driver (Metal or D3D12 elsewhere). Without a GPU a software driver serves: set
 * VK_ICD_FILENAMES to the `vk_swiftshader_icd.json` that lies beside a Chromium binary.
 */
import { DeviceUnavailableError } from '../errors';
import { WebGpuBackend } from './webgpu-backend';

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
export async function createNodeWebGpuBackend(): Promise<WebGpuBackend> {
  return WebGpuBackend.create({ gpu: await nodeGpu() });
}
