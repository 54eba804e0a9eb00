/**
 * Frozen matrices in fewer bytes: a row of weights as 8-bit integers with one scale, or as 16-bit floats.
 *
 *     int8:  scale = max |w| / 127 over a row,  q = round(w / scale),  w' = scale q      a quarter of float32
 *     f16:   w' = w rounded to IEEE binary16                                             half of float32
 *
 * Packed values lie in 32-bit words, the lowest bits first; a row starts at a whole word. The scale keeps 17
 * significant bits (rounded up), so that its product with a 7-bit integer is exact in float32: every back end computes
 * with the very same weights, and those can be written down as float32 too.
 *
 * The error of int8 is at most half a scale for each weight: about 0.4 % of the largest weight of its row. Symmetric,
 * no zero point, no calibration data: it needs nothing but the weights, row by row, so it fits into a stream.
 * Source: Dettmers et al. 2022, "LLM.int8()" (arXiv 2208.07339), section 2.1, absmax quantisation by rows.
 */
import type { PackedFormat } from '../backend';
import { UnsupportedModelError } from '../errors';
import { floatsToHalves, halvesToFloats } from './half';

/** How the matrices of the blocks are kept on the device. */
export type BaseFormat = 'f32' | PackedFormat;

/** Values in a 32-bit word. */
const WORD_VALUES: Readonly<Record<PackedFormat, number>> = { int8: 4, f16: 2 };

const MOST = 127;

export interface PackedRows {
  /** `[rows, ceil(dim / WORD_VALUES)]` */
  readonly words: Int32Array;
  /** `[rows]` for int8; empty for f16. */
  readonly scales: Float32Array;
}

/** Words of a row of `dim` values. */
export function wordsOf(format: PackedFormat, dim: number): number {
  return Math.ceil(dim / WORD_VALUES[format]);
}

/**
 * Packs whole rows `[rows, dim]` of finite values.
 * @throws UnsupportedModelError where a value is beyond what f16 holds
 */
export function packRows(format: PackedFormat, values: Float32Array, dim: number): PackedRows {
  const rows = values.length / dim;
  const words = new Int32Array(rows * wordsOf(format, dim));
  if (format === 'f16') {
    const halves = new Uint16Array(words.buffer);
    const stride = 2 * wordsOf(format, dim);
    for (let r = 0; r < rows; r++) {
      halves.set(floatsToHalves(values.subarray(r * dim, (r + 1) * dim)), r * stride);
    }
    checkHalves(halves);
    return { words, scales: new Float32Array() };
  }
  const bytes = new Int8Array(words.buffer);
  const stride = 4 * wordsOf(format, dim);
  const scales = new Float32Array(rows);
  for (let r = 0; r < rows; r++) {
    let largest = 0;
    for (let c = 0; c < dim; c++) largest = Math.max(largest, Math.abs(values[r * dim + c]));
    const scale = shortened(largest / MOST);
    scales[r] = scale;
    if (scale === 0) continue;
    for (let c = 0; c < dim; c++) bytes[r * stride + c] = Math.round(values[r * dim + c] / scale);
  }
  return { words, scales };
}

/** The float32 values that packed rows stand for, exactly. */
export function unpackRows(format: PackedFormat, { words, scales }: PackedRows, dim: number): Float32Array {
  const stride = wordsOf(format, dim) * WORD_VALUES[format];
  const rows = words.length / wordsOf(format, dim);
  const wide =
    format === 'f16'
      ? halvesToFloats(new Uint16Array(words.buffer))
      : Float32Array.from(new Int8Array(words.buffer));
  const values = new Float32Array(rows * dim);
  for (let r = 0; r < rows; r++) {
    const scale = format === 'int8' ? scales[r] : 1;
    for (let c = 0; c < dim; c++) values[r * dim + c] = scale * wide[r * stride + c];
  }
  return values;
}

const floatView = new Float32Array(1);
const bitsView = new Uint32Array(floatView.buffer);

/** The next float32 with 17 significant bits, not below `value` (positive). */
function shortened(value: number): number {
  floatView[0] = value;
  // One step up, since rounding to float32 may have gone down.
  bitsView[0] = value === 0 ? 0 : (bitsView[0] + 1 + 0x7f) & ~0x7f;
  return floatView[0];
}

function checkHalves(halves: Uint16Array): void {
  if (!halves.some((half) => (half & 0x7fff) >= 0x7c00)) return;
  throw new UnsupportedModelError(
    'f16-overflow',
    'A weight is beyond 65504, the largest that f16 holds. Open the model with an int8 or f32 base.',
  );
}
