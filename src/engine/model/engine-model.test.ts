/** Training and scoring: gradients as a whole, micro-batches, state, refusals that change nothing. */
import { describe, expect, it } from 'vitest';
import { ModelFileError, NonFiniteError, PassAbortedError, UnsupportedModelError } from '../errors';
import type { TokenGradients, TokenSample, TokenScores, UpdateOptions } from '../language-model';
import { ReferenceBackend } from '../reference/reference-backend';
import { EngineModel } from './engine-model';
import { LORA_MODULES, type LoraConfig, type ModelConfig, type NamedTensors } from './model-config';
import { type EngineModelOptions, ModelUseError } from './model-options';
import { mapTensors, randomSequences, randomWeights, TINY, TINY_ADAPTER } from './tiny-model.fixture';
import { TrainingStateError } from './trainable';

const weights = randomWeights(TINY, 1);
const samples: readonly TokenSample[] = randomSequences(TINY, 5, [9, 3, 12, 6, 7]).map((ids, i) => ({
  promptIds: ids.slice(0, 2 + (i % 3)),
  completionIds: ids.slice(2 + (i % 3)),
}));
const step: UpdateOptions = {
  lr: 0.01,
  beta1: 0.9,
  beta2: 0.99,
  eps: 1e-8,
  weightDecay: 0.01,
  maxGradNorm: 0.5,
};

function open(options: Partial<EngineModelOptions> = {}): Promise<EngineModel> {
  return EngineModel.open({ backend: new ReferenceBackend(), config: TINY, weights, ...options });
}

/** An adapter model whose B is not zero, so that every gradient is alive. */
async function openAdapted(adapter = TINY_ADAPTER): Promise<EngineModel> {
  const model = await open({ adapter });
  const tensors = await model.adapterTensors();
  model.loadAdapterTensors(mapTensors(tensors, (value, at) => value + 0.1 * Math.sin(1 + at)));
  return model;
}

/** A smooth loss of log-probs and entropies with different weights for every token. */
function lossAndGradients(scores: readonly TokenScores[], indices: readonly number[]) {
  let loss = 0;
  const gradients = scores.map(({ logprobs, entropies }, i): TokenGradients => {
    const c = (t: number, phase: number) => Math.sin(3 * indices[i] + t + phase);
    logprobs.forEach((logprob, t) => {
      loss += c(t, 0) * logprob + c(t, 1) * entropies[t];
    });
    return {
      dLogprobs: logprobs.map((_, t) => c(t, 0)),
      dEntropies: entropies.map((_, t) => c(t, 1)),
    };
  });
  return { loss, gradients };
}

async function accumulate(
  model: EngineModel,
  temperature: number,
  microBatchTokens?: number,
): Promise<number> {
  let total = 0;
  await model.accumulate(samples, { temperature, microBatchTokens }, (scores, indices) => {
    const { loss, gradients } = lossAndGradients(scores, indices);
    total += loss;
    return gradients;
  });
  return total;
}

function expectClose(actual: NamedTensors, expected: NamedTensors, digits: number): void {
  expect([...actual.keys()]).toEqual([...expected.keys()]);
  for (const [name, { data }] of expected) {
    const own = actual.get(name)?.data ?? [];
    data.forEach((value, i) => {
      expect(own[i], `${name}[${i}]`).toBeCloseTo(value, digits);
    });
  }
}

describe('gradients of a whole model', () => {
  it('adapter: log-probs and entropies at a temperature, against central differences', async () => {
    const model = await openAdapted();
    await accumulate(model, 0.7);
    const gradients = await model.gradients();
    const start = await model.exportState();
    const numeric = async (at: number): Promise<number> => {
      const losses: number[] = [];
      for (const sign of [1, -1]) {
        const params = start.params.slice();
        params[at] += sign * 2 ** -10;
        model.importState({ ...start, params });
        const scores = await model.score(samples, { temperature: 0.7, useAdapter: true });
        losses.push(lossAndGradients(scores, [0, 1, 2, 3, 4]).loss);
      }
      return (losses[0] - losses[1]) / 2 ** -9;
    };
    let checked = 0;
    let offset = 0;
    for (const { data } of gradients.values()) {
      const at = (7 * checked) % data.length;
      expect(data[at]).toBeCloseTo(await numeric(offset + at), 3);
      offset += Math.ceil(data.length / 64) * 64;
      checked++;
    }
    expect(checked).toBe(TINY.layers * LORA_MODULES.length * 2);
    expect(gradients.size).toBe(checked);
  });

  it.each([
    ['Qwen3 with biases, tied', TINY],
    ['Llama, untied', { ...TINY, qkNorm: false, attentionBias: false, tieWordEmbeddings: false }],
  ] as [string, ModelConfig][])('all weights (%s): against central differences', async (_, config) => {
    const own = randomWeights(config, 2);
    const batch = randomSequences(config, 6, [7, 4, 1, 9]).map((ids, s) => ({
      ids,
      weights: ids.slice(1).map((_, t) => [1, 0, 0.25][(s + t) % 3]),
    }));
    const model = await open({ config, weights: own, trainable: 'base' });
    await model.accumulateTokens(batch, { microBatchTokens: 8 });
    const gradients = await model.gradients();
    expect([...gradients.keys()]).toEqual([...own.keys()]);
    let seen = 0;
    for (const [name, { shape, data }] of own) {
      const at = (5 * seen++) % data.length;
      const losses: number[] = [];
      for (const sign of [1, -1]) {
        const moved = new Map(own).set(name, { shape, data: data.slice() });
        (moved.get(name)?.data as Float32Array)[at] += sign * 2 ** -10;
        const there = await open({ config, weights: moved, trainable: 'base' });
        losses.push((await there.accumulateTokens(batch)).loss);
      }
      // The step is exact in float32 only where the weight is; the difference actually made is used.
      const made = Math.fround(data[at] + 2 ** -10) - Math.fround(data[at] - 2 ** -10);
      expect(gradients.get(name)?.data[at], name).toBeCloseTo((losses[0] - losses[1]) / made, 4);
    }
  });
});

describe('accumulate', () => {
  it('stopped between micro-batches it leaves no gradient and no change; progress counts tokens', async () => {
    const model = await openAdapted();
    const before = await model.exportState();
    const abort = new AbortController();
    const seen: (readonly [number, number])[] = [];
    const control = (stopAfter: number) => ({
      temperature: 1,
      microBatchTokens: 10,
      signal: abort.signal,
      onProgress: (done: number, total: number) => {
        seen.push([done, total]);
        if (seen.length === stopAfter) abort.abort();
      },
    });
    const { gradients } = lossAndGradients(
      await model.score(samples, { ...control(0), useAdapter: true }),
      [0, 1, 2, 3, 4],
    );
    // A sample without a completion is not computed.
    const computed = samples.filter(({ completionIds }) => completionIds.length > 0);
    const rows = computed.reduce((n, s) => n + s.promptIds.length + s.completionIds.length - 1, 0);
    expect(seen.at(-1)).toEqual([rows, rows]);
    expect(seen.length).toBeGreaterThan(2);

    seen.length = 0;
    const stopped = model.accumulate(samples, control(2), (_, indices) => indices.map((i) => gradients[i]));
    await expect(stopped).rejects.toThrow(PassAbortedError);
    expect(seen).toHaveLength(2);
    for (const { data } of (await model.gradients()).values()) expect(data.every((g) => g === 0)).toBe(true);
    expect(await model.exportState()).toEqual(before);
    await expect(model.score(samples, { ...control(0), useAdapter: true })).rejects.toThrow(PassAbortedError);
  });

  it('micro-batches change nothing', async () => {
    const [whole, split] = [await openAdapted(), await openAdapted()];
    const loss = await accumulate(whole, 1.3);
    expect(await accumulate(split, 1.3, 10)).toBeCloseTo(loss, 10);
    expectClose(await split.gradients(), await whole.gradients(), 6);
  });

  it('gradients add up until they are cleared', async () => {
    const [once, twice] = [await openAdapted(), await openAdapted()];
    await accumulate(once, 1);
    await accumulate(twice, 1);
    await accumulate(twice, 1);
    expectClose(
      await twice.gradients(),
      mapTensors(await once.gradients(), (g) => 2 * g),
      5,
    );
    twice.zeroGradients();
    expectClose(
      await twice.gradients(),
      mapTensors(await once.gradients(), () => 0),
      15,
    );
  });

  it('scores inside and outside of training agree, and prompts are not scored', async () => {
    const model = await openAdapted();
    const scored = await model.score(samples, { temperature: 0.9, useAdapter: true });
    expect(scored.map(({ logprobs }) => logprobs.length)).toEqual(
      samples.map(({ completionIds }) => completionIds.length),
    );
    await model.accumulate(samples, { temperature: 0.9 }, (scores, indices) =>
      scores.map(({ logprobs, entropies }, i) => {
        logprobs.forEach((value, t) => {
          expect(value).toBeCloseTo(scored[indices[i]].logprobs[t], 10);
          expect(entropies[t]).toBeCloseTo(scored[indices[i]].entropies[t], 10);
        });
        return { dLogprobs: logprobs };
      }),
    );
  });

  it('an empty completion has no rows but is shown to the loss', async () => {
    const model = await openAdapted();
    const empty = [{ promptIds: [1, 2], completionIds: [] }];
    let seen = 0;
    for (const batch of [empty, [...samples, ...empty]]) {
      await model.accumulate(batch, { temperature: 1 }, (scores, indices) => {
        seen += indices.length;
        expect(scores[indices.indexOf(batch.length - 1)].logprobs.length).toBe(0);
        return scores.map(({ logprobs }) => ({ dLogprobs: logprobs }));
      });
    }
    expect(seen).toBe(samples.length + 2);
    expect(await model.score(empty, { temperature: 1, useAdapter: true })).toHaveLength(1);
  });

  it('weighted tokens are the special case of a linear loss', async () => {
    const [tokens, general] = [await openAdapted(), await openAdapted()];
    const batch = samples.map(({ promptIds, completionIds }) => ({
      ids: [...promptIds, ...completionIds],
      weights: [...promptIds.slice(1).map(() => 0), ...completionIds.map((_, t) => 1 + t)],
    }));
    const { loss, weight } = await tokens.accumulateTokens(batch, { microBatchTokens: 11 });
    let expected = 0;
    await general.accumulate(samples, { temperature: 1 }, (scores) =>
      scores.map(({ logprobs }) => {
        logprobs.forEach((logprob, t) => {
          expected -= ((1 + t) * logprob) / weight;
        });
        return { dLogprobs: logprobs.map((_, t) => -(1 + t) / weight) };
      }),
    );
    expect(loss).toBeCloseTo(expected, 10);
    expectClose(await tokens.gradients(), await general.gradients(), 6);
    expect(await tokens.accumulateTokens([{ ids: [1, 2], weights: [0] }])).toEqual({ loss: 0, weight: 0 });
  });

  it('refuses gradients of a loss that are not numbers', async () => {
    const model = await openAdapted();
    const failing = model.accumulate(samples, { temperature: 1 }, (scores) =>
      scores.map(({ logprobs }) => ({ dLogprobs: logprobs.map(() => Number.NaN) })),
    );
    await expect(failing).rejects.toThrow(NonFiniteError);
    await expect(failing).rejects.toThrow(/The loss of sample \d gave gradients/);
  });

  it('allocates nothing once it is warm', async () => {
    const backend = new ReferenceBackend();
    const model = await open({ backend, adapter: TINY_ADAPTER });
    await accumulate(model, 1);
    await model.update(step);
    const { bytesAllocated, readbacks } = backend.counts;
    await accumulate(model, 1);
    await model.update(step);
    expect(backend.counts.bytesAllocated).toBe(bytesAllocated);
    expect(backend.counts.readbacks - readbacks).toBe(2);
  });
});

describe('update and state', () => {
  it('an adapter starts as the base model, learns, and leaves the base alone', async () => {
    const model = await open({ adapter: TINY_ADAPTER, adapterSeed: 4 });
    const sequences = samples.map(({ promptIds }) => promptIds);
    const base = await model.inspect(sequences, { useAdapter: false });
    expect(await model.inspect(sequences)).toEqual(base);
    expect((await model.adapterNorms()).map(({ frobenius }) => frobenius)).toEqual(Array(14).fill(0));
    const before = await model.score(samples, { temperature: 1, useAdapter: true });
    for (let i = 0; i < 5; i++) {
      await model.accumulate(samples, { temperature: 1 }, (scores) =>
        scores.map(({ logprobs }) => ({ dLogprobs: logprobs.map(() => -1) })),
      );
      await model.update({ ...step, maxGradNorm: 0 });
    }
    expect(model.updates).toBe(5);
    const after = await model.score(samples, { temperature: 1, useAdapter: true });
    const mean = (scores: readonly TokenScores[]) =>
      scores.flatMap(({ logprobs }) => [...logprobs]).reduce((sum, lp) => sum + lp, 0);
    expect(mean(after)).toBeGreaterThan(mean(before) + 1);
    expect(await model.inspect(sequences, { useAdapter: false })).toEqual(base);
    expect((await model.adapterNorms()).every(({ frobenius }) => frobenius > 0)).toBe(true);
  });

  it('adapter norms are those of scaling * B A', async () => {
    const adapter: LoraConfig = { r: 2, alpha: 3, rslora: true, targetModules: ['o_proj'] };
    const model = await openAdapted(adapter);
    const tensors = await model.adapterTensors();
    const norms = await model.adapterNorms();
    expect(norms.map(({ layer, module }) => [layer, module])).toEqual([
      [0, 'o_proj'],
      [1, 'o_proj'],
    ]);
    const [a, b] = ['A', 'B'].map(
      (matrix) =>
        tensors.get(`base_model.model.model.layers.1.self_attn.o_proj.lora_${matrix}.weight`)?.data ?? [],
    );
    let square = 0;
    for (let o = 0; o < 12; o++) {
      for (let i = 0; i < 24; i++)
        square += ((3 / Math.SQRT2) * (b[2 * o] * a[i] + b[2 * o + 1] * a[24 + i])) ** 2;
    }
    expect(norms[1].frobenius).toBeCloseTo(Math.sqrt(square), 10);
  });

  it('goes on from an exported state with the same numbers', async () => {
    const first = await openAdapted();
    for (let i = 0; i < 2; i++) {
      await accumulate(first, 1);
      await first.update(step);
    }
    const state = await first.exportState();
    expect(state.updates).toBe(2);
    const second = await open({ adapter: TINY_ADAPTER, adapterSeed: 99 });
    second.importAdapter(state);
    // The state is float32, as devices compute; so the first model goes on from it too.
    first.importAdapter(state);
    for (const model of [first, second]) {
      await accumulate(model, 1);
      await model.update(step);
    }
    expect(await second.exportState()).toEqual(await first.exportState());
  });

  it('a gradient that is not finite changes nothing', async () => {
    const model = await openAdapted();
    await accumulate(model, 1);
    await model.update(step);
    const before = await model.exportState();
    await model.accumulate(samples, { temperature: 1 }, (scores) =>
      scores.map(({ logprobs }) => ({ dLogprobs: logprobs.map(() => 1e300) })),
    );
    await expect(model.update(step)).rejects.toThrow(NonFiniteError);
    expect(await model.exportState()).toEqual(before);
    model.zeroGradients();
    await accumulate(model, 1);
    expect((await model.update(step)).gradNorm).toBeGreaterThan(0);
  });

  it('changes of what is trained are refused by name while a pass runs, and are good after it', async () => {
    const model = await openAdapted();
    const [state, tensors] = [await model.exportState(), await model.adapterTensors()];
    await accumulate(model, 1);
    const gradients = await model.gradients();
    const changes = [
      () => model.zeroGradients(),
      () => model.addGradients(gradients),
      () => model.importState(state),
      () => model.loadAdapterTensors(tensors),
    ];
    for (const change of changes) {
      const pass = model.accumulate(samples, { temperature: 1 }, (scores) =>
        scores.map(({ logprobs }) => ({ dLogprobs: logprobs.map(() => 1) })),
      );
      expect(change).toThrow(ModelUseError);
      expect(change).toThrow(/while a pass over this model runs/);
      await pass;
      expect(change).not.toThrow();
    }
  });

  it('refuses states of another model and damaged ones', async () => {
    const model = await openAdapted();
    const state = await model.exportState();
    const refused = (change: Partial<typeof state>) => {
      expect(() => model.importState({ ...state, ...change })).toThrow(TrainingStateError);
    };
    refused({ params: state.params.slice(1) });
    refused({ m: state.m.map(() => Number.NaN) });
    refused({ v: state.v.map(() => -1) });
    refused({ updates: -1 });
    refused({ updates: 0.5 });
    expect(await model.exportState()).toEqual(state);
  });

  it('full training memorises a sequence and exports what it learned', async () => {
    const model = await open({ trainable: 'base' });
    const [ids] = randomSequences(TINY, 8, [10]);
    const batch = [{ ids, weights: ids.slice(1).map(() => 1) }];
    const losses: number[] = [];
    for (let i = 0; i < 30; i++) {
      losses.push((await model.accumulateTokens(batch)).loss);
      await model.update({ ...step, lr: 0.03, maxGradNorm: 1 });
    }
    expect(losses[29]).toBeLessThan(0.1);
    const learned = await model.exportWeights();
    const reopened = await open({ weights: learned });
    const [{ logprobs }] = await reopened.score(
      [{ promptIds: ids.slice(0, 1), completionIds: ids.slice(1) }],
      {
        temperature: 1,
        useAdapter: false,
      },
    );
    expect(logprobs.reduce((sum, lp) => sum - lp, 0) / 9).toBeLessThan(0.1);
  });

  it('calls that overlap run one after the other', async () => {
    const model = await openAdapted();
    const alone = await model.score(samples, { temperature: 1, useAdapter: true });
    const failing = model.score([{ promptIds: [], completionIds: [1] }], {
      temperature: 1,
      useAdapter: true,
    });
    const [, together] = await Promise.all([
      model.generate([{ promptIds: [1, 2], seed: 3 }], { temperature: 1, maxNewTokens: 5, stopIds: [] }),
      model.score(samples, { temperature: 1, useAdapter: true }),
      expect(failing).rejects.toThrow(/prompt of sample 0 is empty/),
    ]);
    expect(together).toEqual(alone);
  });
});

describe('refusals', () => {
  it('weights: missing, unexpected, misshapen, not finite', async () => {
    const name = 'model.layers.1.mlp.up_proj.weight';
    const tensor = weights.get(name);
    if (!tensor) throw new Error('the tiny model has this tensor');
    const missing = new Map(weights);
    missing.delete(name);
    await expect(open({ weights: missing })).rejects.toThrow(ModelFileError);
    await expect(open({ weights: missing })).rejects.toThrow(`"${name}" [20,12] is missing`);
    const extra = new Map(weights).set('lm_head.weight', tensor);
    await expect(open({ weights: extra })).rejects.toThrow(/"lm_head.weight" has no place/);
    const turned = new Map(weights).set(name, { ...tensor, shape: [12, 20] });
    await expect(open({ weights: turned })).rejects.toThrow(/has shape \[12,20\].*expected \[20,12\]/);
    for (const value of [Number.NaN, Infinity]) {
      const data = tensor.data.slice();
      data[17] = value;
      const damaged = open({ weights: new Map(weights).set(name, { ...tensor, data }) });
      await expect(damaged).rejects.toThrow(NonFiniteError);
      await expect(damaged).rejects.toThrow(`"${name}" holds ${value} at element 17`);
    }
  });

  it('adapters: configurations and tensors that do not fit', async () => {
    for (const change of [{ r: 0 }, { r: 1.5 }, { alpha: Number.NaN }, { targetModules: [] }]) {
      await expect(open({ adapter: { ...TINY_ADAPTER, ...change } })).rejects.toThrow(UnsupportedModelError);
    }
    const model = await openAdapted();
    const before = await model.adapterTensors();
    const name = 'base_model.model.model.layers.0.self_attn.k_proj.lora_B.weight';
    const missing = new Map(before);
    missing.delete(name);
    expect(() => model.loadAdapterTensors(missing)).toThrow(`"${name}" [12,3] is missing`);
    const damaged = mapTensors(before, () => Number.NaN);
    expect(() => model.loadAdapterTensors(damaged, 'my adapter')).toThrow(/my adapter.*NaN at element 0/);
    expect(await model.adapterTensors()).toEqual(before);
  });

  it('what a model was not opened for', async () => {
    await expect(open({ adapter: TINY_ADAPTER, trainable: 'base' })).rejects.toThrow(ModelUseError);
    const frozen = await open();
    await expect(accumulate(frozen, 1)).rejects.toThrow(/inference/);
    await expect(frozen.update(step)).rejects.toThrow(ModelUseError);
    await expect(frozen.adapterTensors()).rejects.toThrow(ModelUseError);
    expect(await frozen.adapterNorms()).toEqual([]);
    await expect((await openAdapted()).exportWeights()).rejects.toThrow(/frozen/);
  });
});
