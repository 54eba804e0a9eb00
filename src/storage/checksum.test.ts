import { expect, test } from 'vitest';
import { crc32 } from './checksum';

test.each([
  ['', 0x00000000],
  ['123456789', 0xcbf43926],
  ['The quick brown fox jumps over the lazy dog', 0x414fa339],
])('the CRC-32 of %j is the published one', (text, expected) => {
  expect(crc32(new TextEncoder().encode(text))).toBe(expected);
});

test('of bytes in pieces it is that of the whole', () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 37) & 0xff);
  for (const cut of [0, 1, 137, 300]) {
    expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(crc32(bytes));
  }
});
