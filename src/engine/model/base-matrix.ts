/**
 * A matrix of the frozen base as the passes get it: floats as they lie, or packed rows (`packed-rows.ts`) that are
 * turned into floats right before a product reads them, in one piece of memory that all matrices share.
 *
 * So a packed base costs one wide matrix more than its packed size, and every product the reading and writing of its
 * matrix once more: little beside the product of a training pass, more beside that of a single token.
 */
import type { Tensor } from '../backend';
import type { DecoderContext } from './decoder';
import { LORA_MODULES, type ModelConfig } from './model-config';
import { type LinearShape, linearShape } from './parameters';

export type PackedMatrix = {
  /** i32 words; its label is the weight's name. */
  readonly packed: Tensor;
} & ({ readonly format: 'int8'; readonly scales: Tensor } | { readonly format: 'f16' });

export type BaseMatrix = Tensor | PackedMatrix;

/** The matrix as floats `[out, in]`; those of a packed one are good until the next call. */
export function floatMatrix(context: DecoderContext, matrix: BaseMatrix, shape: LinearShape): Tensor {
  if (!('packed' in matrix)) return matrix;
  const { backend, scratch, config } = context;
  const { outDim: rows, inDim: dim } = shape;
  const shared = scratch.floats('base.matrix', largestMatrix(config));
  const out = backend.view(shared, 0, rows * dim, matrix.packed.label);
  backend.dequantise({ out, ...matrix, rows, dim });
  return out;
}

/** Elements of the largest linear layer of a block. */
export function largestMatrix(config: ModelConfig): number {
  return Math.max(
    ...LORA_MODULES.map((module) => {
      const { inDim, outDim } = linearShape(config, module);
      return inDim * outDim;
    }),
  );
}
