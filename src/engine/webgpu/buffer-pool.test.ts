/** Sizes and bytes of the buffer pool; the buffers themselves are opaque to it. */
import { expect, it } from 'vitest';
import { BufferPool, roundedCapacity } from './gpu-tensor';

function pool(most?: number) {
  const sizes: number[] = [];
  const create = (bytes: number) => {
    sizes.push(bytes);
    return {} as GPUBuffer;
  };
  return { pool: new BufferPool(create, most), sizes };
}

it('rounds up, but not beyond what a buffer may hold', () => {
  const most = 2 ** 31 - 4;
  const { pool: large, sizes } = pool(most);
  for (const bytes of [4, 1000, most - 1000, most]) large.acquire(bytes, 'x');
  expect(sizes).toEqual([roundedCapacity(4), roundedCapacity(1000), most, most]);
  expect(large.bytes).toBe(sizes.reduce((sum, bytes) => sum + bytes, 0));
});

it('gives a freed buffer out again, and counts those that go back to the driver no more', () => {
  const { pool: own, sizes } = pool();
  const { allocation } = own.acquire(1000, 'first');
  expect(own.release(allocation)).toBe(true);
  expect(own.acquire(1010, 'second')).toMatchObject({ fresh: false, allocation });
  const huge = own.acquire(600 * 2 ** 20, 'huge').allocation;
  const before = own.bytes;
  expect(own.release(huge)).toBe(false);
  expect(own.bytes).toBe(before - huge.capacity);
  expect(sizes).toHaveLength(2);
});
