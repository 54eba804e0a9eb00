/**
 * A model whose blocks are packed is the model with its weights replaced by what the packed ones stand for: forward,
 * decode, gradients through the base; opened whole or streamed, on the reference and on WebAssembly.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureWasm } from '../../../scripts/build-wasm.mjs';
import type { Backend, PackedFormat } from '../backend';
import { relativeError } from '../backend-parity';
import { ReferenceBackend } from '../reference/reference-backend';
import { WasmBackend } from '../wasm/wasm-backend';
import { EngineModel } from './engine-model';
import type { NamedTensors } from './model-config';
import { type EngineModelOptions, ModelUseError } from './model-options';
import { packRows, unpackRows } from './packed-rows';
import { meterMemory } from './real-shapes.fixture';
import { writeSafetensors } from './safetensors-writer';
import { mapTensors, randomSequences, randomWeights, TINY, TINY_ADAPTER } from './tiny-model.fixture';
import { blobSource } from './weight-source';

const CONFIG = { ...TINY, hiddenSize: 18, intermediateSize: 37 };
const weights = randomWeights(CONFIG, 4);
const FORMATS: readonly PackedFormat[] = ['int8', 'f16'];

/** The weights with the matrices of the blocks as the format rounds them. */
function rounded(format: PackedFormat): NamedTensors {
  return new Map(
    [...weights].map(([name, tensor]) => {
      if (!/_proj\.weight$/.test(name)) return [name, tensor];
      const [, dim] = tensor.shape;
      const data = unpackRows(format, packRows(format, tensor.data, dim), dim);
      expect(data).not.toEqual(tensor.data);
      return [name, { ...tensor, data }];
    }),
  );
}

async function figures(
  options: Pick<EngineModelOptions, 'backend' | 'baseFormat' | 'recompute'>,
  data: NamedTensors,
) {
  const model = await EngineModel.open({ ...options, config: CONFIG, weights: data, adapter: TINY_ADAPTER });
  return { ...(await measured(model)), model };
}

async function measured(model: EngineModel) {
  const tensors = await model.adapterTensors();
  model.loadAdapterTensors(mapTensors(tensors, (value, at) => value + 0.05 * Math.sin(1 + at)));
  const sequences = randomSequences(CONFIG, 2, [9, 17]);
  const { logits } = await model.inspect(sequences);
  const cached = await model.cachedLogits(sequences[0].slice(0, 4), sequences[0].slice(4));
  const samples = sequences.map((ids) => ({ promptIds: ids.slice(0, 4), completionIds: ids.slice(4) }));
  await model.accumulate(samples, { temperature: 0.9 }, (scores) =>
    scores.map(({ logprobs }) => ({ dLogprobs: Float64Array.from(logprobs, (_, t) => Math.cos(t)) })),
  );
  const gradients = [...(await model.gradients())].flatMap(([, { data }]) => [...data]);
  return { logits, cached: cached.flatMap((row) => [...row]), gradients };
}

let wasm: Backend;
beforeAll(async () => {
  await ensureWasm();
  wasm = await WasmBackend.create({ threads: 2 });
});
afterAll(() => wasm.dispose());

describe.each(FORMATS)('%s', (baseFormat) => {
  it.each([false, true])('is exactly the model of the rounded weights (recompute %s)', async (recompute) => {
    const packed = await figures({ backend: new ReferenceBackend(), baseFormat, recompute }, weights);
    const plain = await figures({ backend: new ReferenceBackend() }, rounded(baseFormat));
    expect(relativeError(packed.logits, plain.logits)).toBeLessThan(1e-12);
    expect(relativeError(packed.cached, plain.cached)).toBeLessThan(1e-12);
    expect(relativeError(packed.gradients, plain.gradients)).toBeLessThan(1e-12);
    expect(packed.gradients.some((value) => value !== 0)).toBe(true);
    const unrounded = await figures({ backend: new ReferenceBackend() }, weights);
    expect(relativeError(packed.logits, unrounded.logits)).toBeGreaterThan(1e-6);
  });

  it('captures what it computes', async () => {
    const packed = await figures({ backend: new ReferenceBackend(), baseFormat }, weights);
    const plain = await figures({ backend: new ReferenceBackend() }, rounded(baseFormat));
    const name = 'layers.1.down_proj.output';
    const of = async (model: EngineModel) =>
      (await model.capture([{ promptIds: [1, 2], completionIds: [3, 4] }], [name])).get(name)?.data ?? [];
    expect(relativeError(await of(packed.model), await of(plain.model))).toBeLessThan(1e-12);
  });

  it('is the same on WebAssembly, up to float32', async () => {
    const fast = await figures({ backend: wasm, baseFormat }, weights);
    const slow = await figures({ backend: new ReferenceBackend(), baseFormat }, weights);
    expect(relativeError(fast.logits, slow.logits)).toBeLessThan(1e-5);
    expect(relativeError(fast.cached, slow.cached)).toBeLessThan(1e-5);
    expect(relativeError(fast.gradients, slow.gradients)).toBeLessThan(1e-4);
    fast.model.dispose();
  });

  it('streams in pieces of whole rows into the same model, and gives all memory back', async () => {
    const backend = new ReferenceBackend();
    const { alive } = meterMemory(backend);
    const file = new Blob([writeSafetensors(weights).slice()]);
    const streamed = await EngineModel.stream({
      backend,
      config: CONFIG,
      baseFormat,
      source: blobSource(new Map([['model.safetensors', file]]), 'the test'),
      adapter: TINY_ADAPTER,
      pieceBytes: 250,
    });
    const opened = await figures({ backend: new ReferenceBackend(), baseFormat }, weights);
    const { logits, gradients } = await measured(streamed);
    expect([...logits]).toEqual([...opened.logits]);
    expect(gradients).toEqual(opened.gradients);
    streamed.dispose();
    expect(alive()).toBe(0);
  });

  it('is not for full training', async () => {
    const options = { backend: new ReferenceBackend(), config: CONFIG, weights, baseFormat };
    await expect(EngineModel.open({ ...options, trainable: 'base' })).rejects.toThrow(ModelUseError);
  });
});
