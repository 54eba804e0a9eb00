/** Back ends by name, for commands in Node. The GPU one is loaded only when asked for. */
import type { Backend, BackendName } from '../engine/backend';
import { ReferenceBackend } from '../engine/reference/reference-backend';
import type { RelaxedSimd } from '../engine/wasm/relaxed-simd';
import { WasmBackend } from '../engine/wasm/wasm-backend';

export const BACKEND_NAMES: readonly BackendName[] = ['wasm', 'webgpu', 'reference'];

/** `threads`: of WebAssembly; default two. `relaxedSimd`: of WebAssembly; default off. Throws `DeviceUnavailableError`. */
export async function createBackend(
  name: BackendName,
  options: { readonly threads?: number; readonly relaxedSimd?: RelaxedSimd } = {},
): Promise<Backend> {
  switch (name) {
    case 'wasm':
      return WasmBackend.create({ threads: options.threads ?? 2, relaxedSimd: options.relaxedSimd });
    case 'reference':
      return new ReferenceBackend();
    case 'webgpu': {
      const { createNodeWebGpuBackend } = await import('../engine/webgpu/node');
      return createNodeWebGpuBackend();
    }
  }
}
