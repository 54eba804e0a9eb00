/** What a rollout draws does not depend on what it is batched with, shared prefixes included: to the bit on WebAssembly. */
import { expect, it } from 'vitest';
import { SeededNumbers } from '../backend-parity';
import type { GenerateRequest } from '../language-model';
import { WasmBackend } from '../wasm/wasm-backend';
import { EngineModel } from './engine-model';
import { mapTensors, randomWeights, TINY, TINY_ADAPTER } from './tiny-model.fixture';

const ROUNDS = process.env.SOAK ? 60 : 6;

/** Prompts that extend, repeat and leave one another at random places. */
function entangledRequests(numbers: SeededNumbers, vocabSize: number): GenerateRequest[] {
  const prompts: number[][] = [];
  for (let i = 0; i < 9; i++) {
    const [from, keep, more] = numbers.integers(3, 0, 11);
    const shared = prompts.length > 0 ? prompts[from % prompts.length].slice(0, 2 * keep) : [];
    const own = [...numbers.integers(more + (shared.length === 0 ? 1 : 0), 0, vocabSize - 1)];
    prompts.push([...shared, ...own].slice(0, 28));
  }
  return prompts.map((promptIds, i) => ({ promptIds, seed: 31 * i }));
}

it('draws the same bits alone and in a batch of entangled prompts', async () => {
  const backend = await WasmBackend.create({ threads: 2 });
  const model = await EngineModel.open({
    backend,
    config: { ...TINY, headDim: 8 },
    weights: randomWeights({ ...TINY, headDim: 8 }, 4),
    adapter: TINY_ADAPTER,
  });
  model.loadAdapterTensors(
    mapTensors(await model.adapterTensors(), (value, at) => value + 0.2 * Math.sin(at)),
  );
  const numbers = new SeededNumbers(8);
  for (let round = 0; round < ROUNDS; round++) {
    const requests = entangledRequests(numbers, TINY.vocabSize);
    const options = { temperature: 0.9, maxNewTokens: 7, stopIds: [5, 6] };
    const together = await model.generate(requests, options);
    for (const [i, request] of requests.entries()) {
      const [alone] = await model.generate([request], options);
      expect(alone).toEqual(together[i]);
    }
    for (const readEvery of [3, 100]) {
      expect(await model.generate(requests, { ...options, readEvery })).toEqual(together);
    }
  }
  const { promptTokens, prefilledTokens, wastedRows } = model.generationCounts;
  expect(prefilledTokens).toBeLessThan(promptTokens);
  expect(wastedRows).toBeGreaterThan(0);
  model.dispose();
  backend.dispose();
});
