/**
 * Which bytes of a growing address space are in use.
 *
 * Best fit over a list of free blocks kept in address order, so that neighbours merge when one is
 * freed. A training step allocates some hundred tensors, so walking the list is nothing beside the
 * work on them. The space ends at `end`; a request that fits nowhere calls `grow`, and a free block at
 * the end counts towards the new space.
 */

/** Every block starts and ends at a multiple of this many bytes. */
export const BLOCK_ALIGNMENT = 256;

export interface Block {
  readonly address: number;
  /** Rounded up to `BLOCK_ALIGNMENT`. */
  readonly bytes: number;
}

export class BlockAllocator {
  private free: Block[] = [];
  private used = 0;

  /**
   * @param end first address that does not exist yet (multiple of `BLOCK_ALIGNMENT`, as is `start`)
   * @param grow makes `bytes` more addresses exist and returns the new end, or undefined if it cannot
   */
  constructor(
    start: number,
    private end: number,
    private readonly grow: (bytes: number) => number | undefined,
  ) {
    if (end > start) this.free.push({ address: start, bytes: end - start });
  }

  get bytesUsed(): number {
    return this.used;
  }

  get freeBlocks(): readonly Block[] {
    return this.free;
  }

  /** A block of at least `bytes` bytes (at least one unit), or undefined when the space cannot grow enough. */
  allocate(bytes: number): Block | undefined {
    const wanted = Math.max(1, Math.ceil(bytes / BLOCK_ALIGNMENT)) * BLOCK_ALIGNMENT;
    let best = this.bestFit(wanted);
    if (best < 0) {
      if (!this.extend(wanted)) return undefined;
      best = this.bestFit(wanted);
      if (best < 0) return undefined;
    }
    const { address, bytes: found } = this.free[best];
    if (found === wanted) this.free.splice(best, 1);
    else this.free[best] = { address: address + wanted, bytes: found - wanted };
    this.used += wanted;
    return { address, bytes: wanted };
  }

  /** Gives a block back; it must be one that `allocate` returned and not be given back twice. */
  release(block: Block): void {
    let low = 0;
    let high = this.free.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.free[middle].address < block.address) low = middle + 1;
      else high = middle;
    }
    this.insert(low, block);
    this.used -= block.bytes;
  }

  private bestFit(wanted: number): number {
    let best = -1;
    for (let i = 0; i < this.free.length; i++) {
      const { bytes } = this.free[i];
      if (bytes >= wanted && (best < 0 || bytes < this.free[best].bytes)) best = i;
    }
    return best;
  }

  private extend(wanted: number): boolean {
    const last = this.free.at(-1);
    const atEnd = last && last.address + last.bytes === this.end ? last.bytes : 0;
    const end = this.grow(wanted - atEnd);
    if (end === undefined) return false;
    this.insert(this.free.length, { address: this.end, bytes: end - this.end });
    this.end = end;
    return true;
  }

  /** Puts a block at its place in the list and merges it with the neighbours it touches. */
  private insert(at: number, block: Block): void {
    let { address, bytes } = block;
    let first = at;
    let removed = 0;
    const before = this.free[at - 1];
    if (before && before.address + before.bytes === address) {
      address = before.address;
      bytes += before.bytes;
      first = at - 1;
      removed = 1;
    }
    const after = this.free[at];
    if (after && block.address + block.bytes === after.address) {
      bytes += after.bytes;
      removed++;
    }
    this.free.splice(first, removed, { address, bytes });
  }
}
