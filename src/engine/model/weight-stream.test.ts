/** Models in one file and in shards, from files and over HTTP, good and bad: the same model, or a named error. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Backend, Tensor } from '../backend';
import { ModelFileError, NonFiniteError } from '../errors';
import { ReferenceBackend } from '../reference/reference-backend';
import { EngineModel } from './engine-model';
import type { NamedTensors } from './model-config';
import { writeSafetensors } from './safetensors-writer';
import { randomWeights, TINY, TINY_ADAPTER } from './tiny-model.fixture';
import { blobSource, httpSource, type WeightSource } from './weight-source';
import { LoadAbortedError } from './weight-stream';

const weights = randomWeights(TINY, 9);

type Files = Map<string, Uint8Array>;

function single(tensors: NamedTensors = weights): Files {
  return new Map([['model.safetensors', writeSafetensors(tensors)]]);
}

/** Tensors dealt to three shards in turn, with the index. */
function sharded(change: (map: Record<string, string>) => void = () => {}): Files {
  const shards: Map<
    string,
    NamedTensors extends ReadonlyMap<infer K, infer V> ? Map<K, V> : never
  > = new Map();
  const map: Record<string, string> = {};
  [...weights].forEach(([name, tensor], i) => {
    const file = `model-0000${(i % 3) + 1}-of-00003.safetensors`;
    map[name] = file;
    const own = shards.get(file) ?? new Map();
    shards.set(file, own.set(name, tensor));
  });
  change(map);
  const files: Files = new Map([...shards].map(([file, own]) => [file, writeSafetensors(own)]));
  const index = JSON.stringify({ metadata: { total_size: 0 }, weight_map: map });
  return files.set('model.safetensors.index.json', new TextEncoder().encode(index));
}

const dropped = (files: Files): WeightSource =>
  blobSource(
    new Map([...files].map(([name, bytes]) => [name, new Blob([bytes.slice()])])),
    'the dropped folder',
  );

/** A back end that knows how many tensors are alive. */
function counted(): { backend: Backend; alive: () => number } {
  const backend = new ReferenceBackend();
  const live = new Set<Tensor>();
  const own = {
    alloc: (...args: Parameters<ReferenceBackend['alloc']>) => {
      const tensor = ReferenceBackend.prototype.alloc.apply(backend, args);
      live.add(tensor);
      return tensor;
    },
    free: (tensor: Tensor) => {
      live.delete(tensor);
      ReferenceBackend.prototype.free.call(backend, tensor);
    },
  };
  return { backend: Object.assign(backend, own), alive: () => live.size };
}

async function logitsOf(model: EngineModel): Promise<number[]> {
  return [...(await model.inspect([[1, 2, 3, 4]])).logits];
}

let closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing) close();
  closing = [];
});

/** A server on this machine; `spoil` answers in its own way where it returns true. */
async function serve(
  files: Files,
  {
    ranges = true,
    cut = 0,
    headers = {},
  }: { ranges?: boolean | number; cut?: number; headers?: Record<string, string> } = {},
): Promise<{ source: WeightSource; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const bytes = files.get((request.url ?? '').slice(1));
    if (!bytes) return response.writeHead(404).end();
    const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '');
    requests.push(`${request.url} ${request.headers.range}`);
    const honoured = ranges === true || (ranges !== false && requests.length <= ranges);
    if (!honoured || !range) return response.writeHead(200, headers).end(bytes);
    const [first, last] = [Number(range[1]), Math.min(Number(range[2]), bytes.length - 1)];
    if (first >= bytes.length) return response.writeHead(416).end();
    const part = bytes.subarray(first, last + 1);
    response.writeHead(206, { ...headers, 'Content-Range': `bytes ${first}-${last}/${bytes.length}` });
    return response.end(part.length > 8 ? part.subarray(0, part.length - cut) : part);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closing.push(() => server.close());
  return { source: httpSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), requests };
}

describe('a streamed model', () => {
  it.each([
    ['one file', single()],
    ['three shards', sharded()],
  ])('is the model that is opened whole (%s)', async (_, files) => {
    const whole = await EngineModel.open({ backend: new ReferenceBackend(), config: TINY, weights });
    const expected = await logitsOf(whole);
    const { source, requests } = await serve(files);
    for (const from of [dropped(files), source, (await serve(files, { ranges: false })).source]) {
      const seen: number[] = [];
      const model = await EngineModel.stream({
        backend: new ReferenceBackend(),
        config: TINY,
        source: from,
        adapter: TINY_ADAPTER,
        pieceBytes: 100,
        onProgress: ({ loadedBytes, totalBytes }) => seen.push(loadedBytes / totalBytes),
      });
      expect(await logitsOf(model)).toEqual(expected);
      expect(seen.length).toBeGreaterThan(10);
      expect(seen.at(-1)).toBe(1);
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
    }
    // Read in pieces, not as wholes.
    expect(requests.every((line) => / bytes=\d+-\d+$/.test(line))).toBe(true);
    expect(requests.length).toBeGreaterThan(20);
  });

  it('gives all memory back when it is cancelled, and when it is disposed of', async () => {
    const { backend, alive } = counted();
    const abort = new AbortController();
    const cancelled = EngineModel.stream({
      backend,
      config: TINY,
      source: dropped(single()),
      pieceBytes: 200,
      signal: abort.signal,
      onProgress: ({ loadedBytes, totalBytes }) => loadedBytes > totalBytes / 2 && abort.abort(),
    });
    await expect(cancelled).rejects.toThrow(LoadAbortedError);
    expect(alive()).toBe(0);
    const model = await EngineModel.stream({ backend, config: TINY, source: dropped(single()) });
    expect(alive()).toBeGreaterThan(10);
    model.dispose();
    expect(alive()).toBe(0);
  });
});

describe('what is wrong is named, and nothing stays allocated', () => {
  const without = (files: Files, name: RegExp): Files =>
    new Map([...files].filter(([file]) => !name.test(file)));
  const cutFile = (files: Files, name: RegExp): Files =>
    new Map([...files].map(([file, bytes]) => [file, name.test(file) ? bytes.slice(0, -5) : bytes]));
  const changed = (name: string, change: (data: Float32Array) => void): NamedTensors =>
    new Map(
      [...weights].map(([own, { shape, data }]) => {
        const copy = Float32Array.from(data);
        if (own === name) change(copy);
        return [own, { shape, data: copy }];
      }),
    );
  const [first, second] = [...weights.keys()];

  it.each<[string, () => Files, string, RegExp]>([
    ['no file at all', () => new Map(), 'file-missing', /model.safetensors was not found/],
    ['a missing shard', () => without(sharded(), /00002/), 'shard-missing', /model-00002-of-00003/],
    ['a shard cut off', () => cutFile(sharded(), /00003-of/), 'safetensors-truncated', /00003/],
    [
      'a tensor in another shard than the index says',
      () => sharded((map) => ([map[first], map[second]] = [map[second], map[first]])),
      'shard-content',
      /different downloads/,
    ],
    [
      'a path for a file name',
      () => sharded((map) => (map[first] = '../secret')),
      'shard-index',
      /not the name of a file/,
    ],
    [
      'a missing tensor',
      () => single(new Map([...weights].slice(1))),
      'missing-tensor',
      /model.embed_tokens.weight/,
    ],
    [
      'a tensor too many',
      () => single(new Map([...weights, ['model.extra', { shape: [1], data: new Float32Array(1) }]])),
      'unexpected-tensor',
      /model.extra/,
    ],
    [
      'a number that is none',
      () => single(changed(second, (data) => data.fill(Number.NaN, 3, 4))),
      'non-finite-weight',
      /element 3 of/,
    ],
  ])('%s', async (_, files, code, words) => {
    const { backend, alive } = counted();
    const failing = EngineModel.stream({ backend, config: TINY, source: dropped(files()), pieceBytes: 64 });
    await expect(failing).rejects.toMatchObject({ code });
    await expect(failing).rejects.toThrow(words);
    const error = await failing.catch((problem: unknown) => problem);
    expect(error instanceof ModelFileError || error instanceof NonFiniteError).toBe(true);
    expect(alive()).toBe(0);
  });

  it('a server that stops giving ranges sends the file once more, not for each piece', async () => {
    const { source, requests } = await serve(single(), { ranges: 5 });
    const options = { backend: new ReferenceBackend(), config: TINY, pieceBytes: 100 };
    const model = await EngineModel.stream({ ...options, source });
    const whole = await EngineModel.stream({ ...options, source: dropped(single()) });
    expect(await logitsOf(model)).toEqual(await logitsOf(whole));
    expect(requests.length).toBe(6);
  });

  it('a page in the place of the one file does not hide the shards', async () => {
    const page = new TextEncoder().encode('<!doctype html><title>Home</title>');
    const files = sharded().set('model.safetensors', page);
    const model = await EngineModel.stream({
      backend: new ReferenceBackend(),
      config: TINY,
      source: dropped(files),
    });
    expect(await logitsOf(model)).toHaveLength(4 * TINY.vocabSize);
    files.set('model.safetensors.index.json', page);
    const refused = EngineModel.stream({
      backend: new ReferenceBackend(),
      config: TINY,
      source: dropped(files),
    });
    await expect(refused).rejects.toThrow(/model.safetensors is a web page/);
  });

  it('files are told apart by what the server says of them, or by their bytes', async () => {
    const file = 'model.safetensors';
    const say = async (headers: Record<string, string>, ranges = true) =>
      (await serve(single(), { headers, ranges })).source.revision(file);
    expect(await say({ etag: '"one"', 'last-modified': 'Thu, 01 Jan 1970 00:00:00 GMT' })).toBe('"one"');
    expect(await say({ 'last-modified': 'Thu, 01 Jan 1970 00:00:00 GMT' }, false)).toMatch(/1970/);
    expect(await say({})).toBeNull();
    const bytes = single().get(file) as Uint8Array;
    const changed = bytes.slice();
    changed[bytes.length - 1] ^= 1;
    const [one, again, other] = await Promise.all(
      [bytes, bytes, changed].map((content) => dropped(new Map([[file, content]])).revision(file)),
    );
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });

  it('an answer that breaks off, and a server that is gone', async () => {
    const { source } = await serve(single(), { cut: 3 });
    const cut = EngineModel.stream({ backend: new ReferenceBackend(), config: TINY, source });
    await expect(cut).rejects.toMatchObject({ code: 'file-cut-off' });
    const gone = httpSource('http://127.0.0.1:9');
    const refused = EngineModel.stream({ backend: new ReferenceBackend(), config: TINY, source: gone });
    await expect(refused).rejects.toMatchObject({ code: 'file-unreachable' });
  });
});
