/**
 * The real library in its worker, as far as it goes without a compiled model: it loads, asks for its files in the place of
 * network and cache, and refuses what it cannot run. This browser's adapter computes in software, without shader-f16.
 */
import { beforeAll, expect, test } from 'vitest';
import { watchDevices } from './gpu-watch';
import { integrityOf } from './library-pins';
import { EMPTY_LIBRARY, type Files, type FolderOptions, folderWith, sourceOf } from './mlc-folder.fixture';
import { openWebLlmPolicy } from './open-web-llm';
import { lacksOf, readGpu } from './preflight';
import { recordOf } from './records';
import { type PlainError, webLlmError } from './web-llm-errors';
import type { FromWebLlm, ToWebLlm } from './web-llm-protocol';

let tokenizer = '';
beforeAll(async () => {
  tokenizer = await (await fetch('/policy/tokenizer.json')).text();
});

function open(files: Files, name = 'tests/tiny') {
  const progress: string[] = [];
  const opened = openWebLlmPolicy({
    name,
    files: sourceOf(files),
    fileNames: [...files.keys()],
    draw: { topP: 1, constrained: false, thinking: null, contextTokens: 512 },
    signal: new AbortController().signal,
    onProgress: (text) => progress.push(text),
  });
  return { opened, progress };
}

const folder = (options: FolderOptions = {}) => folderWith(tokenizer, options);

test('the adapter of this browser is read, and a build in f16 is refused with the one that fits', async () => {
  const gpu = await readGpu();
  expect(gpu?.maxStorageBufferBindingSize).toBeGreaterThan(2 ** 20);
  expect(gpu?.features).not.toContain('shader-f16');
  const record = recordOf('SmolLM2-360M-Instruct-q4f16_1-MLC');
  if (!record) throw new Error('no record');
  expect(lacksOf(record, gpu)[0]).toContain('SmolLM2-360M-Instruct-q4f32_1-MLC');
  const { opened } = open(folder({ library: record.library.file }), record.repository);
  await expect(opened).rejects.toMatchObject({ code: 'web-llm-device-lacks' });
});

test('a library that is a web page is told as one that cannot be read: by WebLLM itself, in its worker', async () => {
  const files = folder({ library: 'page.wasm' }).set('page.wasm', new Blob(['<!DOCTYPE html><p>404']));
  const { opened, progress } = open(files, 'tests/page');
  await expect(opened).rejects.toMatchObject({
    code: 'web-llm-library-unreadable',
    message: expect.stringMatching(/magic word/),
  });
  expect(progress.at(-1)).toContain('Starting WebLLM');
});

test('a library that is WebAssembly and nothing of TVM is told so', async () => {
  const { opened } = open(folder());
  await expect(opened).rejects.toMatchObject({ code: 'web-llm-library-unreadable' });
});

test('a library that is cut off is told so', async () => {
  const files = folder({ library: 'cut.wasm' }).set('cut.wasm', new Blob([EMPTY_LIBRARY.slice(0, 3)]));
  await expect(open(files, 'tests/cut').opened).rejects.toMatchObject({ code: 'web-llm-library-unreadable' });
});

test('what was noted of a library outlives the visit, in a file of its own', async () => {
  const files = folder({ library: 'kept.wasm' });
  await expect(open(files, 'tests/kept').opened).rejects.toThrow();
  const root = await navigator.storage.getDirectory();
  const notes = await root.getDirectoryHandle('web-llm-libraries');
  const note = await notes.getFileHandle(`${encodeURIComponent('tests/kept/kept.wasm')}.txt`);
  expect(await (await note.getFile()).text()).toBe(await integrityOf(EMPTY_LIBRARY));
});

test('a device is watched: what it is, and that it is gone', async () => {
  const devices: string[] = [];
  const lost: PlainError[] = [];
  const stop = watchDevices(GPUAdapter.prototype, {
    onDevice: (words) => devices.push(words),
    onLost: (error) => lost.push(error),
  });
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter?.requestDevice({ requiredLimits: { maxBufferSize: 2 ** 28 } });
  stop();
  expect(devices).toEqual([expect.stringMatching(/^WebGPU, \w+/)]);
  expect(device?.limits.maxBufferSize).toBe(2 ** 28);
  expect(lost).toEqual([]);
  // As TVM's runtime does where a buffer cannot be made.
  device?.destroy();
  await expect.poll(() => lost.map(({ name }) => name)).toEqual(['BufferRefusedError']);
  expect(webLlmError(lost[0]).code).toBe('web-llm-out-of-memory');
});

test('a request that no file answers fails with its name, and nothing is sent', async () => {
  const worker = new Worker(new URL('./web-llm-worker.ts', import.meta.url), { type: 'module' });
  const told = new Promise<FromWebLlm>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<FromWebLlm>) => resolve(data);
  });
  worker.postMessage({
    kind: 'open',
    model: {
      id: 'tests/nothing',
      files: new Map([['other.json', 1]]),
      library: { file: 'a.wasm', integrity: 'sha256-AAAA' },
      window: 512,
      features: [],
    },
  } satisfies ToWebLlm);
  expect(await told).toEqual({
    kind: 'open-failed',
    error: {
      name: 'FileNotHereError',
      message: "mlc-chat-config.json is not among the model's files.",
    },
  });
  worker.terminate();
});
