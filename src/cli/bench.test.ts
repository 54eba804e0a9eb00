/** The words of `npm run bench`: what it refuses before anything is measured. */
import { expect, test } from 'vitest';
import { UsageError } from './arguments';
import { main } from './bench';

test.each([
  [['matmull'], /no bench "matmull".*matmul, lora-step/],
  [['--backend', 'webgl'], /wasm, webgpu/],
  [['--runtime', 'deno'], /browser, node/],
  [['decode', '--runtime', 'node'], /runs in a browser only/],
  [['lora-step', '--peers', 'jax-js,torch'], /no peer "torch".*jax-js, tfjs/],
  [['--runs', '0'], /at least 1/],
  [['--speed'], /speed/],
  [['--report'], /needs files/],
])('%j is refused in words', async (argv, message) => {
  const problem = await main(argv).then(
    () => null,
    (error: unknown) => error,
  );
  expect(problem).toBeInstanceOf(UsageError);
  expect(String(problem)).toMatch(message);
});
