/** What a growing file does, in a worker, where there are handles for it. Posts what it saw. */

import type { GrowingFile } from './growing-file';
import { OpfsFolder } from './opfs-folder';
import { OpfsGrowingFiles } from './opfs-growing-files';

const bytes = (...values: readonly number[]) => Uint8Array.from(values);

self.onmessage = async ({ data: path }: MessageEvent<string>) => {
  const [one, two] = [await OpfsGrowingFiles.open(path), await OpfsGrowingFiles.open(path)];
  const folder = await OpfsFolder.open(path);
  if (!one || !two || !folder) {
    self.postMessage(null);
    return;
  }
  const order: string[] = [];
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let goOn: () => void = () => undefined;
  const refused = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const written = one.open('log', async (file) => {
    file.write(4, bytes(5, 6));
    file.flush();
    order.push('one has it');
    begin();
    await refused;
    file.write(0, bytes(1));
    order.push('one ends');
  });
  await begun;
  // Another opening of the same files has to wait for the first, which goes on when the browser has refused that one.
  const access = FileSystemFileHandle.prototype as unknown as {
    createSyncAccessHandle(): Promise<unknown>;
  };
  const { createSyncAccessHandle } = access;
  access.createSyncAccessHandle = function () {
    access.createSyncAccessHandle = createSyncAccessHandle;
    return createSyncAccessHandle.call(this).finally(goOn);
  };
  const read = two.open('log', (file) => {
    order.push('two has it');
    file.write(file.size, bytes(7));
    return [...file.read(0, 100)];
  });
  await written;
  const seen = await read;
  const failed = await one
    .open('log', () => {
      throw new RangeError('thrown by the body');
    })
    .catch(String);
  const cut = await one.open('log', (file) => {
    file.cut(2);
    return [file.size, ...file.read(1, 100), ...file.read(9, 1)];
  });
  const asWhole = [...((await folder.read('log')) ?? [])];
  // Replaced, and removed, as a whole: the next opening finds what is there then.
  await folder.write('log', [bytes(9, 9, 9)]);
  const replaced = await one.open('log', (file) => [...file.read(0, 100)]);
  await folder.remove('log');
  const anew = await one.open('log', (file) => file.size);
  const closed: GrowingFile = await one.open('log', (file) => file);
  const said = (body: () => unknown): string => {
    try {
      return String(body());
    } catch (error) {
      return String(error);
    }
  };
  const words = [
    said(() => closed.read(0, 1)),
    said(() => closed.write(0, bytes(1))),
    said(() => closed.cut(0)),
    said(() => closed.flush()),
  ];
  self.postMessage({ order, seen, failed, cut, asWhole, replaced, anew, words });
};
