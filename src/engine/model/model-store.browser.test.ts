/** Models in the browser's own storage: whole or going on, read back bit by bit, damage noticed. */
import { afterEach, expect, test } from 'vitest';
import { ReferenceBackend } from '../reference/reference-backend';
import { EngineModel } from './engine-model';
import { ModelStore } from './model-store';
import { writeSafetensors } from './safetensors-writer';
import { randomWeights, TINY } from './tiny-model.fixture';
import { blobSource, type WeightSource } from './weight-source';
import { LoadAbortedError } from './weight-stream';

const PIECE = 1000;
const bytes = writeSafetensors(randomWeights(TINY, 4));
const origin = blobSource(new Map([['model.safetensors', new Blob([bytes.slice()])]]), 'the origin');
const open = () => ModelStore.open(PIECE);

afterEach(async () => {
  const store = await open();
  for (const { name } of await store.list()) await store.delete(name);
});

/** Counts reads, and fails from read number `fails` on. */
function flaky(fails = Number.POSITIVE_INFINITY): { source: WeightSource; reads: () => number } {
  let reads = 0;
  const source: WeightSource = {
    ...origin,
    async read(...args) {
      if (++reads >= fails) throw new Error('the connection dropped');
      return origin.read(...args);
    },
  };
  return { source, reads: () => reads };
}

test('a stored model is the model, with its origin gone', async () => {
  const store = await open();
  const told: number[] = [];
  await store.put('tiny', origin, ['model.safetensors'], { onProgress: (done) => told.push(done) });
  expect(told.at(-1)).toBe(bytes.length);
  expect(told.length).toBe(Math.ceil(bytes.length / PIECE));
  expect(await store.list()).toEqual([
    { name: 'tiny', from: 'the origin', bytes: bytes.length, storedBytes: bytes.length, complete: true },
  ]);
  const source = await (await open()).source('tiny');
  expect(await source.size('model.safetensors')).toBe(bytes.length);
  for (const [start, end] of [
    [0, 8],
    [PIECE - 3, PIECE + 5],
    [10, 3 * PIECE + 1],
    [0, bytes.length],
  ]) {
    expect(await source.read('model.safetensors', start, end)).toEqual(bytes.slice(start, end));
  }
  const model = await EngineModel.stream({ backend: new ReferenceBackend(), config: TINY, source });
  const whole = await EngineModel.open({
    backend: new ReferenceBackend(),
    config: TINY,
    weights: randomWeights(TINY, 4),
  });
  expect((await model.inspect([[1, 2]])).logits).toEqual((await whole.inspect([[1, 2]])).logits);
  await store.delete('tiny');
  expect(await store.list()).toEqual([]);
  await expect(store.source('tiny')).rejects.toMatchObject({ code: 'model-not-stored' });
});

test('an interrupted download goes on where it stopped', async () => {
  const store = await open();
  const pieces = Math.ceil(bytes.length / PIECE);
  await expect(store.put('tiny', flaky(4).source, ['model.safetensors'])).rejects.toThrow('dropped');
  await expect(store.source('tiny')).rejects.toMatchObject({ code: 'model-incomplete' });
  expect((await store.list())[0]).toMatchObject({ complete: false, storedBytes: 3 * PIECE });
  const abort = new AbortController();
  const stopped = store.put('tiny', origin, ['model.safetensors'], {
    signal: abort.signal,
    onProgress: (done) => done >= 5 * PIECE && abort.abort(),
  });
  await expect(stopped).rejects.toThrow(LoadAbortedError);
  const rest = flaky();
  await store.put('tiny', rest.source, ['model.safetensors']);
  expect(rest.reads()).toBe(pieces - 5);
  const source = await store.source('tiny');
  expect(await source.read('model.safetensors', 0, bytes.length)).toEqual(bytes);
});

test('pieces that went missing or another version of the files are noticed', async () => {
  const store = await open();
  await store.put('tiny', origin, ['model.safetensors']);
  const root = await navigator.storage.getDirectory();
  const folder = await (await root.getDirectoryHandle('models')).getDirectoryHandle('tiny');
  await folder.removeEntry('model.safetensors.2');
  await expect(store.source('tiny')).rejects.toMatchObject({ code: 'model-damaged' });
  const repair = flaky();
  await store.put('tiny', repair.source, ['model.safetensors']);
  expect(repair.reads()).toBe(1);
  const other = blobSource(new Map([['model.safetensors', new Blob([bytes.slice(0, 2500)])]]), 'elsewhere');
  await store.put('tiny', other, ['model.safetensors']);
  expect((await store.list())[0]).toMatchObject({ from: 'elsewhere', bytes: 2500, storedBytes: 2500 });
  await expect(store.put('tiny', other, ['absent'])).rejects.toMatchObject({ code: 'file-missing' });
});

const [a, b] = [1, 2].map((value) => new Uint8Array(8 * PIECE).fill(value));
const source = (content: Uint8Array, where = 'the origin') =>
  blobSource(new Map([['model.safetensors', new Blob([content.slice()])]]), where);
const stored = async (store: ModelStore, name = 'm') =>
  (await store.source(name)).read('model.safetensors', 0, 8 * PIECE);

test('another revision of equal lengths takes the place of the one that is stored', async () => {
  const store = await open();
  await store.put('m', source(a), ['model.safetensors']);
  await store.put('m', source(b), ['model.safetensors']);
  expect(await stored(store)).toEqual(b);
});

test('an interrupted download does not go on with another revision, another place or other pieces', async () => {
  const half = (content: Uint8Array): WeightSource => {
    const whole = source(content);
    const read: WeightSource['read'] = (name, start, ...rest) =>
      start < 4 * PIECE
        ? whole.read(name, start, ...rest)
        : Promise.reject(new Error('the connection dropped'));
    return { ...whole, read };
  };
  const store = await open();
  await expect(store.put('m', half(a), ['model.safetensors'])).rejects.toThrow('dropped');
  await store.put('m', source(b), ['model.safetensors']);
  expect(await stored(store)).toEqual(b);
  await expect(store.put('n', half(a), ['model.safetensors'])).rejects.toThrow('dropped');
  const other = await ModelStore.open(2 * PIECE);
  await other.put('n', source(b, 'elsewhere'), ['model.safetensors']);
  // A store of other pieces reads what was stored.
  expect(await stored(store, 'n')).toEqual(b);
  expect((await store.list()).map(({ name, storedBytes }) => [name, storedBytes])).toEqual([
    ['m', 8 * PIECE],
    ['n', 8 * PIECE],
  ]);
});

test('without a revision all is fetched anew, and a file that changes under way is refused', async () => {
  const store = await open();
  const nameless = (content: Uint8Array): WeightSource => ({
    ...source(content),
    revision: async () => null,
  });
  await store.put('m', nameless(a), ['model.safetensors']);
  await store.put('m', nameless(b), ['model.safetensors']);
  expect(await stored(store)).toEqual(b);
  let asked = 0;
  const changing: WeightSource = { ...source(a), revision: async () => String(asked++) };
  await expect(store.put('n', changing, ['model.safetensors'])).rejects.toMatchObject({
    code: 'file-changed',
  });
  await expect(store.source('n')).rejects.toMatchObject({ code: 'model-not-stored' });
});

test('models are called what their makers call them', async () => {
  const store = await open();
  const names = ['..', 'Qwen/Qwen3-0.6B', 'a%2Fb', 'ü'];
  for (const name of names) await store.put(name, source(a), ['model.safetensors']);
  expect((await store.list()).map(({ name }) => name)).toEqual(names);
  expect(await stored(store, 'Qwen/Qwen3-0.6B')).toEqual(a);
  await expect(store.put('', source(a), [])).rejects.toMatchObject({ code: 'model-name' });
  await expect(store.put('\ud800', source(a), [])).rejects.toMatchObject({ code: 'model-name' });
});

test('a folder that was named otherwise is listed and can be deleted', async () => {
  const store = await open();
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle('models');
  for (const name of ['Qwen3-0.6B', '100%']) await folder.getDirectoryHandle(name, { create: true });
  expect((await store.list()).map(({ name }) => name)).toEqual(['100%', 'Qwen3-0.6B']);
  for (const { name } of await store.list()) await store.delete(name);
  expect(await store.list()).toEqual([]);
});
