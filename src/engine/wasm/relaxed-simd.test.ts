/** What is asked for, and what refuses it. That relaxed kernels compute right is tested in a browser, which has them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureWasm } from '../../../scripts/build-wasm.mjs';
import type { Backend, MatmulArgs } from '../backend';
import { relaxedSimdTrouble } from './relaxed-simd';
import { WasmBackend } from './wasm-backend';

let plain: WasmBackend;
beforeAll(async () => {
  await ensureWasm();
  plain = await WasmBackend.create({ threads: 1 });
});
afterAll(() => plain.dispose());

/** The plain back end with products that `change` makes different. */
function altered(change: (args: MatmulArgs) => MatmulArgs): Backend {
  return new Proxy<Backend>(plain, {
    get: (target, name) => {
      if (name === 'matmul') return (args: MatmulArgs) => plain.matmul(change(args));
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

it('is off by default, and says so', () => {
  expect(plain.info.fastPaths).toMatchObject([{ name: 'relaxed SIMD', state: 'off' }]);
});

it('passes kernels that agree and names the product of those that do not', async () => {
  expect(await relaxedSimdTrouble(plain, plain)).toBeNull();
  const scaled = altered((args) => ({ ...args, alpha: 0.5001 }));
  expect(await relaxedSimdTrouble(scaled, plain)).toContain('4 x 24 x 64');
  const lost = altered((args) => ({ ...args, alpha: Number.NaN }));
  expect(await relaxedSimdTrouble(lost, plain)).toContain('gave NaN');
  const deep = altered((args) => (args.k > 512 ? { ...args, accumulate: false } : args));
  expect(await relaxedSimdTrouble(deep, plain)).toContain('9 x 3 x 517');
});

it('opens plain kernels, and gives the reason, where relaxed ones are refused', async () => {
  const check = async () => 'Failed on purpose.';
  const backend = await WasmBackend.create({ threads: 2, relaxedSimd: 'auto', check });
  // Node 20 does not take the module at all; later versions come to the check.
  expect(backend.info).toMatchObject({
    device: 'WebAssembly SIMD, 2 threads',
    fastPaths: [
      { state: 'refused', why: expect.stringMatching(/does not take|Failed on purpose/) as string },
    ],
  });
  backend.dispose();
});
