/** What a capture shows is what the model computes; it costs nothing unused. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureWasm } from '../../../scripts/build-wasm.mjs';
import { relativeError } from '../backend-parity';
import { EngineModel } from '../model/engine-model';
import { randomWeights, TINY, TINY_ADAPTER } from '../model/tiny-model.fixture';
import { ReferenceBackend } from '../reference/reference-backend';
import { WasmBackend } from '../wasm/wasm-backend';
import { capturable } from './capturable';
import { openTiny, SAMPLES } from './capture.fixture';
import type { CapturedTensor } from './capture-pass';

const backend = new ReferenceBackend();
const sequences = SAMPLES.map(({ promptIds, completionIds }) => [...promptIds, ...completionIds]);
const rows = sequences.reduce((sum, ids) => sum + ids.length, 0);
const forwards = capturable(TINY, TINY_ADAPTER).filter(({ kind }) => kind === 'forward');
let model: EngineModel;

beforeAll(async () => {
  model = await openTiny(backend);
});

async function one(name: string, options?: Parameters<EngineModel['capture']>[2]): Promise<CapturedTensor> {
  const captured = (await model.capture(SAMPLES, [name], options)).get(name);
  if (!captured) throw new Error(`${name} was not captured`);
  return captured;
}

describe('capture', () => {
  it('gives everything on the list, in order, in the shape that the list states', async () => {
    const names = forwards.map(({ name }) => name);
    const captured = await model.capture(SAMPLES, names);
    expect([...captured.keys()]).toEqual(names);
    for (const { name, shape } of forwards) {
      const own = captured.get(name);
      expect(own?.shape, name).toEqual(shape.map((d) => (d === 'rows' ? rows : d === 'keys' ? 7 : d)));
      expect(own?.data.length, name).toBe(own?.shape.reduce((product, d) => product * d, 1));
    }
  });

  it('computes the numbers of the pass that scores and trains', async () => {
    const { hidden, logits } = await model.inspect(sequences);
    expect(relativeError((await one('hidden')).data, hidden)).toBeLessThan(1e-12);
    expect(relativeError((await one('logits')).data, logits)).toBeLessThan(1e-12);
    const base = await model.inspect(sequences, { useAdapter: false });
    expect(relativeError((await one('logits', { useAdapter: false })).data, base.logits)).toBeLessThan(1e-12);
  });

  it('attention probabilities sum to one, look back only, and weigh the values into the output', async () => {
    const layer = 'layers.1';
    const names = ['attention.probabilities', 'v_proj.output', 'attention.output'].map(
      (n) => `${layer}.${n}`,
    );
    const captured = await model.capture(SAMPLES, names);
    const [p, v, out] = names.map((name) => captured.get(name)?.data ?? []);
    const { heads, kvHeads, headDim } = TINY;
    let row = 0;
    for (const ids of sequences) {
      const start = row;
      for (let t = 0; t < ids.length; t++, row++) {
        for (let h = 0; h < heads; h++) {
          const weights = Array.from({ length: 7 }, (_, j) => p[(row * heads + h) * 7 + j]);
          expect(weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 12);
          expect(weights.slice(t + 1).every((w) => w === 0)).toBe(true);
          const kvHead = Math.floor((h * kvHeads) / heads);
          for (let d = 0; d < headDim; d++) {
            const mixed = weights
              .slice(0, t + 1)
              .reduce((sum, w, j) => sum + w * v[((start + j) * kvHeads + kvHead) * headDim + d], 0);
            expect(mixed).toBeCloseTo(out[(row * heads + h) * headDim + d], 12);
          }
        }
      }
    }
  });

  it('probabilities come for the rows asked for alone', async () => {
    const name = 'layers.0.attention.probabilities';
    const all = await one(name);
    const some = await one(name, { rows: [9, 3] });
    const width = TINY.heads * 7;
    expect(some.shape).toEqual([2, TINY.heads, 4]);
    for (const [i, row] of [9, 3].entries()) {
      for (let h = 0; h < TINY.heads; h++) {
        const at = (i * TINY.heads + h) * 4;
        const from = row * width + h * 7;
        expect([...some.data.subarray(at, at + 3)]).toEqual([...all.data.subarray(from, from + 3)]);
      }
    }
  });

  it('the delta of an adapter is what the output gains by it', async () => {
    const name = 'layers.0.k_proj';
    const [adapted, base, delta] = [
      await one(`${name}.output`),
      await one(`${name}.output`, { useAdapter: false }),
      await one(`${name}.lora_delta`),
    ];
    const gained = adapted.data.map((value, i) => value - base.data[i]);
    expect(relativeError(gained, delta.data)).toBeLessThan(1e-10);
    expect(Math.hypot(...delta.data)).toBeGreaterThan(0.01);
  });

  it('gradients are those of the loss, and those accumulated before stay', async () => {
    const loss = (scores: readonly { readonly logprobs: Float64Array }[]) =>
      scores.map(({ logprobs }) => ({ dLogprobs: logprobs.map(() => -0.1) }));
    await model.accumulate(SAMPLES, { temperature: 1 }, loss);
    const expected = await model.gradients();
    const names = ['layers.1.o_proj.lora_A.gradient', 'layers.1.o_proj.lora_A.gradient_norm', 'logits'];
    const captured = await model.capture(SAMPLES, names, { loss });
    const stored = expected.get('base_model.model.model.layers.1.self_attn.o_proj.lora_A.weight')?.data ?? [];
    expect(stored.length).toBe(TINY_ADAPTER.r * TINY.heads * TINY.headDim);
    expect(captured.get(names[0])?.data).toEqual(stored);
    expect(captured.get(names[1])?.data[0]).toBeCloseTo(Math.hypot(...stored), 6);
    expect(captured.get('logits')?.shape).toEqual([rows, TINY.vocabSize]);
    for (const [name, { data }] of await model.gradients()) {
      expect(relativeError(data, expected.get(name)?.data ?? []), name).toBeLessThan(1e-6);
    }
    model.zeroGradients();
    await expect(model.capture(SAMPLES, names)).rejects.toThrow(/needs a loss/);
  });

  it('shows the gradient of every tensor of a base under training, and none of an adapter', async () => {
    const whole = await EngineModel.open({
      backend,
      config: TINY,
      weights: randomWeights(TINY, 3),
      trainable: 'base',
    });
    const loss = (scores: readonly { readonly logprobs: Float64Array }[]) =>
      scores.map(({ logprobs }) => ({ dLogprobs: logprobs.map(() => -0.1) }));
    const listed = whole.capturable.filter(
      ({ kind, name }) => kind === 'gradient' && name.endsWith('.gradient'),
    );
    const captured = await whole.capture(
      SAMPLES,
      listed.map(({ name }) => name),
      { loss },
    );
    await whole.accumulate(SAMPLES, { temperature: 1 }, loss);
    const gradients = await whole.gradients();
    expect(listed.map(({ parameter }) => parameter)).toEqual([...gradients.keys()]);
    for (const { name, parameter = '', shape } of listed) {
      expect(captured.get(name), name).toEqual(gradients.get(parameter));
      expect(captured.get(name)?.shape).toEqual(shape);
    }
    expect(captured.has('layers.1.o_proj.weight.gradient')).toBe(true);
    expect(whole.capturable.some(({ name }) => name.includes('lora'))).toBe(false);
    whole.dispose();
  });

  it('refuses a name that the model does not have', async () => {
    await expect(model.capture(SAMPLES, ['layers.9.q_proj.output'])).rejects.toThrow(/layers\.9/);
  });

  it('costs nothing unused: passes dispatch, read and upload as if there were none', async () => {
    const cost = async () => {
      const before = { ...backend.counts };
      await model.score(SAMPLES, { temperature: 1, useAdapter: true });
      const { dispatches, readbacks, bytesUploaded, bytesAllocated } = backend.counts;
      return [
        dispatches - before.dispatches,
        readbacks - before.readbacks,
        bytesUploaded - before.bytesUploaded,
        bytesAllocated - before.bytesAllocated,
      ];
    };
    await cost();
    const without = await cost();
    await model.capture(SAMPLES, ['layers.0.attention.probabilities', 'logits']);
    expect(await cost()).toEqual(without);
    expect(without[0]).toBeGreaterThan(0);
  });

  it('is the same on WebAssembly', async () => {
    await ensureWasm();
    const wasm = await WasmBackend.create({ threads: 1 });
    const other = await openTiny(wasm);
    const names = forwards.map(({ name }) => name);
    const [expected, own] = [await model.capture(SAMPLES, names), await other.capture(SAMPLES, names)];
    for (const [name, { data }] of expected) {
      expect(relativeError(own.get(name)?.data ?? [], data), name).toBeLessThan(2e-5);
    }
    other.dispose();
    wasm.dispose();
  });
});
