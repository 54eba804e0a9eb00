/** Several tensors that are of use together only: all of them, or an error and none. */
import type { Backend, BufferUse, Tensor } from '../backend';

export interface Wanted {
  readonly label: string;
  readonly length: number;
  readonly use: BufferUse;
}

/** Zero-filled float tensors in the order asked for. @throws DeviceMemoryError; nothing stays allocated then */
export function allocAll(backend: Backend, wanted: readonly Wanted[]): Tensor[] {
  const made: Tensor[] = [];
  try {
    for (const { label, length, use } of wanted) made.push(backend.alloc('f32', length, label, use));
    return made;
  } catch (error) {
    for (const tensor of made) backend.free(tensor);
    throw error;
  }
}
