/**
 * The exported folders, loaded by the real transformers.js and run by the real ONNX Runtime in Chromium: its
 * logits are ours, in prefill, in ragged batches and with its cache. Nothing leaves the machine: ONNX
 * Runtime's files are this project's own copies, and any other request fails the test.
 */
import { AutoModelForCausalLM, AutoTokenizer, env, Tensor } from '@huggingface/transformers';
import ortModule from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import ortBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { beforeAll, describe, expect, it } from 'vitest';
import { readModelConfig } from '../model/config';
import { EngineModel } from '../model/engine-model';
import { readWeights } from '../model/host-weights';
import { readJsonObject } from '../model/json-file';
import {
  folderAt,
  MissingFileError,
  openAdapterFolder,
  openModelFolder,
  type ReadFile,
  weightsOf,
} from '../model/model-folder';
import type { Adapter } from '../model/peft';
import { ReferenceBackend } from '../reference/reference-backend';
import { type OnnxFolder, onnxFolder } from './onnx-folder';

const HERE = '/exported/';
/** Relative to the largest logit. */
const TOLERANCE = 1e-4;

const urls = import.meta.glob<string>('../../../fixtures/models/**/*.{json,safetensors}', {
  query: '?url',
  import: 'default',
  eager: true,
});

function fixture(model: string): ReadFile {
  return async (name) => {
    const url = urls[`../../../fixtures/models/${model}/${name}`];
    if (url === undefined) throw new MissingFileError(name, `in ${model}`);
    return new Uint8Array(await (await fetch(url)).arrayBuffer());
  };
}

/** Folders that transformers.js may load, by name. */
const served = new Map<string, OnnxFolder>();
const refused: string[] = [];

beforeAll(() => {
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = HERE;
  env.useBrowserCache = false;
  env.useWasmCache = false;
  env.backends.onnx.wasm!.wasmPaths = { mjs: ortModule, wasm: ortBinary };
  env.fetch = async (input: string | URL) => {
    const address = String(input);
    if (!address.startsWith(HERE)) {
      refused.push(address);
      throw new Error(`A request left the machine: ${address}`);
    }
    const [model, ...path] = address.slice(HERE.length).split('/');
    const file = served.get(model)?.[path.join('/')];
    return file
      ? new Response(new Blob([file.slice()]), { headers: { 'content-length': String(file.length) } })
      : new Response('', { status: 404 });
  };
});

interface Case {
  readonly name: string;
  readonly read: ReadFile;
  /** Where its adapter lies, to be merged. */
  readonly adapter?: ReadFile;
}

const CASES: readonly Case[] = [
  { name: 'policy', read: folderAt('/policy') },
  { name: 'policy-trained', read: folderAt('/policy'), adapter: folderAt('/adapter') },
  ...['qwen2', 'qwen3', 'llama'].map((name) => ({ name, read: fixture(name) })),
  ...['qwen2', 'qwen3', 'llama'].map((name) => ({
    name: `${name}-adapted`,
    read: fixture(name),
    adapter: fixture(`${name}/adapter`),
  })),
];

async function open({ read, adapter }: Case): Promise<{ ours: EngineModel; merged?: Adapter }> {
  const config = readModelConfig(readJsonObject(await read('config.json'), 'config.json'));
  const weights = await readWeights(weightsOf(read), config);
  const merged = adapter ? await openAdapterFolder(config, adapter) : undefined;
  const ours = await EngineModel.open({
    backend: new ReferenceBackend(),
    config,
    weights,
    adapter: merged?.lora,
  });
  if (merged) ours.loadAdapterTensors(merged.tensors);
  return { ours, merged };
}

const int64 = (values: readonly number[], shape: readonly number[]) =>
  new Tensor('int64', BigInt64Array.from(values, BigInt), [...shape]);

/** Largest difference as a share of the largest value. */
function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(found.length).toBe(expected.length);
  let error = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    error = Math.max(error, Math.abs(found[i] - expected[i]));
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return error / largest;
}

const ids = (count: number, vocab: number, seed: number) =>
  Array.from({ length: count }, (_, i) => 2 + ((i * 37 + seed * 101) % (vocab - 2)));

async function load(which: Case, device: 'wasm' | 'webgpu') {
  const { ours, merged } = await open(which);
  served.set(which.name, await onnxFolder(which.read, { adapter: merged }));
  const theirs = await AutoModelForCausalLM.from_pretrained(which.name, { device });
  return { ours, theirs };
}

type Output = Record<string, Tensor>;

/** What a pass put out, under the names under which the next one takes it in. */
function cacheOf(output: Output): Output {
  const present = Object.entries(output).filter(([name]) => name.startsWith('present'));
  return Object.fromEntries(
    present.map(([name, tensor]) => [name.replace('present', 'past_key_values'), tensor]),
  );
}

async function compare(which: Case, device: 'wasm' | 'webgpu'): Promise<void> {
  const { ours, theirs } = await load(which, device);
  try {
    const { vocabSize } = ours;
    const prompt = ids(9, vocabSize, 1);
    const next = ids(3, vocabSize, 2);
    const { logits } = await ours.inspect([[...prompt, ...next]]);
    const rows = (from: number, count: number) => logits.slice(from * vocabSize, (from + count) * vocabSize);

    let output: Output = await theirs({
      input_ids: int64(prompt, [1, prompt.length]),
      attention_mask: int64(Array(prompt.length).fill(1), [1, prompt.length]),
    });
    // Proof of the device: ONNX Runtime leaves the cache where it computed it.
    expect(output['present.0.key'].location).toBe(device === 'webgpu' ? 'gpu-buffer' : 'cpu');
    const errors = [relativeError(output.logits.data, rows(0, prompt.length))];
    for (let i = 0; i < next.length; i++) {
      const length = prompt.length + i + 1;
      output = await theirs({
        input_ids: int64([next[i]], [1, 1]),
        attention_mask: int64(Array(length).fill(1), [1, length]),
        past_key_values: cacheOf(output),
      });
      errors.push(relativeError(output.logits.data, rows(prompt.length + i, 1)));
    }
    expect(Math.max(...errors)).toBeLessThan(TOLERANCE);
  } finally {
    await theirs.dispose();
    ours.dispose();
  }
}

describe.each(CASES)('$name', (which) => {
  it('has the same logits on WebAssembly, prefill and three steps with the cache', () =>
    compare(which, 'wasm'));
});

it('has the same logits on WebGPU', () => compare(CASES[1], 'webgpu'));

it('computes a ragged batch, padded on the left, as its sequences one by one', async () => {
  const { ours, theirs } = await load(CASES[1], 'wasm');
  const { vocabSize } = ours;
  const sequences = [ids(11, vocabSize, 3), ids(4, vocabSize, 4), ids(1, vocabSize, 5)];
  const width = 11;
  const padded = sequences.flatMap((row) => [...Array(width - row.length).fill(0), ...row]);
  const mask = sequences.flatMap((row) => [
    ...Array(width - row.length).fill(0),
    ...Array(row.length).fill(1),
  ]);
  const shape = [sequences.length, width];
  const output: Output = await theirs({
    input_ids: int64(padded, shape),
    attention_mask: int64(mask, shape),
  });
  const { logits } = await ours.inspect(sequences);
  let row = 0;
  sequences.forEach(({ length }, i) => {
    const found = output.logits.data.slice(
      ((i + 1) * width - length) * vocabSize,
      (i + 1) * width * vocabSize,
    );
    expect(
      relativeError(found as Float32Array, logits.slice(row * vocabSize, (row + length) * vocabSize)),
    ).toBeLessThan(TOLERANCE);
    row += length;
  });
  await theirs.dispose();
  ours.dispose();
});

it('generates from a chat what we generate, greedily', async () => {
  const which = CASES[1];
  const { ours, theirs } = await load(which, 'wasm');
  const tokenizer = await AutoTokenizer.from_pretrained(which.name);
  const chat = (await openModelFolder(which.read)).chat;
  const messages = [{ role: 'user' as const, content: 'I live in Lisbon now.' }];
  const promptIds = chat.encodeChat(messages, { addGenerationPrompt: true });
  const inputs = tokenizer.apply_chat_template(messages, { add_generation_prompt: true, return_dict: true });
  expect([...(inputs as { input_ids: Tensor }).input_ids.data].map(Number)).toEqual(promptIds);

  const length = 12;
  const sequences = await theirs.generate({
    ...(inputs as object),
    max_new_tokens: length,
    do_sample: false,
  });
  const [generated] = await ours.generate([{ promptIds, seed: 0 }], {
    temperature: 0,
    maxNewTokens: length,
    stopIds: chat.stopIds,
  });
  const theirIds = [...(sequences as Tensor).data].map(Number).slice(promptIds.length);
  expect(theirIds).toEqual(generated.tokens.map(({ id }) => id));
  expect(theirIds.length).toBeGreaterThan(3);
  await theirs.dispose();
  ours.dispose();
});

it('sends nothing off the machine', () => {
  expect(refused).toEqual([]);
  const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name));
  expect(loaded.length).toBeGreaterThan(0);
  expect(loaded.filter(({ host, protocol }) => host !== location.host && protocol !== 'blob:')).toEqual([]);
});
