/**
 * A number that is not finite, put where nothing checks it: the step fails, nothing has changed, and the
 * message names the tensor. On the float64 reference and on WebAssembly.
 */
import { describe, expect, it } from 'vitest';
import type { Backend, Tensor } from '../backend';
import { NonFiniteError } from '../errors';
import { ReferenceBackend } from '../reference/reference-backend';
import { WasmBackend } from '../wasm/wasm-backend';
import type { EngineModel } from './engine-model';
import { adaptedModel, policyBatch, updateOptions } from './policy-update.fixture';

/** A back end that remembers its tensors by name, so that a test can spoil one behind the model's back. */
function remembering(inner: Backend) {
  const tensors = new Map<string, Tensor[]>();
  const backend = new Proxy(inner, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        const result: unknown = value.apply(target, args);
        // A gradient is called as its parameter is, and made after it.
        if (key === 'alloc' || key === 'view') {
          const tensor = result as Tensor;
          tensors.set(tensor.label, [...(tensors.get(tensor.label) ?? []), tensor]);
        }
        return result;
      };
    },
  });
  const spoilAt = (which: number) => (label: string, value: number) => {
    const tensor = tensors.get(label)?.at(which);
    if (!tensor) throw new Error(`no tensor "${label}"`);
    inner.write(tensor, Float32Array.of(value), 1);
  };
  return { backend, spoil: spoilAt(0), spoilLast: spoilAt(-1) };
}

const BACKENDS: readonly [string, () => Promise<Backend>][] = [
  ['reference', async () => new ReferenceBackend()],
  ['wasm', () => WasmBackend.create({ threads: 1 })],
];
const LORA_B = 'base_model.model.model.layers.1.mlp.up_proj.lora_B.weight';

/** Message of the error; the adapter and the optimiser must be as they were. */
async function broken(model: EngineModel, run: () => Promise<unknown>): Promise<string> {
  const before = await model.exportState();
  const error = await run().then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(NonFiniteError);
  const after = await model.exportState();
  expect(after.updates).toBe(before.updates);
  for (const part of ['params', 'm', 'v'] as const) expect(after[part]).toEqual(before[part]);
  return (error as Error).message;
}

describe.each(BACKENDS)('%s: what is not finite is caught in its step and named', (_, create) => {
  async function opened() {
    const { backend, ...spoilers } = remembering(await create());
    const model = await adaptedModel(backend);
    const batch = await policyBatch(model, 5, 0.2);
    const update = () => model.updatePolicy(batch, updateOptions(batch, { beta: 0.1 }));
    return { model, batch, update, ...spoilers };
  }

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('%s in a weight of the base', async (value) => {
    const { model, update, spoil } = await opened();
    spoil('model.layers.1.self_attn.v_proj.weight', value);
    expect(await broken(model, update)).toMatch(/not finite: "model\.layers\.1\.self_attn\.v_proj\.weight"/);
  });

  it.each([Number.NaN, Number.NEGATIVE_INFINITY])('%s in a matrix of the adapter', async (value) => {
    const { model, update, spoil } = await opened();
    spoil(LORA_B, value);
    expect(await broken(model, update)).toMatch(/not finite: ".*layers\.1\.mlp\.up_proj\.lora_B\.weight"/);
  });

  it('a gradient of sampling that cannot be: the loss is named by its sample', async () => {
    const { model, batch } = await opened();
    const sampledLogprobs = batch.sampledLogprobs.map((values, i) =>
      i === 1 ? Array.from(values, () => Number.NaN) : values,
    );
    const spoiled = { ...batch, sampledLogprobs };
    const told = await broken(model, () => model.updatePolicy(spoiled, updateOptions(batch, { beta: 0.1 })));
    expect(told).toMatch(/sample 1/);
  });

  it('a rollout and a scoring pass name it too', async () => {
    const { model, batch, spoil } = await opened();
    spoil('model.layers.0.mlp.down_proj.weight', Number.NaN);
    const { promptIds } = batch.samples[0];
    const options = { temperature: 1, maxNewTokens: 4, stopIds: [] };
    const named = /not finite: "model\.layers\.0\.mlp\.down_proj\.weight"/;
    expect(await broken(model, () => model.generate([{ promptIds, seed: 1 }], options))).toMatch(named);
    expect(
      await broken(model, () => model.score(batch.samples, { temperature: 1, useAdapter: true })),
    ).toMatch(named);
  });

  it('one gradient on the device', async () => {
    const { model, batch, spoilLast } = await opened();
    spoilLast(LORA_B, Number.NaN);
    const { optimiser } = updateOptions(batch, {});
    expect(await broken(model, () => model.update(optimiser))).toMatch(
      /the gradient of ".*layers\.1\.mlp\.up_proj\.lora_B\.weight" is NaN at element 1/,
    );
  });

  it('one gradient that a loss on the host gives', async () => {
    const { model, batch } = await opened();
    const told = await broken(model, () =>
      model.accumulate(batch.samples, { temperature: 1 }, (scores, members) =>
        scores.map(({ logprobs }, i) => ({
          dLogprobs: logprobs.map((_, t) => (members[i] === 1 && t === 0 ? Number.NaN : 0.1)),
        })),
      ),
    );
    expect(told).toMatch(/loss of sample 1 gave gradients \[NaN/);
  });

  it('after which the model goes on, once the number is put right', async () => {
    const { model, update, spoil } = await opened();
    const clean = await opened();
    spoil(LORA_B, Number.NaN);
    await broken(model, update);
    model.importState(await clean.model.exportState());
    expect(await update()).toEqual(await clean.update());
  });
});

it('an overflow of float32 is named where it happens, not at the finite matrices that led to it', async () => {
  const model = await adaptedModel(await WasmBackend.create({ threads: 1 }));
  const batch = await policyBatch(model, 5, 0.2);
  const tensors = new Map(await model.adapterTensors());
  for (const [name, { shape, data }] of tensors) {
    if (/layers\.1\.mlp\.(gate|up)_proj/.test(name)) tensors.set(name, { shape, data: data.map(() => 1e18) });
  }
  model.loadAdapterTensors(tensors);
  const told = await broken(model, () => model.updatePolicy(batch, updateOptions(batch, { beta: 0.1 })));
  // Its own numbers reach 1e36: their squares are what overflows first.
  expect(told).toMatch(/not finite: the output of model\.layers\.1\.mlp\.gate_proj/);
});
