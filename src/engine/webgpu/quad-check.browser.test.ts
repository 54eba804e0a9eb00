/** Quads are used where they are right, and only there. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compileKernelNow, KernelStore } from './kernel';
import { kernelSources } from './kernel-catalogue';
import { chooseProducts, refuteQuads } from './quad-check';
import { WebGpuBackend } from './webgpu-backend';

let backend: WebGpuBackend;
beforeAll(async () => {
  backend = await WebGpuBackend.create();
});
afterAll(() => backend.dispose());

it('are on for a software adapter, whose product passes, and off where products are made otherwise', async () => {
  expect(backend.info.fastPaths).toContainEqual(
    expect.objectContaining({ name: 'products by quads of lanes', state: 'on' }),
  );
  expect(backend.adapter.software).toBe(true);
  const { products, path } = await chooseProducts(backend.device, 'tiles');
  expect([products, path.state]).toEqual(['tiles', 'off']);
});

it.each([
  ['lanes answer with the value of another', 'quadBroadcast(upper_x, 1)', 'quadBroadcast(upper_x, 2)'],
  ['lanes keep their own value', 'quadBroadcast(lower_x, 3)', 'lower_x'],
  ['a lane leaves early', 'let upper = ', 'if (lane % 4 == 3) { return; }\n  let upper = '],
])('are refused where %s', async (_, right, wrong) => {
  const source = kernelSources('quads').find(({ label }) => label === 'product-quad NT');
  if (!source?.code.includes(right)) throw new Error('the kernel has changed; change what breaks it');
  const code = source.code.replace(right, wrong);
  const compile = () => compileKernelNow(backend.device, { label: 'broken quads', code });
  expect(await refuteQuads(backend.device, compile)).toMatch(/failed the check at start|refuses them/);
});

it('are refused where they cannot even be compiled, and no error scope stays open', async () => {
  const { device } = backend;
  const { products, path } = await chooseProducts(device, 'quads', () => new KernelStore(device, []));
  expect([products, path.state]).toEqual(['direct', 'refused']);
  expect(path.why).toMatch(/could not run: there is no kernel/);
  await expect(device.popErrorScope()).rejects.toThrow();
});

it('are refused, with the compiler in words, where the device has no subgroups', async () => {
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter?.requestDevice();
  if (!device) throw new Error('no adapter');
  const { products, path } = await chooseProducts(device, 'quads');
  expect([products, path.state, path.why]).toEqual(['direct', 'refused', 'The device has no subgroups.']);
  const source = kernelSources('quads').find(({ label }) => label === 'product-quad NT');
  if (!source) throw new Error('no such kernel');
  expect(await refuteQuads(device, () => compileKernelNow(device, source))).toMatch(/refuses them/);
  device.destroy();
});
