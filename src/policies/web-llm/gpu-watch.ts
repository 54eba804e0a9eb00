/**
 * Which device WebLLM computes on, and when it is lost. WebLLM notices that while it loads a model, not later: its next
 * pass would wait for ever. It does not hand its device out, so `requestDevice` is watched in its worker.
 *
 * A device that the system takes away is lost for an `unknown` reason. One that is `destroyed` was so by TVM's runtime,
 * which does that when a buffer cannot be made (`tryCreateBuffer`), and by nobody else: a model that is closed ends with
 * its worker.
 */
import type { PlainError } from './web-llm-errors';

export interface GpuWatch {
  /** In words. */
  readonly onDevice: (words: string) => void;
  readonly onLost: (error: PlainError) => void;
}

type Adapter = Pick<GPUAdapter, 'requestDevice' | 'info'>;

/** @param prototype of adapters; undefined where there is no WebGPU. @returns what takes the watch off again */
export function watchDevices(prototype: Adapter | undefined, { onDevice, onLost }: GpuWatch): () => void {
  if (!prototype) return () => undefined;
  const { requestDevice } = prototype;
  prototype.requestDevice = async function (this: Adapter, descriptor) {
    const device = await requestDevice.call(this, descriptor);
    const { vendor, architecture } = this.info;
    onDevice(['WebGPU', vendor, architecture].filter((word) => word !== '').join(', '));
    void device.lost.then(({ reason, message }) => {
      const name = reason === 'destroyed' ? 'BufferRefusedError' : 'DeviceLostError';
      onLost({ name, message: message || 'no reason was given' });
    });
    return device;
  };
  return () => {
    prototype.requestDevice = requestDevice;
  };
}
