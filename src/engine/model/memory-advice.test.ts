/** Out of memory on WebAssembly: what is needed, what there is, what fits; and what is said to fit does. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureWasm } from '../../../scripts/build-wasm.mjs';
import { DeviceMemoryError } from '../errors';
import type { TokenSample } from '../language-model';
import { TRL_LOSS_DEFAULTS } from '../training/grpo-loss';
import { WasmBackend } from '../wasm/wasm-backend';
import { EngineModel } from './engine-model';
import { withSmallerSetting } from './memory-advice';
import { LORA_MODULES } from './model-config';
import type { EngineModelOptions } from './model-options';
import { meterMemory } from './real-shapes.fixture';
import { randomWeights, TINY } from './tiny-model.fixture';

const MIB = 2 ** 20;
const CONFIG = {
  ...TINY,
  hiddenSize: 64,
  intermediateSize: 160,
  headDim: 16,
  layers: 6,
  vocabSize: 300,
  maxPositions: 300,
};
const LORA = { r: 4, alpha: 8, rslora: false, targetModules: LORA_MODULES };
const samples: TokenSample[] = Array.from({ length: 8 }, (_, s) => ({
  promptIds: [s],
  completionIds: Array.from({ length: 255 }, (_, t) => (31 * s + 7 * t) % CONFIG.vocabSize),
}));

let backends: WasmBackend[] = [];
beforeAll(() => ensureWasm());
afterEach(() => {
  for (const backend of backends) backend.dispose();
  backends = [];
});

async function granted(mib: number): Promise<WasmBackend> {
  const backend = await WasmBackend.create({ threads: 1, maximumBytes: mib * MIB });
  backends.push(backend);
  return backend;
}

const open = (backend: WasmBackend, options: Partial<EngineModelOptions> = {}) =>
  EngineModel.open({ backend, config: CONFIG, weights: randomWeights(CONFIG, 1), adapter: LORA, ...options });

async function train(model: EngineModel, microBatchTokens: number): Promise<Float32Array[]> {
  await model.updatePolicy(
    {
      samples,
      sampledLogprobs: samples.map(({ completionIds }) => completionIds.map(() => -1)),
      masks: samples.map(() => null),
      advantages: samples.map((_, s) => (s % 2 === 0 ? 1 : -1)),
    },
    {
      temperature: 1,
      loss: TRL_LOSS_DEFAULTS,
      totals: { rows: samples.length, tokens: 2040, items: 2040 },
      iterations: 1,
      offPolicy: false,
      useReference: false,
      microBatchTokens,
      optimiser: { lr: 1e-3, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, maxGradNorm: 1 },
    },
  );
  return [...(await model.adapterTensors()).values()].map(({ data }) => data);
}

describe('an update that does not fit', () => {
  it('says needed, granted and the smaller setting, changes nothing, and that setting works', async () => {
    const small = await open(await granted(24), { recompute: false });
    const before = [...(await small.adapterTensors()).values()].map(({ data }) => data);
    const failed = train(small, 2048);
    await expect(failed).rejects.toThrow(DeviceMemoryError);
    await expect(failed).rejects.toThrow(
      /"[\w.]+" needs .*In all this model needs \d+ MB .*the device granted \d+ MB\. What fits: recomputed activations, micro-batches of \d+ tokens\.$/,
    );
    expect([...(await small.adapterTensors()).values()].map(({ data }) => data)).toEqual(before);
    expect(small.updates).toBe(0);
    const words = await failed.catch((error: Error) => error.message);
    const tokens = Number(/micro-batches of (\d+) tokens\.$/.exec(String(words))?.[1]);
    const advised = await open(await granted(24), { recompute: true });
    const roomy = await open(await granted(512), { recompute: true });
    expect(await train(advised, tokens)).toEqual(await train(roomy, tokens));
    // And the model that failed goes on, with room of its own.
    expect(await train(small, 64)).not.toEqual(before);
  });

  it('is avoided by recomputation, unasked, where the plan says so', async () => {
    await expect(train(await open(await granted(56), { recompute: false }), 2048)).rejects.toThrow(
      DeviceMemoryError,
    );
    const kept = await train(await open(await granted(512), { recompute: false }), 2048);
    expect(await train(await open(await granted(56)), 2048)).toEqual(kept);
  });
});

it('a model that does not fit leaves nothing behind and says what would', async () => {
  const config = { ...CONFIG, vocabSize: 6000 };
  const weights = randomWeights(config, 1);
  const backend = await granted(2);
  const { alive, peak } = meterMemory(backend);
  const failed = open(backend, { config, weights });
  await expect(failed).rejects.toThrow(
    /In all this model needs .* the device granted .* take a smaller model/,
  );
  expect(peak()).toBeGreaterThan(0);
  expect(alive()).toBe(0);
  // Only the adapter's copies do not fit any more.
  const tight = await granted(4);
  const meter = meterMemory(tight);
  await expect(open(tight, { adapter: { ...LORA, r: 64 } })).rejects.toThrow(DeviceMemoryError);
  expect(meter.alive()).toBe(0);
  expect((await open(tight)).trainableParameterCount).toBeGreaterThan(0);
});

it('where the plan fits and memory is gone all the same, something smaller is proposed', () => {
  const use = { config: CONFIG, lora: LORA, microBatchTokens: 2048, rollouts: 1, sequenceTokens: 1 };
  const roomy = new DeviceMemoryError('x', 'Full.', { bufferBytes: 1e12, totalBytes: 1e12 });
  expect(withSmallerSetting(roomy, use).message).toMatch(/What fits: recomputed activations/);
  const silent = new DeviceMemoryError('x', 'Full.');
  expect(withSmallerSetting(silent, use, 1e8).message).toMatch(
    /device grants 100 MB in one buffer\. What fits/,
  );
  expect(withSmallerSetting(silent, use).cause).toBe(silent);
});
