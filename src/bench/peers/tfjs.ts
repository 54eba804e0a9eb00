/** TensorFlow.js as a peer, with its WebGPU and its WebAssembly back end (SIMD and threads where it has them). */
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import type { BenchBackend } from '../figure';
import type { MakeProduct } from '../matmul';

/** Opens the back end; false where it does not start. */
export async function openTfjs(backend: BenchBackend): Promise<boolean> {
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': threaded,
  });
  const opened = await tf.setBackend(backend);
  await tf.ready();
  return opened;
}

export const tfjsProduct: MakeProduct = async ({ m, n, k, transposeB }, a, b, times) => {
  const left = tf.tensor2d(a, [m, k]);
  const right = tf.tensor2d(b, transposeB ? [n, k] : [k, n]);
  let last: tf.Tensor | undefined;
  return {
    engine: 'tfjs',
    async run() {
      for (let i = 0; i < times; i++) {
        last?.dispose();
        last = tf.matMul(left, right, false, transposeB);
      }
      // Its only way to wait is to read; one element is the least that can be read.
      if (last) {
        const corner = tf.slice(last as tf.Tensor2D, [0, 0], [1, 1]);
        await corner.data();
        corner.dispose();
      }
    },
    result: async () => (last ? last.data() : []),
    dispose() {
      for (const tensor of [left, right, last]) tensor?.dispose();
    },
  };
};
