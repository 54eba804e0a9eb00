/**
 * SmolLM2-135M, Qwen2.5-0.5B and Qwen3-0.6B in shape: streamed in, forward, decode, a LoRA step with recomputation, in
 * the memory that the plan says. Here with two blocks and a short vocabulary; SOAK=1 takes them whole and prints what
 * it took.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureWasm } from '../../../scripts/build-wasm.mjs';
import type { Backend } from '../backend';
import { relativeError } from '../backend-parity';
import type { TokenSample } from '../language-model';
import { ReferenceBackend } from '../reference/reference-backend';
import { TRL_LOSS_DEFAULTS } from '../training/grpo-loss';
import { WasmBackend } from '../wasm/wasm-backend';
import { largestMatrix } from './base-matrix';
import { EngineModel } from './engine-model';
import { type MemoryUse, planMemory } from './memory-plan';
import { LORA_MODULES, type LoraConfig, type ModelConfig } from './model-config';
import type { BaseFormat } from './packed-rows';
import { meterMemory, REAL_SHAPES, randomSource } from './real-shapes.fixture';

const soak = process.env.SOAK !== undefined;
const LORA: LoraConfig = { r: 8, alpha: 16, rslora: false, targetModules: LORA_MODULES };
const OPTIMISER = { lr: 1e-3, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, maxGradNorm: 1 };

const open = (backend: Backend, config: ModelConfig, baseFormat: BaseFormat = 'f32'): Promise<EngineModel> =>
  EngineModel.stream({
    backend,
    config,
    source: randomSource(config, 3),
    adapter: LORA,
    baseFormat,
    recompute: true,
    maxPositions: 512,
  });

const samplesOf = (config: ModelConfig, sequences: number, length: number): TokenSample[] =>
  Array.from({ length: sequences }, (_, s) => ({
    promptIds: [s + 1],
    completionIds: Array.from(
      { length: length - 1 },
      (_, t) => ((t + 2) * 7919 + s * 104_729) % config.vocabSize,
    ),
  }));

/** A greedy continuation, then one update of the adapter. */
async function decodeAndLearn(model: EngineModel, samples: readonly TokenSample[], newTokens: number) {
  const start = performance.now();
  const generated = await model.generate([{ promptIds: samples[0].completionIds.slice(0, 6), seed: 1 }], {
    temperature: 0,
    maxNewTokens: newTokens,
    stopIds: [],
  });
  const decoded = performance.now();
  const { updates } = await model.updatePolicy(
    {
      samples,
      sampledLogprobs: samples.map(({ completionIds }) => completionIds.map(() => -1)),
      masks: samples.map(() => null),
      advantages: samples.map((_, s) => (s % 2 === 0 ? 1 : -1)),
    },
    {
      temperature: 1,
      loss: TRL_LOSS_DEFAULTS,
      totals: { rows: samples.length, tokens: 512, items: 512 },
      iterations: 1,
      offPolicy: false,
      useReference: false,
      microBatchTokens: 2048,
      optimiser: OPTIMISER,
    },
  );
  const learned = performance.now();
  const ids = generated[0].tokens.map(({ id }) => id);
  return { ids, gradNorm: updates[0].gradNorm, decodeMs: decoded - start, stepMs: learned - decoded };
}

const planned = (config: ModelConfig, rows: number, base: BaseFormat): number => {
  const use: MemoryUse = {
    config,
    base,
    lora: LORA,
    microBatchTokens: rows,
    recompute: true,
    rollouts: 1,
    sequenceTokens: 32,
  };
  return planMemory(use).total;
};

let backends: Backend[] = [];
const fresh = async (maximumBytes?: number): Promise<WasmBackend> => {
  const backend = await WasmBackend.create({ threads: 2, maximumBytes });
  backends.push(backend);
  return backend;
};
beforeAll(() => ensureWasm());
afterAll(() => {
  for (const backend of backends) backend.dispose();
  backends = [];
});

describe.each(Object.entries(REAL_SHAPES))('%s, two blocks', (_, whole) => {
  const config = { ...whole, layers: 2, vocabSize: 640 };

  it('computes what the reference computes: hidden states, logits, gradients', async () => {
    const one = { ...config, layers: 1 };
    const [wasm, reference] = [await open(await fresh(), one), await open(new ReferenceBackend(), one)];
    const ids = [[5, 600, 31, 7, 7, 212]];
    const [got, want] = [await wasm.inspect(ids), await reference.inspect(ids)];
    expect(relativeError(got.hidden, want.hidden)).toBeLessThan(2e-5);
    expect(relativeError(got.logits, want.logits)).toBeLessThan(2e-5);
    for (const model of [wasm, reference]) {
      await model.accumulate(samplesOf(config, 1, 7), { temperature: 1 }, (scores) =>
        scores.map(({ logprobs }) => ({ dLogprobs: Float64Array.from(logprobs, (_, t) => Math.cos(t)) })),
      );
    }
    const [mine, theirs] = [await wasm.gradients(), await reference.gradients()];
    for (const [name, { data }] of theirs) {
      expect(relativeError(mine.get(name)?.data ?? [], data), name).toBeLessThan(1e-4);
    }
  });

  it.each(['f32', 'int8'] as const)(
    'decodes and learns within the memory that was planned, base %s',
    async (base) => {
      const [sequences, length] = [2, 49];
      const plan = planned(config, sequences * (length - 1), base);
      // All that WebAssembly may have is a quarter more than the plan, and the repacked copy of one matrix that is floats
      // for its product only; the copies it keeps of weights must fit or be given up.
      const repacked = base === 'f32' ? 0 : 4 * largestMatrix(config);
      const backend = await fresh(1.25 * plan + repacked);
      const { peak, alive } = meterMemory(backend);
      const model = await open(backend, config, base);
      const { ids, gradNorm } = await decodeAndLearn(model, samplesOf(config, sequences, length), 4);
      expect(ids).toHaveLength(4);
      expect(gradNorm).toBeGreaterThan(0);
      expect(peak() / plan).toBeGreaterThan(0.8);
      expect(peak() / plan).toBeLessThan(1.1);
      model.dispose();
      expect(alive()).toBe(0);
    },
  );
});

describe.skipIf(!soak)('whole, on WebAssembly', () => {
  const cases = Object.entries(REAL_SHAPES).flatMap(([name, config]) =>
    (['f32', 'int8'] as const).map((base) => ({ name, config, base })),
  );
  it.each(cases)(
    '$name, base $base',
    async ({ name, config, base }) => {
      const [sequences, length] = [2, 129];
      const plan = planned(config, sequences * (length - 1), base);
      const backend = await fresh();
      const { peak } = meterMemory(backend);
      const start = performance.now();
      const model = await open(backend, config, base);
      const loadMs = performance.now() - start;
      const { ids, gradNorm, decodeMs, stepMs } = await decodeAndLearn(
        model,
        samplesOf(config, sequences, length),
        8,
      );
      const figures = {
        shape: name,
        base,
        device: backend.info.device,
        parameters: model.parameterCount,
        planned_bytes: plan,
        peak_bytes: peak(),
        load_ms: Math.round(loadMs),
        decode_8_tokens_ms: Math.round(decodeMs),
        lora_step_256_tokens_ms: Math.round(stepMs),
        grad_norm: gradNorm,
      };
      process.stdout.write(`${JSON.stringify(figures)}\n`);
      expect(ids).toHaveLength(8);
      expect(gradNorm).toBeGreaterThan(0);
      expect(peak() / plan).toBeGreaterThan(0.8);
      expect(peak() / plan).toBeLessThan(1.1);
      model.dispose();
      backend.dispose();
    },
    600_000,
  );
});
