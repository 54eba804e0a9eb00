import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NgramEmbedder } from '../memory/embedders/ngram-embedder';
import { openMemory } from '../memory/long-term-memory';
import { sumOfEntries } from '../memory/rows/entry-sum';
import { IdbRows } from '../memory/rows/idb-rows';
import { inBucket } from './buckets.fixture';
import { CheckpointStore } from './checkpoint-store';
import { LabDatabase, UPGRADES } from './database';
import { contentOf, makeVersion1, storesOfVersion1 } from './database-v1.fixture';
import { StorageError, StorageFullError } from './errors';
import { takeAway } from './take-away.fixture';

interface OldEntry {
  readonly namespace: string;
  readonly id: string;
  readonly content: string;
  readonly updated: number;
  readonly embedding: Float32Array;
  readonly embedderId: string;
}

const old = Object.fromEntries(storesOfVersion1().map(({ name, rows }) => [name, rows]));
const entriesOf = (namespace: string) =>
  (old.entries as unknown as readonly OldEntry[])
    .filter((entry) => entry.namespace === namespace)
    .sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));

let counter = 0;
let name = '';
const open: LabDatabase[] = [];

async function upgraded(): Promise<LabDatabase> {
  const database = await LabDatabase.open({ name });
  open.push(database);
  return database;
}

beforeEach(() => {
  name = `upgrade-2-test-${counter++}`;
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const database of open.splice(0)) database.close();
  await takeAway(name);
});

describe('a database of version 1', () => {
  test('is what the fixture says it is', async () => {
    await makeVersion1(name);
    expect(await contentOf(name)).toEqual({ version: 1, stores: old });
    expect(entriesOf('user/large')).toHaveLength(500);
  });

  test('keeps every entry, vector and counter, and the next id', async () => {
    await makeVersion1(name);
    const rows = new IdbRows(await upgraded());
    const records = await rows.list();
    expect(records.map((record) => record.name)).toEqual([
      'rollout/tab1/group/t0k0',
      'user/default',
      'user/empty',
      'user/large',
    ]);
    for (const [i, record] of records.entries()) {
      const before = entriesOf(record.name);
      const content = await rows.read(record.name);
      expect(content?.entries).toEqual(before.map(({ namespace: _, ...entry }) => entry));
      expect(record).toEqual({
        ...old.namespaces[i],
        count: before.length,
        sum: sumOfEntries(content?.entries ?? []),
        journal: before.length,
        lastAt: before.reduce((latest, { updated }) => Math.max(latest, updated), record.created),
        ageing: { expireAfter: null, halfLife: null },
      });
      const { ids, vectors } = await rows.vectors(record.name);
      expect(ids).toEqual(before.map(({ id }) => id));
      expect(vectors).toEqual(new Float32Array(before.flatMap(({ embedding }) => [...embedding])));
    }
    expect((await new CheckpointStore(open[0]).get('run'))?.meta).toEqual({ step: 3 });
    expect((await new CheckpointStore(open[0]).get('run'))?.blobs.weights).toEqual(
      Uint8Array.of(1, 2, 3, 250),
    );
  });

  test('begins a history that gives the same entries, and goes on from there', async () => {
    await makeVersion1(name);
    const rows = new IdbRows(await upgraded());
    const before = entriesOf('user/large');
    const journal = await rows.journal('user/large');
    expect(journal.map(({ seq }) => seq)).toEqual(before.map((_, i) => i + 1));
    expect(journal.map(({ op }) => op.kind === 'add' && op.after)).toEqual(
      before.map(({ namespace: _, embedding: __, embedderId: ___, ...text }) => text),
    );
    const { lastAt } = await rows.record('user/large');
    expect(new Set(journal.map(({ op: _, seq: __, ...rest }) => JSON.stringify(rest)))).toEqual(
      new Set([
        JSON.stringify({
          at: lastAt,
          by: { kind: 'lab' },
          why: 'from an earlier version of this page',
          act: { id: 1, kind: 'import' },
        }),
      ]),
    );

    const memory = await openMemory({ rows, embedder: new NgramEmbedder(), namespace: 'user/default' });
    expect((await memory.search('Mira lives in Rome now.', { topK: 1 }))[0].entry.id).toBe('m2');
    expect((await memory.add({ content: 'Lena lives in Graz.' })).id).toBe('m14');
    await memory.delete('m13');
    const record = await rows.record('user/default');
    expect(record).toMatchObject({ count: 11, nextId: 15, journal: 13 });
    expect(record.sum).toBe(sumOfEntries(await memory.list()));
  });

  test('opened twice is upgraded once', async () => {
    await makeVersion1(name);
    (await upgraded()).close();
    const first = await contentOf(name);
    (await upgraded()).close();
    expect(await contentOf(name)).toEqual(first);
    expect(first.version).toBe(UPGRADES.length);
  });
});

describe('an upgrade that is cut off', () => {
  test.each([
    ['at its first row', 1],
    ['in the middle of the vectors', 700],
    ['in the journal', 1100],
    ['at its last row', 1539],
  ])('%s leaves version 1 whole, says so, and can be done again', async (_, last) => {
    await makeVersion1(name);
    let puts = 0;
    const put = IDBObjectStore.prototype.put;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
      if (++puts === last) this.transaction.abort();
      return put.apply(this, args);
    });
    const failed = LabDatabase.open({ name });
    await expect(failed).rejects.toThrow(StorageError);
    await expect(failed).rejects.toThrow(/Nothing was changed/);
    vi.restoreAllMocks();
    expect(await contentOf(name)).toEqual({ version: 1, stores: old });
    expect((await new IdbRows(await upgraded()).list()).map(({ count }) => count)).toEqual([1, 11, 0, 500]);
  });

  test('by an error of its own leaves version 1 whole', async () => {
    await makeVersion1(name);
    const failing = LabDatabase.open({
      name,
      upgrades: [
        ...UPGRADES,
        async (_, transaction) => {
          await transaction.objectStore('entries').clear();
          throw new RangeError('a mistake in the code');
        },
      ],
    });
    await expect(failing).rejects.toMatchObject({ code: 'storage-upgrade-failed' });
    await expect(failing).rejects.toThrow(/a mistake in the code/);
    expect(await contentOf(name)).toEqual({ version: 1, stores: old });
  });

  test('by a full disk leaves version 1 whole, and says what is missing', async () => {
    // Room for version 1, none for the second copy that the upgrade writes before it lets go of the first.
    await inBucket(name, 420_000, async () => {
      await makeVersion1(name);
      await expect(LabDatabase.open({ name })).rejects.toThrow(StorageFullError);
      expect(await contentOf(name)).toEqual({ version: 1, stores: old });
    });
  });
});
