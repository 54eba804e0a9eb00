import { describe, expect, it } from 'vitest';
import { SeededNumbers } from '../backend-parity';
import { BLOCK_ALIGNMENT, type Block, BlockAllocator } from './block-allocator';

const STEPS = process.env.SOAK ? 50_000 : 4_000;

/** An allocator over a space that grows in steps of 4 KiB up to `limit`, and the growths it asked for. */
function growing(limit: number) {
  let end = 4096;
  const growths: number[] = [];
  const allocator = new BlockAllocator(BLOCK_ALIGNMENT, end, (bytes) => {
    const wanted = end + Math.ceil(bytes / 4096) * 4096;
    if (wanted > limit) return undefined;
    growths.push(bytes);
    end = wanted;
    return end;
  });
  return { allocator, growths, end: () => end };
}

describe('BlockAllocator', () => {
  it.each([1, 2, 3, 4])('keeps blocks aligned, apart and counted (seed %i)', (seed) => {
    const numbers = new SeededNumbers(seed);
    const { allocator, end } = growing(1 << 20);
    const live: Block[] = [];
    let refused = 0;
    for (let step = 0; step < STEPS; step++) {
      if (live.length > 0 && numbers.next() < 0.48) {
        const [block] = live.splice(numbers.integer(0, live.length - 1), 1);
        allocator.release(block);
      } else {
        const bytes = numbers.next() < 0.1 ? numbers.integer(20_000, 300_000) : numbers.integer(0, 3000);
        const block = allocator.allocate(bytes);
        if (!block) {
          refused++;
          continue;
        }
        expect(block.bytes).toBeGreaterThanOrEqual(bytes);
        live.push(block);
      }
      if (step % 50 !== 0) continue;
      const all = [...live, ...allocator.freeBlocks].sort((a, b) => a.address - b.address);
      let at = BLOCK_ALIGNMENT;
      for (const { address, bytes } of all) {
        expect(address).toBe(at);
        expect(bytes % BLOCK_ALIGNMENT).toBe(0);
        expect(bytes).toBeGreaterThan(0);
        at += bytes;
      }
      expect(at).toBe(end());
      expect(allocator.bytesUsed).toBe(live.reduce((sum, { bytes }) => sum + bytes, 0));
    }
    expect(refused).toBeGreaterThan(0);
    for (const block of live) allocator.release(block);
    expect(allocator.bytesUsed).toBe(0);
    expect(allocator.freeBlocks).toEqual([{ address: BLOCK_ALIGNMENT, bytes: end() - BLOCK_ALIGNMENT }]);
  });

  it('takes the tightest hole', () => {
    const { allocator } = growing(1 << 20);
    const [wide, , tight] = [1024, 256, 512, 256].map((bytes) => allocator.allocate(bytes) as Block);
    allocator.release(wide);
    allocator.release(tight);
    expect(allocator.allocate(500)?.address).toBe(tight.address);
  });

  it('grows only by what the free end lacks', () => {
    const { allocator, growths } = growing(1 << 20);
    allocator.allocate(2048);
    allocator.allocate(4096);
    expect(growths).toEqual([4096 - (4096 - BLOCK_ALIGNMENT - 2048)]);
  });

  it('refuses what cannot be had and goes on', () => {
    const { allocator } = growing(8192);
    expect(allocator.allocate(100_000)).toBeUndefined();
    expect(allocator.allocate(4096)).toBeDefined();
  });
});
