/**
 * The compiled kernels: their names, and how the module is found, compiled and bound to a memory.
 *
 * There are two builds of the same source, because a module declares whether its memory is shared:
 * threads need it, and a page without cross-origin isolation cannot have it. Two more use relaxed SIMD.
 */
import { DeviceUnavailableError } from '../errors';

/** Exports of assembly/index.ts, in the order that stands for them in a thread's mailbox. */
export const KERNEL_NAMES = [
  'adamW',
  'addScaled',
  'attention',
  'attentionBackward',
  'attentionDelta',
  'attentionRows',
  'copyColumns',
  'dequantiseHalf',
  'dequantiseInt8',
  'gatherRows',
  'matmul',
  'packColumns',
  'packRows',
  'rmsNorm',
  'rmsNormBackward',
  'rope',
  'sample',
  'scatterAddRows',
  'scatterRows',
  'sumPicked',
  'sumRows',
  'sumSquares',
  'swiGlu',
  'swiGluBackward',
  'tokenLogprobs',
  'tokenLogprobsBackward',
] as const;

export type KernelName = (typeof KERNEL_NAMES)[number];

/** Arguments end in (start, end, thread): the work items to do, and whose scratch memory to use. */
export type Kernels = Readonly<Record<KernelName, (...args: number[]) => void>>;

const inNode = typeof process !== 'undefined' && process.versions?.node !== undefined;

async function moduleBytes(url: URL): Promise<BufferSource> {
  if (inNode && url.protocol === 'file:') {
    // A name in a variable keeps bundlers for the browser from looking for Node's module.
    const name = 'node:fs/promises';
    const { readFile } = (await import(/* @vite-ignore */ name)) as typeof import('node:fs/promises');
    return readFile(url);
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  return response.arrayBuffer();
}

/** Compiles one of the two plain builds. Throws `DeviceUnavailableError`. */
export async function compileKernels(shared: boolean): Promise<WebAssembly.Module> {
  const url = shared
    ? new URL('./build/kernels.wasm', import.meta.url)
    : new URL('./build/kernels-unshared.wasm', import.meta.url);
  try {
    return await WebAssembly.compile(await moduleBytes(url));
  } catch (error) {
    throw new DeviceUnavailableError(
      'wasm-module',
      'The WebAssembly kernels could not be loaded. Run "npm run build:wasm" if this is a checkout; ' +
        'otherwise reload the page with a browser that has WebAssembly SIMD.',
      { cause: error },
    );
  }
}

/** Compiles one of the two builds with relaxed SIMD; null where the engine refuses it. Throws when it cannot be loaded. */
export async function compileRelaxedKernels(shared: boolean): Promise<WebAssembly.Module | null> {
  const url = shared
    ? new URL('./build/kernels-relaxed.wasm', import.meta.url)
    : new URL('./build/kernels-relaxed-unshared.wasm', import.meta.url);
  const bytes = await moduleBytes(url);
  return WebAssembly.validate(bytes) ? WebAssembly.compile(bytes) : null;
}

export function bindKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return instance.exports as unknown as Kernels;
}
