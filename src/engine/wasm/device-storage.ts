/**
 * Buffers and scratch space of the WebAssembly back end, and what happens when memory runs out:
 * packed copies of weights are given up first, then the caller gets a `DeviceMemoryError`.
 */
import type { ElementType, Tensor } from '../backend';
import { DeviceMemoryError } from '../errors';
import type { Block } from './block-allocator';
import type { LinearMemory } from './linear-memory';
import { type DeviceBuffer, own, WasmTensor } from './wasm-tensor';

const MIB = 1024 * 1024;

export class DeviceStorage {
  private readonly weights = new Set<DeviceBuffer>();
  private readonly scratch = new Map<string, Block>();

  constructor(readonly memory: LinearMemory) {}

  /** Zero-filled. Throws `DeviceMemoryError`. */
  tensor(type: ElementType, length: number, label: string, isWeight: boolean): WasmTensor {
    const block = this.orEvict(4 * length, label, (bytes) => this.memory.allocateZeroed(bytes));
    const buffer: DeviceBuffer = { block, isWeight, packed: new Map(), freed: false };
    if (isWeight) this.weights.add(buffer);
    return new WasmTensor(type, length, 0, label, buffer);
  }

  free(tensor: Tensor): void {
    const { buffer } = own(tensor);
    this.dropPacked(buffer);
    this.weights.delete(buffer);
    buffer.freed = true;
    this.memory.release(buffer.block);
  }

  /** Address of at least `bytes` bytes that belong to `purpose` until its next call. */
  scratchAddress(purpose: string, bytes: number): number {
    const present = this.scratch.get(purpose);
    if (present && present.bytes >= bytes) return present.address;
    if (present) {
      this.scratch.delete(purpose);
      this.memory.release(present);
    }
    const block = this.orEvict(bytes, purpose, (wanted) => this.memory.allocate(wanted));
    this.scratch.set(purpose, block);
    return block.address;
  }

  /** A block for a packed copy, or undefined when memory is short: the copy is then made in scratch space. */
  packedBlock(bytes: number): Block | undefined {
    return this.memory.allocate(bytes);
  }

  /** The buffer's content changes: packed copies no longer hold. */
  dropPacked(buffer: DeviceBuffer): void {
    for (const { block } of buffer.packed.values()) this.memory.release(block);
    buffer.packed.clear();
  }

  private orEvict(bytes: number, label: string, allocate: (bytes: number) => Block | undefined): Block {
    let block = allocate(bytes);
    if (!block) {
      for (const buffer of this.weights) this.dropPacked(buffer);
      block = allocate(bytes);
    }
    if (block) return block;
    const { bytesUsed, bytesReserved } = this.memory;
    throw new DeviceMemoryError(
      'wasm-memory',
      `WebAssembly memory is full: "${label}" needs ${(bytes / MIB).toFixed(1)} MiB, ` +
        `${(bytesUsed / MIB).toFixed(1)} of ${(bytesReserved / MIB).toFixed(1)} MiB are in use and the ` +
        'platform grants no more. Use a smaller batch, shorter sequences or a smaller model.',
      { bufferBytes: bytesReserved, totalBytes: bytesReserved },
    );
  }
}
