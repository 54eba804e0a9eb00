/** What every folder must do, as a story whose observations are compared: it runs in Node, in a page and in a worker. */
import type { Folder } from './folder';

const bytes = (...values: readonly number[]) => Uint8Array.from(values);
const plain = (read: Uint8Array | undefined) => read && [...read];

/** The folder must be empty. */
export async function folderStory(folder: Folder): Promise<Readonly<Record<string, unknown>>> {
  const seen: Record<string, unknown> = {};
  seen['nothing there'] = [await folder.read('a'), await folder.readStart('a', 3), await folder.list()];
  await folder.remove('a');
  await folder.write('b', [bytes(1, 2, 3), bytes(), bytes(4, 5)]);
  await folder.write('a', []);
  seen['parts follow one another'] = plain(await folder.read('b'));
  seen['the start of it'] = [plain(await folder.readStart('b', 2)), plain(await folder.readStart('b', 99))];
  seen['an empty file'] = plain(await folder.read('a'));
  seen['by name'] = await folder.list();
  await folder.write('b', [bytes(9)]);
  seen['a shorter one in its place'] = plain(await folder.read('b'));
  const shared = bytes(7, 8, 9);
  await folder.write('c', [shared.subarray(1, 2)]);
  shared.fill(0);
  seen['a view of a larger array'] = plain(await folder.read('c'));
  await Promise.all([1, 2, 3, 4].map((value) => folder.write('d', [new Uint8Array(100_000).fill(value)])));
  const last = await folder.read('d');
  seen['writers at once: one of them, whole'] = last?.length === 100_000 && last.every((x) => x === last[0]);
  for (const name of ['a', 'b', 'c', 'd']) await folder.remove(name);
  seen['all removed'] = await folder.list();
  return seen;
}

export const FOLDER_STORY: Readonly<Record<string, unknown>> = {
  'nothing there': [undefined, undefined, []],
  'parts follow one another': [1, 2, 3, 4, 5],
  'the start of it': [
    [1, 2],
    [1, 2, 3, 4, 5],
  ],
  'an empty file': [],
  'by name': [
    { name: 'a', bytes: 0 },
    { name: 'b', bytes: 5 },
  ],
  'a shorter one in its place': [9],
  'a view of a larger array': [8],
  'writers at once: one of them, whole': true,
  'all removed': [],
};
