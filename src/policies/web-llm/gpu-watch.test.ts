import { expect, test, vi } from 'vitest';
import { watchDevices } from './gpu-watch';
import { webLlmError } from './web-llm-errors';

test('a device that the system takes away is told as lost, with what the browser says', async () => {
  let lose: (info: Pick<GPUDeviceLostInfo, 'reason' | 'message'>) => void = () => undefined;
  const lost = new Promise((resolve) => {
    lose = resolve;
  });
  const adapter = { info: { vendor: 'some', architecture: '' }, requestDevice: async () => ({ lost }) };
  const prototype = adapter as unknown as GPUAdapter;
  const onLost = vi.fn();
  const onDevice = vi.fn();
  watchDevices(prototype, { onDevice, onLost });
  await prototype.requestDevice();
  expect(onDevice).toHaveBeenCalledExactlyOnceWith('WebGPU, some');
  expect(onLost).not.toHaveBeenCalled();
  lose({ reason: 'unknown', message: 'the driver was reset' });
  await vi.waitFor(() => expect(onLost).toHaveBeenCalledOnce());
  const error = webLlmError(onLost.mock.calls[0][0]);
  expect(error.code).toBe('web-llm-device-lost');
  expect(error.message).toContain('the driver was reset');
});

test('without WebGPU there is nothing to watch', () => {
  expect(() => watchDevices(undefined, { onDevice: vi.fn(), onLost: vi.fn() })()).not.toThrow();
});
