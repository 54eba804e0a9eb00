/** Long-term memory on a disk that fills up, for real: IndexedDB with a quota of its own (Storage Buckets). */
import { afterEach, expect, test } from 'vitest';
import { inBucket } from '../../storage/buckets.fixture';
import { LabDatabase } from '../../storage/database';
import { StorageFullError } from '../../storage/errors';
import { NgramEmbedder } from '../embedders/ngram-embedder';
import { BY_USER } from '../journal';
import { dropNamespace, type OpenedMemory, openMemory, USER_NAMESPACE } from '../long-term-memory';
import { IdbRows } from '../rows/idb-rows';
import { Survey } from './survey';

/** Bytes. Chromium compares it with what it thinks a transaction will take, which is less than what it takes. */
const QUOTA = 6_000_000;
const embedder = new NgramEmbedder();
let database: LabDatabase | undefined;

afterEach(() => database?.close());

let state = 1;
/** Text that the disk cannot make smaller; with its vector and its journal record it takes about 13 kB. */
function text(): string {
  return Array.from({ length: 350 }, () => {
    state = (state * 48271) % 2147483647;
    return state.toString(36);
  }).join(' ');
}

const bring = (memory: OpenedMemory, count: number, tag: string) =>
  memory.addAll(
    Array.from({ length: count }, (_, i) => ({ content: `${tag} ${i} ${text()}` })),
    'import',
    BY_USER,
  );
/** Whether it could be brought, or what was said. */
const outcome = (brought: Promise<unknown>) =>
  brought.then(
    () => 'brought',
    (error: unknown) => error,
  );

test('quota exhausted in mid-import: nothing of it is there, reading and small writes go on, freed space helps', async () => {
  await inBucket('memory-full-disk', QUOTA, async () => {
    database = await LabDatabase.open({ name: 'memory-full-disk' });
    const rows = new IdbRows(database);
    const survey = new Survey(database);
    const memory = await openMemory({ rows, embedder, namespace: USER_NAMESPACE });
    const other = await openMemory({ rows, embedder, namespace: 'user/other' });
    await bring(memory, 20, 'kept');
    await bring(other, 350, 'in the way');
    const before = await survey.audit(USER_NAMESPACE);
    const content = await rows.read(USER_NAMESPACE);

    // Far too much, and what would fit were it not for the other memory.
    for (const count of [900, 400]) {
      const failed = await outcome(bring(memory, count, 'too much'));
      expect(failed).toBeInstanceOf(StorageFullError);
      expect(String(failed)).toMatch(/nothing was saved/);
      expect(await survey.audit(USER_NAMESPACE)).toEqual(before);
      expect(await rows.read(USER_NAMESPACE)).toEqual(content);
      expect(await memory.list()).toHaveLength(20);
      expect((await memory.search('too much 7', { topK: 100 })).length).toBe(20);
    }
    await memory.add({ content: 'small' });
    await memory.delete('m21');

    await dropNamespace(rows, 'user/other');
    // The browser's account of what is free may be a moment behind.
    await expect
      .poll(() => outcome(bring(memory, 400, 'fits now')), { timeout: 90_000, interval: 100 })
      .toBe('brought');
    const { record, stored } = await survey.audit(USER_NAMESPACE);
    expect(stored).toEqual({
      entries: 420,
      vectors: 420,
      journal: record?.journal,
      read: { sum: record?.sum, withoutVector: 0 },
    });
    expect(record).toMatchObject({ count: 420, nextId: 422 });
    database.close();
  });
});
