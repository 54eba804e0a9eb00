/**
 * The bundled policy through the real transformers.js and ONNX Runtime in Chromium, from the engine's own export: its
 * logits and texts are the engine's, on WebAssembly and on WebGPU; and a model that acts can be stopped, closed, and
 * says by name what it lacks.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { play } from '../../agent/playing.fixture';
import type { Policy, PolicyCompletion, PolicyRequest, SampledToken } from '../../agent/policy';
import { isStep, mayBegin } from '../../agent/protocol-automaton';
import { EngineModel } from '../../engine/model/engine-model';
import {
  folderAt,
  type OpenedModel,
  openAdapterFolder,
  openModelFolder,
} from '../../engine/model/model-folder';
import type { Adapter } from '../../engine/model/peft';
import { blobSource } from '../../engine/model/weight-source';
import { ONNX_FILE } from '../../engine/onnx/onnx-folder';
import { ReferenceBackend } from '../../engine/reference/reference-backend';
import { browserGpu, describeAdapter, requestAdapter } from '../../engine/webgpu/adapter';
import { sampleTask } from '../../tasks/ladder';
import { taskFamily } from '../../tasks/registry';
import { EnginePolicy } from '../engine-policy';
import { PolicyChat } from '../policy-chat';
import type { DrawSettings, OpenedPolicy, OpeningRequest } from '../provider';
import { movedTensors, withExternalData } from './external-data.fixture';
import type { OnnxDevice } from './onnx-files';
import { openTransformers, openTransformersPolicy } from './open-transformers';
import { type SiteModel, siteModel } from './site-model';
import { TransformersPolicy } from './transformers-policy';
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
afterAll(async () => {
  for (const one of opened) await one.close();
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

/** One on WebAssembly, for tests that leave it open and as it was. */
let atHand: Promise<OpenedPolicy> | undefined;
const some = () => (atHand ??= open('wasm'));

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

async function deviceWords(device: OnnxDevice): Promise<string> {
  return device === 'wasm'
    ? device
    : `${device}, ${describeAdapter((await requestAdapter(browserGpu())).info).words}`;
}

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

describe.each([
  { device: 'wasm', chats: 3, most: 16 },
  // The software adapter takes a fifth of a second for each token.
  { device: 'webgpu', chats: 2, most: 4 },
] as const)('on $device', ({ device, chats, most }) => {
  test('logits and texts are the engine’s', async () => {
    const sizes = new Map<string, number>();
    for (const file of site.fileNames) sizes.set(file, (await site.files.size(file)) ?? 0);
    const weights = { device, dtype: 'fp32', file: ONNX_FILE, dataFiles: [] } as const;
    const runtime = await TransformersRuntime.open(
      { name: NAME, files: site.files, sizes, weights, positions: 320 },
      { signal: new AbortController().signal, onProgress: () => {} },
    );
    const { vocabSize } = model;
    const facts = { name: NAME, dtype: 'fp32', vocabulary: vocabSize, positions: 320 };
    const policy = new TransformersPolicy(facts, runtime, base.chat, DRAW);
    try {
      expect(runtime.onGpu).toBe(device === 'webgpu');
      // Our own exports have operators of ONNX itself only, whose kernels mind no length.
      expect(runtime.longPasses).toBe(true);
      // Whole, in pieces, token by token, and gone on from what was kept.
      const prompt = base.chat.encodeChat(requests[1].messages, { addGenerationPrompt: true });
      const { logits } = await model.inspect([prompt]);
      const row = (at: number) => logits.slice(at * vocabSize, (at + 1) * vocabSize);
      const last = prompt.length - 1;
      const half = prompt.length >> 1;
      const differences = [
        largestDifference(await runtime.read(prompt, 'nothing'), row(last)),
        largestDifference(await runtime.read(prompt.slice(0, half), 'nothing'), row(half - 1)),
      ];
      await runtime.keep(prompt.slice(0, half));
      for (let at = half; at < half + 3; at++) {
        differences.push(largestDifference(await runtime.read([prompt[at]], 'last'), row(at)));
      }
      differences.push(largestDifference(await runtime.read(prompt.slice(half), 'kept'), row(last)));

      let tokens = 0;
      let logprobs = 0;
      for (const temperature of [0, 1]) {
        const options = { ...OPTIONS, maxNewTokens: most, temperature };
        const expected = await engine.generate(requests.slice(0, chats), options);
        const found = await policy.generate(requests.slice(0, chats), options);
        const said = (completions: readonly PolicyCompletion[]) =>
          completions.map(({ text, promptIds, finish }) => ({ text, promptIds, finish }));
        expect(said(found)).toEqual(said(expected));
        expected.forEach((completion, i) => {
          completion.tokens.forEach((token, t) => {
            const own = found[i].tokens[t];
            expect(own.alternatives.map(({ id }) => id)).toEqual(token.alternatives.map(({ id }) => id));
            logprobs = Math.max(
              logprobs,
              Math.abs(own.logprob - token.logprob),
              Math.abs(own.entropy - token.entropy),
            );
            tokens++;
          });
        });
      }
      const error = Math.max(...differences);
      console.log(
        `transformers.js on ${await deviceWords(device)}, bundled policy with its adapter merged: logits within ${error.toExponential(1)} of ` +
          `the largest, ${tokens} tokens greedy and drawn the same, log-probs and entropies within ${logprobs.toExponential(1)}`,
      );
      expect(error).toBeLessThan(TOLERANCE);
      expect(logprobs).toBeLessThan(1e-4);
      expect(tokens).toBe(2 * chats * most);
    } finally {
      policy.close();
    }
  });
});

test('says what it is, and by itself leaves a software adapter alone', async () => {
  const told: string[] = [];
  const one = await openTransformersPolicy(
    opening({
      draw: { ...DRAW, contextTokens: 64 },
      onProgress: (text, done, total) => told.push(`${text}: ${done === total}`),
    }),
  );
  opened.push(one);
  expect(one.facts).toEqual({
    parameters: 820_608,
    vocabulary: model.vocabSize,
    layers: 4,
    // The model's own, whatever was asked for.
    window: 320,
    device: 'WebAssembly, 1 thread, fp32, by transformers.js',
  });
  expect(one.policy.capabilities).toEqual({ train: false, logprobs: true, streaming: true, kvReuse: true });
  expect(told).toContain('Reading onnx/model.onnx: false');
  expect(told.at(-1)).toBe('Preparing the bundled policy for WebAssembly: true');
});

test('a completion is the same alone, in a batch, and after another', async () => {
  const { policy } = await some();
  const together = await policy.generate(requests, OPTIONS);
  const [alone] = await policy.generate([requests[1]], OPTIONS);
  expect(alone).toEqual(together[1]);
  const [first, second] = await Promise.all([
    policy.generate([requests[2]], OPTIONS),
    policy.generate([requests[0]], OPTIONS),
  ]);
  expect([first[0], second[0]]).toEqual([together[2], together[0]]);
});

test('plays the episodes that the engine plays, word for word', async () => {
  const { policy } = await some();
  const count = import.meta.env.VITE_SOAK ? 16 : 1;
  let tokens = 0;
  for (let seed = 1; seed <= count; seed++) {
    const task = sampleTask(seed, 'evaluation');
    const said = async (player: Policy) => {
      const { log } = await play(player, {
        task,
        environment: taskFamily(task.family).createEnvironment(task),
        countTokens: (message) => engine.countTokens(message),
        seed,
      });
      return log.flatMap((event) => {
        if (event.type !== 'completion') return [];
        if (player === policy) tokens += event.tokens.length;
        return [event.text];
      });
    };
    expect(await said(policy)).toEqual(await said(engine));
  }
  console.log(
    `transformers.js on wasm: ${count} episode(s) word for word those of the engine, ${tokens} tokens drawn`,
  );
  expect(tokens).toBeGreaterThan(50 * count);
});

test('streams tokens as they come, and ends within them when told to', async () => {
  const { policy } = await some();
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
  const one = await some();
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
  one.redraw(DRAW);
});

test('under constraint every step is one of the protocol, however hot, and the same as the engine’s', async () => {
  const one = await some();
  one.redraw({ ...DRAW, constrained: true });
  const hot = { ...OPTIONS, temperature: 3, maxNewTokens: 40 };
  const found = await one.policy.generate(requests, hot);
  one.redraw(DRAW);
  const constrained = new EnginePolicy('engine', model, new PolicyChat(base.chat), true);
  const expected = await constrained.generate(requests, { ...hot, constrained: true });
  expect(found.map(({ text }) => text)).toEqual(expected.map(({ text }) => text));
  for (const { text, finish } of found)
    expect(finish === 'length' ? mayBegin(text) : isStep(text)).toBe(true);
  // A question is no step; and what a call asks for goes before what was set.
  const free = await one.policy.generate(requests, hot);
  expect(free.some(({ text }) => !mayBegin(text))).toBe(true);
  expect(await one.policy.generate(requests, { ...hot, constrained: true, form: 'free' })).toEqual(free);
  const scores = await one.policy.generate(requests, { ...hot, form: 'score' });
  for (const { text } of scores) expect(text).toMatch(/^<score>(?:0\.[0-9]|1\.0)<\/score>$/);
  expect(await one.policy.generate(requests, { ...hot, constrained: true })).toEqual(found);
});

test('closing ends what is being generated, and the worker with it', async () => {
  const ending = vi.spyOn(Worker.prototype, 'terminate');
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
  expect(ending).toHaveBeenCalledTimes(1);
  ending.mockRestore();
  await expect(one.policy.generate(requests, OPTIONS)).rejects.toMatchObject({ code: 'transformers-closed' });
});

/** The site's files with some replaced or (null) taken away. */
async function changed(
  changes: Readonly<Record<string, Uint8Array | null>>,
): Promise<Pick<OpeningRequest, 'files' | 'fileNames'>> {
  const files = new Map<string, Blob>();
  for (const name of site.fileNames) files.set(name, new Blob([(await whole(name)).slice()]));
  for (const [name, bytes] of Object.entries(changes)) {
    if (bytes) files.set(name, new Blob([bytes.slice()]));
    else files.delete(name);
  }
  return { files: blobSource(files, 'a folder'), fileNames: [...files.keys()] };
}

const whole = async (name: string) => site.files.read(name, 0, (await site.files.size(name)) ?? 0);
const utf8 = (text: string) => new TextEncoder().encode(text);

test('weights beside the model, in a file of their own, are the same weights', async () => {
  const { model: apart, data } = withExternalData(await whole(ONNX_FILE), 'model.onnx_data', 100_000);
  expect(movedTensors(apart)).toContain('model.embed_tokens.weight');
  expect(apart.length).toBeLessThan(data.length);
  const files = await changed({ [ONNX_FILE]: apart, [`${ONNX_FILE}_data`]: data });
  const beside = await open('wasm', files);
  const together = await some();
  expect(await beside.policy.generate([requests[1]], OPTIONS)).toEqual(
    await together.policy.generate([requests[1]], OPTIONS),
  );
  const lacking = await changed({ [ONNX_FILE]: apart });
  await expect(open('wasm', lacking)).rejects.toMatchObject({
    code: 'transformers-file-missing',
    message: expect.stringContaining('model.onnx_data'),
  });
});

describe('what is wrong has a name', () => {
  const opens = async (changes: Readonly<Record<string, Uint8Array | null>>) =>
    openTransformersPolicy(opening(await changed(changes)));
  const json = (value: unknown) => utf8(JSON.stringify(value));

  test('weights cut short or of another kind, and files that are not there', async () => {
    const short = (await whole(ONNX_FILE)).slice(0, 400_000);
    await expect(opens({ [ONNX_FILE]: short })).rejects.toMatchObject({
      code: 'transformers-file',
      message: expect.stringContaining(
        'onnx/model.onnx of the bundled policy cannot be read as an ONNX model',
      ),
    });
    const page = utf8('<!doctype html><title>Not found</title>');
    await expect(opens({ [ONNX_FILE]: page })).rejects.toMatchObject({
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
      await expect(opens({ [file]: null })).rejects.toMatchObject({
        code: 'transformers-file-missing',
        message: said,
      });
    }
  });

  test('a model that is no language model, a tokenizer that is not read', async () => {
    const config = { model_type: 'bert', vocab_size: model.vocabSize, hidden_size: 8 };
    await expect(opens({ 'config.json': json(config) })).rejects.toMatchObject({
      code: 'transformers-file',
      message: expect.stringContaining('model_type bert'),
    });
    const unigram = json({ model: { type: 'Unigram', vocab: [] } });
    await expect(opens({ 'tokenizer.json': unigram })).rejects.toMatchObject({
      code: 'transformers-tokenizer',
      whatToDo: expect.stringContaining('byte-level tokenizer'),
    });
  });

  test('opening can be stopped', async () => {
    const stop = new AbortController();
    const request = opening({
      signal: stop.signal,
      onProgress: (_, done, total) => done === total && stop.abort(),
    });
    await expect(openTransformersPolicy(request)).rejects.toMatchObject({ code: 'transformers-cancelled' });
  });
});
