import { expect, test } from 'vitest';
import { probe } from './simd-probe.fixture';

const FOUND = { kind: 'simd', ids: ['m7', 'm87', 'm167'] };

test('the SIMD scan loads and finds in the page', async () => {
  expect(await probe()).toEqual(FOUND);
});

test('the SIMD scan loads and finds in a module worker', async () => {
  const worker = new Worker(new URL('./simd-probe.fixture.ts', import.meta.url), { type: 'module' });
  const found = await new Promise((resolve, reject) => {
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage('find');
  });
  worker.terminate();
  expect(found).toEqual(FOUND);
});
