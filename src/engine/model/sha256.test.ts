/** Against Node's own SHA-256, whatever the lengths and however the bytes are cut. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { SeededNumbers } from '../backend-parity';
import { Sha256 } from './sha256';

const expected = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const numbers = new SeededNumbers(3);
const random = (length: number) => Uint8Array.from(numbers.integers(length, 0, 255));

test.each([0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000])('%d bytes', (length) => {
  const bytes = random(length);
  expect(new Sha256().update(bytes).digest()).toBe(expected(bytes));
});

test('however they are cut', () => {
  const bytes = random(20_000);
  for (let round = 0; round < 20; round++) {
    const sum = new Sha256();
    for (let at = 0; at < bytes.length; ) {
      const [length] = numbers.integers(1, 0, 200);
      sum.update(bytes.subarray(at, at + length));
      at += length;
    }
    expect(sum.digest()).toBe(expected(bytes));
  }
});

test('lengths beyond 32 bits of bits are counted whole', () => {
  const block = new Uint8Array(2 ** 24);
  const sum = new Sha256();
  const other = createHash('sha256');
  // 544 MB are more than 2^32 bits.
  for (let i = 0; i < (process.env.SOAK ? 34 : 2); i++) {
    sum.update(block);
    other.update(block);
  }
  expect(sum.digest()).toBe(other.digest('hex'));
});
