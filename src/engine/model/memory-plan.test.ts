/** The plan against what a back end allocates, and against what devices grant. */
import { describe, expect, it } from 'vitest';
import { ReferenceBackend } from '../reference/reference-backend';
import { TRL_LOSS_DEFAULTS } from '../training/grpo-loss';
import { EngineModel } from './engine-model';
import { inWords, type MemoryUse, memoryRefusal, planMemory, smallerUse } from './memory-plan';
import { LORA_MODULES, type LoraConfig, type ModelConfig } from './model-config';
import { randomWeights, TINY } from './tiny-model.fixture';

const LORA: LoraConfig = { r: 8, alpha: 16, rslora: false, targetModules: LORA_MODULES };
const SHAPES: readonly (readonly [string, ModelConfig, LoraConfig])[] = [
  ['wide', { ...TINY, hiddenSize: 64, intermediateSize: 160, headDim: 16, layers: 3, vocabSize: 300 }, LORA],
  [
    'deep',
    { ...TINY, hiddenSize: 32, intermediateSize: 64, headDim: 8, layers: 6, vocabSize: 128 },
    { ...LORA, r: 4 },
  ],
  [
    'few adapted',
    { ...TINY, hiddenSize: 64, intermediateSize: 128, headDim: 16, qkNorm: false, vocabSize: 200 },
    { ...LORA, targetModules: ['q_proj', 'v_proj'] },
  ],
];

describe('planMemory', () => {
  it.each(['f16', 'int8'] as const)('knows a base in %s', async (base) => {
    const backend = new ReferenceBackend();
    const config = { ...TINY, hiddenSize: 64, intermediateSize: 160, headDim: 16, layers: 6 };
    const model = await EngineModel.open({
      backend,
      config,
      weights: randomWeights(config, 1),
      baseFormat: base,
    });
    await model.inspect([[1]]);
    // Words are 4 bytes here too, floats 8; tables, scratch of a row and the padding of shared memory come on top.
    const words = base === 'int8' ? 4 : 2;
    const matrices = 6 * (64 * 64 * 2 + 2 * 64 * 32 + 3 * 64 * 160);
    const real = backend.counts.bytesAllocated / 2 + (4 * matrices) / words / 2;
    const use = { config, lora: null, microBatchTokens: 0, rollouts: 1, sequenceTokens: 1, base };
    expect(planMemory(use).total / real).toBeGreaterThan(0.85);
    expect(planMemory(use).total / real).toBeLessThan(1.15);
  });

  const cases = SHAPES.flatMap((shape) => [[...shape, false] as const, [...shape, true] as const]);
  it.each(cases)(
    'is what a training step allocates, within a quarter (%s)',
    async (_, config, lora, recompute) => {
      const backend = new ReferenceBackend();
      const shape = { ...config, maxPositions: 130 };
      const model = await EngineModel.open({
        backend,
        config: shape,
        weights: randomWeights(shape, 1),
        adapter: lora,
        recompute,
      });
      const [sequences, length] = [4, 129];
      const samples = Array.from({ length: sequences }, (_, s) => ({
        promptIds: [s],
        completionIds: Array.from({ length: length - 1 }, (_, t) => (7 * s + t) % config.vocabSize),
      }));
      await model.updatePolicy(
        {
          samples,
          sampledLogprobs: samples.map(({ completionIds }) => completionIds.map(() => -1)),
          masks: samples.map(() => null),
          advantages: [1, -1, 1, -1],
        },
        {
          temperature: 1,
          loss: TRL_LOSS_DEFAULTS,
          totals: { rows: sequences, tokens: 512, items: 512 },
          iterations: 1,
          offPolicy: false,
          useReference: false,
          optimiser: { lr: 1e-3, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, maxGradNorm: 1 },
        },
      );
      const rows = sequences * (length - 1);
      const use: MemoryUse = {
        config: shape,
        lora,
        microBatchTokens: rows,
        recompute,
        rollouts: 1,
        sequenceTokens: 1,
      };
      // The reference computes in float64.
      const real = backend.counts.bytesAllocated / 2;
      expect(planMemory(use).total / real).toBeGreaterThan(0.75);
      expect(planMemory(use).total / real).toBeLessThan(1.25);
    },
  );

  it.each(SHAPES)('is what a step of full training allocates, within a quarter (%s)', async (_, config) => {
    const backend = new ReferenceBackend();
    const shape = { ...config, maxPositions: 130 };
    const weights = randomWeights(shape, 1);
    const model = await EngineModel.open({ backend, config: shape, weights, trainable: 'base' });
    const ids = Array.from({ length: 129 }, (_token, t) => (7 * t) % config.vocabSize);
    await model.accumulateTokens([0, 1, 2, 3].map(() => ({ ids, weights: ids.slice(1).map(() => 1) })));
    await model.update({ lr: 1e-3, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, maxGradNorm: 1 });
    const use = { config: shape, lora: null, trainsBase: true, microBatchTokens: 512 };
    const real = backend.counts.bytesAllocated / 2;
    const { total } = planMemory({ ...use, rollouts: 1, sequenceTokens: 1 });
    expect(total / real).toBeGreaterThan(0.75);
    expect(total / real).toBeLessThan(1.25);
  });

  it('knows what real models take: a 0.6B model in float32 is 2.4 GB, its largest matrix 622 MB', () => {
    const config: ModelConfig = {
      ...TINY,
      vocabSize: 151_936,
      hiddenSize: 1024,
      intermediateSize: 3072,
      layers: 28,
      heads: 16,
      kvHeads: 8,
      headDim: 128,
      attentionBias: false,
      maxPositions: 40_960,
    };
    const use: MemoryUse = { config, lora: LORA, microBatchTokens: 1024, rollouts: 8, sequenceTokens: 1024 };
    const plan = planMemory(use);
    expect(inWords(plan.weights)).toBe('2.4 GB');
    expect(plan.largestBuffer.name).toBe('the key-value cache');
    const single = planMemory({ ...use, rollouts: 1 });
    expect(single.largestBuffer).toMatchObject({ name: 'model.embed_tokens.weight', bytes: 622_329_856 });
    const grant = { bufferBytes: 1e9, totalBytes: 4e9 };
    expect(memoryRefusal(plan, grant)).toMatch(/needs [\d.]+ GB; this device grants 4.0 GB|in one buffer/);
    const smaller = smallerUse(use, grant);
    expect(smaller?.words).toMatch(/recomputed activations.*rollouts at a time/);
    expect(smaller && memoryRefusal(planMemory(smaller.use), grant)).toBeNull();
    // The embedding lies in parts where a buffer is small; a matrix of a block does not.
    const portable = { bufferBytes: 128 * 2 ** 20, totalBytes: null };
    expect(
      planMemory({ ...use, rollouts: 1, sequenceTokens: 512 }, portable.bufferBytes).largestBuffer.bytes,
    ).toBeLessThan(128 * 2 ** 20);
    expect(smallerUse(use, portable)?.use.base).toBe('f32');
    expect(smallerUse(use, { ...portable, bufferBytes: 8 * 2 ** 20 })).toBeNull();
    // Where the weights themselves are too many, and only there, the base is packed.
    const small = smallerUse(use, { bufferBytes: 1e9, totalBytes: 1.5e9 });
    expect(small?.use.base).toBe('int8');
    expect(small?.words).toMatch(/^the base in int8, recomputed activations/);
    expect(smaller?.use.base).toBe('f32');
    expect(inWords(planMemory({ ...use, base: 'int8' }).weights)).toBe('1.1 GB');
    expect(inWords(planMemory({ ...use, base: 'f16' }).weights)).toBe('1.5 GB');
  });
});
