import { afterEach, expect, test } from 'vitest';
import { StorageFullError } from './errors';
import { FOLDER_STORY, folderStory } from './folder-story.fixture';
import { OpfsFolder } from './opfs-folder';

const PATH = 'opfs-folder-test/inner';

afterEach(async () => {
  await (await navigator.storage.getDirectory()).removeEntry('opfs-folder-test', { recursive: true });
});

test.each(['to disk', 'background'] as const)('in a page, %s', async (writing) => {
  expect(await folderStory((await OpfsFolder.open(PATH, writing))!)).toEqual(FOLDER_STORY);
});

test('in a worker, through synchronous handles', async () => {
  const worker = new Worker(new URL('./opfs-worker.fixture.ts', import.meta.url), { type: 'module' });
  const told = await new Promise<unknown>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(PATH);
  });
  worker.terminate();
  expect(told).toEqual({ synchronous: true, seen: FOLDER_STORY });
});

test('what was kept is there for the next one who opens it; an unfinished file of long ago is not', async () => {
  const folder = await OpfsFolder.open(PATH);
  await folder?.write('kept', [Uint8Array.of(1)]);
  const root = await navigator.storage.getDirectory();
  const inner = await (await root.getDirectoryHandle('opfs-folder-test')).getDirectoryHandle('inner');
  await inner.getFileHandle('~unfinished', { create: true });
  expect(await folder?.list()).toEqual([{ name: 'kept', bytes: 1 }]);
  const names = async () => {
    const found: string[] = [];
    for await (const name of inner.keys()) found.push(name);
    return found.sort();
  };
  await OpfsFolder.open(PATH);
  expect(await names()).toEqual(['kept', '~unfinished']);
  const now = Date.now;
  Date.now = () => now() + 2 * 3_600_000;
  try {
    await OpfsFolder.open(PATH);
  } finally {
    Date.now = now;
  }
  expect(await names()).toEqual(['kept']);
  expect(await (await OpfsFolder.open(PATH))?.read('kept')).toEqual(Uint8Array.of(1));
});

test('site data cleared under it: it goes on, empty', async () => {
  const folder = (await OpfsFolder.open(PATH))!;
  await folder.write('a', [Uint8Array.of(1)]);
  const root = await navigator.storage.getDirectory();
  await root.removeEntry('opfs-folder-test', { recursive: true });
  expect(await folder.read('a')).toBeUndefined();
  await folder.write('b', [Uint8Array.of(2)]);
  expect(await folder.list()).toEqual([{ name: 'b', bytes: 1 }]);
});

test.each([
  [
    'refused, as from file:// and in private windows',
    { getDirectory: () => Promise.reject(new DOMException('no', 'SecurityError')) },
  ],
  ['missing, as without TLS', undefined],
])('file storage that is %s is said by null', async (_, storage) => {
  await (await OpfsFolder.open(PATH))?.write('x', []);
  Object.defineProperty(navigator, 'storage', { value: storage, configurable: true });
  try {
    expect(await OpfsFolder.open(PATH)).toBeNull();
  } finally {
    Reflect.deleteProperty(navigator, 'storage');
  }
});

test('a full disk is named, and the file is what it was', async () => {
  const folder = (await OpfsFolder.open(PATH))!;
  await folder.write('a', [Uint8Array.of(1)]);
  const usual = FileSystemWritableFileStream.prototype.close;
  FileSystemWritableFileStream.prototype.close = () =>
    Promise.reject(new DOMException('', 'QuotaExceededError'));
  try {
    await expect(folder.write('a', [Uint8Array.of(2)])).rejects.toThrow(StorageFullError);
  } finally {
    FileSystemWritableFileStream.prototype.close = usual;
  }
  expect(await folder.list()).toEqual([{ name: 'a', bytes: 1 }]);
  expect(await folder.read('a')).toEqual(Uint8Array.of(1));
});
