/** Adapters on one base in WebGPU, where a small model decodes from a packed copy of its own: each draws as it would alone. */
import { afterEach, expect, test } from 'vitest';
import { EngineModel } from '../model/engine-model';
import type { LoraConfig, ModelConfig } from '../model/model-config';
import { mapTensors, randomSequences, randomWeights, TINY, TINY_ADAPTER } from '../model/tiny-model.fixture';
import { WebGpuBackend } from './webgpu-backend';

/** Of sizes that the kernel for many tokens a dispatch takes. */
const CONFIG: ModelConfig = {
  ...TINY,
  architecture: 'qwen3',
  vocabSize: 32,
  hiddenSize: 16,
  intermediateSize: 24,
  headDim: 8,
};
const ADAPTER: LoraConfig = { ...TINY_ADAPTER, r: 4 };
const weights = randomWeights(CONFIG, 8);
const requests = randomSequences(CONFIG, 3, [5, 8]).map((promptIds, seed) => ({ promptIds, seed }));
const drawing = { temperature: 1, maxNewTokens: 12, stopIds: [] };

let backend: WebGpuBackend | undefined;
afterEach(() => backend?.dispose());

async function changed(model: EngineModel): Promise<EngineModel> {
  const tensors = await model.adapterTensors();
  model.loadAdapterTensors(mapTensors(tensors, (value, at) => value + 0.2 * Math.sin(at)));
  return model;
}

test('an adapter beside others draws what it draws alone, and the base what it drew before', async () => {
  backend = await WebGpuBackend.create();
  const base = await EngineModel.open({ backend, config: CONFIG, weights });
  const before = await base.generate(requests, drawing);
  const second = await changed(await base.beside(ADAPTER, 3, async () => weights));
  const alone = await changed(
    await EngineModel.open({ backend, config: CONFIG, weights, adapter: ADAPTER, adapterSeed: 3 }),
  );
  expect(second.decoding).toBe(alone.decoding);
  expect(second.decoding).toContain('many tokens a dispatch');
  const drawn = await second.generate(requests, drawing);
  expect(drawn).toEqual(await alone.generate(requests, drawing));
  expect(drawn).not.toEqual(before);
  alone.dispose();
  base.dispose();
  expect(await second.generate(requests, drawing)).toEqual(drawn);
  expect(await second.generate(requests, { ...drawing, useAdapter: false })).toEqual(before);
  second.dispose();
});
