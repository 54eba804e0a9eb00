import { expect, test } from 'vitest';
import { type GpuFacts, grantedSizes, lacksOf } from './preflight';
import { recordOf, WEB_LLM_RECORDS, type WebLlmRecord } from './records';

const MIB = 2 ** 20;
const LARGE: GpuFacts = {
  name: 'a desktop GPU',
  features: ['shader-f16', 'subgroups'],
  maxBufferSize: 4096 * MIB,
  maxStorageBufferBindingSize: 2048 * MIB,
  maxComputeWorkgroupStorageSize: 32 * 1024,
  maxStorageBuffersPerShaderStage: 10,
};

function record(id: string): WebLlmRecord {
  const found = recordOf(id);
  if (!found) throw new Error(`no record ${id}`);
  return found;
}

test('a large GPU lacks nothing for any of the models', () => {
  for (const model of WEB_LLM_RECORDS) expect(lacksOf(model, LARGE), model.id).toEqual([]);
});

test('without WebGPU one sentence says so', () => {
  const [sentence, ...more] = lacksOf(record('Qwen3-0.6B-q4f16_1-MLC'), null);
  expect(sentence).toMatch(/WebGPU/);
  expect(more).toEqual([]);
});

test('without shader-f16 the f32 build is named, and that build lacks nothing', () => {
  const gpu = { ...LARGE, features: [] };
  for (const model of WEB_LLM_RECORDS) {
    const lacks = lacksOf(model, gpu);
    if (model.features.length === 0) expect(lacks, model.id).toEqual([]);
    else {
      expect(lacks, model.id).toHaveLength(1);
      expect(lacks[0]).toContain(model.id.replace('f16', 'f32'));
    }
  }
});

test('what WebLLM cannot bind is told: it takes 128 MiB where 1 GiB is not to be had, not what there is', () => {
  const gpu = { ...LARGE, maxStorageBufferBindingSize: 512 * MIB };
  expect(grantedSizes(gpu)).toEqual({ buffer: 1024 * MIB, binding: 128 * MIB });
  expect(lacksOf(record('Qwen2.5-7B-Instruct-q4f16_1-MLC'), gpu)[0]).toMatch(/272 MB.*134 MB/);
  expect(lacksOf(record('Qwen3-0.6B-q4f16_1-MLC'), gpu)).toEqual([]);
});

test.each([
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxStorageBuffersPerShaderStage',
] as const)('a device whose %s is below WebLLM’s least is told with both numbers', (limit) => {
  const [sentence] = lacksOf(record('SmolLM2-360M-Instruct-q4f32_1-MLC'), { ...LARGE, [limit]: 4 });
  expect(sentence).toContain(limit);
  expect(sentence).toContain('has 4.');
});

test('memory is compared where it is known', () => {
  const model = record('Qwen3-4B-q4f16_1-MLC');
  expect(lacksOf(model, LARGE, 2048 * MIB)[0]).toMatch(/3\.6 GB.*2\.1 GB/);
  expect(lacksOf(model, LARGE, 8192 * MIB)).toEqual([]);
  expect(lacksOf(model, LARGE)).toEqual([]);
});
