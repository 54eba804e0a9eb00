/** A capture on WebGPU shows what the reference shows, and its submits are its own. */
import { expect, it } from 'vitest';
import { relativeError } from '../backend-parity';
import { TINY, TINY_ADAPTER } from '../model/tiny-model.fixture';
import { ReferenceBackend } from '../reference/reference-backend';
import { WebGpuBackend } from '../webgpu/webgpu-backend';
import { capturable } from './capturable';
import { openTiny, SAMPLES } from './capture.fixture';

it('is the same on WebGPU, and costs nothing unused', async () => {
  const gpu = await WebGpuBackend.create();
  const [own, reference] = [await openTiny(gpu), await openTiny(new ReferenceBackend())];
  const cost = async () => {
    const { dispatches, submits, readbacks } = gpu.counts;
    await own.score(SAMPLES, { temperature: 1, useAdapter: true });
    return [
      gpu.counts.dispatches - dispatches,
      gpu.counts.submits - submits,
      gpu.counts.readbacks - readbacks,
    ];
  };
  await cost();
  const without = await cost();
  const names = capturable(TINY, TINY_ADAPTER)
    .filter(({ kind }) => kind === 'forward')
    .map(({ name }) => name);
  const [actual, expected] = [await own.capture(SAMPLES, names), await reference.capture(SAMPLES, names)];
  expect([...actual.keys()]).toEqual(names);
  for (const [name, { data }] of expected) {
    expect(relativeError(actual.get(name)?.data ?? [], data), name).toBeLessThan(2e-5);
  }
  expect(await cost()).toEqual(without);
  own.dispose();
  gpu.dispose();
});
