/**
 * The conformance runner on folders nobody has seen: it reads everything from them, notices every stored value
 * that is wrong, and answers what is missing or malformed by name while the rest still runs.
 */
import { describe, expect, it } from 'vitest';
import { ensureWasm } from '../../scripts/build-wasm.mjs';
import type { Backend } from './backend';
import { type ConformanceResult, conformance } from './conformance';
import { type FixtureReader, watchedReader } from './conformance/files';
import {
  readerOf,
  type SyntheticFolder,
  syntheticFixtures,
  withIntegers,
} from './conformance/synthetic.fixture';
import { readSafetensors } from './model/safetensors';
import { WasmBackend } from './wasm/wasm-backend';

const SEEDS = Array.from({ length: process.env.SOAK ? 60 : 9 }, (_, i) => i + 1);

const wasm = async (): Promise<Backend> => {
  await ensureWasm();
  return WasmBackend.create({ threads: 1 });
};

async function measure(
  reader: FixtureReader,
  create: () => Backend | Promise<Backend> = wasm,
): Promise<ConformanceResult[]> {
  const results: ConformanceResult[] = [];
  for await (const result of conformance(create, reader)) results.push(result);
  return results;
}

const failures = (results: readonly ConformanceResult[]) => results.filter(({ pass }) => !pass);

/** A folder with every kind of part: drawn until one has an adapter, losses and base gradients. */
async function completeFolder(): Promise<SyntheticFolder> {
  for (let seed = 1; ; seed++) {
    const folder = await syntheticFixtures(seed);
    const paths = [...folder.keys()];
    const parts = ['/adapter/train.json', 'grpo/cases.json', 'base_grads.safetensors', '/model.safetensors'];
    if (parts.every((part) => paths.some((path) => path.endsWith(part)))) return folder;
  }
}

function changed(
  folder: SyntheticFolder,
  path: string,
  to: Uint8Array | string | undefined,
): SyntheticFolder {
  const copy = new Map(folder);
  if (to === undefined) copy.delete(path);
  else copy.set(path, typeof to === 'string' ? new TextEncoder().encode(to) : to);
  return copy;
}

function find(folder: SyntheticFolder, end: string): string {
  const path = [...folder.keys()].find((name) => name.endsWith(end));
  if (!path) throw new Error(`The folder has no ${end}.`);
  return path;
}

describe('drawn folders', () => {
  it.each(SEEDS)('folder %i passes, and every file of it was read', async (seed) => {
    const folder = await syntheticFixtures(seed);
    const read = new Set<string>();
    const results = await measure(watchedReader(readerOf(folder), read));
    expect(failures(results)).toEqual([]);
    expect(results.length).toBeGreaterThan(5);
    expect([...folder.keys()].filter((path) => !read.has(path))).toEqual([]);
  });

  it('draw every kind of thing', async () => {
    const all = await Promise.all(SEEDS.slice(0, 9).map(syntheticFixtures));
    const text = all.flatMap((folder) =>
      [...folder]
        .filter(([path]) => path.endsWith('.json'))
        .map(([, bytes]) => new TextDecoder().decode(bytes)),
    );
    for (const mark of ['qwen2', 'qwen3', 'llama', 'rope_parameters', 'weight_map', '"use_rslora":true']) {
      expect(
        text.some((json) => json.includes(mark)),
        mark,
      ).toBe(true);
    }
    const adapters = all.map(
      (folder) => [...folder.keys()].filter((path) => path.endsWith('train.json')).length,
    );
    expect(new Set(adapters).size).toBeGreaterThan(1);
    expect(new Set(all.map((folder) => folder.has('grpo/cases.json'))).size).toBe(2);
  });
});

describe('a wrong stored value', () => {
  it('is noticed in every file, in any of its tensors', async () => {
    const folder = await completeFolder();
    const unnoticed: string[] = [];
    for (const [path, bytes] of folder) {
      if (!path.endsWith('.safetensors')) continue;
      const tensors = [...readSafetensors(bytes).tensors].filter(([, { dtype }]) => dtype === 'F32');
      for (const [i, [name]] of tensors.entries()) {
        if (!process.env.SOAK && i % 5 !== path.length % 5 && !path.endsWith('cases.safetensors')) continue;
        const copy = bytes.slice();
        const values = readSafetensors(copy).tensors.get(name)?.bytes;
        if (!values) continue;
        // The sign of the largest value: wrong by twice of it.
        const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
        let largest = 0;
        for (let at = 0; at < values.byteLength; at += 4) {
          if (Math.abs(view.getFloat32(at, true)) > Math.abs(view.getFloat32(largest, true))) largest = at;
        }
        if (view.getFloat32(largest, true) === 0) continue;
        view.setFloat32(largest, -view.getFloat32(largest, true), true);
        const results = await measure(readerOf(changed(folder, path, copy)));
        if (failures(results).length === 0) unnoticed.push(`${path}: ${name}`);
      }
    }
    expect(unnoticed).toEqual([]);
  }, 120_000);

  it('is noticed in the numbers of the JSON files', async () => {
    const folder = await completeFolder();
    const replaced = async (end: string, from: RegExp, to: string) => {
      const path = find(folder, end);
      const text = new TextDecoder().decode(folder.get(path));
      expect(text).toMatch(from);
      const results = await measure(readerOf(changed(folder, path, text.replace(from, to))));
      return failures(results).map(({ quantity }) => quantity);
    };
    expect(await replaced('train.json', /"lr":[\d.e-]+/, '"lr":0.002')).toContain('adamw.step1.change');
    expect(await replaced('train.json', /"temperature":[\d.]+/, '"temperature":3')).toContain(
      'lora.grpo.loss',
    );
    expect(await replaced('train.json', /"epsilon":0.15/, '"epsilon":0.9,"loss_type":"bnpo"')).not.toEqual(
      [],
    );
    expect(await replaced('cases.json', /"temperature":[\d.]+/, '"temperature":3')).toContain(
      'forward.entropy',
    );
    expect(await replaced('grpo/cases.json', /"beta":0.1/, '"beta":0.2')).toContain(
      'cases.gradient_elementwise',
    );
    expect(await replaced('adapter_config.json', /"lora_alpha":\d+/, '"lora_alpha":99')).toContain(
      'lora.logits',
    );
  });
});

describe('what is missing or malformed', () => {
  it('fails by name for any file, and the folders beside it still run', async () => {
    const [first, second] = [await completeFolder(), await syntheticFixtures(77)];
    const both = new Map([...first, ...[...second].filter(([path]) => path.startsWith('models/'))]);
    const beside = [...second.keys()].find((path) => path.endsWith('/cases.json')) ?? '';
    for (const path of first.keys()) {
      const results = await measure(readerOf(changed(both, path, undefined)));
      for (const { problem, error } of failures(results)) {
        expect(problem ?? { error }, `${path} is missing`).toMatchObject({ name: 'ModelFileError' });
      }
      const others = results.filter((result) => beside.startsWith(`${result.case}/`));
      expect(others.length).toBeGreaterThan(3);
      expect(others.every(({ pass }) => pass)).toBe(true);
    }
  }, 120_000);

  it('fails by name for files cut short, web pages and half a JSON', async () => {
    const folder = await completeFolder();
    for (const path of folder.keys()) {
      const bytes = folder.get(path) ?? new Uint8Array();
      for (const damaged of [bytes.slice(0, bytes.length - 3), new TextEncoder().encode('<!doctype html>')]) {
        const failed = failures(await measure(readerOf(changed(folder, path, damaged))));
        expect(failed.length, path).toBeGreaterThan(0);
        for (const { problem } of failed) expect(problem?.name, path).toBe('ModelFileError');
      }
    }
  }, 120_000);

  it('refuses scaled rotary positions by name', async () => {
    const folder = await completeFolder();
    const path = find(folder, '/config.json');
    const json = JSON.parse(new TextDecoder().decode(folder.get(path)));
    const scaled = { ...json, rope_scaling: { rope_type: 'yarn', factor: 4 } };
    const results = await measure(readerOf(changed(folder, path, JSON.stringify(scaled))));
    const [failed, ...more] = failures(results);
    expect(more).toEqual([]);
    expect(failed.problem).toMatchObject({ name: 'UnsupportedModelError' });
    expect(failed.problem?.message).toMatch(/rope_scaling.*yarn/);
    expect(results.some((result) => result.case.startsWith('grpo/') && result.pass)).toBe(true);
  });

  it('takes the limits of the folder, and the recommended ones where it has none', async () => {
    const folder = await completeFolder();
    const strict = JSON.stringify({ quantities: { 'forward.logits': { limit: 1e-30 } } });
    const results = await measure(readerOf(changed(folder, 'tolerances.json', strict)));
    const failed = failures(results);
    expect(failed.length).toBeGreaterThan(0);
    expect(new Set(failed.map(({ quantity }) => quantity))).toEqual(new Set(['forward.logits']));
    expect(results.find(({ quantity }) => quantity === 'forward.hidden')?.tolerance).toBe(1e-5);
  });

  it('says once what is wrong with the limits, and measures on with the recommended ones', async () => {
    const folder = await completeFolder();
    for (const [text, words] of [
      ['{"quantities": {"forward.logits": "tight"}}', /forward\.logits/],
      ['{"quantities', /not valid JSON/],
      ['[]', /JSON object/],
    ] as const) {
      const results = await measure(readerOf(changed(folder, 'tolerances.json', text)));
      const [failed, ...more] = failures(results);
      expect(more).toEqual([]);
      expect(failed).toMatchObject({ case: 'tolerances.json', quantity: 'open', pass: false });
      expect(failed.problem?.message).toMatch(words);
      expect(results.length).toBeGreaterThan(5);
    }
  });

  it('passes over files of other kinds, and takes lengths from the tensors where the JSON has none', async () => {
    const folder = new Map(await completeFolder());
    folder.set('formats/README.md', new TextEncoder().encode('# Formats'));
    folder.set('formats/make.py', new Uint8Array());
    const before = await measure(readerOf(folder));
    for (const end of ['/cases.json', '/train.json']) {
      for (const path of [...folder.keys()].filter(
        (name) => name.startsWith('models/') && name.endsWith(end),
      )) {
        const { lengths, prompt_lengths, ...json } = JSON.parse(new TextDecoder().decode(folder.get(path)));
        folder.set(path, new TextEncoder().encode(JSON.stringify(json)));
        const file = path.replace(/json$/, 'safetensors');
        let bytes = folder.get(file) ?? new Uint8Array();
        for (const [name, values] of Object.entries({ lengths, prompt_lengths })) {
          if (!values) continue;
          bytes = withIntegers(bytes, name, { shape: [values.length], values: Int32Array.from(values) });
        }
        folder.set(file, bytes);
      }
    }
    expect(failures(before)).toEqual([]);
    expect(await measure(readerOf(folder))).toEqual(before);
  });

  it('measures nothing in an empty folder', async () => {
    expect(await measure(readerOf(new Map()))).toEqual([]);
  });
});
