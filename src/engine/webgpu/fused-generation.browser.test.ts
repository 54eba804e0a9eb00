/** Many tokens a dispatch against one pass a token: the same draws for every layout, one readback. */
import { expect, test } from 'vitest';
import { SeededNumbers } from '../backend-parity';
import { EngineModel } from '../model/engine-model';
import { fusedRefusal } from '../model/fused-decoder';
import { LORA_MODULES, type LoraConfig, type ModelConfig } from '../model/model-config';
import { mapTensors, randomWeights, TINY } from '../model/tiny-model.fixture';
import { WebGpuBackend } from './webgpu-backend';

const SMALL: ModelConfig = { ...TINY, vocabSize: 52, hiddenSize: 16, headDim: 8, maxPositions: 60 };
const LORA: LoraConfig = { r: 4, alpha: 8, rslora: false, targetModules: LORA_MODULES };
const LAYOUTS: readonly (readonly [string, ModelConfig, LoraConfig | undefined])[] = [
  ['qwen3 with biases, adapter on all layers', SMALL, LORA],
  [
    'qwen2, own head, adapter on two',
    { ...SMALL, qkNorm: false, tieWordEmbeddings: false },
    {
      ...LORA,
      targetModules: ['q_proj', 'down_proj'],
    },
  ],
  ['llama, no adapter', { ...SMALL, qkNorm: false, attentionBias: false, kvHeads: 1 }, undefined],
];

async function open(
  backend: WebGpuBackend,
  config: ModelConfig,
  adapter: LoraConfig | undefined,
  decode: 'fused' | 'plain',
) {
  const model = await EngineModel.open({
    backend,
    config,
    weights: randomWeights(config, 3),
    adapter,
    decode,
  });
  if (adapter) {
    const tensors = await model.adapterTensors();
    model.loadAdapterTensors(mapTensors(tensors, (value, at) => value + 0.05 * Math.sin(1 + at)));
  }
  return model;
}

test.each(LAYOUTS)('%s: draws what the plain way draws', async (_, config, adapter) => {
  const backend = await WebGpuBackend.create();
  const [fused, plain] = [
    await open(backend, config, adapter, 'fused'),
    await open(backend, config, adapter, 'plain'),
  ];
  expect(fused.decoding).toMatch(/many tokens a dispatch, one workgroup/);
  const numbers = new SeededNumbers(5);
  const shared = [...numbers.integers(9, 0, config.vocabSize - 1)];
  const requests = [1, 5, 9, 3, 9, 20].map((length, seed) => ({
    promptIds: [...shared, ...numbers.integers(20, 0, config.vocabSize - 1)].slice(0, length),
    seed,
  }));
  for (const useAdapter of adapter ? [true, false] : [true]) {
    const options = { temperature: 0.9, maxNewTokens: 14, stopIds: [4, 7, 11], useAdapter };
    const before = backend.counts.readbacks;
    const own = await fused.generate(requests, options);
    expect(backend.counts.readbacks - before).toBe(1);
    const expected = await plain.generate(requests, { ...options, readEvery: 5 });
    const read = backend.counts.readbacks;
    expect(await plain.generate(requests, { ...options, readEvery: Infinity })).toEqual(expected);
    expect(backend.counts.readbacks - read).toBe(1);
    expected.forEach(({ tokens, finish }, r) => {
      expect(own[r].finish).toBe(finish);
      expect(own[r].tokens.map(({ id }) => id)).toEqual(tokens.map(({ id }) => id));
      tokens.forEach(({ logprob, entropy }, i) => {
        expect(own[r].tokens[i].logprob).toBeCloseTo(logprob, 4);
        expect(own[r].tokens[i].entropy).toBeCloseTo(entropy, 4);
      });
    });
    expect(new Set(expected.map(({ finish }) => finish))).toContain('length');
  }
  const greedy = { temperature: 0, maxNewTokens: 5, stopIds: [] };
  const [a, b] = [await fused.generate(requests, greedy), await plain.generate(requests, greedy)];
  expect(a.map(({ tokens }) => tokens.map(({ id }) => id))).toEqual(
    b.map(({ tokens }) => tokens.map(({ id }) => id)),
  );
  backend.dispose();
});

test('a listener hears every token in order; an abort ends the rows that are not done', async () => {
  const backend = await WebGpuBackend.create();
  // Longer than the 64 tokens of the largest dispatch: a fast machine too is stopped before the end.
  const longest = 190;
  const model = await open(backend, { ...SMALL, maxPositions: 200 }, LORA, 'fused');
  const requests = [1, 2].map((seed) => ({ promptIds: [1, 2, 3], seed }));
  const heard: number[][] = [[], []];
  const options = { temperature: 1, maxNewTokens: 12, stopIds: [] };
  const done = await model.generate(requests, { ...options, onToken: (r, { id }) => heard[r].push(id) });
  expect(heard).toEqual(done.map(({ tokens }) => tokens.map(({ id }) => id)));
  const abort = new AbortController();
  const stopped = await model.generate(requests, {
    ...options,
    maxNewTokens: longest,
    signal: abort.signal,
    onToken: () => abort.abort(),
  });
  expect(stopped.map(({ finish }) => finish)).toEqual(['aborted', 'aborted']);
  expect(stopped[0].tokens.length).toBeGreaterThan(0);
  expect(stopped[0].tokens.length).toBeLessThan(longest);
  backend.dispose();
});

test('what does not fit is decoded the plain way, with the reason', async () => {
  const backend = await WebGpuBackend.create();
  const odd = await open(backend, { ...SMALL, hiddenSize: 12, headDim: 6 }, undefined, 'fused');
  expect(odd.decoding).toMatch(/one pass a token, because .* multiple of 4/);
  const tokens = await odd.generate([{ promptIds: [1], seed: 1 }], {
    temperature: 1,
    maxNewTokens: 2,
    stopIds: [],
  });
  expect(tokens[0].tokens).toHaveLength(2);
  expect(fusedRefusal(SMALL, LORA, 100_000, 1000, 16_384)).toMatch(/workgroup memory/);
  expect(fusedRefusal(SMALL, LORA, 60, 5e6, 16_384)).toMatch(/parameters/);
  backend.dispose();
});
