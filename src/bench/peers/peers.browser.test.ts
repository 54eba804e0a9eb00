/** The peers do our work: products and a LoRA step, equal to ours on tiny sizes. */
import { expect, test } from 'vitest';
import { chooseBackend } from '../../engine/choose-backend';
import type { ModelConfig } from '../../engine/model/model-config';
import { randomSequences, randomWeights, TINY } from '../../engine/model/tiny-model.fixture';
import { SeededNumbers } from '../../engine/parity/seeded-numbers';
import { difference } from '../figure';
import { type LoraStepTask, ourLoraStep } from '../lora-step';
import { jaxProduct, openJax } from './jax';
import { jaxLoraStep } from './jax-lora-step';
import { lengthBuckets } from './length-buckets';
import { openTfjs, tfjsProduct } from './tfjs';
import { tfjsLoraStep } from './tfjs-lora-step';

const CONFIG: ModelConfig = {
  ...TINY,
  hiddenSize: 16,
  headDim: 4,
  layers: 1,
  attentionBias: false,
  maxPositions: 64,
};

async function stepTask(): Promise<{ task: LoraStepTask; expected: ArrayLike<number> }> {
  const model = { config: CONFIG, weights: randomWeights(CONFIG, 3) };
  const sequences = randomSequences(CONFIG, 5, [20, 33, 50]).map((ids, i) => ({
    ids,
    promptLength: ids.length >> 1,
    advantage: 0.7 - i,
  }));
  const tokens = sequences.reduce((sum, s) => sum + s.ids.length - s.promptLength, 0);
  const { backend } = await chooseBackend({ override: 'wasm', threads: 1 });
  const { contestant, adapter } = await ourLoraStep(backend, model, sequences, tokens, 0.3);
  await contestant.run();
  const expected = await contestant.result();
  contestant.dispose?.();
  backend.dispose();
  return { task: { model, adapter, sequences, tokens }, expected };
}

test('buckets hold every sequence once, and its weights add up to those of its completion', () => {
  const sequences = randomSequences(CONFIG, 9, [2, 33, 34, 40]).map((ids) => ({
    ids,
    promptLength: 1,
    advantage: -1,
  }));
  const buckets = lengthBuckets(sequences, 10);
  expect(buckets.map(({ rows, length }) => [rows, length])).toEqual([
    [2, 32],
    [2, 64],
  ]);
  const sum = buckets.flatMap(({ weights }) => [...weights]).reduce((a, b) => a + b, 0);
  expect(sum).toBeCloseTo((1 + 32 + 33 + 39) / 10, 5);
});

test.each(['wasm', 'webgpu'] as const)(
  'a product of jax-js and of TensorFlow.js is the product: %s',
  async (backend) => {
    const numbers = new SeededNumbers(1);
    const [m, n, k] = [3, 5, 4];
    const [a, b] = [numbers.normal(m * k), numbers.normal(n * k)];
    const expected = Float64Array.from({ length: m * n }, (_, i) =>
      Array.from({ length: k }, (_, p) => a[Math.floor(i / n) * k + p] * b[(i % n) * k + p]).reduce(
        (x, y) => x + y,
        0,
      ),
    );
    expect(await openJax(backend)).toBe(true);
    expect(await openTfjs(backend)).toBe(true);
    for (const make of [jaxProduct(backend), tfjsProduct]) {
      const peer = await make({ m, n, k, transposeB: true, what: '' }, a, b, 2);
      await peer.run();
      expect(difference(await peer.result(), expected), peer.engine).toBeLessThan(1e-5);
      peer.dispose?.();
    }
  },
);

test('a LoRA step of jax-js and of TensorFlow.js changes the adapter as ours does', async () => {
  const { task, expected } = await stepTask();
  expect(await openJax('wasm')).toBe(true);
  expect(await openTfjs('wasm')).toBe(true);
  for (const peer of [await jaxLoraStep(task, 'wasm'), tfjsLoraStep(task)]) {
    await peer.run();
    expect(difference(await peer.result(), expected), peer.engine).toBeLessThan(5e-3);
    // The same again: a run leaves nothing behind.
    await peer.run();
    expect(difference(await peer.result(), expected), peer.engine).toBeLessThan(5e-3);
    peer.dispose?.();
  }
});
