/** Packed matrices back to floats: w[r, c] = scale[r] * q[r, c], or the 16-bit float as it is. */
import type { DequantiseArgs } from '../backend';
import { halfToFloatBits } from '../model/half';
import { floats, ints } from './buffers';

const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);

/** The value of a 16-bit float. */
function half(pattern: number): number {
  bits[0] = halfToFloatBits(pattern);
  return value[0];
}

export function dequantise(args: DequantiseArgs): void {
  const { rows, dim } = args;
  const values = args.format === 'int8' ? 4 : 2;
  const width = 32 / values;
  const stride = Math.ceil(dim / values);
  const out = floats(args.out, rows * dim);
  const packed = ints(args.packed, rows * stride);
  const scales = args.format === 'int8' ? floats(args.scales, rows) : undefined;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < dim; c++) {
      const word = packed[r * stride + Math.floor(c / values)];
      const place = (c % values) * width;
      // To the top of the word, and down again: the shift to the right keeps the sign.
      out[r * dim + c] = scales
        ? scales[r] * ((word << (24 - place)) >> 24)
        : half((word >>> place) & 0xffff);
    }
  }
}
