/** What the list says before anything is fetched: numbers of the plan, and sentences that name what to take instead. */
import { expect, test } from 'vitest';
import { memoryRefusal, planMemory } from '../../engine/model/memory-plan';
import { parameterCount } from '../../engine/model/parameters';
import { OFFERED_ENGINE, OFFERED_TRANSFORMERS } from '../../hub/offered-models';
import type { GpuFacts } from '../../policies/web-llm/preflight';
import { WEB_LLM_RECORDS } from '../../policies/web-llm/records';
import { type DeviceFacts, lacksOf, needOf } from './model-needs';
import { knownLibrary, OFFERED_WEB_LLM } from './web-llm-offers';

const GPU: GpuFacts = {
  name: 'a GPU',
  features: ['shader-f16'],
  maxBufferSize: 2 ** 31,
  maxStorageBufferBindingSize: 2 ** 31,
  maxComputeWorkgroupStorageSize: 2 ** 15,
  maxStorageBuffersPerShaderStage: 16,
};
const device = (totalBytes: number | null, over: Partial<DeviceFacts> = {}): DeviceFacts => ({
  grant: { bufferBytes: 2 ** 31, totalBytes },
  gpu: GPU,
  engineOnly: false,
  ...over,
});

test('parameters that are stated are those of the shape', () => {
  for (const { title, shape, parameters } of OFFERED_ENGINE) {
    expect(shape && parameterCount(shape), title).toBe(parameters);
  }
});

test('of the engine: the most exact base that leaves room, and training takes more than acting', () => {
  for (const entry of OFFERED_ENGINE) {
    const need = needOf(entry, device(2 ** 32));
    expect(need?.refusal, entry.title).toBeNull();
    expect(need?.trainBytes).toBeGreaterThan(need?.actBytes ?? Number.POSITIVE_INFINITY);
    expect(need?.grantedBytes).toBe(2 ** 32);
    const { shape } = entry;
    if (!shape) throw new Error(`${entry.title} has no shape`);
    const plans = (['f32', 'f16', 'int8'] as const).map((base) =>
      planMemory(
        { config: shape, lora: null, base, microBatchTokens: 0, rollouts: 1, sequenceTokens: 3072 },
        2 ** 31,
      ),
    );
    expect(plans.map(({ total }) => total)).toContain(need?.actBytes);
    // A step as long as the context is learned from whole: at least its hidden states at each block.
    const states = 4 * 3072 * shape.layers * shape.hiddenSize;
    expect(need?.trainBytes).toBeGreaterThan((need?.actBytes ?? 0) + states);
  }
});

test('what does not fit is refused with numbers and with what fits, which does', () => {
  const [small] = OFFERED_ENGINE;
  const largest = OFFERED_ENGINE[OFFERED_ENGINE.length - 1];
  const little = device(900e6);
  const need = needOf(largest, little);
  expect(need?.refusal).toMatch(
    /It does not fit: it needs [\d.]+ [GM]B; this device grants 900 MB\. (What fits: |Take a smaller)/,
  );
  expect(needOf(small, little)?.refusal).toBeNull();
  // What is said to fit at all is what the plan lets through.
  const { shape } = small;
  if (!shape) throw new Error('no shape');
  const use = {
    config: shape,
    lora: null,
    base: 'int8',
    microBatchTokens: 0,
    rollouts: 1,
    sequenceTokens: 3072,
  } as const;
  expect(memoryRefusal(planMemory(use), little.grant)).toBeNull();
});

test('of transformers.js: by its weights, once they are known; half precision wants a GPU that knows it', () => {
  const entry = OFFERED_TRANSFORMERS.find(({ quantisation }) => quantisation === 'q8');
  if (!entry) throw new Error('none is offered');
  expect(needOf(entry, device(null))).toBeNull();
  const file = { path: 'onnx/model_quantized.onnx', bytes: 5e9, sha256: null, tag: '' };
  const large = needOf({ ...entry, files: [file] }, device(null));
  // And keys and values of 3,072 tokens.
  expect(large?.actBytes).toBeGreaterThan(5e9);
  expect(large).toMatchObject({
    trainBytes: null,
    refusal: expect.stringContaining('WebAssembly can address 4.3 GB'),
  });
  expect(needOf({ ...entry, files: [{ ...file, bytes: 1e8 }] }, device(null))?.refusal).toBeNull();
  expect(lacksOf(entry, device(null, { gpu: null }))).toEqual([]);
  const half = OFFERED_TRANSFORMERS.find(({ quantisation }) => quantisation === 'q4f16');
  if (!half) throw new Error('none is offered');
  expect(lacksOf(half, device(null))).toEqual([]);
  for (const gpu of [null, { ...GPU, features: [] }]) {
    expect(lacksOf(half, device(null, { gpu }))).toEqual([expect.stringContaining('q8')]);
  }
});

test('of WebLLM: as its makers state it, its kernels by name, and no GPU is said at once', () => {
  expect(OFFERED_WEB_LLM).toHaveLength(WEB_LLM_RECORDS.length);
  for (const entry of OFFERED_WEB_LLM) {
    expect(needOf(entry, device(null))?.actBytes).toBeGreaterThan(1e8);
    expect(entry.library).toEqual(knownLibrary(entry.name));
    expect(new URL(entry.library?.address ?? '').hostname).toBe('raw.githubusercontent.com');
    expect(lacksOf(entry, device(null, { gpu: null }))).not.toEqual([]);
  }
  expect(knownLibrary('nobody/knows')).toBeNull();
});

test('the lab in one file has the engine alone', () => {
  const one = device(null, { engineOnly: true });
  expect(OFFERED_ENGINE.flatMap((entry) => lacksOf(entry, one))).toEqual([]);
  for (const entry of [...OFFERED_TRANSFORMERS, ...OFFERED_WEB_LLM])
    expect(lacksOf(entry, one)).toHaveLength(1);
});
