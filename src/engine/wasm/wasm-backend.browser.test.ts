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

  it.runIf(!crossOriginIsolated)('falls back to one thread when the page is not isolated', async () => {
    const backend = await WasmBackend.create({ threads: 3 });
    expect(backend.info.threads).toBe(1);
    backend.dispose();
  });
});
