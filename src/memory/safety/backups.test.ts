import { expect, test } from 'vitest';
import { StorageFullError } from '../../storage/errors';
import { FolderInMemory } from '../../storage/folder.fixture';
import { BackupError } from '../errors';
import type { SavedNamespace } from './backup-file';
import { Backups } from './backups';

function saved(revision: number, content = 'x'.repeat(500)): SavedNamespace {
  return {
    record: {
      name: 'user/default',
      incarnation: 'a',
      embedderId: 'e',
      dimension: 4,
      nextId: 2,
      revision,
      count: 1,
      sum: 5,
      journal: 0,
      lastAt: 9,
      ageing: { expireAfter: null, halfLife: null },
      created: 1,
    },
    entries: [{ id: 'm1', content, metadata: {}, memoryType: '', created: 1, updated: 1, sourceStep: '' }],
    journal: [],
  };
}

const NOON = Date.UTC(2026, 5, 1, 12);
const revisions = async (backups: Backups) =>
  (await backups.list()).map(({ namespaces }) => namespaces[0]?.revision);

test('the newest come first, the old ones go, and each can be read', async () => {
  const backups = new Backups(new FolderInMemory());
  for (let i = 1; i <= 6; i++) await backups.make(NOON + i * 60_000, [saved(i)]);
  // The first of the hour stays beside the newest three.
  expect(await revisions(backups)).toEqual([6, 5, 4, 1]);
  for (const { id, bytes, namespaces } of await backups.list()) {
    expect((await backups.read(id))[0].record.revision).toBe(namespaces[0].revision);
    expect(bytes).toBeGreaterThan(500);
  }
});

test('a clock that jumps back: the newest is still the one made last', async () => {
  const backups = new Backups(new FolderInMemory());
  await backups.make(NOON, [saved(1)]);
  await backups.make(NOON + 60_000, [saved(2)]);
  for (let i = 3; i <= 5; i++) await backups.make(NOON - 40 * 86_400_000 + i, [saved(i)]);
  expect((await revisions(backups)).slice(0, 3)).toEqual([5, 4, 3]);
  expect((await backups.newest(() => true))?.namespaces[0].revision).toBe(5);
});

test('pinned ones stay however old they are', async () => {
  const backups = new Backups(new FolderInMemory());
  const pinned = await backups.make(NOON, [saved(1)]);
  for (let i = 2; i <= 9; i++) {
    await backups.make(NOON + i * 7_200_000, [saved(i)], ({ id }) => id === pinned.id);
  }
  expect((await backups.list()).map(({ id }) => id)).toContain(pinned.id);
  for (let i = 10; i <= 40; i++) await backups.make(NOON + i * 7_200_000, [saved(i)]);
  expect((await backups.list()).map(({ id }) => id)).not.toContain(pinned.id);
});

test('on a full disk the oldest make room, never the newest', async () => {
  const folder = new FolderInMemory();
  const backups = new Backups(folder);
  for (let i = 1; i <= 3; i++) await backups.make(NOON + i, [saved(i)]);
  const [{ bytes }] = await backups.list();
  folder.room = 3 * bytes + 10;
  await backups.make(NOON + 4, [saved(4)]);
  expect(await revisions(backups)).toEqual([4, 3, 2]);
  const before = new Map(folder.files);
  await expect(backups.make(NOON + 5, [saved(5, 'y'.repeat(10_000))])).rejects.toThrow(StorageFullError);
  expect(await revisions(backups)).toEqual([4]);
  const [[name, kept]] = [...folder.files];
  expect(kept).toEqual(before.get(name));
});

test('the newest intact one is found behind damaged ones', async () => {
  const folder = new FolderInMemory();
  const backups = new Backups(folder);
  for (let i = 1; i <= 3; i++) await backups.make(NOON + i, [saved(i)]);
  const [newest, second] = await backups.list();
  const bytes = folder.files.get(newest.id)!;
  folder.files.set(newest.id, bytes.with(300, bytes[300] ^ 1));
  folder.files.set(second.id, folder.files.get(second.id)!.slice(0, 10));
  expect(await revisions(backups)).toEqual([3, undefined, 1]);
  await expect(backups.read(newest.id)).rejects.toThrow(BackupError);
  expect((await backups.newest(() => true))?.number).toBe(1);
  expect(await backups.newest(({ number }) => number > 1)).toBeNull();
  await expect(backups.read('memories-000099-1.jsonl')).rejects.toThrow(/not there any more/);
  await expect(backups.read('../sentinel-a')).rejects.toThrow(/not there any more/);
});

test('other files in the folder are left alone', async () => {
  const folder = new FolderInMemory();
  await folder.write('sentinel-a', [Uint8Array.of(1)]);
  const backups = new Backups(folder);
  await backups.make(NOON, [saved(1)]);
  await backups.removeAll();
  expect(await folder.list()).toEqual([{ name: 'sentinel-a', bytes: 1 }]);
});
