import { describe, expect, it } from 'vitest';
import {
  bfloatsToFloats,
  floatBitsToBfloat,
  floatBitsToHalf,
  floatsToHalves,
  halfToFloatBits,
  halvesToFloats,
} from './half';

const scratch = new DataView(new ArrayBuffer(4));
const bitsOf = (value: number): number => {
  scratch.setFloat32(0, value);
  return scratch.getUint32(0);
};
const floatOf = (bits: number): number => {
  scratch.setUint32(0, bits);
  return scratch.getFloat32(0);
};

/** The F16 value by its definition. */
function halfByDefinition(h: number): number {
  const sign = h & 0x8000 ? -1 : 1;
  const exponent = (h >> 10) & 31;
  const fraction = h & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

describe('F16', () => {
  it('widens all 65,536 patterns to their defined values and narrows them back to themselves', () => {
    for (let h = 0; h < 65536; h++) {
      const bits = halfToFloatBits(h);
      const expected = halfByDefinition(h);
      if (Number.isNaN(expected)) {
        expect(Number.isNaN(floatOf(bits))).toBe(true);
        expect(floatBitsToHalf(bits)).toBe(h | 0x200);
      } else if (!Object.is(floatOf(bits), expected) || floatBitsToHalf(bits) !== h) {
        expect({ h, value: floatOf(bits), back: floatBitsToHalf(bits) }).toEqual({
          h,
          value: expected,
          back: h,
        });
      }
    }
  });

  it('rounds to the nearest value, ties to even, between every two neighbours', () => {
    for (let h = 0; h < 0x7bff; h++) {
      const low = halfByDefinition(h);
      const high = halfByDefinition(h + 1);
      const middle = (low + high) / 2;
      const bits = bitsOf(middle);
      expect(floatOf(bits)).toBe(middle);
      const got = [floatBitsToHalf(bits - 1), floatBitsToHalf(bits), floatBitsToHalf(bits + 1)];
      const even = h % 2 === 0 ? h : h + 1;
      if (got[0] !== h || got[1] !== even || got[2] !== h + 1)
        expect({ h, got }).toEqual({ h, got: [h, even, h + 1] });
    }
  });

  it('overflows to infinity from 65520 on', () => {
    expect([...floatsToHalves(Float32Array.of(65519.996, 65520, -65520, 3e38))]).toEqual([
      0x7bff, 0x7c00, 0xfc00, 0x7c00,
    ]);
  });

  it('keeps the payload of a NaN, signalling ones too', () => {
    const bits = new Uint32Array(halvesToFloats(Uint16Array.of(0x7c01, 0xfe2a)).buffer);
    expect([...bits]).toEqual([0x7f802000, 0xffc54000]);
  });
});

describe('BF16', () => {
  it('widens by appending zeros and narrows back', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const bits = new Uint32Array(bfloatsToFloats(all).buffer);
    for (let b = 0; b < 65536; b++) {
      const nan = (b & 0x7fff) > 0x7f80;
      if (bits[b] !== b * 65536 || floatBitsToBfloat(bits[b]) !== (nan ? b | 0x40 : b)) {
        expect({ b, bits: bits[b], back: floatBitsToBfloat(bits[b]) }).toBe('exact');
      }
    }
  });

  it('rounds ties to even and near the top to infinity', () => {
    expect(floatBitsToBfloat(0x3f808000)).toBe(0x3f80);
    expect(floatBitsToBfloat(0x3f818000)).toBe(0x3f82);
    expect(floatBitsToBfloat(0x3f808001)).toBe(0x3f81);
    expect(floatBitsToBfloat(0xff7fffff)).toBe(0xff80);
  });
});
