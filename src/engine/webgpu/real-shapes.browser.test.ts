/**
 * SmolLM2-135M in shape on WebGPU, its whole vocabulary, two blocks or all: streamed in, the embedding in parts because a
 * buffer is small, in float32 and int8; logits, greedy tokens and a LoRA step as on WebAssembly. A soak (VITE_SOAK=1): a
 * software adapter takes a while; what it took is printed.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../backend';
import { relativeError } from '../backend-parity';
import { EngineModel } from '../model/engine-model';
import { planMemory } from '../model/memory-plan';
import { LORA_MODULES, type LoraConfig, type ModelConfig } from '../model/model-config';
import type { BaseFormat } from '../model/packed-rows';
import { meterMemory, REAL_SHAPES, randomSource } from '../model/real-shapes.fixture';
import { TRL_LOSS_DEFAULTS } from '../training/grpo-loss';
import { WasmBackend } from '../wasm/wasm-backend';
import { WebGpuBackend } from './webgpu-backend';

const soak = import.meta.env.VITE_SOAK !== undefined;
const WHOLE = REAL_SHAPES['SmolLM2-135M'];
const CASES = [
  ['f32', 2],
  ['int8', 2],
  ['int8', WHOLE.layers],
] as const;
const LORA: LoraConfig = { r: 8, alpha: 16, rslora: false, targetModules: LORA_MODULES };
/** The embedding is 113 MB. */
const MOST = 64 * 2 ** 20;
const [SEQUENCES, LENGTH] = [2, 33];

async function figures(backend: Backend, config: ModelConfig, baseFormat: BaseFormat) {
  const { peak } = meterMemory(backend);
  const start = performance.now();
  const model = await EngineModel.stream({
    backend,
    config,
    source: randomSource(config, 3),
    adapter: LORA,
    baseFormat,
    recompute: true,
    maxPositions: 512,
  });
  const loaded = performance.now();
  const promptIds = [5, 49_151, 600, 24_576, 31, 7];
  const { logits } = await model.inspect([promptIds]);
  const [{ tokens }] = await model.generate([{ promptIds, seed: 1 }], {
    temperature: 0,
    maxNewTokens: 4,
    stopIds: [],
  });
  const decoded = performance.now();
  const samples = Array.from({ length: SEQUENCES }, (_, s) => ({
    promptIds: [s + 1],
    completionIds: Array.from(
      { length: LENGTH - 1 },
      (_, t) => ((t + 2) * 7919 + s * 104_729) % config.vocabSize,
    ),
  }));
  const { updates } = await model.updatePolicy(
    {
      samples,
      sampledLogprobs: samples.map(({ completionIds }) => completionIds.map(() => -1)),
      masks: samples.map(() => null),
      advantages: [1, -1],
    },
    {
      temperature: 1,
      loss: TRL_LOSS_DEFAULTS,
      totals: { rows: 2, tokens: 64, items: 64 },
      iterations: 1,
      offPolicy: false,
      useReference: false,
      optimiser: { lr: 1e-3, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, maxGradNorm: 1 },
    },
  );
  const [{ gradNorm }] = updates;
  const ms = {
    load_ms: Math.round(loaded - start),
    forward_and_decode_4_tokens_ms: Math.round(decoded - loaded),
    lora_step_64_tokens_ms: Math.round(performance.now() - decoded),
  };
  model.dispose();
  return { logits, ids: tokens.map(({ id }) => id), gradNorm, peak: peak(), ms };
}

describe.skipIf(!soak)('SmolLM2-135M', () => {
  let webgpu: Backend;
  let wasm: Backend;
  beforeAll(async () => {
    webgpu = await WebGpuBackend.create({ bufferBytes: MOST });
    wasm = await WasmBackend.create();
  });
  afterAll(() => {
    webgpu.dispose();
    wasm.dispose();
  });

  it.each(CASES)(
    'base %s, %i blocks',
    async (base, layers) => {
      const config = { ...WHOLE, layers };
      const got = await figures(webgpu, config, base);
      const want = await figures(wasm, config, base);
      const use = { config, lora: LORA, base, recompute: true };
      const size = { microBatchTokens: SEQUENCES * (LENGTH - 1), rollouts: 1, sequenceTokens: 10 };
      const planned = planMemory({ ...use, ...size }, MOST).total;
      const { device } = webgpu.info;
      const { peak, gradNorm, ms } = got;
      const line = {
        shape: `SmolLM2-135M, ${layers} blocks`,
        base,
        device,
        planned_bytes: planned,
        peak_bytes: peak,
      };
      console.log(JSON.stringify({ ...line, ...ms, grad_norm: gradNorm }));
      expect(got.ids).toEqual(want.ids);
      expect(relativeError(got.logits, want.logits)).toBeLessThan(1e-4);
      expect(Math.abs(gradNorm - want.gradNorm)).toBeLessThan(1e-3 * want.gradNorm);
      expect(peak / planned).toBeGreaterThan(0.8);
      expect(peak / planned).toBeLessThan(1.1);
    },
    600_000,
  );
});
