import { afterEach, describe, expect, test } from 'vitest';
import { deleteDatabase, LabDatabase } from '../../storage/database';
import { DatabaseFolder } from '../../storage/database-folder';
import { OpfsFolder } from '../../storage/opfs-folder';
import { openMemory } from '../long-term-memory';
import { IdbRows } from '../rows/idb-rows';
import { chosenIndex, loadIndexParts } from './choose-index';
import { fileNameOf, openSnapshotFiles, SnapshotFiles } from './snapshot-files';
import { fill, randomEmbedder } from './snapshot-files.fixture';

const FOLDER = 'index-snapshots-test';
const DATABASE = 'index-snapshots-rows-test';
const bytes = (text: string) => new TextEncoder().encode(text);

const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function opfs(): Promise<SnapshotFiles> {
  const folder = await OpfsFolder.open(FOLDER, 'background');
  if (!folder) throw new Error('There is no file system here.');
  closing.push(async () => (await navigator.storage.getDirectory()).removeEntry(FOLDER, { recursive: true }));
  return new SnapshotFiles(folder);
}

async function database(): Promise<SnapshotFiles> {
  const folder = await DatabaseFolder.open(FOLDER);
  if (!folder) throw new Error('There is no database here.');
  closing.push(() => deleteDatabase(`agemem-lab-${FOLDER}`));
  closing.push(() => folder.close());
  return new SnapshotFiles(folder);
}

describe.each<readonly [string, () => Promise<SnapshotFiles>]>([
  ['OPFS', opfs],
  ['IndexedDB', database],
])('files in %s', (_, make) => {
  test('come back, are replaced, measured and removed', async () => {
    const files = await make();
    const name = `user/${'ö'.repeat(190)}`;
    expect(await files.read(name)).toBeUndefined();
    await files.write(name, [bytes('one'), bytes('two')]);
    await files.write('user/other', [bytes('abc')]);
    expect(await files.read(name)).toEqual(bytes('onetwo'));
    expect(await files.size()).toBe(9);
    await files.write(name, [bytes('x')]);
    expect(await files.read(name)).toEqual(bytes('x'));
    await files.remove(name);
    await files.remove(name);
    expect(await files.read(name)).toBeUndefined();
    expect(await files.read('user/other')).toEqual(bytes('abc'));
  });

  test('of memories that are gone are removed', async () => {
    const files = await make();
    for (const name of ['a', 'b', 'c']) await files.write(name, [bytes(name)]);
    await files.keepOnly(['b', 'never saved']);
    expect(await Promise.all(['a', 'b', 'c'].map((name) => files.read(name)))).toEqual([
      undefined,
      bytes('b'),
      undefined,
    ]);
  });

  test('a memory in IndexedDB starts from its file, and from its rows when the file is spoilt', async () => {
    const files = await make();
    const lab = await LabDatabase.open({ name: DATABASE });
    closing.push(() => deleteDatabase(DATABASE));
    closing.push(() => lab.close());
    const rows = new IdbRows(lab);
    const embedder = randomEmbedder(32);
    const namespace = 'user/many';
    await fill(rows, namespace, embedder, 700);
    const index = chosenIndex(await loadIndexParts());
    const open = () => openMemory({ rows, embedder, index, namespace, files });
    const first = await open();
    const found = await first.search('entry 7', { topK: 5 });
    expect(first.indexStatus).toMatchObject({ kind: 'simd', origin: 'rows' });
    await first.saveIndex();
    await first.add({ content: 'entry 7 again' });

    const second = await open();
    expect(second.indexStatus).toMatchObject({ kind: 'simd', origin: 'file' });
    expect(await second.search('entry 7', { topK: 5 })).toEqual(found);
    expect((await second.search('entry 7 again', { topK: 1 }))[0].entry.id).toBe('m701');

    const saved = await files.read(namespace);
    if (!saved) throw new Error('nothing was saved');
    for (const spoilt of [
      saved.slice(0, saved.length - 500),
      saved.map((byte, i) => (i === 5000 ? ~byte : byte)),
    ]) {
      await files.write(namespace, [Uint8Array.from(spoilt)]);
      const third = await open();
      expect(third.indexStatus).toMatchObject({ kind: 'simd', origin: 'rows' });
      expect(await third.search('entry 7', { topK: 5 })).toEqual(found);
      expect(await files.read(namespace)).toBeUndefined();
    }
  });
});

test('the site has files of its own here', async () => {
  const files = await openSnapshotFiles(FOLDER);
  const root = await navigator.storage.getDirectory();
  closing.push(() => root.removeEntry(FOLDER, { recursive: true }));
  expect(files?.folder).toBeInstanceOf(OpfsFolder);
  await files?.write('user/default', [bytes('there')]);
  const folder = await root.getDirectoryHandle(FOLDER);
  const file = await (await folder.getFileHandle(fileNameOf('user/default'))).getFile();
  expect(await file.text()).toBe('there');
});

test('names of files differ, whatever the namespaces', () => {
  const names = Array.from({ length: 20_000 }, (_, i) => fileNameOf(`user/${i}`));
  expect(new Set(names).size).toBe(names.length);
});
