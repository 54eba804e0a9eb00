/**
 * Tensors on the GPU, and the pool of buffers under them.
 *
 * Creating GPU buffers is slow and destroying them while commands refer to them is an error, so freed
 * buffers are kept and given out again by size. That is safe without waiting: commands run in the
 * order in which they were enqueued, so whatever a new owner enqueues comes after the last use.
 */

import { type ElementType, type Tensor, VIEW_ALIGNMENT } from '../backend';
import { TensorMisuseError } from '../errors';

/** A GPU buffer with one owner at a time. */
export interface Allocation {
  readonly id: number;
  readonly buffer: GPUBuffer;
  readonly capacity: number;
  /** The recording that last used it; see `Recorder`. */
  recording: number;
}

/** Shared by a tensor and its views, so that use after free is noticed. */
export interface Ownership {
  readonly allocation: Allocation;
  freed: boolean;
}

export class GpuTensor implements Tensor {
  constructor(
    readonly type: ElementType,
    readonly label: string,
    readonly offset: number,
    readonly length: number,
    readonly ownership: Ownership,
    /** The back end it belongs to. */
    readonly home: object,
  ) {}

  get allocation(): Allocation {
    return this.ownership.allocation;
  }

  view(offset: number, length: number, label: string): GpuTensor {
    if (offset % VIEW_ALIGNMENT !== 0) {
      throw new TensorMisuseError(this, `view at ${offset} is not aligned to ${VIEW_ALIGNMENT} elements`);
    }
    if (offset < 0 || length < 0 || offset + length > this.length) {
      throw new TensorMisuseError(this, `view ${offset} .. ${offset + length} is outside`);
    }
    return new GpuTensor(this.type, label, this.offset + offset, length, this.ownership, this.home);
  }
}

/** Free bytes kept for reuse; beyond it freed buffers go back to the driver. */
const KEPT_BYTES = 512 * 1024 * 1024;

/** Sizes in eighths of a power of two, so that a slightly larger request finds a freed buffer. */
export function roundedCapacity(bytes: number): number {
  const step = Math.max(256, 2 ** Math.floor(Math.log2(Math.max(1, bytes))) / 8);
  return Math.max(1, Math.ceil(bytes / step)) * step;
}

export class BufferPool {
  private readonly free = new Map<number, Allocation[]>();
  private freeBytes = 0;
  private allBytes = 0;
  private nextId = 1;

  /** @param most bytes of a buffer at most: rounding up stops there */
  constructor(
    private readonly create: (bytes: number, label: string) => GPUBuffer,
    private readonly most = Number.POSITIVE_INFINITY,
  ) {}

  /** Of the buffers there are, free ones included. */
  get bytes(): number {
    return this.allBytes;
  }

  /** `fresh` buffers are zero; used ones hold what their last owner left. */
  acquire(bytes: number, label: string): { readonly allocation: Allocation; readonly fresh: boolean } {
    const capacity = Math.max(bytes, Math.min(roundedCapacity(bytes), this.most));
    const reused = this.free.get(capacity)?.pop();
    if (reused) {
      this.freeBytes -= capacity;
      return { allocation: reused, fresh: false };
    }
    const buffer = this.create(capacity, label);
    this.allBytes += capacity;
    return { allocation: { id: this.nextId++, buffer, capacity, recording: -1 }, fresh: true };
  }

  /** Takes a buffer back. Returns false when the pool is full and the caller must destroy it. */
  release(allocation: Allocation): boolean {
    if (this.freeBytes + allocation.capacity > KEPT_BYTES) {
      this.allBytes -= allocation.capacity;
      return false;
    }
    this.freeBytes += allocation.capacity;
    const shelf = this.free.get(allocation.capacity);
    if (shelf) shelf.push(allocation);
    else this.free.set(allocation.capacity, [allocation]);
    return true;
  }
}

/** The tensor as one of `home`'s, alive. Throws `TensorMisuseError`. */
export function own(home: object, tensor: Tensor): GpuTensor {
  if (!(tensor instanceof GpuTensor) || tensor.home !== home) {
    throw new TensorMisuseError(tensor, 'belongs to another back end');
  }
  if (tensor.ownership.freed) throw new TensorMisuseError(tensor, 'used after free');
  return tensor;
}

/** An `f32` tensor of `home` with at least `atLeast` elements. */
export function floats(home: object, tensor: Tensor, atLeast: number): GpuTensor {
  return checked(home, tensor, 'f32', atLeast);
}

/** An `i32` tensor of `home` with at least `atLeast` elements. */
export function ints(home: object, tensor: Tensor, atLeast: number): GpuTensor {
  return checked(home, tensor, 'i32', atLeast);
}

function checked(home: object, tensor: Tensor, type: ElementType, atLeast: number): GpuTensor {
  const mine = own(home, tensor);
  if (mine.type !== type) throw new TensorMisuseError(tensor, `wanted ${type}`);
  if (mine.length < atLeast) throw new TensorMisuseError(tensor, `wanted at least ${atLeast} elements`);
  return mine;
}
