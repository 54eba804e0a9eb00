/**
 * The bundled policy through the real transformers.js and ONNX Runtime in Chromium, from the engine's own export: its
 * logits and texts are the engine's, on WebAssembly and on WebGPU; and a model that acts can be stopped, closed, and
 * says by name what it lacks.
 */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PolicyRequest, SampledToken } from '../../agent/policy';
import { EngineModel } from '../../engine/model/engine-model';
import {
  folderAt,
  type OpenedModel,
  openAdapterFolder,
  openModelFolder,
} from '../../engine/model/model-folder';
import type { Adapter } from '../../engine/model/peft';
import { blobSource } from '../../engine/model/weight-source';
import { ReferenceBackend } from '../../engine/reference/reference-backend';
import { EnginePolicy } from '../engine-policy';
import type { DrawSettings, OpenedPolicy, OpeningRequest } from '../provider';
import type { OnnxDevice } from './onnx-files';
import { openTransformers, openTransformersPolicy } from './open-transformers';
import { type SiteModel, siteModel } from './site-model';
import { TransformersRuntime } from './transformers-runtime';

const NAME = 'the bundled policy';
const DRAW: DrawSettings = { topP: 1, constrained: false, thinking: null, contextTokens: 512 };
/** Of the largest logit. Both compute in float32, in another order. */
const TOLERANCE = 2e-6;

let base: OpenedModel;
let adapter: Adapter;
let model: EngineModel;
let engine: EnginePolicy;
let site: SiteModel;

beforeAll(async () => {
  base = await openModelFolder(folderAt('/policy'));
  adapter = await openAdapterFolder(base.config, folderAt('/adapter'));
  model = await EngineModel.open({ ...base, backend: new ReferenceBackend(), adapter: adapter.lora });
  model.loadAdapterTensors(adapter.tensors);
  engine = new EnginePolicy('engine', model, base.chat, true);
  site = await siteModel(folderAt('/policy'), adapter);
});

const opened: OpenedPolicy[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

function opening(changes: Partial<OpeningRequest> = {}): OpeningRequest {
  return {
    name: NAME,
    ...site,
    draw: DRAW,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...changes,
  };
}

async function open(device: OnnxDevice, changes: Partial<OpeningRequest> = {}): Promise<OpenedPolicy> {
  const one = await openTransformers(opening(changes), device);
  opened.push(one);
  return one;
}

/** Chats as an episode has them; the state is for scripted players only. */
const CHATS = [
  'I live in Lisbon now.',
  'My sister Mira works as a baker in Oslo. Nice weather today!',
  'Where do I live?',
];
const request = (text: string, seed: number): PolicyRequest => ({
  messages: [
    { role: 'system', content: 'You are an assistant with memory.' },
    { role: 'user', content: text },
  ],
  seed,
  state: undefined as unknown as PolicyRequest['state'],
});
const requests = CHATS.map((text, i) => request(text, 11 + i));
const OPTIONS = { temperature: 1, maxNewTokens: 16, alternatives: 3 };

function largestDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(found.length).toBe(expected.length);
  let error = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    error = Math.max(error, Math.abs(found[i] - expected[i]));
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return error / largest;
}

describe.each(['wasm', 'webgpu'] as const)('on %s', (device) => {
  test('has the logits of the engine: whole, in pieces, and token by token', async () => {
    const prompt = base.chat.encodeChat(requests[1].messages, { addGenerationPrompt: true });
    const { logits } = await model.inspect([prompt]);
    const { vocabSize } = model;
    const row = (at: number) => logits.slice(at * vocabSize, (at + 1) * vocabSize);
    const sizes = new Map<string, number>();
    for (const file of site.fileNames) sizes.set(file, (await site.files.size(file)) ?? 0);
    const runtime = await TransformersRuntime.open(
      {
        name: NAME,
        files: site.files,
        sizes,
        weights: { device, dtype: 'fp32', file: 'onnx/model.onnx', dataFiles: [] },
      },
      { signal: new AbortController().signal, onProgress: () => {} },
    );
    try {
      expect(runtime.onGpu).toBe(device === 'webgpu');
      const differences = [largestDifference(await runtime.read(prompt, true), row(prompt.length - 1))];
      const half = prompt.length >> 1;
      differences.push(largestDifference(await runtime.read(prompt.slice(0, half), true), row(half - 1)));
      for (let at = half; at < half + 4; at++) {
        differences.push(largestDifference(await runtime.read([prompt[at]], false), row(at)));
      }
      differences.push(
        largestDifference(await runtime.read(prompt.slice(half + 4), false), row(prompt.length - 1)),
      );
      const most = Math.max(...differences);
      console.log(`${device}: logits differ by ${most.toExponential(1)} of the largest (limit ${TOLERANCE})`);
      expect(most).toBeLessThan(TOLERANCE);
    } finally {
      runtime.close();
    }
  });

  test('writes what the engine writes: greedily, and drawn with the same seeds', async () => {
    const { policy, facts } = await open(device);
    expect(facts.device).toContain(device === 'webgpu' ? 'WebGPU' : 'WebAssembly');
    expect(facts).toMatchObject({ parameters: 820_608, vocabulary: model.vocabSize, window: 320 });
    // The software adapter takes a fifth of a second for each token.
    const options = { ...OPTIONS, maxNewTokens: device === 'wasm' ? 16 : 5 };
    let tokens = 0;
    let logprobs = 0;
    for (const temperature of [0, 1]) {
      const expected = await engine.generate(requests, { ...options, temperature });
      const found = await policy.generate(requests, { ...options, temperature });
      expect(found.map(({ text }) => text)).toEqual(expected.map(({ text }) => text));
      expect(found.map(({ promptIds }) => promptIds)).toEqual(expected.map(({ promptIds }) => promptIds));
      expect(found.map(({ finish }) => finish)).toEqual(expected.map(({ finish }) => finish));
      expected.forEach((completion, i) => {
        completion.tokens.forEach((token, t) => {
          const own = found[i].tokens[t];
          logprobs = Math.max(
            logprobs,
            Math.abs(own.logprob - token.logprob),
            Math.abs(own.entropy - token.entropy),
          );
          expect(own.alternatives.map(({ id }) => id)).toEqual(token.alternatives.map(({ id }) => id));
          tokens++;
        });
      });
    }
    console.log(
      `${device}: ${tokens} tokens equal, log-probs and entropies within ${logprobs.toExponential(1)}`,
    );
    expect(logprobs).toBeLessThan(1e-4);
    expect(tokens).toBeGreaterThan(20);
  });
});

test('a completion is the same alone, in a batch, and after another', async () => {
  const { policy } = await open('wasm');
  const together = await policy.generate(requests, OPTIONS);
  const [alone] = await policy.generate([requests[1]], OPTIONS);
  expect(alone).toEqual(together[1]);
  const [first, second] = await Promise.all([
    policy.generate([requests[2]], OPTIONS),
    policy.generate([requests[0]], OPTIONS),
  ]);
  expect([first[0], second[0]]).toEqual([together[2], together[0]]);
});

test('streams tokens as they come, and ends within them when told to', async () => {
  const { policy } = await open('wasm');
  const stop = new AbortController();
  const heard: { readonly request: number; readonly token: SampledToken }[] = [];
  const [whole] = await policy.generate([requests[0]], OPTIONS);
  const cut = await policy.generate(requests, {
    ...OPTIONS,
    signal: stop.signal,
    onToken: (request, token) => {
      heard.push({ request, token });
      if (heard.length === 3) stop.abort();
    },
  });
  expect(cut.map(({ finish }) => finish)).toEqual(['aborted', 'aborted', 'aborted']);
  expect(cut[0].tokens).toEqual(whole.tokens.slice(0, 3));
  expect(heard.map(({ token }) => token)).toEqual(cut[0].tokens);
  expect(cut[2].tokens).toEqual([]);
  // And goes on afterwards as if nothing had been.
  expect(await policy.generate([requests[0]], OPTIONS)).toEqual([whole]);
});

test('top-p leaves the likeliest, and the context is as long as it was set', async () => {
  const one = await open('wasm');
  const greedy = await one.policy.generate(requests, { ...OPTIONS, temperature: 0 });
  one.redraw({ ...DRAW, topP: 0.001 });
  const narrow = await one.policy.generate(requests, OPTIONS);
  expect(narrow.map(({ text }) => text)).toEqual(greedy.map(({ text }) => text));

  const prompt = greedy[0].promptIds.length;
  one.redraw({ ...DRAW, contextTokens: prompt + 2 });
  const [short] = await one.policy.generate([requests[0]], OPTIONS);
  expect([short.tokens.length, short.finish]).toEqual([2, 'length']);
  one.redraw({ ...DRAW, contextTokens: prompt });
  await expect(one.policy.generate([requests[0]], OPTIONS)).rejects.toThrow(
    `The prompt has ${prompt} tokens and the model reads at most ${prompt}`,
  );
});

test('closing ends what is being generated, and the worker with it', async () => {
  const one = await open('wasm');
  const heard: SampledToken[] = [];
  const [cut] = await one.policy.generate([request(CHATS[1], 5)], {
    ...OPTIONS,
    maxNewTokens: 200,
    onToken: (_, token) => {
      heard.push(token);
      if (heard.length === 2) void one.close();
    },
  });
  expect([cut.finish, cut.tokens.length]).toEqual(['aborted', 2]);
  await expect(one.policy.generate(requests, OPTIONS)).rejects.toMatchObject({ code: 'transformers-closed' });
});

describe('what is wrong has a name', () => {
  const changed = async (changes: Readonly<Record<string, Uint8Array<ArrayBuffer> | null>>) => {
    const files = new Map<string, Blob>();
    for (const name of site.fileNames) {
      files.set(
        name,
        new Blob([(await site.files.read(name, 0, (await site.files.size(name)) ?? 0)).slice()]),
      );
    }
    for (const [name, bytes] of Object.entries(changes)) {
      if (bytes) files.set(name, new Blob([bytes]));
      else files.delete(name);
    }
    return opening({ files: blobSource(files, 'a folder'), fileNames: [...files.keys()] });
  };
  const weights = async () =>
    (await site.files.read('onnx/model.onnx', 0, (await site.files.size('onnx/model.onnx')) ?? 0)).slice();
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

  test('weights cut short or of another kind, and files that are not there', async () => {
    const short = (await weights()).slice(0, 400_000);
    await expect(openTransformersPolicy(await changed({ 'onnx/model.onnx': short }))).rejects.toMatchObject({
      code: 'transformers-file',
      message: expect.stringContaining(
        'onnx/model.onnx of the bundled policy cannot be read as an ONNX model',
      ),
    });
    const page = new TextEncoder().encode('<!doctype html><title>Not found</title>');
    await expect(openTransformersPolicy(await changed({ 'onnx/model.onnx': page }))).rejects.toMatchObject({
      code: 'transformers-file',
      message: expect.stringContaining('onnx/model.onnx is a web page'),
    });
    for (const [file, said] of [
      [
        'onnx/model.onnx',
        'A file of weights (onnx/model….onnx) is not among the files of the bundled policy.',
      ],
      ['tokenizer.json', 'tokenizer.json is not among the files of the bundled policy.'],
    ]) {
      await expect(openTransformersPolicy(await changed({ [file]: null }))).rejects.toMatchObject({
        code: 'transformers-file-missing',
        message: said,
      });
    }
  });

  test('a model that is no language model, a tokenizer that is not read', async () => {
    const config = { model_type: 'bert', vocab_size: model.vocabSize, hidden_size: 8 };
    await expect(
      openTransformersPolicy(await changed({ 'config.json': json(config) })),
    ).rejects.toMatchObject({
      code: 'transformers-file',
      message: expect.stringContaining('model_type bert'),
    });
    const unigram = json({ model: { type: 'Unigram', vocab: [] } });
    await expect(openTransformersPolicy(await changed({ 'tokenizer.json': unigram }))).rejects.toMatchObject({
      code: 'transformers-tokenizer',
      whatToDo: expect.stringContaining('byte-level tokenizer'),
    });
  });

  test('opening can be stopped', async () => {
    const stop = new AbortController();
    const request = opening({ signal: stop.signal, onProgress: () => stop.abort() });
    await expect(openTransformersPolicy(request)).rejects.toMatchObject({ code: 'transformers-cancelled' });
  });
});
