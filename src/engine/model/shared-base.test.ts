/** Several adapters on one base: its weights are on the device once, and nobody notices the others. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureWasm } from '../../../scripts/build-wasm.mjs';
import type { Backend, Tensor } from '../backend';
import { ReferenceBackend } from '../reference/reference-backend';
import { WasmBackend } from '../wasm/wasm-backend';
import { EngineModel } from './engine-model';
import { ModelUseError } from './model-options';
import type { BaseFormat } from './packed-rows';
import { mapTensors, randomSequences, randomWeights, TINY, TINY_ADAPTER } from './tiny-model.fixture';

const weights = randomWeights(TINY, 2);
const onHost = async () => weights;
const samples = randomSequences(TINY, 4, [9, 6, 12]).map((ids) => ({
  promptIds: ids.slice(0, 3),
  completionIds: ids.slice(3),
}));
const scoring = { temperature: 1, useAdapter: true };
const step = { lr: 0.05, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, maxGradNorm: 1 };

/** The names of tensors that are on the device. */
function watched<B extends Backend>(backend: B): { readonly backend: B; readonly alive: Set<Tensor> } {
  const alive = new Set<Tensor>();
  const { alloc, free } = backend;
  backend.alloc = (...args) => {
    const tensor = alloc.apply(backend, args);
    alive.add(tensor);
    return tensor;
  };
  backend.free = (tensor) => {
    alive.delete(tensor);
    free.call(backend, tensor);
  };
  return { backend, alive };
}

const named = (alive: Set<Tensor>, name: string) => [...alive].filter(({ label }) => label === name).length;

async function trainOnce(model: EngineModel): Promise<void> {
  await model.accumulate(samples, { temperature: 1 }, (scores) =>
    scores.map(({ logprobs }) => ({ dLogprobs: logprobs.map((_, t) => Math.sin(1 + t)) })),
  );
  await model.update(step);
}

async function changeAdapter(model: EngineModel): Promise<void> {
  const tensors = await model.adapterTensors();
  model.loadAdapterTensors(mapTensors(tensors, (value, at) => value + 0.1 * Math.sin(at)));
}

beforeAll(() => ensureWasm());

describe.each(['reference', 'wasm'] as const)('on %s', (name) => {
  const create = () =>
    name === 'wasm' ? WasmBackend.create({ threads: 1 }) : Promise.resolve(new ReferenceBackend());

  it.each<BaseFormat>(['f32', 'f16', 'int8'])('one base (%s) carries many adapters', async (baseFormat) => {
    const { backend, alive } = watched(await create());
    const base = await EngineModel.open({ backend, config: TINY, weights, baseFormat });
    const before = await base.score(samples, scoring);
    const second = await base.beside(TINY_ADAPTER, 3, onHost);
    const third = await base.beside({ ...TINY_ADAPTER, r: 2 }, 4, onHost);
    for (const weight of ['model.embed_tokens.weight', 'model.layers.1.mlp.down_proj.weight']) {
      expect(named(alive, weight)).toBe(1);
    }
    await changeAdapter(second);
    await trainOnce(second);

    const alone = await EngineModel.open({
      backend: await create(),
      config: TINY,
      weights,
      baseFormat,
      adapter: TINY_ADAPTER,
      adapterSeed: 3,
    });
    await changeAdapter(alone);
    await trainOnce(alone);
    expect(await second.score(samples, scoring)).toEqual(await alone.score(samples, scoring));
    expect(await base.score(samples, scoring)).toEqual(before);
    expect(await third.score(samples, scoring)).toEqual(before);
    expect(await second.score(samples, { ...scoring, useAdapter: false })).toEqual(before);

    base.dispose();
    second.dispose();
    expect(await third.score(samples, scoring)).toEqual(before);
    await third.rest();
    expect(await third.score(samples, scoring)).toEqual(before);
    third.dispose();
    expect(alive.size).toBe(0);
  });
});

it('an adapter that makes no sense leaves the base as it is', async () => {
  const { backend, alive } = watched(new ReferenceBackend());
  const base = await EngineModel.open({ backend, config: TINY, weights });
  const tensors = alive.size;
  await expect(base.beside({ ...TINY_ADAPTER, r: 0 }, 0, onHost)).rejects.toMatchObject({
    code: 'lora-rank',
  });
  expect(alive.size).toBe(tensors);
  base.dispose();
  expect(alive.size).toBe(0);
});

it('weights that learn are not shared', async () => {
  const model = await EngineModel.open({
    backend: new ReferenceBackend(),
    config: TINY,
    weights,
    trainable: 'base',
  });
  await expect(model.beside(TINY_ADAPTER, 0, onHost)).rejects.toThrow(ModelUseError);
});
