/** A vocabulary in parts is the vocabulary in one piece: logits, decode, gradients, full or streamed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureWasm } from '../../../scripts/build-wasm.mjs';
import type { Backend, BackendInfo, BufferUse, ElementType, Tensor } from '../backend';
import { relativeError } from '../backend-parity';
import { DeviceMemoryError } from '../errors';
import { ReferenceBackend } from '../reference/reference-backend';
import { WasmBackend } from '../wasm/wasm-backend';
import { EngineModel } from './engine-model';
import { partRows } from './row-table';
import { writeSafetensors } from './safetensors-writer';
import { mapTensors, randomSequences, randomWeights, TINY, TINY_ADAPTER } from './tiny-model.fixture';
import { blobSource } from './weight-source';

/** Weights of at most so many bytes: 213 rows of the embedding, so parts of 192, 192 and 116. */
const MOST = 10_240;
const CONFIG = { ...TINY, vocabSize: 500 };

/** A reference whose device binds little at once. */
class SmallBuffers extends ReferenceBackend {
  override readonly info: BackendInfo = {
    name: 'reference',
    device: 'small buffers',
    threads: 1,
    software: false,
    bufferBytes: MOST,
  };
  readonly labels: string[] = [];

  override alloc(type: ElementType, length: number, label: string, use?: BufferUse): Tensor {
    if (use === 'weight' && 4 * length > MOST) throw new DeviceMemoryError('device-memory', label);
    this.labels.push(label);
    return super.alloc(type, length, label);
  }
}

/** WebAssembly that says it binds little: nothing there is limited but the whole. */
async function smallWasm(): Promise<Backend> {
  const backend = await WasmBackend.create({ threads: 2 });
  return Object.assign(backend, { info: { ...backend.info, bufferBytes: MOST } });
}

describe('partRows', () => {
  it.each([
    [49_152, 576, 64 * 2 ** 20],
    [151_936, 896, 128 * 2 ** 20],
    [151_936, 1024, 128 * 2 ** 20],
    [500, 12, MOST],
    [150_001, 1000, 2 ** 27],
  ])('%i rows of %i floats in buffers of %i bytes', (rows, dim, bytes) => {
    const part = partRows(rows, dim, bytes);
    expect(4 * part * dim).toBeLessThanOrEqual(bytes);
    expect(part % 64).toBe(0);
    // As few parts as can be.
    expect(Math.ceil(rows / part)).toBe(Math.ceil(rows / (Math.floor(bytes / (256 * dim)) * 64)));
    expect(partRows(rows, dim)).toBe(rows);
  });
});

async function figures(backend: Backend, tied: boolean, streamed: boolean) {
  const config = { ...CONFIG, tieWordEmbeddings: tied };
  const weights = randomWeights(config, 6);
  const file = new Blob([writeSafetensors(weights).slice()]);
  const source = blobSource(new Map([['model.safetensors', file]]), 'the test');
  const options = { backend, config, adapter: TINY_ADAPTER };
  const model = streamed
    ? await EngineModel.stream({ ...options, source, pieceBytes: 1000 })
    : await EngineModel.open({ ...options, weights });
  const tensors = await model.adapterTensors();
  model.loadAdapterTensors(mapTensors(tensors, (value, at) => value + 0.05 * Math.sin(1 + at)));
  const sequences = randomSequences(config, 2, [9, 17]);
  sequences[0].splice(1, 4, 0, 191, 192, 499);
  const { logits } = await model.inspect(sequences);
  const cached = await model.cachedLogits(sequences[0].slice(0, 4), sequences[0].slice(4));
  const generated = await model.generate(
    sequences.map((promptIds) => ({ promptIds, seed: 3 })),
    { temperature: 1, maxNewTokens: 6, stopIds: [] },
  );
  const samples = sequences.map((ids) => ({ promptIds: ids.slice(0, 4), completionIds: ids.slice(4) }));
  await model.accumulate(samples, { temperature: 0.9 }, (scores) =>
    scores.map(({ logprobs }) => ({ dLogprobs: Float64Array.from(logprobs, (_, t) => Math.cos(t)) })),
  );
  const gradients = [...(await model.gradients())].flatMap(([, { data }]) => [...data]);
  const hidden = (await model.capture(samples, ['embedding'])).get('embedding')?.data ?? [];
  const ids = generated.flatMap(({ tokens }) => tokens.map(({ id }) => id));
  return { logits, cached: cached.flatMap((row) => [...row]), ids, gradients, hidden };
}

let wasm: Backend;
beforeAll(async () => {
  await ensureWasm();
  wasm = await smallWasm();
});
afterAll(() => wasm.dispose());

describe.each([
  ['tied, opened', true, false],
  ['tied, streamed', true, true],
  ['a head of its own, streamed', false, true],
] as const)('%s', (_, tied, streamed) => {
  it('in parts is as in one piece', async () => {
    const small = new SmallBuffers();
    const parts = await figures(small, tied, streamed);
    expect(small.labels.filter((label) => /rows from/.test(label))).toHaveLength(tied ? 3 : 6);
    const whole = await figures(new ReferenceBackend(), tied, streamed);
    expect(parts.ids).toEqual(whole.ids);
    expect([...parts.hidden]).toEqual([...whole.hidden]);
    expect(relativeError(parts.logits, whole.logits)).toBeLessThan(1e-12);
    expect(relativeError(parts.cached, whole.cached)).toBeLessThan(1e-12);
    expect(relativeError(parts.gradients, whole.gradients)).toBeLessThan(1e-12);
    const fast = await figures(wasm, tied, streamed);
    expect(relativeError(fast.logits, whole.logits)).toBeLessThan(1e-5);
    expect(relativeError(fast.gradients, whole.gradients)).toBeLessThan(1e-4);
  });
});
