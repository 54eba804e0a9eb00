import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { EmbedderMismatchError } from '../errors';
import { type OpenedMemory, openMemory } from '../long-term-memory';
import type { Embedder } from '../memory';
import { TransientRows } from '../rows/transient-rows';
import { chosenIndex, type IndexParts, LARGE, loadIndexParts } from './choose-index';
import { ExactIndex } from './exact-index';
import { decodeSaved, encodeSavedHead } from './saved-index';
import { fill, MapFiles, randomEmbedder } from './snapshot-files.fixture';
import { BEHIND_ALLOWED, SyncedIndex } from './synced-index';
import { random, randomUnit } from './unit-vectors.fixture';

let parts: IndexParts;
beforeAll(async () => {
  parts = await loadIndexParts();
});
afterEach(() => {
  vi.useRealTimers();
});

const NAME = 'user/many';
const COUNT = LARGE + 100;
const embedder = randomEmbedder(16);

const open = (rows: TransientRows, files?: MapFiles, using: Embedder = embedder): Promise<OpenedMemory> =>
  openMemory({ rows, embedder: using, index: chosenIndex(parts), namespace: NAME, files, now: () => 2 });

/** Searches find what a scan of the rows finds. */
async function expectInStep(memory: OpenedMemory, rows: TransientRows, using = embedder): Promise<void> {
  const { record, entries } = (await rows.read(NAME))!;
  const exact = new ExactIndex({ embedderId: using.id, dimension: using.dimension });
  for (const { id, embedding } of entries) exact.upsert(id, embedding);
  const texts = new Map(entries.map((entry) => [entry.id, entry]));
  for (const query of ['entry 3', 'something else']) {
    const [vector] = await using.embed([query]);
    expect(await memory.search(query, { topK: 12 })).toEqual(
      exact.search(vector, 12).map(({ id, score }) => ({ entry: texts.get(id), score })),
    );
  }
  const odd = await memory.search('entry 4', { topK: 5, filter: { parity: 1 } });
  expect(odd.every(({ entry }) => entry.metadata.parity === 1)).toBe(true);
  expect(await memory.list()).toEqual(entries);
  expect((await memory.current()).record.revision).toBe(record.revision);
}

/** A memory of `COUNT` entries and the file of its index. */
async function saved(): Promise<{ readonly rows: TransientRows; readonly files: MapFiles }> {
  const [rows, files] = [new TransientRows(), new MapFiles()];
  await fill(rows, NAME, embedder, COUNT);
  await (await open(rows, files)).saveIndex();
  expect(files.writes).toBe(1);
  return { rows, files };
}

describe('in step', () => {
  test.each([1, 2, 3])('with its own writes and those of another handle (seed %d)', async (seed) => {
    const draw = random(seed);
    const rows = new TransientRows();
    await fill(rows, NAME, embedder, 30);
    const handles = [await open(rows), await open(rows)];
    for (let step = 0; step < 150; step++) {
      const memory = handles[draw() < 0.5 ? 0 : 1];
      const ids = (await rows.texts(NAME)).entries.map(({ id }) => id);
      const id = ids[Math.floor(draw() * ids.length)];
      const action = draw();
      if (action < 0.4 || !id)
        await memory.add({ content: `entry ${step % 40}`, metadata: { parity: step % 2 } });
      else if (action < 0.6) await memory.update(id, { content: `entry ${step % 40}` });
      else if (action < 0.9) await memory.delete(id);
      else if (action < 0.92) await memory.clear();
      else await memory.search('entry', { topK: 3, note: { by: { kind: 'user' }, why: '' } });
      if (draw() < 0.3) await expectInStep(handles[Math.floor(draw() * 2)], rows);
    }
    for (const memory of handles) await expectInStep(memory, rows);
  });

  test('writes and searches at the same time', async () => {
    const rows = new TransientRows();
    await fill(rows, NAME, embedder, 30);
    const [one, other] = [await open(rows), await open(rows)];
    await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const memory = i % 2 ? one : other;
        const { id } = await memory.add({ content: `entry ${i}` });
        await Promise.all([one.search(`entry ${i}`, { topK: 3 }), other.list()]);
        if (i % 3 === 0) await other.delete(id);
      }),
    );
    await expectInStep(one, rows);
    await expectInStep(other, rows);
  });

  test('what was changed elsewhere is read, not all of it again', async () => {
    const rows = new TransientRows();
    await fill(rows, NAME, embedder, COUNT);
    const [one, other] = [await open(rows), await open(rows)];
    const all = vi.spyOn(rows, 'vectors');
    await other.add({ content: 'entry 3' });
    await other.delete('m7');
    await expectInStep(one, rows);
    expect(all).not.toHaveBeenCalled();
    const contents = Array.from({ length: 2100 }, (_, i) => ({ content: `more ${i}` }));
    await other.addAll(contents, 'import', { by: { kind: 'user' }, why: '' });
    await expectInStep(one, rows);
    expect(all).toHaveBeenCalledTimes(1);
  });

  test('an answer that comes late does not take the copy back', async () => {
    const rows = new TransientRows();
    await fill(rows, NAME, embedder, 20);
    const synced = new SyncedIndex({ rows, namespace: NAME, embedder, createIndex: chosenIndex(parts) });
    await synced.refresh();
    const other = await open(rows);
    await other.update('m1', { content: 'entry 7' });
    const early = await rows.changes(NAME, synced.known!, 100);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    vi.spyOn(rows, 'changes').mockImplementationOnce(async () => {
      await held;
      return early;
    });
    const late = synced.refresh();
    await other.update('m1', { content: 'entry 9' });
    await synced.refresh();
    release();
    await late;
    expect(synced.known).toEqual(await rows.record(NAME));
    expect(synced.index.vector('m1')).toEqual((await embedder.embed(['entry 9']))[0]);
  });

  test('an entry whose vector is lost is not taken for one that was deleted', async () => {
    const rows = new TransientRows();
    await fill(rows, NAME, embedder, 20);
    const [one, other] = [await open(rows), await open(rows)];
    await other.update('m1', { content: 'entry 7' });
    const read = rows.changes.bind(rows);
    vi.spyOn(rows, 'changes').mockImplementationOnce(async (...asked) => {
      const changes = await read(...asked);
      return changes && { record: changes.record, written: [], removed: ['m1'] };
    });
    const all = vi.spyOn(rows, 'vectors');
    await expectInStep(one, rows);
    expect(all).toHaveBeenCalledTimes(1);
  });

  test('another embedder in force is refused by name', async () => {
    const rows = new TransientRows();
    await fill(rows, NAME, embedder, 5);
    const memory = await open(rows);
    const wider = randomEmbedder(24);
    await openMemory({ rows, embedder: wider, namespace: NAME, reembed: true });
    await expect(memory.search('entry', { topK: 1 })).rejects.toThrow(EmbedderMismatchError);
  });
});

describe('saved', () => {
  test('a start reads the file, no vectors and no texts', async () => {
    const { rows, files } = await saved();
    const [vectors, texts] = [vi.spyOn(rows, 'vectors'), vi.spyOn(rows, 'texts')];
    const memory = await open(rows, files);
    expect([vectors, texts].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
    expect(memory.indexStatus).toMatchObject({ kind: 'simd', origin: 'file' });
    await expectInStep(memory, rows);
  });

  test('and catches up with what was changed since', async () => {
    const { rows, files } = await saved();
    const memory = await open(rows);
    await memory.add({ content: 'entry 3' });
    await memory.update('m5', { content: 'entry 3' });
    await memory.deleteAll(['m3', 'm9']);
    const next = await open(rows, files);
    expect(next.indexStatus.origin).toBe('file');
    await expectInStep(next, rows);
  });

  test('is written when writes have settled, and again when it is far behind', async () => {
    vi.useFakeTimers();
    const [rows, files] = [new TransientRows(), new MapFiles()];
    await fill(rows, NAME, embedder, COUNT);
    const memory = await open(rows, files);
    await vi.advanceTimersByTimeAsync(2000);
    await memory.add({ content: 'not settled' });
    await vi.advanceTimersByTimeAsync(2000);
    expect(files.writes).toBe(0);
    await vi.advanceTimersByTimeAsync(1100);
    expect(files.writes).toBe(1);
    for (let i = 1; i < BEHIND_ALLOWED; i++) await memory.add({ content: `entry ${i}` });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(files.writes).toBe(1);
    await memory.add({ content: 'one more' });
    await vi.advanceTimersByTimeAsync(3100);
    expect(files.writes).toBe(2);
    expect(decodeSaved(files.saved(NAME)).record.count).toBe(COUNT + 1 + BEHIND_ALLOWED);
  });

  test('not for small memories, nor for rollouts', async () => {
    const files = new MapFiles();
    const rows = new TransientRows();
    const namespace = 'rollout/1';
    await fill(rows, namespace, embedder, COUNT);
    const read = vi.spyOn(files, 'read');
    await (await openMemory({ rows, embedder, namespace, files })).saveIndex();
    await fill(rows, NAME, embedder, 5);
    await open(rows, files);
    expect([files.writes, read.mock.calls.length]).toEqual([0, 0]);
  });

  test('a file that cannot be written or read costs nothing but time', async () => {
    const [rows, files] = [new TransientRows(), new MapFiles()];
    await fill(rows, NAME, embedder, COUNT);
    const memory = await open(rows, files);
    vi.spyOn(files, 'write').mockRejectedValue(new DOMException('', 'QuotaExceededError'));
    await memory.saveIndex();
    vi.spyOn(files, 'read').mockRejectedValue(new DOMException('', 'NotReadableError'));
    const next = await open(rows, files);
    expect(next.indexStatus.origin).toBe('rows');
    await expectInStep(next, rows);
  });
});

describe('a file that does not fit leads to the rows and the same results', () => {
  /** The file as it is given, made into another. */
  const withHead = (
    bytes: Uint8Array,
    change: (record: ReturnType<typeof decodeSaved>['record']) => object,
  ) => {
    const { record, snapshot } = decodeSaved(bytes);
    return Uint8Array.of(...encodeSavedHead({ ...record, ...change(record) }, snapshot), ...snapshot);
  };
  const flipped = (bytes: Uint8Array, at: number) => {
    const damaged = bytes.slice();
    damaged[at] ^= 16;
    return damaged;
  };

  test.each<readonly [string, (bytes: Uint8Array) => Uint8Array]>([
    ['empty', () => new Uint8Array()],
    ['cut short by a byte', (bytes) => bytes.slice(0, -1)],
    ['cut to half', (bytes) => bytes.slice(0, bytes.length >> 1)],
    ['cut within its head', (bytes) => bytes.slice(0, 40)],
    ['with a flipped bit in its head', (bytes) => flipped(bytes, 60)],
    ['with a flipped bit in its ids', (bytes) => flipped(bytes, 700)],
    ['with a flipped bit in a vector', (bytes) => flipped(bytes, bytes.length - 99)],
    ['of another version', (bytes) => flipped(bytes, 4)],
    ['of something else', () => new TextEncoder().encode('{"not": "an index of anything at all"}')],
    ['of another memory', (bytes) => withHead(bytes, () => ({ name: 'user/other' }))],
    ['of an earlier memory of that name', (bytes) => withHead(bytes, () => ({ incarnation: 'earlier' }))],
    ['of another embedder', (bytes) => withHead(bytes, () => ({ embedderId: 'other' }))],
    ['of another dimension', (bytes) => withHead(bytes, () => ({ dimension: 8 }))],
    ['of a later revision', (bytes) => withHead(bytes, ({ revision }) => ({ revision: revision + 1 }))],
    ['of other entries at that revision', (bytes) => withHead(bytes, ({ sum }) => ({ sum: sum + 1 }))],
    [
      'of an earlier revision of another history',
      (bytes) =>
        withHead(bytes, ({ revision, journal }) => ({
          revision: revision - 1,
          journal: journal - 1,
          lastAt: 0,
        })),
    ],
    ['of other counts', (bytes) => withHead(bytes, ({ count }) => ({ count: count + 1 }))],
  ])('%s', async (_, spoil) => {
    const { rows, files } = await saved();
    const bytes = files.saved(NAME);
    await files.write(NAME, [spoil(bytes)]);
    const memory = await open(rows, files);
    expect(memory.indexStatus).toMatchObject({ kind: 'simd', origin: 'rows' });
    await expectInStep(memory, rows);
    await memory.saveIndex();
    expect((await open(rows, files)).indexStatus.origin).toBe('file');
  });

  test('vectors of another embedder under a right head', async () => {
    const { rows, files } = await saved();
    const { record } = decodeSaved(files.saved(NAME));
    const index = new ExactIndex({ embedderId: 'other', dimension: 16 });
    const draw = random(1);
    for (let i = 0; i < COUNT; i++) index.upsert(`m${i + 1}`, randomUnit(draw, 16));
    const snapshot = index.snapshot();
    await files.write(NAME, [Uint8Array.of(...encodeSavedHead(record, snapshot), ...snapshot)]);
    const memory = await open(rows, files);
    expect(memory.indexStatus.origin).toBe('rows');
    await expectInStep(memory, rows);
  });

  test('the memory was dropped and made anew', async () => {
    const { rows, files } = await saved();
    await rows.drop(NAME);
    await fill(rows, NAME, embedder, COUNT + 3);
    const memory = await open(rows, files);
    expect(memory.indexStatus.origin).toBe('rows');
    await expectInStep(memory, rows);
  });

  test('the embedder was changed', async () => {
    const { rows, files } = await saved();
    const wider = randomEmbedder(24);
    const memory = await openMemory({
      rows,
      embedder: wider,
      index: chosenIndex(parts),
      namespace: NAME,
      files,
      reembed: true,
    });
    expect(memory.indexStatus.origin).toBe('rows');
    await expectInStep(memory, rows, wider);
  });
});
