/**
 * Tensors of the reference back end: views on ordinary typed arrays, float64 for `f32`.
 *
 * A view shares memory with its parent, as on a device. Everything a device would get wrong in
 * silence is checked here: views past the end, misaligned views, an integer tensor used as floats,
 * use after free. So a decoder that runs on the reference uses the seam correctly.
 */
import { type ElementType, type Tensor, VIEW_ALIGNMENT } from '../backend';
import { TensorMisuseError } from '../errors';

/** One allocation; views share it. */
interface Storage {
  readonly data: Float64Array | Int32Array;
  freed: boolean;
}

export class ReferenceTensor implements Tensor {
  constructor(
    readonly type: ElementType,
    readonly label: string,
    readonly offset: number,
    readonly length: number,
    readonly storage: Storage,
  ) {}

  static allocate(type: ElementType, length: number, label: string): ReferenceTensor {
    const data = type === 'f32' ? new Float64Array(length) : new Int32Array(length);
    return new ReferenceTensor(type, label, 0, length, { data, freed: false });
  }

  view(offset: number, length: number, label: string): ReferenceTensor {
    if (offset % VIEW_ALIGNMENT !== 0) {
      throw new TensorMisuseError(this, `view at ${offset} is not aligned to ${VIEW_ALIGNMENT} elements`);
    }
    if (offset < 0 || length < 0 || offset + length > this.length) {
      throw new TensorMisuseError(this, `view ${offset} .. ${offset + length} is outside`);
    }
    return new ReferenceTensor(this.type, label, this.offset + offset, length, this.storage);
  }
}

/** The elements of a tensor, shared with it, whatever their type. */
export function elements(tensor: Tensor): Float64Array | Int32Array {
  if (!(tensor instanceof ReferenceTensor)) {
    throw new TensorMisuseError(tensor, 'belongs to another back end');
  }
  if (tensor.storage.freed) throw new TensorMisuseError(tensor, 'used after free');
  return tensor.storage.data.subarray(tensor.offset, tensor.offset + tensor.length);
}

/** The elements of an `f32` tensor; at least `atLeast` of them. */
export function floats(tensor: Tensor, atLeast = 0): Float64Array {
  const data = elements(tensor);
  if (!(data instanceof Float64Array)) throw new TensorMisuseError(tensor, 'wanted f32');
  if (data.length < atLeast) throw new TensorMisuseError(tensor, `wanted at least ${atLeast} elements`);
  return data;
}

/** The elements of an `i32` tensor; at least `atLeast` of them. */
export function ints(tensor: Tensor, atLeast = 0): Int32Array {
  const data = elements(tensor);
  if (!(data instanceof Int32Array)) throw new TensorMisuseError(tensor, 'wanted i32');
  if (data.length < atLeast) throw new TensorMisuseError(tensor, `wanted at least ${atLeast} elements`);
  return data;
}
