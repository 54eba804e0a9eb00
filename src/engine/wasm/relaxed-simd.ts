/**
 * Relaxed SIMD: x y + z in one instruction, and the check that it computes what the plain kernels do.
 *
 * WebAssembly leaves to the machine whether `relaxed_madd` rounds once or twice, so results are the same on
 * every run and every number of threads of one machine, and differ in the last bits between machines. It is
 * therefore off where "same seed, same curve" is promised. Where it is asked for, products of ragged sizes
 * must first agree with the plain kernels. Source: the relaxed-simd proposal of WebAssembly.
 *
 * Limits: Node 20 takes such modules only with --experimental-wasm-relaxed-simd.
 */
import type { Backend } from '../backend';
import { SeededNumbers } from '../parity/seeded-numbers';

export const RELAXED_SIMD = 'relaxed SIMD';

/** `off`; `auto`: on where the machine has it and it passes the check; `on`: the same without the check. */
export type RelaxedSimd = 'off' | 'auto' | 'on';

/** Sizes [m, n, k]: every kind of tile, ragged edges, more than one block of k. */
const SIZES = [
  [4, 24, 64],
  [7, 29, 300],
  [61, 8, 33],
  [9, 3, 517],
] as const;
/** Of the largest result; float32 sums of 517 products in another rounding differ by less than a tenth of it. */
const TOLERANCE = 1e-5;

/** Null when products agree with those of `plain`, else one sentence. Takes some milliseconds. */
export async function relaxedSimdTrouble(candidate: Backend, plain: Backend): Promise<string | null> {
  const random = new SeededNumbers(20260101);
  for (const [m, n, k] of SIZES) {
    const [a, b, addend] = [random.normal(m * k), random.normal(k * n), random.normal(m * n)];
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const product = async (backend: Backend) => {
          const put = (data: Float32Array, label: string) => {
            const tensor = backend.alloc('f32', data.length, label);
            backend.write(tensor, data);
            return tensor;
          };
          const [left, right, out] = [put(a, 'check a'), put(b, 'check b'), put(addend, 'check out')];
          const shape = { m, n, k, transposeA, transposeB, alpha: 0.5, accumulate: true };
          backend.matmul({ out, a: left, b: right, ...shape });
          const result = await backend.readFloats(out);
          for (const tensor of [left, right, out]) backend.free(tensor);
          return result;
        };
        const [got, expected] = [await product(candidate), await product(plain)];
        const values = Array.from(expected);
        const largest = Math.max(...values.map(Math.abs));
        const wrong = Array.from(got).findIndex((x, i) => !(Math.abs(x - values[i]) <= TOLERANCE * largest));
        if (wrong >= 0) {
          return `Its self-check failed: a ${m} x ${n} x ${k} product gave ${got[wrong]} instead of ${values[wrong]}.`;
        }
      }
    }
  }
  return null;
}
