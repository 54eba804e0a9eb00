/** Folders of this machine: which layout they have, what they lack, and in what words. */
import { describe, expect, test } from 'vitest';
import { hubModels } from '../../e2e/hub-models';
import { ModelLayoutError } from './errors';
import { folderName, folderSource, readModelFiles } from './model-folder-files';
import { readableBy } from './wanted-files';

const models = new Map(hubModels().map(({ name, files }) => [name, files]));

function folder(
  name: string,
  { around = '', without = [] as string[], and = {} as Record<string, string> } = {},
): Map<string, File> {
  const files = new Map<string, File>();
  for (const [path, bytes] of models.get(name) ?? []) {
    if (!without.includes(path)) files.set(around + path, new File([Uint8Array.from(bytes)], path));
  }
  for (const [path, text] of Object.entries(and)) files.set(around + path, new File([text], path));
  return files;
}

describe('a folder in the layout of', () => {
  test('the engine, however many folders lie around it', async () => {
    for (const around of ['', 'policy/', 'a/b/policy/', './policy/']) {
      const { entry, files } = await readModelFiles('mine', folder('agemem-lab/policy', { around }));
      expect(entry).toMatchObject({
        id: 'engine:folder/mine',
        provider: 'engine',
        origin: 'folder',
        parameters: 820_608,
        shape: { architecture: 'qwen3' },
      });
      expect([...files.keys()]).toEqual([
        'config.json',
        'tokenizer.json',
        'tokenizer_config.json',
        'model.safetensors',
      ]);
    }
  });

  test('transformers.js', async () => {
    const { entry, files } = await readModelFiles('onnx', folder('agemem-lab/policy-ONNX'));
    expect(entry).toMatchObject({ provider: 'transformers', quantisation: 'q4' });
    expect([...files.keys()]).toContain('onnx/model_q4.onnx');
  });

  test('WebLLM, with the kernels beside the weights', async () => {
    const name = 'mlc-ai/SmolLM2-135M-Instruct-q0f16-MLC';
    const own = 'mlc-libs/SmolLM2-135M-Instruct-q0f16_cs1k-webgpu.wasm';
    const { entry, files } = await readModelFiles('mlc', folder(name));
    expect(entry).toMatchObject({ provider: 'web-llm', quantisation: 'q0f16' });
    expect([...files.keys()]).toContain(own);
    await expect(readModelFiles('mlc', folder(name, { without: [own] }))).rejects.toMatchObject({
      code: 'library-missing',
    });
    const two = folder(name, { and: { 'other.wasm': 'x' } });
    await expect(readModelFiles('mlc', two)).rejects.toMatchObject({ code: 'library-missing' });
  });
});

test('what is read is what lies there', async () => {
  const { entry, files } = await readModelFiles('mine', folder('agemem-lab/policy'));
  const source = folderSource(files, entry.name);
  const whole = models.get('agemem-lab/policy')?.get('model.safetensors') ?? new Uint8Array();
  expect(await source.size('model.safetensors')).toBe(whole.length);
  expect(Buffer.compare(await source.read('model.safetensors', 3, 999), whole.subarray(3, 999))).toBe(0);
  expect(await source.revision('model.safetensors')).toMatch(/bytes of/);
  expect(await source.revision('absent')).toBeNull();
});

test.each([
  ['agemem-lab/policy', ['tokenizer.json'], 'model-files-missing', 'tokenizer.json'],
  ['agemem-lab/policy', ['config.json'], 'model-files-missing', 'config.json'],
  ['agemem-lab/policy', ['model.safetensors'], 'model-files-missing', 'model.safetensors'],
  ['agemem-lab/sharded', ['model-00001-of-00002.safetensors'], 'model-files-missing', '1 of the 2 parts'],
  ['agemem-lab/base', [], 'chat-template-missing', 'chat_template'],
  ['agemem-lab/gguf', [], 'model-layout', 'GGUF'],
  ['agemem-lab/pytorch', [], 'model-layout', 'PyTorch'],
  ['agemem-lab/adapter', [], 'model-layout', 'adapter'],
  [
    'mlc-ai/SmolLM2-135M-Instruct-q0f16-MLC',
    ['tensor-cache.json'],
    'model-files-missing',
    'tensor-cache.json',
  ],
  [
    'mlc-ai/SmolLM2-135M-Instruct-q0f16-MLC',
    ['params_shard_0.bin', 'params_shard_1.bin'],
    'model-files-missing',
    'weights',
  ],
] as const)('%s without %j: %s', async (name, without, code, said) => {
  const reading = readModelFiles('mine', folder(name, { without: [...without] }));
  await expect(reading).rejects.toMatchObject({ code, message: expect.stringContaining(said) });
  await expect(reading).rejects.toMatchObject({ whatToDo: expect.stringMatching(/\.$/) });
  await expect(reading).rejects.toBeInstanceOf(ModelLayoutError);
});

test('parts of other weights are no parts of these', async () => {
  const two = {
    without: ['model-00002-of-00002.safetensors'],
    and: { 'model-00002-of-00003.safetensors': 'x' },
  };
  await expect(readModelFiles('mine', folder('agemem-lab/sharded', two))).rejects.toMatchObject({
    code: 'model-files-missing',
    message: expect.stringMatching(/^mine lacks \d of the \d parts/),
  });
});

test('files that are there and are none: broken JSON, another architecture', async () => {
  const broken = folder('agemem-lab/policy', { and: { 'tokenizer_config.json': '{"chat' } });
  await expect(readModelFiles('mine', broken)).rejects.toMatchObject({ code: 'json-syntax' });
  const page = folder('agemem-lab/policy', { and: { 'config.json': '<!doctype html>' } });
  await expect(readModelFiles('mine', page)).rejects.toMatchObject({ code: 'json-html' });
  await expect(readModelFiles('mine', folder('agemem-lab/gpt'))).rejects.toMatchObject({
    code: 'config-unsupported',
  });
  await expect(readModelFiles('mine', new Map())).rejects.toMatchObject({ code: 'model-files-missing' });
});

test('every layout is read by exactly who can', () => {
  const by = (name: string) => readableBy([...(models.get(name)?.keys() ?? [])]);
  expect(by('agemem-lab/policy')).toEqual(['engine']);
  expect(by('agemem-lab/sharded')).toEqual(['engine']);
  expect(by('agemem-lab/policy-ONNX')).toEqual(['transformers']);
  expect(by('mlc-ai/SmolLM2-135M-Instruct-q0f16-MLC')).toEqual(['web-llm']);
  for (const name of ['gguf', 'pytorch', 'adapter']) expect(by(`agemem-lab/${name}`)).toEqual([]);
});

test('a folder around several models is none of them; what lies beside one is not taken for its own', async () => {
  const one = folder('agemem-lab/sharded', { around: 'both/one/' });
  const two = folder('agemem-lab/policy', { around: 'both/two/' });
  const both = readModelFiles('both', new Map([...one, ...two]));
  await expect(both).rejects.toMatchObject({
    code: 'several-models',
    message: expect.stringContaining('both/one, both/two'),
  });
  // Weights of another, not of one that has its own in parts.
  const beside = new Map([
    ...one,
    ...folder('agemem-lab/policy', { around: 'weights/', without: ['config.json'] }),
  ]);
  const { files } = await readModelFiles('beside', beside);
  expect([...files.keys()]).toContain('model.safetensors.index.json');
  expect(files.get('model.safetensors')).toBeUndefined();
});

test('whatever a folder is called, it names a model and a file', () => {
  const names = [
    '',
    '  ',
    '..',
    'a/b',
    '政策'.repeat(99),
    'a\ud800',
    '🦙'.repeat(99),
    `${'x'.repeat(179)} y`,
    '%2f',
  ];
  for (const name of names) {
    const own = folderName(name);
    expect(own).not.toBe('');
    expect(own).toBe(own.trim());
    expect(encodeURIComponent(own).length).toBeLessThanOrEqual(180);
  }
  expect(folderName(' Qwen3 0.6B ')).toBe('Qwen3 0.6B');
  expect(folderName('政策'.repeat(99))).toBe('政策'.repeat(10));
});
