/** The plain text of a training step against the engine's: ragged batches, shared prefixes, whole updates. */
import { describe, expect, it } from 'vitest';
import { EngineModel } from '../model/engine-model';
import type { LoraConfig, ModelConfig } from '../model/model-config';
import { mapTensors, randomSequences, randomWeights, TINY, TINY_ADAPTER } from '../model/tiny-model.fixture';
import { ReferenceBackend } from './reference-backend';
import { PlainTrainer } from './training-step';

const temperature = 0.8;
const update = { lr: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.01, maxGradNorm: 0.5 };
const distinct = randomSequences(TINY, 5, [9, 4, 12, 2]);
// Two share a beginning, which the engine computes once.
const ids = [...distinct, [...distinct[0].slice(0, 6), 3, 1]];
const prompt = (i: number) => 1 + (i % 3 === 0 ? 2 : 0);
const weight = (i: number, t: number) => Math.sin(1 + 3 * i + t);

const layouts: readonly [string, ModelConfig, LoraConfig | null][] = [
  ['an adapter on Qwen3 with biases, tied', TINY, TINY_ADAPTER],
  [
    'some modules, rank-stabilised',
    TINY,
    { ...TINY_ADAPTER, rslora: true, targetModules: ['q_proj', 'down_proj'] },
  ],
  ['all weights of Qwen3 with biases, tied', TINY, null],
  [
    'all weights of Llama, untied',
    { ...TINY, qkNorm: false, attentionBias: false, tieWordEmbeddings: false },
    null,
  ],
];

describe.each(layouts)('%s', (_, config, lora) => {
  it('has the loss, gradients and weights of the engine after each of three steps', async () => {
    const weights = randomWeights(config, 1);
    const backend = new ReferenceBackend();
    const model = await EngineModel.open({
      backend,
      config,
      weights,
      ...(lora ? { adapter: lora } : { trainable: 'base' as const }),
    });
    if (lora) {
      const start = await model.adapterTensors();
      model.loadAdapterTensors(mapTensors(start, (value, at) => value + 0.1 * Math.sin(1 + at)));
    }
    const trainer = new PlainTrainer(config, weights, lora, lora ? await model.adapterTensors() : undefined);
    const sequences = ids.map((own, i) => ({
      ids: own,
      weights: own.slice(1).map((_id, t) => (t + 1 < prompt(i) ? 0 : weight(i, t + 1 - prompt(i)))),
    }));
    const samples = ids.map((own, i) => ({
      promptIds: own.slice(0, prompt(i)),
      completionIds: own.slice(prompt(i)),
    }));
    for (let step = 0; step < 3; step++) {
      let loss = 0;
      await model.accumulate(samples, { temperature }, (scores, indices) =>
        scores.map(({ logprobs }, at) => {
          const dLogprobs = logprobs.map((_logprob, t) => weight(indices[at], t));
          loss += logprobs.reduce((sum, logprob, t) => sum + logprob * dLogprobs[t], 0);
          return { dLogprobs };
        }),
      );
      expect(trainer.accumulate(sequences, temperature)).toBeCloseTo(loss, 9);
      const gradients = await model.gradients();
      for (const [name, values] of trainer.gradients()) {
        // The engine hands gradients out as float32.
        expectClose(gradients.get(name)?.data, values, 1e-5, name);
      }
      const { gradNorm } = await model.update(update);
      expect(trainer.update(update)).toBeCloseTo(gradNorm, 9);
    }
    const { params } = await model.exportState();
    const after = lora ? await model.adapterTensors() : await model.exportWeights();
    expect(params.length).toBeGreaterThan(0);
    for (const [name, values] of trainer.values()) expectClose(after.get(name)?.data, values, 1e-6, name);
    model.dispose();
  });
});

function expectClose(
  actual: ArrayLike<number> | undefined,
  expected: Float64Array,
  tolerance: number,
  name: string,
): void {
  expect(actual?.length, name).toBe(expected.length);
  const worst = expected.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (actual?.[i] ?? NaN))),
    0,
  );
  expect(worst, name).toBeLessThan(tolerance);
}

it('names a weight that is missing', () => {
  const weights = new Map(randomWeights(TINY, 1));
  weights.delete('model.norm.weight');
  const adapter = new Map();
  expect(() => new PlainTrainer(TINY, weights, null)).toThrow(/model\.norm\.weight/);
  expect(() => new PlainTrainer(TINY, weights, TINY_ADAPTER)).toThrow(/adapter/);
  expect(() => new PlainTrainer(TINY, weights, TINY_ADAPTER, adapter)).toThrow(/missing/);
});
