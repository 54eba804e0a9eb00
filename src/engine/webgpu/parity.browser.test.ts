/** Every operation in WGSL against the float64 reference, on ragged shapes with guarded outputs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disagreements, parityCases } from '../backend-parity';
import { ReferenceBackend } from '../reference/reference-backend';
import { WebGpuBackend } from './webgpu-backend';

const soak = import.meta.env.VITE_SOAK !== undefined;
const seeds = soak ? Array.from({ length: 10 }, (_, i) => i + 1) : [1];

const styles = ['quads', 'direct', 'tiles'] as const;
/** What depends on the style of kernels; the rest need not run twice. */
const STYLED = {
  quads: /^/,
  direct: /^(matmul|linear|weight|attention)/,
  tiles: /^(matmul|linear|weight|rmsNorm|attention|tokenLogprobs|sample)/,
};

describe.each(styles)('products %s', (products) => {
  let backend: WebGpuBackend;
  beforeAll(async () => {
    backend = await WebGpuBackend.create({ products });
  });
  afterAll(() => backend.dispose());

  describe.each(seeds)('cases of seed %i', (seed) => {
    const cases = parityCases(seed, soak ? 20 : 2).filter(({ name }) => STYLED[products].test(name));
    it.each(cases.map((parity) => [parity.name, parity] as const))('%s', async (_, parity) => {
      const expected = await parity.run(new ReferenceBackend());
      expect(disagreements(parity, await parity.run(backend), expected)).toEqual([]);
    });
  });
});
