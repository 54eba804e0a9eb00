/**
 * Reads tensors back to the host.
 *
 * Reads that are asked for in the same turn of the event loop share one submit: the copies are
 * recorded at once, the submit waits for a microtask. Mappable buffers are kept by size.
 */
import type { BackendCounts } from '../backend';
import type { DeviceHealth } from './device-health';
import { roundedCapacity } from './gpu-tensor';
import type { Operand, Recorder } from './recorder';

/** Mappable buffers kept for each size. */
const KEPT = 4;

export class Readback {
  private readonly free = new Map<number, GPUBuffer[]>();

  constructor(
    private readonly device: GPUDevice,
    private readonly recorder: Recorder,
    private readonly health: DeviceHealth,
    private readonly counts: BackendCounts,
  ) {}

  /** The bytes of an operand once everything enqueued before has run. Throws what the wait throws. */
  async bytes(operand: Operand): Promise<ArrayBuffer> {
    const size = operand.length * 4;
    if (size === 0) return new ArrayBuffer(0);
    const capacity = roundedCapacity(size);
    const target = this.take(capacity);
    this.recorder.copyOut(operand, target);
    this.counts.readbacks++;
    this.counts.bytesRead += size;
    await Promise.resolve();
    this.recorder.submit();
    await this.health.wait(() => target.mapAsync(GPUMapMode.READ, 0, size));
    const copy = target.getMappedRange(0, size).slice(0);
    target.unmap();
    this.give(capacity, target);
    return copy;
  }

  private take(capacity: number): GPUBuffer {
    const kept = this.free.get(capacity)?.pop();
    if (kept) return kept;
    this.health.open('out-of-memory');
    const buffer = this.device.createBuffer({
      label: 'readback',
      size: capacity,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    this.health.close('reading results back');
    return buffer;
  }

  private give(capacity: number, buffer: GPUBuffer): void {
    const shelf = this.free.get(capacity) ?? [];
    this.free.set(capacity, shelf);
    if (shelf.length < KEPT) shelf.push(buffer);
    else buffer.destroy();
  }
}
