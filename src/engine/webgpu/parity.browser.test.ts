/** Every operation in WGSL against the float64 reference, on ragged shapes with guarded outputs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disagreements, parityCases } from '../backend-parity';
import { ReferenceBackend } from '../reference/reference-backend';
import { WebGpuBackend } from './webgpu-backend';

const soak = import.meta.env.VITE_SOAK !== undefined;
const seeds = soak ? Array.from({ length: 10 }, (_, i) => i + 1) : [1];

let backend: WebGpuBackend;
beforeAll(async () => {
  backend = await WebGpuBackend.create();
});
afterAll(() => backend.dispose());

describe.each(seeds)('cases of seed %i', (seed) => {
  it.each(parityCases(seed, soak ? 20 : 2).map((parity) => [parity.name, parity] as const))(
    '%s',
    async (_, parity) => {
      const expected = await parity.run(new ReferenceBackend());
      expect(disagreements(parity, await parity.run(backend), expected)).toEqual([]);
    },
  );
});
