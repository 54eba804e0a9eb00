/** Back ends by name, for commands in Node, and the options that ask for or forbid their faster ways. */
import type { Backend, BackendName } from '../engine/backend';
import { FAST_PATH_NAMES, FAST_PATH_WORDS, type FastPathChoices, readFastPaths } from '../engine/fast-paths';
import { ReferenceBackend } from '../engine/reference/reference-backend';
import { WasmBackend } from '../engine/wasm/wasm-backend';
import type { Arguments, OptionSpec } from './arguments';

export const BACKEND_NAMES: readonly BackendName[] = ['wasm', 'webgpu', 'reference'];

/** `--simd`, `--decode` and so on, for the table of a command that opens back ends. */
export const FAST_PATH_OPTIONS: { readonly [name: string]: OptionSpec } = Object.fromEntries(
  FAST_PATH_NAMES.map((name) => [
    name,
    { type: 'string', help: `faster ways: ${FAST_PATH_WORDS[name].join(' | ')}` },
  ]),
);

/** What these options ask for. Throws `FastPathChoiceError` naming the right words. */
export function fastPathsIn(args: Arguments): FastPathChoices {
  return readFastPaths(Object.fromEntries(FAST_PATH_NAMES.map((name) => [name, args.text(name)])));
}

/** `threads`: of WebAssembly; default two. Throws `DeviceUnavailableError`. */
export async function createBackend(
  name: BackendName,
  options: { readonly threads?: number; readonly fastPaths?: FastPathChoices } = {},
): Promise<Backend> {
  const { threads = 2, fastPaths } = options;
  switch (name) {
    case 'wasm':
      return WasmBackend.create({ threads, relaxedSimd: fastPaths?.simd });
    case 'reference':
      return new ReferenceBackend();
    case 'webgpu': {
      const { createNodeWebGpuBackend } = await import('../engine/webgpu/node');
      return createNodeWebGpuBackend(fastPaths);
    }
  }
}
