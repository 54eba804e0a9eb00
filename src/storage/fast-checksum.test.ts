import { expect, test } from 'vitest';
import { xxHash32 } from './fast-checksum';

const text = (words: string) => new TextEncoder().encode(words);

/** Values of the reference implementation. */
test.each([
  ['', 0x02cc5d05],
  ['a', 0x550d7456],
  ['abc', 0x32d153ff],
  ['abcdefghijklmnopqrstuvwxyz', 0x63a14d5f],
  ['Nobody inspects the spammish repetition', 0xe2293b2f],
])('of %j', (words, value) => {
  expect(xxHash32(text(words))).toBe(value);
});

test('the same from any place of a larger buffer', () => {
  const words = text('Nobody inspects the spammish repetition');
  for (let at = 0; at < 8; at++) {
    const larger = new Uint8Array(words.length + 8);
    larger.set(words, at);
    expect(xxHash32(larger.subarray(at, at + words.length))).toBe(0xe2293b2f);
  }
});

test('every flipped bit is seen', () => {
  const bytes = Uint8Array.from({ length: 87 }, (_, i) => i * 31);
  const whole = xxHash32(bytes);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = bytes.slice();
    damaged[bit >> 3] ^= 1 << (bit & 7);
    expect(xxHash32(damaged)).not.toBe(whole);
  }
});
