/**
 * Kernels that want an optional feature, before Dawn's own compiler: its null adapter claims every feature and
 * computes nothing, so that texts are checked which no device at hand could run (shader-f16).
 */
import { afterAll, describe, expect, it } from 'vitest';
import { kernelSources } from './kernel-catalogue';

const dawn = await import('webgpu').catch(() => null);
if (!dawn) console.warn('WebGPU for Node is not here: kernels with optional features are not compiled.');

const sources = [
  ...kernelSources('tiles', { subgroups: true, halves: true }),
  ...kernelSources('quads'),
].filter(({ code }) => /^enable /m.test(code));

/** Kept: its devices must not outlive it. */
const gpu = dawn?.create(['backend=null']);

describe.skipIf(!dawn)('Dawn takes', () => {
  const opening = gpu?.requestAdapter().then((adapter) =>
    adapter?.requestDevice({
      requiredFeatures: ['subgroups', 'shader-f16'],
      requiredLimits: {
        maxComputeInvocationsPerWorkgroup: adapter.limits.maxComputeInvocationsPerWorkgroup,
      },
    }),
  );

  afterAll(async () => (await opening)?.destroy());

  it('kernels of each feature', () => {
    const features = sources.map(({ code }) => /^enable (\w+);/m.exec(code)?.[1]);
    expect(new Set(features)).toEqual(new Set(['subgroups', 'f16']));
  });

  it.each(sources.map((source) => [source.label, source] as const))('%s', async (_, { code, constants }) => {
    const device = await opening;
    if (!device) throw new Error('the null adapter gave no device');
    const module = device.createShaderModule({ code });
    const { messages } = await module.getCompilationInfo();
    expect(messages.map(({ lineNum, message }) => `${lineNum}: ${message}`)).toEqual([]);
    const compute = { module, entryPoint: 'main', constants: { ...constants } };
    await expect(device.createComputePipelineAsync({ layout: 'auto', compute })).resolves.toBeDefined();
  });
});
