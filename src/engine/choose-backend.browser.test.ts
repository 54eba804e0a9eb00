/** In a browser whose only GPU is a software one, WebAssembly is taken and the page can say why. */
import { expect, it } from 'vitest';
import { chooseBackend, passesPerSecond } from './choose-backend';

/** The page's GPU, with the devices it was asked for counted. */
function counting(): { readonly gpu: GPU; readonly devices: () => number } {
  let devices = 0;
  const bound = <T extends object>(target: T, name: string | symbol): unknown => {
    const value: unknown = Reflect.get(target, name);
    return typeof value === 'function' ? value.bind(target) : value;
  };
  const adapterOf = (adapter: GPUAdapter) =>
    new Proxy(adapter, {
      get: (target, name) => {
        if (name === 'requestDevice') devices++;
        return bound(target, name);
      },
    });
  const gpu = new Proxy(navigator.gpu, {
    get: (target, name) =>
      name === 'requestAdapter'
        ? async (options: GPURequestAdapterOptions) => {
            const adapter = await target.requestAdapter(options);
            return adapter && adapterOf(adapter);
          }
        : bound(target, name),
  });
  return { gpu, devices: () => devices };
}

it('asks a software adapter for no device where WebAssembly is there; faster ways reach the one that is opened', async () => {
  const { gpu, devices } = counting();
  const chosen = await chooseBackend({ gpu, fastPaths: { simd: 'auto' } });
  expect([chosen.chosen, devices()]).toEqual(['wasm', 0]);
  expect(chosen.alternatives[0].reason).toMatch(/WebGPU, .*software/);
  expect(chosen.backend.info.fastPaths).toMatchObject([{ name: 'relaxed SIMD', state: 'on' }]);
  chosen.backend.dispose();
  const fastPaths = { products: 'tiles', subgroups: 'on' } as const;
  const forced = await chooseBackend({ gpu, override: 'webgpu', fastPaths });
  expect(devices()).toBe(1);
  const states = forced.backend.info.fastPaths?.map(({ name, state }) => [name, state]);
  expect(Object.fromEntries(states ?? [])).toMatchObject({ 'direct products': 'off', subgroups: 'on' });
  forced.backend.dispose();
});

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
