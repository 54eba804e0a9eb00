/**
 * What operations stand on: memory, buffers, threads and counts, and the checked way from tensors to
 * the addresses that kernels take.
 */
import type { BackendCounts, Tensor } from '../backend';
import type { DeviceStorage } from './device-storage';
import type { KernelName } from './kernels';
import type { LinearMemory } from './linear-memory';
import type { ThreadPool } from './thread-pool';
import { addressOf, checkRange, own, type WasmTensor } from './wasm-tensor';

/** Elements of a work item of the elementwise kernels; CHUNK in assembly/elementwise.ts. */
export const CHUNK = 4096;

export class Device {
  readonly counts: BackendCounts = {
    dispatches: 0,
    submits: 0,
    readbacks: 0,
    bytesUploaded: 0,
    bytesRead: 0,
    bytesAllocated: 0,
  };

  constructor(
    readonly memory: LinearMemory,
    readonly storage: DeviceStorage,
    readonly pool: ThreadPool,
  ) {}

  /** Address of at least `length` floats that the operation reads. */
  input(tensor: Tensor, length: number): number {
    return addressOf(tensor, 'f32', length);
  }

  /** Address of at least `length` floats that the operation writes; copies packed from them are dropped. */
  output(tensor: Tensor, length: number): number {
    const address = addressOf(tensor, 'f32', length);
    this.changed(tensor);
    return address;
  }

  /** Announces new content: copies packed from the tensor's buffer no longer hold. */
  changed(tensor: Tensor): WasmTensor {
    const mine = own(tensor);
    if (mine.buffer.packed.size > 0) this.storage.dropPacked(mine.buffer);
    return mine;
  }

  /** Address of `rows` integers, each in low .. high - 1. */
  indices(tensor: Tensor, rows: number, low: number, high: number): number {
    const address = addressOf(tensor, 'i32', rows);
    checkRange(tensor, this.memory.ints(address, rows), low, high);
    return address;
  }

  /** Copies a list to scratch memory of its own and returns its address. */
  list(purpose: string, values: Int32Array): number {
    const address = this.storage.scratchAddress(purpose, values.byteLength);
    this.memory.ints(address, values.length).set(values);
    return address;
  }

  /** Scratch memory for every thread: its address and the bytes from one thread's part to the next. */
  threadScratch(purpose: string, bytes: number): readonly [address: number, stride: number] {
    // Whole cache lines, so that threads do not share one.
    const stride = Math.ceil(bytes / 64) * 64;
    return [this.storage.scratchAddress(purpose, stride * this.pool.threads), stride];
  }

  /** A view of the tensor's elements, to be used before the next allocation. */
  elements(tensor: WasmTensor): Float32Array | Int32Array {
    return tensor.type === 'f32'
      ? this.memory.floats(tensor.address, tensor.length)
      : this.memory.ints(tensor.address, tensor.length);
  }

  launch(name: KernelName, items: number, operations: number, args: readonly number[]): void {
    this.counts.dispatches++;
    this.pool.run(name, items, operations, args);
  }

  /** Launches over CHUNK-sized pieces of `length` elements; `cost` is operations for one element. */
  elementwise(name: KernelName, length: number, cost: number, args: readonly number[]): void {
    this.launch(name, Math.ceil(length / CHUNK), cost * length, args);
  }
}
