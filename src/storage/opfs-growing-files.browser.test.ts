import { afterEach, expect, test } from 'vitest';
import { OpfsGrowingFiles } from './opfs-growing-files';

const PATH = 'growing-files-test';

afterEach(async () => {
  await (await navigator.storage.getDirectory()).removeEntry(PATH, { recursive: true }).catch(() => {});
});

test('in a worker: written in place, by one at a time, and what else happens to the file is seen', async () => {
  const worker = new Worker(new URL('./growing-worker.fixture.ts', import.meta.url), { type: 'module' });
  const seen = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = reject;
    worker.postMessage(PATH);
  });
  worker.terminate();
  expect(seen).toEqual({
    order: ['one has it', 'one ends', 'two has it'],
    seen: [1, 0, 0, 0, 5, 6, 7],
    failed: 'RangeError: thrown by the body',
    cut: [2, 0],
    asWhole: [1, 0],
    replaced: [9, 9, 9],
    anew: 0,
    // A handle that is closed: the browser refuses everything.
    words: [
      expect.stringMatching(/could not read "log" .* Nothing was changed\.$/),
      ...['write', 'cut', 'write'].map((what) =>
        expect.stringMatching(`could not ${what} "log" .* It may have been changed in part\\.$`),
      ),
    ],
  });
});

test('in a page there are no handles, and it is said by null', async () => {
  expect(await OpfsGrowingFiles.open(PATH)).toBeNull();
});
