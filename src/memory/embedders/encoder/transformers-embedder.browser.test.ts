/**
 * A sentence encoder through the real transformers.js and ONNX Runtime in Chromium: the vectors are those of the same
 * function in plain TypeScript, it is kept and opened again, and whatever is wrong with its files has a name.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { cdp } from 'vitest/browser';
import { checkUnitVector, cosine } from '../../index/unit-vectors';
import {
  EncoderCancelledError,
  EncoderDamagedError,
  EncoderFilesMissingError,
  EncoderLayoutError,
  EncoderRuntimeError,
} from './encoder-errors';
import { type EncoderFiles, pickedFiles, siteFiles } from './encoder-files';
import { forgetEncoder, keepEncoder, keptEncoder, keptEncoders } from './encoder-store';
import { openEncoder } from './open-encoder';
import { asBlobs, TINY_DIMENSION, tinyEncoder, tinyVector } from './tiny-encoder.fixture';
import { TransformersEmbedder } from './transformers-embedder';

const NAME = 'test/tiny';
const TEXTS = [
  'Mira lives in Oslo.',
  'Where is the home of Mira?',
  'a',
  'The physician of Rolf has a red car, does she?',
  'one two three four five six seven eight nine ten eleven twelve thirteen',
];

/** The tiny encoder's files, some of them replaced or (null) taken away. */
function source(changes: Readonly<Record<string, Uint8Array | null>> = {}, seed?: number): EncoderFiles {
  const files = new Map<string, Uint8Array>(tinyEncoder(seed));
  for (const [name, bytes] of Object.entries(changes)) {
    if (bytes) files.set(name, bytes);
    else files.delete(name);
  }
  return pickedFiles(asBlobs(files));
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const weights = () => tinyEncoder().get('onnx/model.onnx') ?? new Uint8Array();

afterEach(() => forgetEncoder(NAME));

describe.each(['wasm', 'webgpu'] as const)('on %s', (device) => {
  test('has the vectors of the plain computation, in batches as alone', async () => {
    const embedder = await TransformersEmbedder.open(source(), { name: NAME, device, threshold: 0.5 });
    const vectors = await embedder.embed(TEXTS);
    expect(embedder.dimension).toBe(TINY_DIMENSION);
    for (const [i, text] of TEXTS.entries()) {
      checkUnitVector(vectors[i], TINY_DIMENSION);
      const expected = tinyVector(text);
      const [alone] = await embedder.embed([text]);
      for (let d = 0; d < TINY_DIMENSION; d++) {
        expect(Math.abs(vectors[i][d] - expected[d])).toBeLessThan(2e-6);
        expect(Math.abs(alone[d] - expected[d])).toBeLessThan(2e-6);
      }
    }
    embedder.dispose();
  });
});

test('takes texts of any kind and number', async () => {
  const embedder = await TransformersEmbedder.open(source(), { name: NAME, threshold: 0.5 });
  const odd = ['', ' ', 'x'.repeat(5000), '罗夫住在南京', '\u0000\u202e', '<script>', '[MASK] [SEP]'];
  for (const vector of await embedder.embed(odd)) checkUnitVector(vector, TINY_DIMENSION);
  expect(await embedder.embed([])).toEqual([]);
  const many = Array.from({ length: 37 }, (_, i) => `fact ${i}`);
  const vectors = await embedder.embed(many);
  for (const [i, text] of many.entries()) {
    expect(cosine(vectors[i], Float32Array.from(tinyVector(text)))).toBeGreaterThan(1 - 1e-6);
  }
  embedder.dispose();
});

test('calibrates its theta, and knows by its id which weights it has', async () => {
  const open = (seed: number) =>
    TransformersEmbedder.open(source({}, seed), { name: NAME, languages: ['en'] });
  const [one, same, other] = [await open(7), await open(7), await open(8)];
  expect(one.threshold).toBeGreaterThan(0);
  expect(one.threshold).toBeLessThan(1);
  expect(same.threshold).toBe(one.threshold);
  expect(same.id).toBe(one.id);
  expect(other.id).not.toBe(one.id);
  expect(one.id).toMatch(/^transformers-test\/tiny-fp32-[0-9a-f]{8}$/);
  for (const embedder of [one, same, other]) embedder.dispose();
});

test('a folder around the files and weights beside them are found', async () => {
  const files = new Map(
    [...asBlobs(tinyEncoder())].map(([name, blob]) => [`my model/${name.replace('onnx/', '')}`, blob]),
  );
  const embedder = await TransformersEmbedder.open(pickedFiles(files), { name: NAME, threshold: 0.5 });
  expect(embedder.dimension).toBe(TINY_DIMENSION);
  embedder.dispose();
});

describe('files that are not those of an encoder have a name for what is wrong', () => {
  test.each([
    ['no configuration', { 'config.json': null }, EncoderFilesMissingError, /config\.json is not in/],
    ['no tokenizer', { 'tokenizer.json': null }, EncoderFilesMissingError, /tokenizer\.json is not in/],
    ['no weights', { 'onnx/model.onnx': null }, EncoderFilesMissingError, /model_quantized\.onnx is not in/],
    [
      'a cut-off tokenizer',
      { 'tokenizer.json': utf8('{"model": {') },
      EncoderDamagedError,
      /tokenizer\.json.*is not JSON/,
    ],
    [
      'a page for weights',
      { 'onnx/model.onnx': utf8('<!doctype html><html></html>') },
      EncoderDamagedError,
      /is not an ONNX model/,
    ],
    [
      'cut-off weights',
      { 'onnx/model.onnx': weights().slice(0, 3000) },
      EncoderDamagedError,
      /could not be opened/,
    ],
    [
      'garbled weights',
      { 'onnx/model.onnx': weights().map((byte, i) => (i > 200 && i < 900 ? byte ^ 0x5a : byte)) },
      EncoderDamagedError,
      /could not be opened/,
    ],
    ['a tokenizer of nothing', { 'tokenizer.json': utf8('{}') }, EncoderDamagedError, /could not be opened/],
    [
      'another configuration',
      { 'config.json': utf8('{"model_type": "bert"}') },
      EncoderLayoutError,
      /has no hidden_size/,
    ],
    [
      'a wrong size',
      { 'config.json': tinyEncoder(7, { says: 32 }).get('config.json') ?? null },
      EncoderLayoutError,
      /config\.json says 32/,
    ],
  ] as const)('%s', async (_, changes, kind, message) => {
    const opening = TransformersEmbedder.open(source(changes), { name: NAME, threshold: 0.5 });
    const problem = await opening.then(
      () => null,
      (error: unknown) => error,
    );
    expect(problem).toBeInstanceOf(kind);
    expect(String(problem)).toMatch(message);
  });
});

describe('an encoder is kept', () => {
  test('and opened without its source, theta included', async () => {
    const first = await openEncoder(source(), { name: NAME, languages: ['en'] });
    expect([first.from, first.kept]).toEqual(['source', true]);
    const again = await openEncoder(null, { name: NAME, languages: ['en'] });
    expect(again.from).toBe('kept');
    expect(again.embedder.id).toBe(first.embedder.id);
    expect(again.embedder.threshold).toBe(first.embedder.threshold);
    expect(await again.embedder.embed(TEXTS)).toEqual(await first.embedder.embed(TEXTS));
    again.embedder.dispose();
    first.embedder.dispose();
    const bytes = [...tinyEncoder().values()].reduce((sum, { length }) => sum + length, 0);
    expect(await keptEncoders()).toEqual([
      {
        name: NAME,
        from: 'the chosen folder',
        bytes,
        id: first.embedder.id,
        dimension: TINY_DIMENSION,
        theta: first.embedder.threshold,
      },
    ]);
    await forgetEncoder(NAME);
    await expect(openEncoder(null, { name: NAME })).rejects.toThrow(EncoderFilesMissingError);
  });

  test('and a damaged copy is never used: the files are read anew, or it is said', async () => {
    const opened = async (files: EncoderFiles | null) => {
      const { embedder, from, kept } = await openEncoder(files, { name: NAME, threshold: 0.5 });
      embedder.dispose();
      return [from, kept];
    };
    expect(await opened(source())).toEqual(['source', true]);
    const cache = await caches.open('memory-encoders-v1');
    const request = (await cache.keys()).find(({ url }) => url.endsWith('model.onnx'));
    const bad = weights();
    bad[bad.length >> 1] ^= 1;
    const damage = () => cache.put(request ?? '', new Response(new Blob([bad.slice()])));
    await damage();
    await expect(openEncoder(null, { name: NAME })).rejects.toThrow(/is not what was stored/);
    expect(await opened(source())).toEqual(['source', true]);
    expect(await opened(null)).toEqual(['kept', true]);
  });

  test('not at all when it was stopped, and what was kept before is not half replaced', async () => {
    const control = new AbortController();
    const notes = { id: 'one', dimension: TINY_DIMENSION, theta: 0.5 };
    const stopped = keepEncoder(NAME, 'here', tinyEncoder(), notes, control.signal);
    control.abort();
    await expect(stopped).rejects.toThrow(EncoderCancelledError);
    expect(await keptEncoder(NAME)).toBeUndefined();
    expect(await keptEncoders()).toEqual([]);
  });

  test('not without room: it is used all the same, and the reason is told', async () => {
    const devtools = cdp() as unknown as {
      send(method: string, parameters: Readonly<Record<string, unknown>>): Promise<unknown>;
    };
    const limit = (quotaSize?: number) =>
      devtools.send('Storage.overrideQuotaForOrigin', { origin: location.origin, quotaSize });
    // A doc string of 3 MB (field 6 of an ONNX file, its length as a varint) makes a long file of the same model.
    const long = new Uint8Array(weights().length + 5 + 3_000_000).fill(0x20);
    long.set(weights());
    long.set([0x32, 0xc0, 0x8d, 0xb7, 0x01], weights().length);
    await limit(20_000);
    try {
      const { embedder, kept } = await openEncoder(source({ 'onnx/model.onnx': long }), {
        name: NAME,
        threshold: 0.5,
      });
      expect(kept).toMatch(/no room to keep the encoder's 3\.0 MB/);
      expect((await embedder.embed(['a']))[0].length).toBe(TINY_DIMENSION);
      expect(await keptEncoder(NAME)).toBeUndefined();
      embedder.dispose();
    } finally {
      await limit();
    }
    const { embedder, kept } = await openEncoder(source(), { name: NAME, threshold: 0.5 });
    expect(kept).toBe(true);
    embedder.dispose();
  });
});

test('cancelling while files are read or theta is calibrated has a name and leaves nothing', async () => {
  for (const stopAt of ['config.json', 'onnx/model.onnx', 'calibration']) {
    const control = new AbortController();
    const files = source();
    const watched: EncoderFiles = {
      where: files.where,
      read: async (file, options) => {
        if (file === stopAt) control.abort();
        return files.read(file, options);
      },
    };
    if (stopAt === 'calibration') setTimeout(() => control.abort(), 60);
    const opening = openEncoder(watched, { name: NAME, signal: control.signal });
    await expect(opening, stopAt).rejects.toThrow(EncoderCancelledError);
    expect(await keptEncoder(NAME)).toBeUndefined();
  }
});

test('an encoder that was closed says so, and stops what it was computing', async () => {
  const embedder = await TransformersEmbedder.open(source(), { name: NAME, threshold: 0.5 });
  const computing = embedder.embed(Array.from({ length: 200 }, (_, i) => `fact ${i}`));
  embedder.dispose();
  await expect(computing).rejects.toThrow(EncoderRuntimeError);
  await expect(embedder.embed(['a'])).rejects.toThrow(/it was closed/);
});

test('a folder of the site is this site', () => {
  expect(() => siteFiles('https://example.org/encoder')).toThrow(/not on this site/);
  expect(siteFiles('encoder').where).toBe(new URL('encoder/', location.href).href);
});

test('nothing has left the machine', () => {
  const hosts = performance.getEntriesByType('resource').map(({ name }) => new URL(name));
  expect(hosts.some(({ pathname }) => pathname.includes('asyncify.wasm'))).toBe(true);
  expect(hosts.filter(({ host, protocol }) => host !== location.host && protocol !== 'blob:')).toEqual([]);
});
