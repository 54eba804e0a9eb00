/** Every operation against the float64 reference, on one thread and on several. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureWasm } from '../../../scripts/build-wasm.mjs';
import { disagreements, parityCases } from '../backend-parity';
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

describe.each(seeds)('cases of seed %i', (seed) => {
  it.each(parityCases(seed, soak ? 20 : 4).map((parity) => [parity.name, parity] as const))(
    '%s',
    async (_, parity) => {
      const expected = await parity.run(new ReferenceBackend());
      const [one, two, three] = await Promise.all(backends.map((backend) => parity.run(backend)));
      expect(disagreements(parity, one, expected)).toEqual([]);
      expect(two).toEqual(one);
      expect(three).toEqual(one);
    },
  );
});
