import { afterEach, describe, expect, test } from 'vitest';
import { inBucket, withIndexedDb } from './buckets.fixture';
import { CheckpointStore } from './checkpoint-store';
import { deleteDatabase, LabDatabase, UPGRADES, type Upgrade } from './database';
import {
  CheckpointError,
  StorageBlockedError,
  StorageClosedError,
  StorageFullError,
  StorageUnavailableError,
  StorageVersionError,
} from './errors';
import { takeAway } from './take-away.fixture';

const open: LabDatabase[] = [];
let name = '';
let counter = 0;

async function connect(
  options: { upgrades?: readonly Upgrade[]; patience?: number } = {},
): Promise<LabDatabase> {
  const database = await LabDatabase.open({ name, ...options });
  open.push(database);
  return database;
}

function begin(): void {
  name = `storage-test-${counter++}`;
}

afterEach(async () => {
  for (const database of open.splice(0)) database.close();
  await takeAway(name);
});

const LATER: readonly Upgrade[] = [...UPGRADES, (database) => void database.createObjectStore('later')];

describe('versions', () => {
  test('a new database says that it is new, an old one that it is not', async () => {
    begin();
    const first = await connect();
    expect(first.opened).toEqual({ created: true, dataLoss: false });
    first.close();
    expect((await connect()).opened).toEqual({ created: false, dataLoss: false });
  });

  test('an upgrade keeps what was there', async () => {
    begin();
    const first = await connect();
    await new CheckpointStore(first).put('run', { meta: { step: 1 }, blobs: {} });
    first.close();
    const second = await connect({ upgrades: LATER });
    expect((await new CheckpointStore(second).get('run'))?.meta).toEqual({ step: 1 });
    await second.run(['later'], 'readwrite', 'strict', (t) => t.objectStore('later').put(1, 'key'));
  });

  test('a tab with the older version lets go, and says why it cannot be used any more', async () => {
    begin();
    const older = await connect();
    const reasons: string[] = [];
    older.onClosed((reason) => reasons.push(reason));
    await connect({ upgrades: LATER });
    expect(reasons).toHaveLength(1);
    expect(older.closedBecause).toContain('another tab');
    const failed = new CheckpointStore(older).put('run', { meta: 1, blobs: {} });
    await expect(failed).rejects.toThrow(StorageClosedError);
    await expect(failed).rejects.toThrow(
      'The storage cannot be used any more: a newer version of this page was opened in another tab.',
    );
  });

  test('one that is deleted elsewhere lets it go and says that, not that there is a newer version', async () => {
    begin();
    const database = await connect();
    const reasons: string[] = [];
    database.onClosed((reason) => reasons.push(reason));
    await deleteDatabase(name);
    expect(reasons).toEqual(['it was deleted from another tab or in the settings of the browser']);
    await expect(new CheckpointStore(database).put('run', { meta: 1, blobs: {} })).rejects.toThrow(
      /cannot be used any more: it was deleted/,
    );
  });

  test('a tab that does not let go is named as the cause, and the late connection is not kept', async () => {
    begin();
    const stubborn = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    await expect(connect({ upgrades: LATER, patience: 50 })).rejects.toThrow(StorageBlockedError);
    stubborn.close();
    // If the refused connection were still open, this deletion would be blocked.
    await expect
      .poll(() =>
        deleteDatabase(name).then(
          () => 'deleted',
          () => 'blocked',
        ),
      )
      .toBe('deleted');
  });

  test('a database of a newer version is refused', async () => {
    begin();
    (await connect({ upgrades: LATER })).close();
    await expect(connect()).rejects.toThrow(StorageVersionError);
  });

  test('a database in use cannot be removed in silence', async () => {
    begin();
    const holder = indexedDB.open(name, 1);
    await new Promise((resolve) => {
      holder.onsuccess = resolve;
    });
    await expect(deleteDatabase(name)).rejects.toThrow(StorageBlockedError);
    holder.result.close();
  });
});

describe('transactions', () => {
  test('what the body throws undoes what it wrote', async () => {
    begin();
    const database = await connect();
    const failing = database.run(['checkpoints'], 'readwrite', 'strict', async (transaction) => {
      await transaction.objectStore('checkpoints').put({ name: 'a', generation: 1 });
      throw new RangeError('changed my mind');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await new CheckpointStore(database).list()).toEqual([]);
  });

  test('closed means closed', async () => {
    begin();
    const database = await connect();
    database.close();
    await expect(new CheckpointStore(database).list()).rejects.toThrow(StorageClosedError);
  });
});

const blob = (length: number, seed = 1) => Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 7) & 0xff);

describe('checkpoints', () => {
  test('come back as they were saved', async () => {
    begin();
    const store = new CheckpointStore(await connect(), { now: () => 1234 });
    const meta = { step: 12, seed: 'é', losses: [0.1, -1e-300], nested: { none: null, flag: true } };
    const shared = new Float32Array([1, 2, 3, 4]);
    const view = new Uint8Array(shared.buffer, 4, 8);
    const info = await store.put('run', {
      meta,
      blobs: { weights: blob(5000), view, empty: new Uint8Array(0) },
    });
    expect(info).toEqual({ name: 'run', generation: 1, saved: 1234, bytes: 5008 });
    shared.fill(9);
    const loaded = await store.get('run');
    expect(loaded?.meta).toEqual(meta);
    expect(loaded?.info).toEqual(info);
    expect(loaded?.blobs.weights).toEqual(blob(5000));
    expect(new Float32Array(loaded!.blobs.view.slice().buffer)).toEqual(new Float32Array([2, 3]));
    expect(loaded?.blobs.empty).toHaveLength(0);
    expect(await store.get('other')).toBeUndefined();
    expect(await store.recover('other')).toBeUndefined();
  });

  test('all of them go at once, also those that cannot be read', async () => {
    begin();
    const database = await connect();
    const store = new CheckpointStore(database);
    for (const name of ['one', 'one/a', 'two']) await store.put(name, { meta: 0, blobs: {} });
    await database.run(['checkpoints'], 'readwrite', 'strict', (transaction) =>
      transaction.objectStore('checkpoints').put({ name: 'damaged', generation: 1 }),
    );
    await store.clear();
    expect(await store.names('')).toEqual(new Map());
  });

  test('shared memory is copied', async () => {
    begin();
    const store = new CheckpointStore(await connect());
    // Without cross-origin isolation the constructor is hidden; a WebAssembly memory still gives one.
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const view = new Uint8Array(memory.buffer, 16, 4);
    view.set([1, 2, 3, 4]);
    await store.put('run', { meta: 0, blobs: { view } });
    expect((await store.get('run'))?.blobs.view).toEqual(Uint8Array.of(1, 2, 3, 4));
  });

  test('the newest two of a name are kept, other names are left alone', async () => {
    begin();
    const store = new CheckpointStore(await connect(), { now: () => 1 });
    await store.put('other', { meta: 'o', blobs: {} });
    for (let step = 1; step <= 5; step++) await store.put('run', { meta: { step }, blobs: {} });
    await Promise.all([6, 7].map((step) => store.put('run', { meta: { step }, blobs: {} })));
    const kept = (await store.list()).map((info) => `${info.name} ${info.generation}`);
    expect(kept).toEqual(['other 1', 'run 7', 'run 6']);
    await store.delete('run');
    await store.delete('never there');
    expect((await store.list()).map((info) => info.name)).toEqual(['other']);
  });

  test('what stands beside one is there with it or not at all, and only its last generation', async () => {
    begin();
    const store = new CheckpointStore(await connect());
    const small = (step: number) => ({ name: 'run/a/card', checkpoint: { meta: { step }, blobs: {} } });
    for (const step of [1, 2, 3]) {
      await store.put('run/a', { meta: { step }, blobs: {} }, [
        small(step),
        { name: `run/a/rollouts/${step}`, checkpoint: { meta: {}, blobs: { packed: blob(10, step) } } },
      ]);
    }
    const failed = store.put('run/a', { meta: { step: 4 }, blobs: {} }, [
      { name: 'run/a/card', checkpoint: { meta: Number.NaN, blobs: {} } },
    ]);
    await expect(failed).rejects.toThrow(CheckpointError);
    await store.put('run/a', { meta: { step: 2 }, blobs: {} }, [
      small(2),
      { name: 'run/a/rollouts/3', checkpoint: null },
    ]);
    expect(await store.names('run/')).toEqual(
      new Map([
        ['run/a', [3, 4]],
        ['run/a/card', [1]],
        ['run/a/rollouts/1', [1]],
        ['run/a/rollouts/2', [1]],
      ]),
    );
    expect((await store.get('run/a/card'))?.meta).toEqual({ step: 2 });
    expect((await store.get('run/a/rollouts/2'))?.blobs.packed).toEqual(blob(10, 2));
  });

  test('a name is taken away with all below it and given back as it was, damage included', async () => {
    begin();
    const database = await connect();
    const store = new CheckpointStore(database);
    for (const name of ['run/a', 'run/ab', 'run/b', 'training']) {
      await store.put(name, { meta: { name }, blobs: { weights: blob(100) } }, [
        { name: `${name}/card`, checkpoint: { meta: { name }, blobs: {} } },
      ]);
    }
    const rows = () =>
      database.run(['checkpoints'], 'readonly', 'relaxed', (transaction) =>
        transaction.objectStore('checkpoints').getAll(),
      );
    await database.run(['checkpoints'], 'readwrite', 'strict', async (transaction) => {
      const objects = transaction.objectStore('checkpoints');
      await objects.put({ ...(await objects.get(['run/a', 1])), headCrc: 0 });
    });
    const before = await rows();
    const taken = await store.take('run/a');
    expect([...(await store.names('')).keys()].filter((name) => name.startsWith('run/a'))).toEqual([
      'run/ab',
      'run/ab/card',
    ]);
    await store.giveBack(taken);
    expect(await rows()).toEqual(before);
  });

  test('goes by another name with both generations, damaged ones as damaged as before', async () => {
    begin();
    const database = await connect();
    const store = new CheckpointStore(database, { now: () => 7 });
    for (const step of [1, 2])
      await store.put('training', { meta: { step }, blobs: { weights: blob(9, step) } });
    await database.run(['checkpoints'], 'readwrite', 'strict', async (transaction) => {
      const objects = transaction.objectStore('checkpoints');
      const newest = await objects.get(['training', 2]);
      await objects.put({ ...newest, head: newest.head.slice(1) });
    });
    await store.rename('training', 'run/a');
    expect(await store.names('')).toEqual(new Map([['run/a', [1, 2]]]));
    const recovered = await store.recover('run/a');
    expect(recovered?.checkpoint).toMatchObject({ meta: { step: 1 }, info: { name: 'run/a', saved: 7 } });
    expect(recovered?.checkpoint.blobs.weights).toEqual(blob(9, 1));
    expect(recovered?.damaged).toHaveLength(1);
    await store.rename('never there', 'run/b');
    expect((await store.names('')).size).toBe(1);
  });

  test('goes by a name that is taken: the two saved last are kept', async () => {
    begin();
    let clock = 0;
    const store = new CheckpointStore(await connect(), { now: () => ++clock });
    for (const [name, step] of [
      ['old', 1],
      ['new', 2],
      ['old', 3],
      ['new', 4],
    ] as const) {
      await store.put(name, { meta: { step }, blobs: {} });
    }
    await store.rename('old', 'new');
    expect((await store.intact('new')).map(({ meta }) => meta)).toEqual([{ step: 4 }, { step: 3 }]);
    await store.put('new', { meta: { step: 5 }, blobs: {} });
    expect((await store.intact('new')).map(({ meta }) => meta)).toEqual([{ step: 5 }, { step: 4 }]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, () => 1])(
    'meta with %s is refused',
    async (value) => {
      begin();
      const store = new CheckpointStore(await connect());
      await expect(store.put('run', { meta: { deep: [value] }, blobs: {} })).rejects.toThrow(CheckpointError);
      expect(await store.list()).toEqual([]);
    },
  );

  type Row = {
    name: string;
    generation: number;
    head: string;
    headCrc: number;
    blobs: Record<string, Uint8Array>;
  };
  const damages: readonly [string, RegExp, (row: Row) => Partial<Row>][] = [
    [
      'a flipped bit in a part',
      /"weights" does not fit its checksum/,
      (row) => ({
        ...row,
        blobs: { ...row.blobs, weights: row.blobs.weights.with(777, row.blobs.weights[777] ^ 4) },
      }),
    ],
    [
      'a part cut short',
      /"weights" has 999 bytes instead of 1000/,
      (row) => ({ ...row, blobs: { ...row.blobs, weights: row.blobs.weights.slice(1) } }),
    ],
    ['a missing part', /"adam" is missing/, (row) => ({ ...row, blobs: { weights: row.blobs.weights } })],
    ['no parts at all', /"weights" is missing/, ({ blobs: _, ...row }) => row],
    [
      'a part of another type',
      /"adam" is missing/,
      (row) => ({ ...row, blobs: { ...row.blobs, adam: 'text' as unknown as Uint8Array } }),
    ],
    [
      'parts of two exchanged',
      /"weights" has 10 bytes/,
      (row) => ({ ...row, blobs: { adam: row.blobs.weights, weights: row.blobs.adam } }),
    ],
    [
      'a changed number in the description',
      /description/,
      (row) => ({ ...row, head: row.head.replace('"step":2', '"step":3') }),
    ],
    ['a description cut short', /description/, (row) => ({ ...row, head: row.head.slice(0, 20) })],
    ['no description', /description/, ({ head: _, ...row }) => row],
  ];

  test.each(damages)('%s is noticed, and the one before is still there', async (_, message, damage) => {
    begin();
    const database = await connect();
    const store = new CheckpointStore(database, { now: () => 5 });
    for (const step of [1, 2]) {
      await store.put('run', {
        meta: { step },
        blobs: { weights: blob(1000, step), adam: blob(10, step) },
      });
    }
    await database.run(['checkpoints'], 'readwrite', 'strict', async (transaction) => {
      const objects = transaction.objectStore('checkpoints');
      await objects.put(damage((await objects.get(['run', 2])) as Row));
    });
    const failed = store.get('run');
    await expect(failed).rejects.toThrow(CheckpointError);
    await expect(failed).rejects.toThrow(message);
    const recovered = await store.recover('run');
    expect(recovered?.checkpoint.meta).toEqual({ step: 1 });
    expect(recovered?.checkpoint.blobs.weights).toEqual(blob(1000, 1));
    expect(recovered?.damaged.map((error) => error.code)).toEqual(['checkpoint-damaged']);
    expect(await store.list()).toHaveLength(2);
    await store.put('run', { meta: { step: 3 }, blobs: {} });
    expect((await store.get('run'))?.meta).toEqual({ step: 3 });
  });

  test('with nothing intact left, recovery says what is wrong', async () => {
    begin();
    const database = await connect();
    const store = new CheckpointStore(database);
    await database.run(['checkpoints'], 'readwrite', 'strict', (transaction) =>
      transaction.objectStore('checkpoints').put({ name: 'run', generation: 1 }),
    );
    await expect(store.recover('run')).rejects.toThrow(CheckpointError);
    expect(await store.list()).toEqual([{ name: 'run', generation: 1, saved: 0, bytes: 0 }]);
  });
});

describe('a full disk', () => {
  test('is said in words, nothing is half written, and reading goes on', async () => {
    begin();
    await inBucket(name, 2_000_000, async () => {
      const store = new CheckpointStore(await connect());
      await store.put('run', { meta: { step: 1 }, blobs: { weights: blob(1000) } });
      const failed = store.put('run', { meta: { step: 2 }, blobs: { weights: blob(8_000_000) } });
      await expect(failed).rejects.toThrow(StorageFullError);
      await expect(failed).rejects.toThrow(/no room left/);
      const cause = await failed.catch((error: StorageFullError) => error.cause);
      expect(cause).toBeInstanceOf(DOMException);
      expect((await store.get('run'))?.meta).toEqual({ step: 1 });
      expect(await store.list()).toHaveLength(1);
      await store.put('run', { meta: { step: 3 }, blobs: { weights: blob(1000) } });
      expect((await store.get('run'))?.info.generation).toBe(2);
    });
  });
});

describe('storage that goes away', () => {
  test('under an open connection: told, and named on the next use', async () => {
    begin();
    const reasons: string[] = [];
    let store: CheckpointStore | undefined;
    await inBucket(name, 2_000_000, async () => {
      const database = await connect();
      database.onClosed((reason) => reasons.push(reason));
      store = new CheckpointStore(database);
      await store.put('run', { meta: 1, blobs: {} });
    });
    // Leaving the bucket deleted it.
    await expect.poll(() => reasons.length).toBe(1);
    expect(reasons[0]).toContain('the browser ended the connection');
    await expect(store?.list()).rejects.toThrow(StorageClosedError);
  });

  test('or was never there: the error says that nothing will be kept', async () => {
    begin();
    const refusing = {
      open: () => {
        throw new DOMException('denied for this document', 'SecurityError');
      },
    };
    for (const nothing of [undefined, refusing]) {
      await withIndexedDb(nothing, async () => {
        await expect(connect()).rejects.toThrow(StorageUnavailableError);
        await expect(connect()).rejects.toThrow(/nothing will be kept/);
      });
    }
  });
});
