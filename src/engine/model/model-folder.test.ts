import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ModelFileError, UnsupportedModelError } from '../errors';
import { trainByteLevelBpe } from './bpe-trainer';
import {
  folderAt,
  MissingFileError,
  openAdapterFolder,
  openModelFolder,
  type ReadFile,
} from './model-folder';
import { readSafetensors } from './safetensors';

const bytes = (path: string) =>
  new Uint8Array(readFileSync(new URL(`../../../fixtures/models/${path}`, import.meta.url)));
const utf8 = (text: string) => new TextEncoder().encode(text);
const json = (value: unknown) => utf8(JSON.stringify(value));

const TEMPLATE = '{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}';
const tokenizerJson = trainByteLevelBpe(['a'], {
  vocabSize: 258,
  addedTokens: [
    { content: '<|end|>', special: true },
    { content: '<|user|>', special: true },
  ],
});
const llamaConfig = JSON.parse(new TextDecoder().decode(bytes('llama/config.json'))) as Record<
  string,
  unknown
>;

/** The llama fixture with a vocabulary of 258: one row for each token. */
function llamaWeights(): Uint8Array {
  const file = readSafetensors(bytes('llama/model.safetensors'));
  const parts: Uint8Array[] = [];
  const header: Record<string, unknown> = {};
  let at = 0;
  for (const [name, tensor] of file.tensors) {
    const isEmbedding = name === 'model.embed_tokens.weight';
    const data = isEmbedding ? new Uint8Array(258 * 48 * 4) : tensor.bytes;
    header[name] = {
      dtype: 'F32',
      shape: isEmbedding ? [258, 48] : tensor.shape,
      data_offsets: [at, at + data.length],
    };
    at += data.length;
    parts.push(data);
  }
  const text = json(header);
  const out = new Uint8Array(8 + text.length + at);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  let end = 8 + text.length;
  for (const part of parts) {
    out.set(part, end);
    end += part.length;
  }
  return out;
}

const complete: Readonly<Record<string, Uint8Array | undefined>> = {
  'config.json': json({ ...llamaConfig, vocab_size: 258, eos_token_id: 1 }),
  'tokenizer.json': json(tokenizerJson),
  'tokenizer_config.json': json({
    chat_template: TEMPLATE,
    eos_token: '<|end|>',
    bos_token: { content: '<|user|>' },
  }),
  'model.safetensors': llamaWeights(),
};

function folder(files: Readonly<Record<string, Uint8Array | undefined>>): ReadFile {
  return async (name) => {
    const file = files[name];
    if (file === undefined) throw new MissingFileError(name, 'in the folder');
    return file;
  };
}
const opening = (change: Readonly<Record<string, Uint8Array | undefined>>) =>
  openModelFolder(folder({ ...complete, ...change }));

describe('a complete folder', () => {
  it('opens', async () => {
    const { config, weights, tokenizer, chat } = await opening({});
    expect(config.vocabSize).toBe(258);
    expect(weights.get('model.embed_tokens.weight')?.shape).toEqual([258, 48]);
    expect(tokenizer.vocabSize).toBe(258);
    expect(chat.encodeChat([{ role: 'user', content: 'a' }], { addGenerationPrompt: false })).toEqual([
      1,
      tokenizer.idOf('a'),
      0,
    ]);
  });

  it('stops at the end tokens of both configurations', async () => {
    expect((await opening({})).chat.stopIds).toEqual([0, 1]);
    expect(
      await opening({
        'config.json': json({ ...llamaConfig, vocab_size: 300, eos_token_id: [0] }),
        'model.safetensors': undefined,
      }).catch((e: Error) => e.message),
    ).toContain('model.safetensors was not found');
  });

  it('may keep its template in a file of its own or among several', async () => {
    const own = await opening({
      'tokenizer_config.json': json({ eos_token: '<|end|>' }),
      'chat_template.jinja': utf8('{{ messages[0].content }}!'),
    });
    expect(own.chat.template.render([{ role: 'user', content: 'x' }], { addGenerationPrompt: false })).toBe(
      'x!',
    );
    const several = await opening({
      'tokenizer_config.json': json({
        eos_token: '<|end|>',
        chat_template: [
          { name: 'tool_use', template: 'no' },
          { name: 'default', template: '{{ bos_token }}yes' },
        ],
        bos_token: '<s>',
      }),
    });
    expect(several.chat.template.render([], { addGenerationPrompt: false })).toBe('<s>yes');
  });
});

describe('what is wrong with a folder is said with the name of the file', () => {
  const page = utf8('<!doctype html><title>Not found</title>');
  const cases: [string, Record<string, Uint8Array | undefined>, string, RegExp][] = [
    [
      'no config.json',
      { 'config.json': undefined },
      'file-missing',
      /config\.json was not found in the folder/,
    ],
    ['no tokenizer.json', { 'tokenizer.json': undefined }, 'file-missing', /tokenizer\.json/],
    [
      'no tokenizer_config.json',
      { 'tokenizer_config.json': undefined },
      'file-missing',
      /tokenizer_config\.json/,
    ],
    ['no weights', { 'model.safetensors': undefined }, 'file-missing', /model\.safetensors was not found/],
    [
      'an index of nothing',
      { 'model.safetensors': undefined, 'model.safetensors.index.json': json({}) },
      'shard-index',
      /weight_map/,
    ],
    [
      'an index of shards that are not there',
      {
        'model.safetensors': undefined,
        'model.safetensors.index.json': json({ weight_map: { a: 'model-00001-of-00002.safetensors' } }),
      },
      'shard-missing',
      /model-00001-of-00002/,
    ],
    ['a page for config.json', { 'config.json': page }, 'json-html', /config\.json is a web page/],
    [
      'a page for the weights',
      { 'model.safetensors': page },
      'json-html',
      /model\.safetensors is a web page/,
    ],
    [
      'a pointer for the weights',
      { 'model.safetensors': utf8('version https://git-lfs.github.com/spec/v1') },
      'json-lfs-pointer',
      /model\.safetensors/,
    ],
    [
      'truncated weights',
      { 'model.safetensors': llamaWeights().subarray(0, -3) },
      'safetensors-truncated',
      /model\.safetensors/,
    ],
    ['half a config', { 'config.json': utf8('{"model_type": "lla') }, 'json-syntax', /config\.json/],
    [
      'no template',
      { 'tokenizer_config.json': json({ eos_token: '<|end|>' }) },
      'chat-template-missing',
      /instruct/,
    ],
    [
      'a broken template',
      { 'tokenizer_config.json': json({ eos_token: '<|end|>', chat_template: '{% if %}' }) },
      'chat-template-syntax',
      /tokenizer_config\.json/,
    ],
    [
      'an unknown end token',
      { 'tokenizer_config.json': json({ eos_token: '</s>', chat_template: 'x' }) },
      'chat-stop-token',
      /<\/s>/,
    ],
    [
      'a tokenizer of another model',
      { 'config.json': json({ ...llamaConfig, vocab_size: 200 }) },
      'tokenizer-mismatch',
      /ids up to 257.*200/,
    ],
    [
      'weights of another model',
      { 'model.safetensors': bytes('qwen2/model.safetensors') },
      'unexpected-tensor',
      /model\.safetensors/,
    ],
  ];
  it.each(cases)('%s', async (_, change, code, words) => {
    const error: unknown = await opening(change).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ModelFileError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
  });

  it('a configuration that is not implemented', async () => {
    const scaled = json({ ...llamaConfig, rope_scaling: { rope_type: 'llama3' } });
    await expect(opening({ 'config.json': scaled })).rejects.toBeInstanceOf(UnsupportedModelError);
  });

  it('a folder that cannot be read', async () => {
    const read: ReadFile = () => Promise.reject(new Error('disk on fire'));
    await expect(openModelFolder(read)).rejects.toThrow('config.json could not be read: disk on fire');
    await expect(openModelFolder(read)).rejects.toBeInstanceOf(ModelFileError);
  });
});

describe('an adapter folder', () => {
  it('opens, or says what is missing', async () => {
    const files = Object.fromEntries(
      ['adapter_config.json', 'adapter_model.safetensors'].map((name) => [
        name,
        bytes(`llama/adapter/${name}`),
      ]),
    );
    const { config } = await opening({});
    expect((await openAdapterFolder(config, folder(files))).lora.r).toBe(8);
    await expect(openAdapterFolder(config, folder({}))).rejects.toThrow(/adapter_config\.json was not found/);
    const page = { ...files, 'adapter_model.safetensors': utf8('<html>') };
    await expect(openAdapterFolder(config, folder(page))).rejects.toThrow(
      /adapter_model\.safetensors is a web page/,
    );
  });
});

describe('a folder behind an address', () => {
  afterEach(() => vi.unstubAllGlobals());
  const answering = (response: () => Response | Promise<Response>) => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (address: string) => {
      asked.push(address);
      return response();
    });
    return asked;
  };

  it('is asked for its files', async () => {
    const asked = answering(() => new Response('{}'));
    expect(await folderAt('https://example.org/model/')('config.json')).toEqual(utf8('{}'));
    await folderAt(new URL('https://example.org/model'))('tokenizer.json');
    expect(asked).toEqual([
      'https://example.org/model/config.json',
      'https://example.org/model/tokenizer.json',
    ]);
  });

  it('turns answers that are no file into words', async () => {
    const read = folderAt('https://example.org/m');
    answering(() => new Response('', { status: 404 }));
    await expect(read('config.json')).rejects.toBeInstanceOf(MissingFileError);
    await expect(read('config.json')).rejects.toThrow(/config\.json was not found.*HTTP 404/);
    answering(() => new Response('', { status: 401, statusText: 'Unauthorized' }));
    await expect(read('config.json')).rejects.toThrow(/HTTP 401 Unauthorized\. A private model/);
    answering(() => Promise.reject(new TypeError('Failed to fetch')));
    await expect(read('config.json')).rejects.toThrow(/no answer.*CORS/);
    const broken = new ReadableStream({ start: (controller) => controller.error(new TypeError('reset')) });
    answering(() => new Response(broken));
    await expect(read('config.json')).rejects.toThrow(/broke off/);
  });

  it('passes an abort on as it is', async () => {
    const controller = new AbortController();
    controller.abort();
    answering(() => Promise.reject(controller.signal.reason));
    await expect(openModelFolder(folderAt('https://example.org', controller.signal))).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
