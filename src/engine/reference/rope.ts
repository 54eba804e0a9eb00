/**
 * Rotary position embedding (Su et al. 2021), half rotation as in Hugging Face checkpoints.
 *
 * (x[i], x[i + half]) = (x[i] cos a - x[i + half] sin a, x[i + half] cos a + x[i] sin a), a = position * theta^(-i/half).
 *
 * Entries i and i + headDim/2 of a head form a plane that is turned by position * theta^(-2i/headDim).
 * A rotation's gradient is the rotation back, so one function serves both passes.
 */
import type { RopeArgs } from '../backend';
import { floats, ints } from './buffers';

export function rope(args: RopeArgs): void {
  const { rows, heads, headDim, inverse = false } = args;
  const half = headDim / 2;
  const x = floats(args.x, rows * heads * headDim);
  const cos = floats(args.cos);
  const sin = floats(args.sin);
  const positions = ints(args.positions, rows);
  for (let r = 0; r < rows; r++) {
    for (let h = 0; h < heads; h++) {
      const head = (r * heads + h) * headDim;
      for (let i = 0; i < half; i++) {
        const c = cos[positions[r] * half + i];
        const s = inverse ? -sin[positions[r] * half + i] : sin[positions[r] * half + i];
        const a = x[head + i];
        const b = x[head + half + i];
        x[head + i] = a * c - b * s;
        x[head + half + i] = b * c + a * s;
      }
    }
  }
}
