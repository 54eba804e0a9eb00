/**
 * What each bench is to reach, in one place: how many times faster than the best peer, a share of our own
 * rate, or a time. Goals are stated for the software adapter and the two cores that they were set on; on
 * other devices they are still printed, as a yardstick. They are stated for the full size of each bench: a
 * quick run, or any other size, has none.
 */
import type { Figure } from './figure';

/** Speed-ups, ours against the best peer, by bench and back end; `matmul` is asked by shape below. */
const SPEEDUPS: { readonly [work: string]: number | undefined } = {
  'lora-step webgpu': 3,
  'lora-step wasm': 1.5,
  'decode webgpu': 5,
  'decode wasm': 2,
};
const LOAD_MS: { readonly [size: string]: number | undefined } = {
  'first generated token': 2000,
  'first finished episode': 5000,
};
const STEP_SHARE = 0.35;
/** How the full size of a bench begins. */
const FULL_SIZES: { readonly [bench: string]: string | undefined } = {
  'lora-step': '32 sequences',
  decode: '32 rows, 64 prompt, 32 new tokens',
  'grpo-step': '4 tasks x 8 rollouts',
};

export interface Goal {
  readonly words: string;
  readonly met: boolean;
}

/** True for the squares of `matmul`, false for the products that the policy is made of. */
export const isSquare = ({ size }: Pick<Figure, 'size'>): boolean => size.includes('(square)');

/**
 * Null where nothing is asked.
 * @param ours a figure of our own
 * @param speedup how many times faster than the best peer; null without a peer, and then such a goal is not met
 */
export function goalOf(ours: Figure, speedup: number | null): Goal | null {
  const { bench, backend, size, median_ms } = ours;
  if (ours.quick === true || !size.startsWith(FULL_SIZES[bench] ?? '')) return null;
  const faster = (times: number): Goal => ({
    words: `${times}x`,
    met: speedup !== null && speedup >= times,
  });
  if (bench === 'matmul') {
    if (backend === 'webgpu') return isSquare(ours) ? null : faster(1.5);
    return size.startsWith('512x512x512 ') ? faster(1) : null;
  }
  if (bench === 'grpo-step' && backend === 'wasm') {
    const share = typeof ours.share_of_square === 'number' ? ours.share_of_square : 0;
    return { words: `${STEP_SHARE * 100}% of our 512-square rate`, met: share >= STEP_SHARE };
  }
  if (bench === 'load') {
    const limit = LOAD_MS[size];
    if (limit === undefined) return null;
    return { words: `under ${limit / 1000} s`, met: median_ms !== null && median_ms < limit };
  }
  const times = SPEEDUPS[`${bench} ${backend}`];
  return times === undefined ? null : faster(times);
}
