/** A profile on the host: what ran, how often, nothing twice, and nothing left behind. */
import { expect, test } from 'vitest';
import type { Backend } from './backend';
import { ReferenceBackend } from './reference/reference-backend';
import { WasmBackend } from './wasm/wasm-backend';

const [ROWS, DIM, R] = [6, 64, 4];

function enqueue(backend: Backend): void {
  const floats = (length: number) => backend.alloc('f32', length, 'profiled');
  const x = floats(ROWS * DIM);
  const lora = { a: floats(R * DIM), b: floats(DIM * R), r: R, scaling: 1, low: floats(ROWS * R) };
  const shape = { rows: ROWS, inDim: DIM, outDim: DIM, weight: floats(DIM * DIM) };
  backend.linear({ out: floats(ROWS * DIM), x, ...shape, lora });
  backend.matmul({ out: floats(1), a: x, b: x, m: 1, n: 1, k: DIM });
  backend.matmul({ out: floats(1), a: x, b: x, m: 1, n: 1, k: DIM });
  backend.fill(x, 1);
}

test.each([
  ['reference', async () => new ReferenceBackend()],
  ['wasm', () => WasmBackend.create({ threads: 1 })],
] as const)('%s: operations, calls, bytes and flops', async (_, create) => {
  const backend = await create();
  const methods = Object.getOwnPropertyNames(backend);
  expect(await backend.stopProfile()).toEqual([]);
  backend.startProfile();
  enqueue(backend);
  const profile = await backend.stopProfile();
  const calls = Object.fromEntries(profile.map(({ kernel, calls }) => [kernel, calls]));
  expect(calls).toEqual({ linear: 1, matmul: 2, fill: 1 });
  const linear = profile.find(({ kernel }) => kernel === 'linear');
  expect(linear?.flops).toBe(2 * ROWS * DIM * DIM + 2 * ROWS * R * 2 * DIM);
  expect(linear?.bytes).toBe(4 * (2 * ROWS * DIM + 2 * R * DIM + ROWS * R + DIM * DIM));
  for (const { ms } of profile) expect(ms).toBeGreaterThanOrEqual(0);
  expect(Object.getOwnPropertyNames(backend)).toEqual(methods);
  enqueue(backend);
  expect(await backend.stopProfile()).toEqual([]);
  backend.dispose();
});
