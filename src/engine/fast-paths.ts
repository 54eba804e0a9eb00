/**
 * The faster ways a user can ask for or forbid: `?simd=`, `?decode=`, `?products=` and so on in the page's address, the
 * same words after `--` on the command line.
 *
 * Left out, the device decides: what gives the same result on every machine is on where it was measured faster
 * and passes its check, what does not is off. What came of it, and why, is said in `BackendInfo.fastPaths`
 * and by the model.
 */
import { FastPathChoiceError } from './errors';

/** What may be said of each way. */
export const FAST_PATH_WORDS = {
  /** Fused multiply-add in WebAssembly: `auto` after a check, `on` without one. Default `off`. */
  simd: ['off', 'auto', 'on'],
  /** Many tokens a dispatch where device and model allow, or one pass a token. Default `auto`. */
  decode: ['auto', 'plain'],
  /**
   * WebGPU products by four lanes that share what they read, straight from memory, or through workgroup memory.
   * Default by the kind of adapter.
   */
  products: ['quads', 'direct', 'tiles'],
  /** WebGPU sums by subgroup operations: `auto` on a GPU, `on` on a software adapter too, both after a check. Default `auto`. */
  subgroups: ['off', 'auto', 'on'],
  /** WebGPU tiled products of operands rounded to f16, after a check. Default `off`: training promises float32. */
  f16: ['off', 'on'],
} as const;

export type FastPathName = keyof typeof FAST_PATH_WORDS;

/** What was asked for; what is left out is up to the device. */
export type FastPathChoices = {
  readonly [Name in FastPathName]?: (typeof FAST_PATH_WORDS)[Name][number];
};

/** What a user typed, not looked at yet. */
export type FastPathTexts = { readonly [Name in FastPathName]?: string };

export const FAST_PATH_NAMES = Object.keys(FAST_PATH_WORDS) as readonly FastPathName[];

/** Reads what was typed; nothing, or nothing but spaces, is no choice. @throws FastPathChoiceError naming the right words */
export function readFastPaths(texts: FastPathTexts): FastPathChoices {
  const chosen: Partial<Record<FastPathName, string>> = {};
  for (const name of FAST_PATH_NAMES) {
    const text = texts[name]?.trim().toLowerCase();
    if (!text) continue;
    const words: readonly string[] = FAST_PATH_WORDS[name];
    if (!words.includes(text)) {
      throw new FastPathChoiceError(
        'fast-path-choice',
        `There is no choice "${text}" for ${name}. Known: ${words.join(', ')}. Leave it out for the default.`,
      );
    }
    chosen[name] = text;
  }
  return chosen as FastPathChoices;
}
