import { afterEach, describe, expect, test } from 'vitest';
import { inBucket } from '../../storage/buckets.fixture';
import { LabDatabase } from '../../storage/database';
import { StorageClosedError, StorageError, StorageFullError } from '../../storage/errors';
import { takeAway } from '../../storage/take-away.fixture';
import { NgramEmbedder } from '../embedders/ngram-embedder';
import { MemoryDamagedError, UnknownMemoryError } from '../errors';
import { undoAct } from '../history/acts';
import { voyIndex } from '../index/voy-index';
import { BY_USER } from '../journal';
import { openMemory, USER_NAMESPACE } from '../long-term-memory';
import { describeActs } from './acts.fixture';
import { sumOfEntries } from './entry-sum';
import { IdbRows } from './idb-rows';
import { describeMade } from './made-contract.fixture';
import { describePending } from './pending-vectors.fixture';
import { describeRows } from './rows-contract.fixture';

const embedder = new NgramEmbedder();
const open: { readonly name: string; readonly database: LabDatabase }[] = [];
let counter = 0;

async function connect(name: string): Promise<LabDatabase> {
  const database = await LabDatabase.open({ name });
  open.push({ name, database });
  return database;
}

const freshName = () => `memory-test-${counter++}`;

afterEach(async () => {
  const names = new Set(open.map(({ name }) => name));
  for (const { database } of open.splice(0)) database.close();
  for (const name of names) await takeAway(name);
});

describeActs('IndexedDB rows', async () => new IdbRows(await connect(freshName())));
describeMade('IndexedDB rows', async () => new IdbRows(await connect(freshName())));
describePending('IndexedDB rows', async () => new IdbRows(await connect(freshName())));
describeRows('IndexedDB rows', async () => new IdbRows(await connect(freshName())), await voyIndex());

describe('two connections', () => {
  test('400 adds from both at once: 400 ids, none lost', async () => {
    const name = freshName();
    const memories = await Promise.all(
      [1, 2].map(async () =>
        openMemory({ rows: new IdbRows(await connect(name)), embedder, namespace: 'rollout/both' }),
      ),
    );
    const ids = await Promise.all(
      memories.flatMap((memory, m) =>
        Array.from({ length: 200 }, async (_, i) => (await memory.add({ content: `fact ${m} ${i}` })).id),
      ),
    );
    expect(new Set(ids)).toEqual(new Set(Array.from({ length: 400 }, (_, i) => `m${i + 1}`)));
    for (const memory of memories) {
      const entries = await memory.list();
      expect(entries).toHaveLength(400);
      expect(new Set(entries.map((entry) => entry.content)).size).toBe(400);
    }
  });
});

test('a large act tells how far it is, made and undone', async () => {
  const rows = new IdbRows(await connect(freshName()));
  const memory = await openMemory({ rows, embedder, namespace: USER_NAMESPACE });
  const contents = Array.from({ length: 1200 }, (_, i) => ({ content: `fact ${i}` }));
  await memory.addAll(contents, 'import', BY_USER);
  await memory.add({ content: 'one more' });
  for (const act of [1, 1202]) {
    const told: number[] = [];
    const onProgress = (done: number, total: number) => told.push(done / total);
    await undoAct({ rows, memory, onProgress }, act);
    expect(told.length).toBeGreaterThan(1);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBeGreaterThan(0.7);
    expect(told.at(-1)).toBeLessThanOrEqual(1);
  }
  expect((await rows.record(USER_NAMESPACE)).count).toBe(1201);
});

describe('opened again', () => {
  test('the same rows, the same results, the next id', async () => {
    const name = freshName();
    const index = await voyIndex();
    const first = await connect(name);
    const memory = await openMemory({ rows: new IdbRows(first), embedder, index, namespace: USER_NAMESPACE });
    for (let i = 0; i < 60; i++) {
      await memory.add({
        content: `Person${i} lives in Town${i % 7}.`,
        metadata: { town: i % 7 },
        sourceStep: `s${i}`,
      });
    }
    await memory.delete('m60');
    await memory.update('m5', { content: 'Person4 lives elsewhere.' });
    const queries = ['Where does Person12 live?', 'elsewhere', 'Town3'];
    const search = async (target: typeof memory) =>
      Promise.all(queries.map((query) => target.search(query, { topK: 5 })));
    const before = { entries: await memory.list(), results: await search(memory) };
    first.close();
    await expect(memory.search('Town3', { topK: 1 })).rejects.toThrow(StorageClosedError);

    const again = await openMemory({
      rows: new IdbRows(await connect(name)),
      embedder,
      index,
      namespace: USER_NAMESPACE,
    });
    expect(again.indexStatus.kind).toBe('voy');
    expect({ entries: await again.list(), results: await search(again) }).toEqual(before);
    expect((await again.add({ content: 'new' })).id).toBe('m61');
  });
});

describe('one step is one transaction', () => {
  test('a failure between row and counter leaves neither', async () => {
    const database = await connect(freshName());
    const rows = new IdbRows(database);
    const memory = await openMemory({ rows, embedder, namespace: USER_NAMESPACE });
    await memory.add({ content: 'one' });
    const before = await rows.list();
    // What cannot be cloned fails in the middle of the transaction, after the entry and its vector.
    const hit = { id: 'm1', score: (() => 1) as unknown as number };
    const failing = memory.write({
      act: { kind: 'add' },
      note: BY_USER,
      changes: [
        { kind: 'add', draft: { ...(await memory.get('m1'))!, content: 'two' } },
        { kind: 'retrieved', query: 'one', topK: 1, hits: [hit] },
      ],
    });
    await expect(failing).rejects.toThrow(StorageError);
    expect(await rows.list()).toEqual(before);
    expect(await rows.journal(USER_NAMESPACE)).toHaveLength(1);
    expect((await rows.vectors(USER_NAMESPACE)).ids).toEqual(['m1']);
    // A counter that has fallen behind (as after a partial restore) must not overwrite an entry.
    await database.run(['namespaces'], 'readwrite', 'strict', (transaction) =>
      transaction.objectStore('namespaces').put({ ...before[0], nextId: 1 }),
    );
    await expect(memory.add({ content: 'two' })).rejects.toThrow();
    expect((await memory.list()).map((entry) => entry.content)).toEqual(['one']);
    expect((await rows.list())[0].nextId).toBe(1);
  });
});

describe('large acts', () => {
  test('10,000 additions and their removal are one act each, and nothing of one that fails', async () => {
    const rows = new IdbRows(await connect(freshName()));
    const small = new NgramEmbedder({ dimension: 16 });
    const memory = await openMemory({ rows, embedder: small, namespace: USER_NAMESPACE });
    const inputs = Array.from({ length: 10_000 }, (_, i) => ({ content: `fact ${i}`, metadata: { i } }));
    expect(await memory.addAll(inputs, 'import', BY_USER)).toHaveLength(10_000);
    expect(await rows.record(USER_NAMESPACE)).toMatchObject({ count: 10_000, revision: 1, journal: 10_000 });
    const before = await rows.read(USER_NAMESPACE);
    expect(before?.record.sum).toBe(sumOfEntries(before?.entries ?? []));
    const failing = memory.deleteAll([...(before?.entries ?? []).map(({ id }) => id), 'm10001']);
    await expect(failing).rejects.toThrow(UnknownMemoryError);
    expect(await rows.read(USER_NAMESPACE)).toEqual(before);
    await memory.clear();
    expect(await rows.record(USER_NAMESPACE)).toMatchObject({ count: 0, sum: 0, journal: 20_000 });
    expect((await rows.vectors(USER_NAMESPACE)).ids).toEqual([]);
    expect(await memory.list()).toEqual([]);
  });
});

describe('vectors that were lost', () => {
  async function damaged() {
    const database = await connect(freshName());
    const rows = new IdbRows(database);
    const memory = await openMemory({ rows, embedder, namespace: USER_NAMESPACE });
    for (const content of ['one', 'two', 'three']) await memory.add({ content });
    await database.run(['vectors'], 'readwrite', 'strict', (transaction) =>
      transaction.objectStore('vectors').delete([USER_NAMESPACE, embedder.id, 'm2']),
    );
    return { database, rows, memory };
  }

  test('are told, not left out of searches; texts can still be read', async () => {
    const { rows } = await damaged();
    await expect(rows.read(USER_NAMESPACE)).rejects.toThrow(MemoryDamagedError);
    await expect(rows.vectors(USER_NAMESPACE)).rejects.toThrow(/2 vectors are stored for 3 entries/);
    await expect(rows.get(USER_NAMESPACE, 'm2')).rejects.toThrow(/m2 has no vector/);
    expect((await rows.texts(USER_NAMESPACE)).entries.map(({ content }) => content)).toEqual([
      'one',
      'two',
      'three',
    ]);
  });

  test('are made anew by opening', async () => {
    const { rows, memory } = await damaged();
    const again = await openMemory({ rows, embedder, namespace: USER_NAMESPACE });
    expect((await again.search('two', { topK: 1 }))[0]).toMatchObject({ entry: { id: 'm2' } });
    expect(await again.list()).toEqual(await memory.list());
    expect(await rows.record(USER_NAMESPACE)).toMatchObject({ revision: 4, journal: 3 });
  });

  test('of another length are told', async () => {
    const { database, rows } = await damaged();
    await database.run(['vectors'], 'readwrite', 'strict', (transaction) =>
      transaction.objectStore('vectors').put({
        namespace: USER_NAMESPACE,
        embedderId: embedder.id,
        id: 'm2',
        embedding: new Float32Array(3),
      }),
    );
    await expect(rows.vectors(USER_NAMESPACE)).rejects.toThrow(/m2 has 3 numbers instead of 512/);
  });
});

describe('a full disk', () => {
  test('leaves row, vector and counter as they were', async () => {
    const name = freshName();
    await inBucket(name, 1_000_000, async () => {
      const rows = new IdbRows(await connect(name));
      const memory = await openMemory({ rows, embedder, namespace: USER_NAMESPACE });
      await memory.add({ content: 'Rolf lives in Kiel.' });
      const metadata = { large: Array.from({ length: 400_000 }, (_, i) => (i * 7919) % 65_537).join() };
      await expect(memory.add({ content: 'x', metadata })).rejects.toThrow(StorageFullError);
      await expect(memory.update('m1', { content: 'x', metadata })).rejects.toThrow(StorageFullError);
      expect((await memory.list()).map((entry) => entry.content)).toEqual(['Rolf lives in Kiel.']);
      expect((await memory.add({ content: 'Mira lives in Oslo.' })).id).toBe('m2');
      expect((await memory.search('Mira', { topK: 1 }))[0].entry.id).toBe('m2');
    });
  });
});
