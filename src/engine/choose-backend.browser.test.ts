/** In a browser whose only GPU is a software one, WebAssembly is taken and the page can say why. */
import { expect, it } from 'vitest';
import { chooseBackend, passesPerSecond } from './choose-backend';

it('yields to WebAssembly by itself, and obeys an override', async () => {
  const chosen = await chooseBackend();
  expect(chosen.chosen).toBe('wasm');
  expect(chosen.reason).toMatch(/software one/);
  expect(chosen.alternatives[0]).toMatchObject({ name: 'webgpu' });
  chosen.backend.dispose();

  const forced = await chooseBackend({ override: 'webgpu' });
  expect(forced.backend.info).toMatchObject({ name: 'webgpu', software: true });
  expect(await passesPerSecond(forced.backend, 1)).toBeGreaterThan(0);
  forced.backend.dispose();
});
