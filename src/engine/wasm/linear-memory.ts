/**
 * The memory the kernels work in: one WebAssembly.Memory, blocks handed out of it, and host views.
 *
 * It starts small and grows to what the platform grants, at most 4 GiB. Growth replaces the buffer
 * object, so views are made anew for each use. The first BLOCK_ALIGNMENT bytes are never handed out
 * (address 0 means "none" to the kernels), nor are the last: a vector load may read up to 32 bytes
 * past the end of a tensor and must not fall off the memory.
 */
import { DeviceUnavailableError } from '../errors';
import { BLOCK_ALIGNMENT, type Block, BlockAllocator } from './block-allocator';

const PAGE = 65536;
const INITIAL_PAGES = 16;
const MAXIMUM_PAGES = 65536;

/** Memory grows by at least this share of its size, so that growing is rare. */
const GROWTH = 1 / 4;

function createMemory(
  shared: boolean,
  maximumPages: number,
): { readonly memory: WebAssembly.Memory; readonly mostBytes: number } {
  for (let maximum = maximumPages; maximum >= INITIAL_PAGES; maximum = Math.floor(maximum / 2)) {
    try {
      const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared });
      return { memory, mostBytes: maximum * PAGE };
    } catch (error) {
      // Small devices refuse to reserve the address space of a large maximum: ask for half.
      if (!(error instanceof RangeError)) throw error;
    }
  }
  throw new DeviceUnavailableError(
    'wasm-memory',
    'This browser gave no memory to WebAssembly. Close other tabs and reload the page.',
  );
}

export class LinearMemory {
  readonly memory: WebAssembly.Memory;
  /** What it may grow to, if the platform has it. */
  readonly mostBytes: number;
  private readonly allocator: BlockAllocator;
  /** Addresses below this have never been used and are zero. */
  private touched = BLOCK_ALIGNMENT;

  constructor(
    readonly shared: boolean,
    maximumBytes = MAXIMUM_PAGES * PAGE,
  ) {
    const pages = Math.min(MAXIMUM_PAGES, Math.max(INITIAL_PAGES, Math.floor(maximumBytes / PAGE)));
    ({ memory: this.memory, mostBytes: this.mostBytes } = createMemory(shared, pages));
    this.allocator = new BlockAllocator(
      BLOCK_ALIGNMENT,
      this.memory.buffer.byteLength - BLOCK_ALIGNMENT,
      (bytes) => this.grow(bytes),
    );
  }

  get bytesUsed(): number {
    return this.allocator.bytesUsed;
  }

  /** Bytes the memory has now, used or not. */
  get bytesReserved(): number {
    return this.memory.buffer.byteLength;
  }

  /** A block with undefined content, or undefined when there is no room. */
  allocate(bytes: number): Block | undefined {
    return this.allocator.allocate(bytes);
  }

  allocateZeroed(bytes: number): Block | undefined {
    const block = this.allocator.allocate(bytes);
    if (!block) return undefined;
    const end = block.address + block.bytes;
    const dirty = Math.min(end, this.touched) - block.address;
    if (dirty > 0) new Uint8Array(this.memory.buffer, block.address, dirty).fill(0);
    return block;
  }

  release(block: Block): void {
    this.touched = Math.max(this.touched, block.address + block.bytes);
    this.allocator.release(block);
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }

  doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, length);
  }

  ints(address: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length);
  }

  private grow(bytes: number): number | undefined {
    const needed = Math.ceil(bytes / PAGE);
    const comfortable = Math.max(needed, Math.floor((this.bytesReserved / PAGE) * GROWTH));
    for (const pages of [comfortable, needed]) {
      try {
        this.memory.grow(pages);
        return this.memory.buffer.byteLength - BLOCK_ALIGNMENT;
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }
    return undefined;
  }
}
