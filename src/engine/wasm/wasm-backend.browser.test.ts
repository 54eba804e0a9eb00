/** The back end loads in a real browser, on one thread and, where the page is isolated, on several, with equal bits. */
import { describe, expect, it } from 'vitest';
import { disagreements, parityCases } from '../backend-parity';
import { ReferenceBackend } from '../reference/reference-backend';
import { WasmBackend } from './wasm-backend';

/** Every case of attention, and every tenth of the others. */
const cases = parityCases(3, 0).filter((parity, i) => parity.name.startsWith('attention') || i % 10 === 0);

describe('WasmBackend in the browser', () => {
  it('agrees with the reference on one thread, in memory that is not shared', async () => {
    const backend = await WasmBackend.create({ threads: 1 });
    expect(backend.info).toMatchObject({ name: 'wasm', threads: 1, device: 'WebAssembly SIMD, 1 thread' });
    for (const parity of cases) {
      expect(
        disagreements(parity, await parity.run(backend), await parity.run(new ReferenceBackend())),
      ).toEqual([]);
    }
    backend.dispose();
  });

  it.runIf(crossOriginIsolated)('computes the same bits on three threads', async () => {
    const one = await WasmBackend.create({ threads: 1 });
    const three = await WasmBackend.create({ threads: 3 });
    expect(three.info.device).toBe('WebAssembly SIMD, 3 threads');
    for (const parity of cases) expect(await parity.run(three)).toEqual(await parity.run(one));
    one.dispose();
    three.dispose();
  });

  it('computes with relaxed SIMD when it is asked for, and tells that it passed its check', async () => {
    const backend = await WasmBackend.create({ threads: 1, relaxedSimd: 'auto' });
    expect(backend.info.fastPaths).toMatchObject([{ name: 'relaxed SIMD', state: 'on' }]);
    for (const parity of cases) {
      expect(
        disagreements(parity, await parity.run(backend), await parity.run(new ReferenceBackend())),
      ).toEqual([]);
    }
    backend.dispose();
  });

  it.runIf(crossOriginIsolated)('relaxed SIMD too gives the same bits on three threads', async () => {
    const one = await WasmBackend.create({ threads: 1, relaxedSimd: 'auto' });
    const three = await WasmBackend.create({ threads: 3, relaxedSimd: 'auto' });
    expect(three.info.device).toBe('WebAssembly relaxed SIMD, 3 threads');
    for (const parity of cases) expect(await parity.run(three)).toEqual(await parity.run(one));
    one.dispose();
    three.dispose();
  });

  it('refuses relaxed SIMD that fails its check and computes with plain kernels', async () => {
    const check = async () => 'Failed on purpose.';
    const backend = await WasmBackend.create({ threads: 1, relaxedSimd: 'auto', check });
    expect(backend.info).toMatchObject({
      device: 'WebAssembly SIMD, 1 thread',
      fastPaths: [{ state: 'refused', why: 'Failed on purpose.' }],
    });
    backend.dispose();
  });

  it.runIf(!crossOriginIsolated)('falls back to one thread when the page is not isolated', async () => {
    const backend = await WasmBackend.create({ threads: 3 });
    expect(backend.info.threads).toBe(1);
    backend.dispose();
  });
});
