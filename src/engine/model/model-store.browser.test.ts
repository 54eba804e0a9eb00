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
