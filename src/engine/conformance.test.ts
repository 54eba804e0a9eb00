/** The fixtures on the back ends that run in Node, and proof that the measurement notices mistakes. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ensureWasm } from '../../scripts/build-wasm.mjs';
import type { Backend } from './backend';
import { type ConformanceResult, conformance, type FixtureReader } from './conformance';
import { ReferenceBackend } from './reference/reference-backend';
import { WasmBackend } from './wasm/wasm-backend';

const root = fileURLToPath(new URL('../../fixtures/', import.meta.url));

const fixtures: FixtureReader = {
  list: async () => {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.length).replace(/^\//, ''));
  },
  read: async (path) => new Uint8Array(await readFile(root + path)),
};

const backends: readonly (readonly [string, () => Promise<Backend>])[] = [
  ['reference', async () => new ReferenceBackend()],
  [
    'wasm, 1 thread',
    async () => {
      await ensureWasm();
      return WasmBackend.create({ threads: 1 });
    },
  ],
  [
    'wasm, 2 threads',
    async () => {
      await ensureWasm();
      return WasmBackend.create({ threads: 2 });
    },
  ],
];

async function measure(
  create: () => Backend | Promise<Backend>,
  reader: FixtureReader,
): Promise<ConformanceResult[]> {
  const results: ConformanceResult[] = [];
  for await (const result of conformance(create, reader)) results.push(result);
  return results;
}

describe('PyTorch fixtures', () => {
  it.each(backends)('%s stays within every tolerance', async (_, create) => {
    const results = await measure(create, fixtures);
    expect(results.filter(({ pass }) => !pass)).toEqual([]);
    const tolerances = JSON.parse(new TextDecoder().decode(await fixtures.read('tolerances.json')));
    // Advantages are computed above the engine; cli/conformance/advantage-cases.test.ts measures them.
    const quantities = Object.keys(tolerances.quantities).filter((name) => !name.includes('advantages'));
    const measured = new Set(results.map(({ quantity }) => quantity));
    expect(quantities.filter((name) => !measured.has(name))).toEqual([]);
  });

  it('notices a wrong RoPE base, a wrong eps and a wrong adapter scaling', async () => {
    const altered = (file: string, from: string, to: string): FixtureReader => ({
      list: async () => (await fixtures.list()).filter((path) => path.startsWith('models/qwen3/')),
      read: async (path) => {
        const bytes = await fixtures.read(path);
        if (path !== file) return bytes;
        const text = new TextDecoder().decode(bytes);
        expect(text).toContain(from);
        return new TextEncoder().encode(text.replace(from, to));
      },
    });
    const reference = () => new ReferenceBackend();
    const failed = async (reader: FixtureReader) =>
      (await measure(reference, reader)).filter(({ pass }) => !pass).map(({ quantity }) => quantity);
    const config = 'models/qwen3/config.json';
    expect(await failed(altered(config, '"rope_theta": 1000000.0', '"rope_theta": 990000.0'))).toContain(
      'forward.logits',
    );
    expect(await failed(altered(config, '"rms_norm_eps": 1e-06', '"rms_norm_eps": 1e-05'))).toContain(
      'forward.hidden',
    );
    const adapter = 'models/qwen3/adapter/adapter_config.json';
    const scaling = await failed(altered(adapter, '"use_rslora": true', '"use_rslora": false'));
    expect(scaling).toContain('lora.logits');
    expect(scaling).toContain('lora.pg.gradients');
    expect(scaling).not.toContain('forward.logits');
  });
});
