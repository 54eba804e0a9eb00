/**
 * cos and sin of every RoPE angle, computed once on the host in float64: position * theta^(-2i/headDim).
 * GPU sine and cosine lose digits at the large angles of long contexts; a table does not.
 */
import type { Backend, Tensor } from '../backend';
import { allocAll } from './alloc-all';
import type { ModelConfig } from './model-config';

/** `[positions, headDim / 2]` each. */
export interface RopeTables {
  readonly cos: Tensor;
  readonly sin: Tensor;
}

/** The same on the host, float64. */
export function ropeAngles(
  config: Pick<ModelConfig, 'headDim' | 'ropeTheta'>,
  positions: number,
): { readonly cos: Float64Array; readonly sin: Float64Array } {
  const half = config.headDim / 2;
  const cos = new Float64Array(positions * half);
  const sin = new Float64Array(positions * half);
  for (let i = 0; i < half; i++) {
    const frequency = config.ropeTheta ** ((-2 * i) / config.headDim);
    for (let position = 0; position < positions; position++) {
      cos[position * half + i] = Math.cos(position * frequency);
      sin[position * half + i] = Math.sin(position * frequency);
    }
  }
  return { cos, sin };
}

export function ropeTables(backend: Backend, config: ModelConfig, positions: number): RopeTables {
  const { cos, sin } = ropeAngles(config, positions);
  const use = 'weight';
  const [cosines, sines] = allocAll(backend, [
    { label: 'rope.cos', length: cos.length, use },
    { label: 'rope.sin', length: sin.length, use },
  ]);
  backend.write(cosines, cos);
  backend.write(sines, sin);
  return { cos: cosines, sin: sines };
}
