/** What a growing file does, in a worker, where there are handles for it. Posts what it saw. */
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
  const written = one.open('log', async (file) => {
    file.write(4, bytes(5, 6));
    file.flush();
    order.push('one has it');
    await new Promise((resolve) => setTimeout(resolve, 60));
    file.write(0, bytes(1));
    order.push('one ends');
  });
  // Another opening of the same files has to wait for the first.
  await new Promise((resolve) => setTimeout(resolve, 20));
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
  self.postMessage({ order, seen, failed, cut, asWhole, replaced, anew });
};
