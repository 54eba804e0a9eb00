/**
 * The fixtures on WebGPU in a real browser, whatever adapter it offers. Gradients of all weights are asked
 * of WebAssembly and the reference (conformance.test.ts); here they are measured too under VITE_SOAK.
 */
import { expect, it } from 'vitest';
import { type ConformanceResult, conformance, type FixtureReader } from './conformance';
import { readerOf, syntheticFixtures } from './conformance/synthetic.fixture';
import { WebGpuBackend } from './webgpu/webgpu-backend';

const urls = import.meta.glob<string>('../../fixtures/**/*.{json,safetensors}', {
  query: '?url',
  import: 'default',
  eager: true,
});
const prefix = '../../fixtures/';

const fixtures: FixtureReader = {
  list: async () => Object.keys(urls).map((path) => path.slice(prefix.length)),
  read: async (path) => {
    const response = await fetch(urls[prefix + path]);
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  },
};

/** A software adapter took from one to four minutes on two cores, depending on what else ran there. */
const LIMIT_MS = 600_000;

it('stays within every tolerance', { timeout: LIMIT_MS }, async () => {
  const results: ConformanceResult[] = [];
  const fullTraining = import.meta.env.VITE_SOAK !== undefined;
  for await (const result of conformance(() => WebGpuBackend.create(), fixtures, { fullTraining })) {
    results.push(result);
  }
  expect(results.filter(({ pass }) => !pass)).toEqual([]);
  const models = new Set(results.map((result) => result.case));
  expect([...models].filter((name) => name.endsWith('/adapter')).length).toBeGreaterThan(0);
  expect(results.filter(({ quantity }) => quantity === 'lora.grpo.gradients').length).toBeGreaterThan(0);
  expect(results.some(({ quantity }) => quantity === 'base.gradients')).toBe(fullTraining);
});

it('passes folders of other shapes', { timeout: LIMIT_MS }, async () => {
  const seeds =
    import.meta.env.VITE_SOAK === undefined ? [2, 4] : Array.from({ length: 20 }, (_, i) => i + 1);
  for (const seed of seeds) {
    const reader = readerOf(await syntheticFixtures(seed));
    const results: ConformanceResult[] = [];
    for await (const result of conformance(() => WebGpuBackend.create(), reader)) results.push(result);
    expect(results.filter(({ pass }) => !pass)).toEqual([]);
    expect(results.length).toBeGreaterThan(5);
  }
});
