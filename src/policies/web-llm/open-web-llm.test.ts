/** Opening: what is checked before, what is trusted, what ends it; nothing stays open then. */
import { describe, expect, test, vi } from 'vitest';
import type { WeightSource } from '../../engine/model/weight-source';
import type { OpeningRequest } from '../provider';
import { FakeEngine, named } from './fake-engine.fixture';
import { integrityOf, type PinStore } from './library-pins';
import { EMPTY_LIBRARY, type Files, sourceOf } from './mlc-folder.fixture';
import { mlcFolder } from './node-folder.fixture';
import { openWith, type Surroundings } from './open-web-llm';
import type { GpuFacts } from './preflight';
import { recordOf } from './records';
import { type Pair, workerPair } from './worker-pair.fixture';

const GPU: GpuFacts = {
  name: 'a GPU',
  features: ['shader-f16'],
  maxBufferSize: 2 ** 31,
  maxStorageBufferBindingSize: 2 ** 30,
  maxComputeWorkgroupStorageSize: 32 * 1024,
  maxStorageBuffersPerShaderStage: 10,
};

function memoryPins(): PinStore & { readonly notes: Map<string, string> } {
  const notes = new Map<string, string>();
  return {
    notes,
    get: async (key) => notes.get(key) ?? null,
    set: async (key, integrity) => void notes.set(key, integrity),
  };
}

interface Setting {
  readonly files?: Files;
  readonly source?: WeightSource;
  readonly name?: string;
  readonly gpu?: GpuFacts | null;
  readonly pins?: PinStore;
  readonly onLoaded?: () => Promise<void>;
  readonly contextTokens?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OpeningRequest['onProgress'];
}

function opening(setting: Setting = {}) {
  const { files = mlcFolder(), gpu = GPU, pins = memoryPins(), onLoaded, contextTokens = 512 } = setting;
  const pairs: Pair[] = [];
  const around: Surroundings = {
    gpu: async () => gpu,
    pins,
    start: () => {
      const pair = workerPair(
        (config, caches) => new FakeEngine(config, caches, { mind: () => '', onLoaded }),
      );
      pairs.push(pair);
      return pair.port;
    },
  };
  const opened = openWith(
    {
      name: setting.name ?? 'tests/tiny',
      files: setting.source ?? sourceOf(files),
      fileNames: [...files.keys()],
      draw: { topP: 1, constrained: false, thinking: null, contextTokens },
      signal: setting.signal ?? new AbortController().signal,
      onProgress: setting.onProgress ?? (() => undefined),
    },
    around,
  );
  return { opened, pairs };
}

async function expectRefusal(setting: Setting, code: string, words: string | RegExp) {
  const { opened, pairs } = opening(setting);
  await expect(opened).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
  expect(pairs.every((pair) => pair.ended())).toBe(true);
  return pairs;
}

test('what was opened tells what it is, and how far it came', async () => {
  const heard: string[] = [];
  const bytes = [...mlcFolder().values()].reduce((sum, { size }) => sum + size, 0);
  const { opened } = opening({
    onProgress: (text, done, total) => heard.push(`${text} (${done} of ${total})`),
  });
  const { facts, policy, close } = await opened;
  expect(policy.id).toBe('web-llm:tests/tiny');
  expect(facts).toEqual({ parameters: null, vocabulary: 1024, layers: 2, window: 2048, device: 'no GPU' });
  const weights = heard.filter((line) => line.startsWith('Reading the weights ('));
  expect(weights.map((line) => /\((\d+) of (\d+)\)/.exec(line)?.slice(1).map(Number))).toEqual([
    [Math.round(bytes / 2), bytes],
    [bytes, bytes],
  ]);
  expect(heard[1]).toContain(await integrityOf(EMPTY_LIBRARY));
  await close();
});

test.each([64, 100_000])(
  'the window is the model’s own, whatever context is asked for (%i)',
  async (contextTokens) => {
    const { facts, close } = await opening({ contextTokens }).opened;
    expect(facts.window).toBe(2048);
    await close();
  },
);

describe('a folder', () => {
  test.each(['mlc-chat-config.json', 'tensor-cache.json', 'tokenizer.json'])(
    'without %s is refused by that name, and no worker is started',
    async (file) => {
      const files = mlcFolder();
      files.delete(file);
      expect(await expectRefusal({ files }, 'web-llm-folder-layout', file)).toEqual([]);
    },
  );

  test('without a shard, or with half of one, is refused with its name', async () => {
    const without = mlcFolder();
    without.delete('params_shard_1.bin');
    await expectRefusal({ files: without }, 'web-llm-file-missing', /params_shard_1\.bin/);
    const half = mlcFolder().set('params_shard_1.bin', new Blob(['half']));
    await expectRefusal({ files: half }, 'web-llm-file-incomplete', /4 bytes instead of 32/);
  });

  test('without a library, with two, or with another than its model’s is refused', async () => {
    const none = mlcFolder();
    none.delete('tiny-q4f32_1_cs1k-webgpu.wasm');
    await expectRefusal({ files: none }, 'web-llm-folder-layout', /no compiled library/);
    const two = mlcFolder().set('other.wasm', new Blob([EMPTY_LIBRARY]));
    await expectRefusal({ files: two }, 'web-llm-folder-layout', /2 compiled libraries/);
    const name = 'mlc-ai/SmolLM2-360M-Instruct-q4f32_1-MLC';
    await expectRefusal({ name }, 'web-llm-file-missing', /SmolLM2-360M-Instruct-q4f32_1_cs1k-webgpu\.wasm/);
  });

  test('of an older export is opened: its list of tensors has another name', async () => {
    const files = mlcFolder();
    const list = files.get('tensor-cache.json');
    files.delete('tensor-cache.json');
    if (list) files.set('ndarray-cache.json', list);
    const { opened } = opening({ files });
    await (await opened).close();
  });

  test('whose template says nothing usable is refused', async () => {
    const files = mlcFolder({ conv: { roles: {}, seps: [] } });
    await expectRefusal({ files }, 'web-llm-folder-layout', /conv_template/);
  });
});

describe('a device', () => {
  test('without WebGPU, or without what the model computes with, is told before a worker is started', async () => {
    expect(await expectRefusal({ gpu: null }, 'web-llm-no-webgpu', /WebGPU/)).toEqual([]);
    const half = mlcFolder({ quantization: 'q4f16_1' });
    const gpu = { ...GPU, features: [] };
    expect(await expectRefusal({ files: half, gpu }, 'web-llm-device-lacks', /shader-f16/)).toEqual([]);
  });

  test('of a listed model is told the build that fits it', async () => {
    const record = recordOf('Qwen3-0.6B-q4f16_1-MLC');
    const files = mlcFolder({ library: record?.library.file, quantization: 'q4f16_1' });
    const setting = { files, name: record?.repository, gpu: { ...GPU, features: [] } };
    await expectRefusal(setting, 'web-llm-device-lacks', /Qwen3-0\.6B-q4f32_1-MLC/);
  });

  test('that goes away while the model is loaded ends the opening', async () => {
    const onLoaded = async () => {
      throw named('DeviceLostError', 'The WebGPU device was lost while loading the model.');
    };
    await expectRefusal({ onLoaded }, 'web-llm-device-lost', /went away/);
  });
});

describe('the compiled library', () => {
  test('is noted when it is first seen, and another under the same name is not run', async () => {
    const pins = memoryPins();
    await (await opening({ pins }).opened).close();
    expect([...pins.notes.values()]).toEqual([await integrityOf(EMPTY_LIBRARY)]);
    await (await opening({ pins }).opened).close();
    const other = Uint8Array.of(...EMPTY_LIBRARY, 0, 1, 0);
    const files = mlcFolder().set('tiny-q4f32_1_cs1k-webgpu.wasm', new Blob([other]));
    expect(await expectRefusal({ pins, files }, 'web-llm-library-changed', /another content/)).toEqual([]);
    expect([...pins.notes.values()]).toEqual([await integrityOf(EMPTY_LIBRARY)]);
  });

  test('that changes between the check and the run is caught by WebLLM’s own check', async () => {
    const files = mlcFolder();
    const honest = sourceOf(files);
    let reads = 0;
    const source: WeightSource = {
      ...honest,
      read: async (name, start, end, signal) => {
        if (!name.endsWith('.wasm') || ++reads === 1) return honest.read(name, start, end, signal);
        return Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 9);
      },
    };
    await expectRefusal({ files, source }, 'web-llm-library-changed', /not the one that is known/);
  });

  test('that is no WebAssembly is told as that', async () => {
    const files = mlcFolder().set('tiny-q4f32_1_cs1k-webgpu.wasm', new Blob(['<!DOCTYPE html>']));
    await expectRefusal({ files }, 'web-llm-library-unreadable', /cannot be read/);
  });
});

test('a file that cannot be read ends the opening with what its source says', async () => {
  const files = mlcFolder();
  const honest = sourceOf(files);
  const source: WeightSource = {
    ...honest,
    read: async (name, start, end, signal) => {
      if (name === 'params_shard_1.bin') throw named('NotReadableError', 'the disk was pulled out');
      return honest.read(name, start, end, signal);
    },
  };
  const { opened, pairs } = opening({ files, source });
  await expect(opened).rejects.toThrow('the disk was pulled out');
  expect(pairs.map((pair) => pair.ended())).toEqual([true]);
});

test('opening is stopped at any moment, and the worker with it', async () => {
  const stop = new AbortController();
  const { opened, pairs } = opening({ signal: stop.signal, onLoaded: () => new Promise(() => undefined) });
  await vi.waitFor(() => expect(pairs).toHaveLength(1));
  stop.abort();
  await expect(opened).rejects.toMatchObject({ name: 'AbortError' });
  expect(pairs[0].ended()).toBe(true);
});

test('a worker whose program does not load is told as that', async () => {
  const { opened, pairs } = opening({ onLoaded: () => new Promise(() => undefined) });
  await vi.waitFor(() => expect(pairs).toHaveLength(1));
  pairs[0].port.onerror?.({ message: '' } as ErrorEvent);
  await expect(opened).rejects.toMatchObject({ code: 'web-llm-runtime' });
});
