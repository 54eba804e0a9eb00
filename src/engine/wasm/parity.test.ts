/** Every operation against the float64 reference, and the same bits on one, two and three threads. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureWasm } from '../../../scripts/build-wasm.mjs';
import { disagreements, type ParityOutputs, parityCases } from '../backend-parity';
import { ReferenceBackend } from '../reference/reference-backend';
import { WasmBackend } from './wasm-backend';

const soak = process.env.SOAK !== undefined;
const seeds = soak ? Array.from({ length: 20 }, (_, i) => i + 1) : [1, 2];

let backends: readonly WasmBackend[] = [];
beforeAll(async () => {
  await ensureWasm();
  backends = await Promise.all([1, 2, 3].map((threads) => WasmBackend.create({ threads })));
});
afterAll(() => {
  for (const backend of backends) backend.dispose();
});

/** Names of the outputs whose bytes differ. */
function differentBits(a: ParityOutputs, b: ParityOutputs): readonly string[] {
  const bytes = (outputs: ParityOutputs, name: string) => {
    const data = outputs.get(name);
    return data ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.alloc(0);
  };
  return [...a.keys()].filter((name) => !bytes(a, name).equals(bytes(b, name)));
}

it('runs on the threads asked for', () => {
  expect(backends.map((backend) => backend.info.threads)).toEqual([1, 2, 3]);
  expect(backends[1].info.device).toBe('WebAssembly SIMD, 2 threads');
});

describe.each(seeds)('cases of seed %i', (seed) => {
  it.each(parityCases(seed, soak ? 20 : 3).map((parity) => [parity.name, parity] as const))(
    '%s',
    async (_, parity) => {
      const expected = await parity.run(new ReferenceBackend());
      const [one, ...others] = await Promise.all(backends.map((backend) => parity.run(backend)));
      expect(disagreements(parity, one, expected)).toEqual([]);
      for (const other of others) expect(differentBits(other, one)).toEqual([]);
    },
  );
});
