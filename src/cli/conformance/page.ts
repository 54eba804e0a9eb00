/**
 * The page's half of `npm run conformance`: reads the fixtures over HTTP, measures on the back end named in
 * the address and hands each result to the command through `report`, which the command puts on the window.
 */
import type { Backend, BackendName } from '../../engine/backend';
import type { FixtureReader } from '../../engine/conformance';
import { problemOf } from '../../engine/conformance/results';
import { FAST_PATH_NAMES, readFastPaths } from '../../engine/fast-paths';
import { ReferenceBackend } from '../../engine/reference/reference-backend';
import { WasmBackend } from '../../engine/wasm/wasm-backend';
import { WebGpuBackend } from '../../engine/webgpu/webgpu-backend';
import type { PageReport } from './page-report';
import { conformanceRun } from './run';

declare global {
  interface Window {
    /** Put there by the command. */
    report(report: PageReport): Promise<void>;
  }
}

const address = new URLSearchParams(location.search);

async function fetched(path: string): Promise<Response> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  return response;
}

const reader: FixtureReader = {
  list: async () => (await fetched('/folder/')).json() as Promise<string[]>,
  read: async (path) => {
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    return new Uint8Array(await (await fetched(`/folder/${encoded}`)).arrayBuffer());
  },
};

const fastPaths = readFastPaths(
  Object.fromEntries(FAST_PATH_NAMES.map((name) => [name, address.get(name) ?? undefined])),
);

const CREATE: Readonly<Record<BackendName, () => Promise<Backend>>> = {
  webgpu: () => WebGpuBackend.create(fastPaths),
  wasm: () => WasmBackend.create({ relaxedSimd: fastPaths.simd }),
  reference: async () => new ReferenceBackend(),
};

async function main(): Promise<void> {
  const name = address.get('backend') as BackendName;
  const create = async () => {
    const backend = await CREATE[name]();
    await window.report({ kind: 'device', device: backend.info.device });
    return backend;
  };
  try {
    for await (const result of conformanceRun(create, reader, address.get('only') ?? '')) {
      // Infinity does not survive JSON.
      const error = Number.isFinite(result.error) ? result.error : null;
      await window.report({ kind: 'result', result: { ...result, error } });
    }
    await window.report({ kind: 'done' });
  } catch (cause) {
    await window.report({ kind: 'failed', problem: problemOf(cause) });
  }
}

void main();
