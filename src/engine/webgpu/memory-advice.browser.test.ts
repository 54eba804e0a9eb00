/** Out of memory on WebGPU, at once (one buffer) and after the fact (all of them): needed, granted, what fits. */
import { afterEach, expect, it } from 'vitest';
import { DeviceMemoryError } from '../errors';
import { EngineModel } from '../model/engine-model';
import { randomWeights, TINY, TINY_ADAPTER } from '../model/tiny-model.fixture';
import { WebGpuBackend } from './webgpu-backend';

const CONFIG = {
  ...TINY,
  hiddenSize: 32,
  intermediateSize: 128,
  headDim: 8,
  vocabSize: 64,
  maxPositions: 300,
};

let backend: WebGpuBackend | undefined;
afterEach(() => backend?.dispose());

async function open(bufferBytes?: number): Promise<EngineModel> {
  backend = await WebGpuBackend.create({ bufferBytes });
  return EngineModel.open({
    backend,
    config: CONFIG,
    weights: randomWeights(CONFIG, 1),
    adapter: TINY_ADAPTER,
    decode: 'plain',
  });
}

const scores = (model: EngineModel, microBatchTokens: number) =>
  model.accumulate(
    Array.from({ length: 4 }, (_, s) => ({
      promptIds: [s],
      completionIds: Array.from({ length: 200 }, (_, t) => (s + t) % CONFIG.vocabSize),
    })),
    { temperature: 1, microBatchTokens },
    (all) => all.map(({ logprobs }) => ({ dLogprobs: Float64Array.from(logprobs, () => 1) })),
  );

it('one buffer', async () => {
  const model = await open(128 * 1024);
  const failed = scores(model, 1024);
  await expect(failed).rejects.toThrow(DeviceMemoryError);
  await expect(failed).rejects.toThrow(
    /in one buffer; this GPU allows.*In all this model needs .* the device grants 132 kB in one buffer\. What fits: micro-batches of \d+ tokens/,
  );
  await scores(model, 201);
});

it('all memory, told after the fact', async () => {
  const model = await open();
  const error = new GPUOutOfMemoryError('16 GiB asked for');
  backend?.device.dispatchEvent(new GPUUncapturedErrorEvent('uncapturederror', { error, cancelable: true }));
  const failed = scores(model, 1024);
  await expect(failed).rejects.toThrow(DeviceMemoryError);
  await expect(failed).rejects.toThrow(
    /not enough memory.*In all this model needs .* What fits: recomputed activations/s,
  );
  await scores(model, 1024);
});
