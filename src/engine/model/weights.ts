/** One stored tensor as float32: what adapters are read with. A model's weights are streamed (`weight-stream.ts`). */
import { ModelFileError } from '../errors';
import type { NamedTensor } from './model-config';
import { type StoredTensor, toFloats } from './safetensors';

/**
 * A stored floating-point tensor as float32.
 * @throws ModelFileError `tensor-dtype` if it holds integers
 */
export function floatTensor(tensor: StoredTensor, fileName: string): NamedTensor {
  if (!tensor.dtype.includes('F')) {
    throw new ModelFileError(
      'tensor-dtype',
      `${fileName}: tensor "${tensor.name}" is ${tensor.dtype}; expected F32, F16, BF16 or F64. Quantised models are not implemented.`,
    );
  }
  return { shape: tensor.shape, data: toFloats(tensor) };
}
