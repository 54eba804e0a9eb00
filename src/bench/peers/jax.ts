/** jax-js as a peer: its arrays on one device, and products by its own jit. */
import { blockUntilReady, init, jit, numpy as np } from '@jax-js/jax';
import type { BenchBackend } from '../figure';
import type { MakeProduct } from '../matmul';

export type JaxArray = np.Array;

/** Opens the device; false where jax-js does not have it. */
export async function openJax(backend: BenchBackend): Promise<boolean> {
  return (await init(backend)).includes(backend);
}

/** A float32 array on the device. */
export function jaxArray(data: Float32Array, shape: readonly number[], device: BenchBackend): JaxArray {
  return np.array(data as Float32Array<ArrayBuffer>, { shape: [...shape], dtype: np.float32, device });
}

export function jaxProduct(device: BenchBackend): MakeProduct {
  return async ({ m, n, k, transposeB }, a, b, times) => {
    const left = jaxArray(a, [m, k], device);
    const right = jaxArray(b, transposeB ? [n, k] : [k, n], device);
    const product = jit((x: JaxArray, y: JaxArray) =>
      transposeB ? np.matmul(x, np.transpose(y)) : np.matmul(x, y),
    );
    let results: JaxArray[] = [];
    return {
      engine: 'jax-js',
      async run() {
        for (const array of results) array.dispose();
        // It computes when somebody waits, so every result is kept until all are waited for.
        results = Array.from({ length: times }, () => product(left.ref, right.ref));
        await blockUntilReady(results);
      },
      result: async () => (await results[0].ref.data()) as Float32Array,
      dispose() {
        for (const array of [left, right, ...results]) array.dispose();
        product.dispose();
      },
    };
  };
}
