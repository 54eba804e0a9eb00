/**
 * The policy's hidden states as an embedder, on the bundled policy itself: equal to the same computed from the weights
 * file by hand, the same on every back end, untouched by adapters and by what else is embedded with a text.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { factCase } from '../bench/retrieval-data';
import { directory } from '../cli/directory';
import type { Backend } from '../engine/backend';
import { baseFingerprint } from '../engine/model/base-fingerprint';
import { EngineModel } from '../engine/model/engine-model';
import { type OpenedModel, openAdapterFolder, openModelFolder } from '../engine/model/model-folder';
import { ReferenceBackend } from '../engine/reference/reference-backend';
import { WasmBackend } from '../engine/wasm/wasm-backend';
import { calibrated } from '../memory/embedders/calibration';
import { ExactIndex } from '../memory/index/exact-index';
import { checkUnitVector, cosine } from '../memory/index/unit-vectors';
import type { Embedder } from '../memory/memory';
import { qaFamily } from '../tasks/qa/family';
import { HiddenStateEmbedder, type HiddenStateOptions, hiddenStatesOf } from './hidden-state-embedder';

const TEXTS = ['Mira lives in Oslo.', 'Where does Mira live?', 'Rolf has a flat in Kiel.', '', '罗夫', 'a'];
const theta = async (embedder: Embedder) => (await calibrated(embedder, ['en'])).threshold;

let opened: OpenedModel;
let fingerprint: string;
let wasm: EngineModel;

async function modelOn(backend: Backend): Promise<EngineModel> {
  return EngineModel.open({ backend, config: opened.config, weights: opened.weights });
}

const open = (model: EngineModel, options: Partial<HiddenStateOptions> = {}) =>
  HiddenStateEmbedder.open(hiddenStatesOf(model, opened.tokenizer, fingerprint), {
    threshold: theta,
    ...options,
  });

/** Largest difference of two lists of vectors. */
function distance(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  expect(a.length).toBe(b.length);
  return Math.max(...a.flatMap((v, i) => Array.from(v, (value, d) => Math.abs(value - b[i][d]))));
}

beforeAll(async () => {
  opened = await openModelFolder(directory('public/policy'));
  fingerprint = baseFingerprint(opened.config, opened.weights);
  wasm = await modelOn(await WasmBackend.create({ threads: 1 }));
});

describe('HiddenStateEmbedder', () => {
  test('is the formula, worked out from the weights file', async () => {
    const embedder = await open(wasm);
    const d = opened.config.hiddenSize;
    // Read above.
    const table = opened.weights.get('model.embed_tokens.weight')!.data;
    const sentences: string[] = [];
    for (let seed = 0; sentences.length < 512; seed++) {
      const task = qaFamily.generate(seed, 'train', 'several');
      sentences.push(...task.messages.map(({ content }) => content), task.query);
    }
    const sample = sentences.slice(0, 512).map((text) => opened.tokenizer.encode(text, 'none'));
    const all = sample.flat();
    const share = (id: number) => all.filter((one) => one === id).length / all.length;
    const shares = new Map([...new Set(all)].map((id) => [id, share(id)]));
    const norm = (v: readonly number[]) => Math.hypot(...v);
    const scaled = (v: readonly number[], by: number) => v.map((value) => value * by);
    const pooled = (ids: readonly number[]) => {
      let sum: number[] = Array(d).fill(0);
      for (const id of ids) {
        const x = Array.from(table.subarray(id * d, (id + 1) * d));
        const weight = 0.01 / (0.01 + (shares.get(id) ?? 0));
        sum = sum.map((value, i) => value + (weight * x[i]) / norm(x));
      }
      return scaled(sum, 1 / norm(sum));
    };
    const vectors = sample.map(pooled);
    const mean = vectors[0].map((_, i) => vectors.reduce((sum, v) => sum + v[i], 0) / vectors.length);
    const c = mean.map((_, i) =>
      mean.map((_, j) => vectors.reduce((sum, v) => sum + (v[i] - mean[i]) * (v[j] - mean[j]), 0) / 512),
    );
    const trace = c.reduce((sum, row, i) => sum + row[i], 0);
    c.forEach((row, i) => {
      row[i] += trace / d;
    });
    // Cosines under C^-1 need no square root of it: solve C z = x by Gauss.
    const solve = (x: readonly number[]) => {
      const rows = c.map((row, i) => [...row, x[i]]);
      for (let i = 0; i < d; i++) {
        for (let j = i + 1; j < d; j++) {
          const by = rows[j][i] / rows[i][i];
          for (let k = i; k <= d; k++) rows[j][k] -= by * rows[i][k];
        }
      }
      const z: number[] = Array(d).fill(0);
      for (let i = d - 1; i >= 0; i--) {
        let left = rows[i][d];
        for (let k = i + 1; k < d; k++) left -= rows[i][k] * z[k];
        z[i] = left / rows[i][i];
      }
      return z;
    };
    const texts = TEXTS.filter((text) => text !== '');
    const centred = texts.map((text) =>
      pooled(opened.tokenizer.encode(text, 'none')).map((v, i) => v - mean[i]),
    );
    const inner = (x: readonly number[], z: readonly number[]) =>
      x.reduce((sum, value, i) => sum + value * z[i], 0);
    const solved = centred.map(solve);
    const found = await embedder.embed(texts);
    for (const i of texts.keys()) {
      for (const j of texts.keys()) {
        const expected =
          inner(centred[i], solved[j]) /
          Math.sqrt(inner(centred[i], solved[i]) * inner(centred[j], solved[j]));
        expect(cosine(found[i], found[j])).toBeCloseTo(expected, 4);
      }
    }
  });

  test('gives unit vectors for every text, alone as in company', async () => {
    for (const options of [{}, { layer: 'hidden', pooling: 'last' as const }]) {
      const embedder = await open(wasm, options);
      const long = Array.from({ length: 400 }, (_, i) => `Fact ${i}: Mira lives in Oslo.`).join(' ');
      const texts = [...TEXTS, long, 'x'.repeat(2_000), '\u0000\u202e'];
      const together = await embedder.embed(texts);
      for (const vector of together) checkUnitVector(vector, embedder.dimension);
      const alone = await Promise.all(texts.map(async (text) => (await embedder.embed([text]))[0]));
      expect(distance(together, alone)).toBeLessThan(1e-3);
      expect(await embedder.embed([])).toEqual([]);
    }
  });

  test('is the same on another back end', async () => {
    const reference = await modelOn(new ReferenceBackend());
    for (const layer of ['embedding', 'layers.0.output']) {
      const [a, b] = [await open(wasm, { layer }), await open(reference, { layer })];
      expect(a.id).toBe(b.id);
      expect(distance(await a.embed(TEXTS), await b.embed(TEXTS))).toBeLessThan(2e-3);
      expect(a.threshold).toBeCloseTo(b.threshold, 2);
    }
  });

  test('does not see the adapter', async () => {
    const adapter = await openAdapterFolder(opened.config, directory('public/adapter'));
    const adapted = await EngineModel.open({
      backend: await WasmBackend.create({ threads: 1 }),
      config: opened.config,
      weights: opened.weights,
      adapter: adapter.lora,
    });
    adapted.loadAdapterTensors(adapter.tensors);
    const layer = 'layers.3.output';
    const [plain, under] = [await open(wasm, { layer }), await open(adapted, { layer })];
    expect(under.id).toBe(plain.id);
    expect(distance(await plain.embed(TEXTS), await under.embed(TEXTS))).toBeLessThan(1e-5);
  });

  test('is known by weights, layer and pooling', async () => {
    const ids = await Promise.all([
      open(wasm),
      open(wasm, { layer: 'hidden' }),
      open(wasm, { pooling: 'last' }),
      open(wasm, { rarity: 0.1 }),
    ]).then((all) => all.map(({ id }) => id));
    expect(new Set(ids).size).toBe(4);
    expect(ids[0]).toBe(`policy-${fingerprint}-embedding-mean-v1`);
    await expect(open(wasm, { layer: 'layers.9.output' })).rejects.toThrow(
      /nothing called "layers.9.output"/,
    );
  });

  test('has a theta that separates, and finds facts', async () => {
    const embedder = await open(wasm);
    const calibration = await calibrated(embedder, ['en']);
    expect(embedder.threshold).toBe(calibration.threshold);
    expect(calibration.area).toBeGreaterThan(0.9);
    const { entries, questions } = factCase(200, 1);
    const index = new ExactIndex({ embedderId: embedder.id, dimension: embedder.dimension });
    const stored = await embedder.embed(entries.map(({ content }) => content));
    entries.forEach(({ id }, i) => {
      index.upsert(id, stored[i]);
    });
    const asked = await embedder.embed(questions.map(({ text }) => text));
    const right = questions.filter(({ answer }, i) => index.search(asked[i], 1)[0].id === answer).length;
    console.log(
      `theta ${calibration.threshold}, area ${calibration.area.toFixed(3)}, recall@1 of 200 facts ${right / 200}`,
    );
    expect(right / 200).toBeGreaterThan(0.7);
  });
});
