import { expect, test } from 'vitest';
import { crc32 } from './checksum';

test.each([
  ['', 0x00000000],
  ['123456789', 0xcbf43926],
  ['The quick brown fox jumps over the lazy dog', 0x414fa339],
])('the CRC-32 of %j is the published one', (text, expected) => {
  expect(crc32(new TextEncoder().encode(text))).toBe(expected);
});
