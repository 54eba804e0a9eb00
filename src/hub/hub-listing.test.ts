/** What a hub says, read from a real server: the list, its refusals by name, and which files a provider takes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { hubModels } from '../../e2e/hub-models';
import { commitOf, serveHub } from '../../e2e/hub-server';
import { huggingFace, siteHub } from './hub';
import { readRepository, repositoryOf } from './hub-api';
import { totalBytes } from './model-entry';
import { fetchLibrary, listedByName, withFiles } from './model-listing';
import { OFFERED_ENGINE } from './offered-models';
import { FOR_WASM, FOR_WEBGPU } from './wanted-files';

const models = hubModels();
let server: Awaited<ReturnType<typeof serveHub>>;
beforeAll(async () => {
  server = await serveHub(models);
});
afterAll(() => server.close());

const hub = (faults = 'none') => siteHub(`/hub/listing/${faults}/`, new URL(server.url));
const LIBRARY = {
  address: 'https://raw.githubusercontent.com/mlc-ai/x/main/SmolLM2-135M-Instruct-q0f16_cs1k-webgpu.wasm',
  path: 'SmolLM2-135M-Instruct-q0f16_cs1k-webgpu.wasm',
  sha256: null,
};
const options = { storages: FOR_WASM, library: () => LIBRARY };
const paths = (files: readonly { readonly path: string }[]) => files.map(({ path }) => path);

describe('a model by its name', () => {
  test('of the engine: commit, files, shape and licence are known before a byte of its weights', async () => {
    const entry = await listedByName(
      hub(),
      ' https://huggingface.co/agemem-lab/policy/tree/main ',
      'engine',
      options,
    );
    const policy = models.find(({ name }) => name === 'agemem-lab/policy');
    expect(entry).toMatchObject({
      id: 'engine:agemem-lab/policy',
      revision: policy && commitOf(policy),
      licence: 'Apache-2.0',
      shape: { architecture: 'qwen3' },
      offered: false,
    });
    expect(paths(entry.files)).toEqual([
      'config.json',
      'tokenizer.json',
      'tokenizer_config.json',
      'model.safetensors',
    ]);
    expect(totalBytes(entry.files)).toBe(
      entry.files.reduce((sum, { path }) => sum + (policy?.files.get(path)?.length ?? 0), 0),
    );
    expect(entry.files.find(({ path }) => path === 'model.safetensors')?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('of transformers.js: the storage that suits the device', async () => {
    const wasm = await listedByName(hub(), 'agemem-lab/policy-ONNX', 'transformers', options);
    expect(wasm.id).toBe('transformers:agemem-lab/policy-ONNX@q8');
    const gpu = { ...options, storages: FOR_WEBGPU };
    const onGpu = await listedByName(hub(), 'agemem-lab/policy-ONNX', 'transformers', gpu);
    expect(paths(onGpu.files)).toContain('onnx/model_q4.onnx');
    expect(paths(onGpu.files)).not.toContain('onnx/model_quantized.onnx');
  });

  test('of WebLLM: its kernels come from elsewhere and are looked at', async () => {
    const name = 'mlc-ai/SmolLM2-135M-Instruct-q0f16-MLC';
    const entry = await listedByName(hub(), name, 'web-llm', options);
    expect(entry.quantisation).toBe('q0f16');
    expect(paths(entry.files)).toContain('params_shard_1.bin');
    const { file } = await fetchLibrary(hub(), entry, LIBRARY);
    expect(file).toMatchObject({ path: LIBRARY.path, bytes: 8 });
    const other = { ...LIBRARY, sha256: '0'.repeat(64) };
    await expect(fetchLibrary(hub(), entry, other)).rejects.toMatchObject({ code: 'library-changed' });
    const unknown = listedByName(hub(), name, 'web-llm', { ...options, library: () => null });
    await expect(unknown).rejects.toMatchObject({ code: 'library-unknown' });
  });

  test('weights in parts need all of them', async () => {
    const entry = await readRepository(hub(), 'agemem-lab/sharded', null);
    expect(entry.files).toHaveLength(6);
    const listed = await listedByName(hub(), 'agemem-lab/sharded', 'engine', options);
    expect(paths(listed.files)).toContain('model-00002-of-00002.safetensors');
  });

  test.each([
    ['Qwen3', 'none', 'engine', 'model-name'],
    ['../etc', 'none', 'engine', 'model-name'],
    ['https://evil.example/a/b', 'none', 'engine', 'model-name'],
    ['datasets/a/b', 'none', 'engine', 'model-name'],
    ['agemem-lab/policy/tree/%zz', 'none', 'engine', 'revision-name'],
    ['agemem-lab/policy/tree/..', 'none', 'engine', 'revision-name'],
    ['agemem-lab/policy/tree/%2e%2e%2f%2e%2e', 'none', 'engine', 'revision-name'],
    ['agemem-lab/policy/tree/refs%2Fpr%2F1', 'none', 'engine', 'revision-unknown'],
    [`agemem-lab/${'policy'.repeat(40)}`, 'none', 'engine', 'model-name'],
    ['agemem-lab%2fpolicy', 'none', 'engine', 'model-name'],
    ['agemem-lab/政策', 'none', 'engine', 'model-name'],
    ['agemem-lab/none', 'none', 'engine', 'model-unknown'],
    ['agemem-lab/policy', 'private', 'engine', 'model-unknown'],
    ['agemem-lab/policy', 'gated', 'engine', 'model-gated'],
    ['agemem-lab/policy', 'page', 'engine', 'hub-page'],
    ['https://huggingface.co/agemem-lab/policy/tree/gone', 'none', 'engine', 'revision-unknown'],
    ['agemem-lab/base', 'none', 'engine', 'chat-template-missing'],
    ['agemem-lab/gpt', 'none', 'engine', 'config-unsupported'],
    ['agemem-lab/gguf', 'none', 'engine', 'model-layout'],
    ['agemem-lab/pytorch', 'none', 'engine', 'model-layout'],
    ['agemem-lab/adapter', 'none', 'engine', 'model-layout'],
    ['agemem-lab/policy', 'none', 'transformers', 'model-layout'],
    ['agemem-lab/policy', 'none', 'web-llm', 'model-layout'],
    ['agemem-lab/policy-ONNX', 'none', 'engine', 'model-layout'],
  ] as const)('%s, %s, for %s: %s', async (name, faults, provider, code) => {
    await expect(listedByName(hub(faults), name, provider, options)).rejects.toMatchObject({ code });
  });

  test('nobody there', async () => {
    const gone = siteHub('/hub/', new URL('http://localhost:9/'));
    await expect(listedByName(gone, 'a/b', 'engine', options)).rejects.toMatchObject({
      code: 'hub-unreachable',
    });
  });
});

test('a host that takes the question and says nothing is given up, and hears so', async () => {
  let left = 0;
  const silent = createServer((request) => request.on('close', () => left++));
  await new Promise<void>((resolve) => silent.listen(0, resolve));
  const site = new URL(`http://localhost:${(silent.address() as AddressInfo).port}/`);
  await expect(readRepository(siteHub('/', site, 50), 'a/b', null)).rejects.toMatchObject({
    code: 'hub-unreachable',
    message: expect.stringContaining('none in 1 s'),
  });
  const abort = new AbortController();
  const asking = readRepository(siteHub('/', site), 'a/b', null, abort.signal);
  abort.abort(new Error('enough'));
  await expect(asking).rejects.toThrow('enough');
  await vi.waitUntil(() => left > 0, { timeout: 30_000 });
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
});

describe('a pinned model', () => {
  const [pinned] = OFFERED_ENGINE;

  test('is asked for by its commit, and another answer is refused', async () => {
    const entry = { ...pinned, name: 'agemem-lab/policy' };
    await expect(withFiles(hub(), entry)).rejects.toMatchObject({ code: 'revision-unknown' });
    const newest = await withFiles(hub(), { ...entry, revision: null });
    expect(newest.revision).toMatch(/^[0-9a-f]{40}$/);
    const moved = withFiles(hub('moved'), { ...entry, revision: newest.revision });
    await expect(moved).rejects.toMatchObject({ code: 'hub-answer' });
    // Known once, asked never again.
    expect(await withFiles(siteHub('/nobody/', new URL('http://localhost:9/')), newest)).toEqual(newest);
  });

  test('each has a commit, and none of them twice in the list', () => {
    for (const { revision } of OFFERED_ENGINE) expect(revision).toMatch(/^[0-9a-f]{40}$/);
    expect(new Set(OFFERED_ENGINE.map(({ id }) => id)).size).toBe(OFFERED_ENGINE.length);
  });
});

describe('a hub', () => {
  test('in another place than this site is refused', () => {
    const site = new URL('https://lab.example/agemem/');
    for (const folder of [
      'https://evil.example/',
      '//evil.example/x',
      '/models/?a=1',
      'http://lab.example/models/',
      'https://me:secret@lab.example/models/',
      'https://lab.example:8443/models/',
      'blob:https://lab.example/0b7e',
      'javascript:alert(1)',
      'http://',
      '\\\\evil.example\\x',
    ]) {
      expect(() => siteHub(folder, site), folder).toThrow(expect.objectContaining({ code: 'hub-elsewhere' }));
    }
    expect(siteHub('models', site).address).toBe('https://lab.example/agemem/models');
    expect(siteHub('/models/', site).address).toBe('https://lab.example/models');
  });

  test('the real one is told of before it is asked, with the address and why', async () => {
    const told: string[] = [];
    const no = new Error('no');
    const hub = huggingFace(({ host, address, why }) => {
      told.push(host, address, why);
      throw no;
    });
    await expect(readRepository(hub, 'Qwen/Qwen3-0.6B', null)).rejects.toBe(no);
    expect(told).toEqual([
      'huggingface.co',
      'https://huggingface.co/api/models/Qwen/Qwen3-0.6B/revision/main?blobs=true',
      'the list of files of Qwen/Qwen3-0.6B',
    ]);
  });
});

describe('a list that is none', () => {
  const sha = 'a'.repeat(40);
  test.each([
    ['no object', []],
    ['no commit', { siblings: [] }],
    ['a commit that is none', { sha: 'main', siblings: [] }],
    ['no files', { sha }],
    ['a file without a name', { sha, siblings: [{}] }],
    ['a file without a length', { sha, siblings: [{ rfilename: 'a' }] }],
    ['a negative length', { sha, siblings: [{ rfilename: 'a', size: -1 }] }],
    ['a path that leaves the folder', { sha, siblings: [{ rfilename: '../a', size: 1 }] }],
    ['a path that stays where it is', { sha, siblings: [{ rfilename: 'a/./b', size: 1 }] }],
    ['a path of another system', { sha, siblings: [{ rfilename: '..\\a', size: 1 }] }],
    ['an endless path', { sha, siblings: [{ rfilename: 'a'.repeat(5000), size: 1 }] }],
    ['a hash that is none', { sha, siblings: [{ rfilename: 'a', size: 1, lfs: { size: 1, sha256: 'x' } }] }],
  ])('%s', (_, json) => {
    expect(() => repositoryOf(json, 'a/b')).toThrow(expect.objectContaining({ code: 'hub-answer' }));
  });
});

test('of a list only what can be shown is taken', () => {
  const list = { sha: 'a'.repeat(40), siblings: [], gated: false };
  expect(repositoryOf({ ...list, cardData: { license: 'mit' } }, 'a/b').licence).toBe('MIT');
  expect(repositoryOf({ ...list, cardData: { license: 'x'.repeat(1e5) } }, 'a/b').licence).toBeNull();
  expect(repositoryOf({ ...list, cardData: { license: 'constructor' } }, 'a/b').licence).toBe('constructor');
  const safetensors = { total: 1e300, parameters: { ['F'.repeat(99)]: 9, BF16: 2, F32: 1 } };
  expect(repositoryOf({ ...list, safetensors }, 'a/b')).toMatchObject({ parameters: null, stored: 'BF16' });
  for (const gated of ['auto', 'manual', true]) {
    expect(() => repositoryOf({ ...list, gated }, 'a/b')).toThrow(
      expect.objectContaining({ code: 'model-gated' }),
    );
  }
});
