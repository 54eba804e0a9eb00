/**
 * Tensors of the WebAssembly back end: an address in linear memory, checked before a kernel sees it.
 *
 * A kernel trusts its addresses and indices; one wrong number would overwrite somebody else's data.
 * So lengths, types and the contents of index tensors are checked here, which costs little beside
 * the operation.
 */

import { type ElementType, type Tensor, VIEW_ALIGNMENT } from '../backend';
import { TensorMisuseError } from '../errors';
import type { Block } from './block-allocator';

/** A copy of a weight in the panel order of the matrix kernels. */
export interface PackedCopy {
  readonly block: Block;
}

export interface DeviceBuffer {
  readonly block: Block;
  readonly isWeight: boolean;
  /** Packed copies by the view and orientation they were made from; empty for activations. */
  readonly packed: Map<string, PackedCopy>;
  freed: boolean;
}

export class WasmTensor implements Tensor {
  constructor(
    readonly type: ElementType,
    readonly length: number,
    readonly offset: number,
    readonly label: string,
    readonly buffer: DeviceBuffer,
  ) {}

  get address(): number {
    return this.buffer.block.address + 4 * this.offset;
  }

  view(offset: number, length: number, label: string): WasmTensor {
    if (offset % VIEW_ALIGNMENT !== 0) {
      throw new TensorMisuseError(this, `view at ${offset} is not aligned to ${VIEW_ALIGNMENT} elements`);
    }
    if (offset < 0 || length < 0 || offset + length > this.length) {
      throw new TensorMisuseError(this, `view ${offset} .. ${offset + length} is outside`);
    }
    return new WasmTensor(this.type, length, this.offset + offset, label, this.buffer);
  }
}

/** The tensor as this back end's own, alive. Throws `TensorMisuseError`. */
export function own(tensor: Tensor): WasmTensor {
  if (!(tensor instanceof WasmTensor)) throw new TensorMisuseError(tensor, 'belongs to another back end');
  if (tensor.buffer.freed) throw new TensorMisuseError(tensor, 'used after free');
  return tensor;
}

/** Address of at least `length` elements of `type`. */
export function addressOf(tensor: Tensor, type: ElementType, length: number): number {
  const mine = own(tensor);
  if (mine.type !== type) throw new TensorMisuseError(tensor, `wanted ${type}`);
  if (mine.length < length) throw new TensorMisuseError(tensor, `wanted at least ${length} elements`);
  return mine.address;
}

/** Throws unless every one of the values is in low .. high - 1. */
export function checkRange(tensor: Tensor, values: Int32Array, low: number, high: number): void {
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low || values[i] >= high) {
      throw new TensorMisuseError(tensor, `element ${i} is ${values[i]}, not in ${low} .. ${high - 1}`);
    }
  }
}
