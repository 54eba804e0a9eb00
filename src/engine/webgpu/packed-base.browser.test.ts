/** A packed base on WebGPU: logits, decode and gradients as on the reference, with the same packed weights. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend, PackedFormat } from '../backend';
import { relativeError } from '../backend-parity';
import { EngineModel } from '../model/engine-model';
import { randomSequences, randomWeights, TINY, TINY_ADAPTER } from '../model/tiny-model.fixture';
import { ReferenceBackend } from '../reference/reference-backend';
import { WebGpuBackend } from './webgpu-backend';

const CONFIG = { ...TINY, hiddenSize: 18, intermediateSize: 37 };

async function figures(backend: Backend, baseFormat: PackedFormat) {
  const model = await EngineModel.open({
    backend,
    config: CONFIG,
    weights: randomWeights(CONFIG, 4),
    adapter: TINY_ADAPTER,
    baseFormat,
    recompute: true,
  });
  const sequences = randomSequences(CONFIG, 2, [9, 17]);
  const { logits } = await model.inspect(sequences);
  const cached = await model.cachedLogits(sequences[0].slice(0, 4), sequences[0].slice(4));
  const samples = sequences.map((ids) => ({ promptIds: ids.slice(0, 4), completionIds: ids.slice(4) }));
  await model.accumulate(samples, { temperature: 0.9 }, (scores) =>
    scores.map(({ logprobs }) => ({ dLogprobs: Float64Array.from(logprobs, (_, t) => Math.cos(t)) })),
  );
  const gradients = [...(await model.gradients())].flatMap(([, { data }]) => [...data]);
  model.dispose();
  return { logits, cached: cached.flatMap((row) => [...row]), gradients };
}

describe.each(['int8', 'f16'] as const)('%s', (format) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await WebGpuBackend.create();
  });
  afterAll(() => backend.dispose());

  it('is what the reference computes', async () => {
    const got = await figures(backend, format);
    const want = await figures(new ReferenceBackend(), format);
    expect(relativeError(got.logits, want.logits)).toBeLessThan(1e-5);
    expect(relativeError(got.cached, want.cached)).toBeLessThan(1e-5);
    expect(relativeError(got.gradients, want.gradients)).toBeLessThan(1e-4);
    expect(want.gradients.some((value) => value !== 0)).toBe(true);
  });
});
