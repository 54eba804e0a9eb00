import { expect, test } from 'vitest';
import { voyIndex } from './voy-index';
import { type Finding, findSome } from './voy-probe.fixture';

/** What `voy-probe.fixture.ts` must find, wherever it runs. */
function expectRight(finding: Finding): void {
  expect(finding.kind).toBe('voy');
  expect(finding.panics).toBe(0);
  expect(finding.ids).toEqual(['m7', 'm87', 'm167']);
}

test('voy loads and finds in the page', async () => {
  expectRight(findSome(await voyIndex()));
});

test('voy loads and finds in a module worker', async () => {
  const worker = new Worker(new URL('./voy-probe.fixture.ts', import.meta.url), { type: 'module' });
  const finding = await new Promise<Finding>((resolve, reject) => {
    worker.onmessage = (event: MessageEvent<Finding>) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage('find');
  });
  worker.terminate();
  expectRight(finding);
});
