/** Memory stays flat however many updates and rollouts are taken; 1,000 under SOAK=1. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { ensureWasm } from '../../../scripts/build-wasm.mjs';
import { WasmBackend } from '../wasm/wasm-backend';
import { adaptedModel, policyBatch, updateOptions } from './policy-update.fixture';

const ROUNDS = process.env.SOAK ? 1000 : 40;
/** After these every shape has been seen. */
const WARM = 8;
/** Compiled code and caches grow by about a megabyte, once; 1,000 rounds that each kept one batch would be far above. */
const HEAP_SLACK = 4 * 2 ** 20;

/** Bytes that are in use. Garbage is collected before: how much of it lies about depends on how busy the machine is. */
function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

it('updates and rollouts allocate nothing once every shape has been seen', {
  timeout: 1_800_000,
}, async () => {
  await ensureWasm();
  const backend = await WasmBackend.create({ threads: 1 });
  const model = await adaptedModel(backend);
  const batches = await Promise.all([1, 2, 3, 4].map((seed) => policyBatch(model, seed, 0.2)));
  let allocated = 0;
  let heap = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const batch = batches[round % batches.length];
    await model.updatePolicy(batch, updateOptions(batch, { beta: 0.05 }));
    await model.generate(
      batch.samples.map(({ promptIds }, seed) => ({ promptIds, seed })),
      { temperature: 1, maxNewTokens: 4, stopIds: [] },
    );
    if (round === WARM) {
      allocated = backend.counts.bytesAllocated;
      heap = bytesInUse();
    }
  }
  expect(allocated).toBeGreaterThan(0);
  expect(backend.counts.bytesAllocated).toBe(allocated);
  expect(bytesInUse() - heap).toBeLessThan(HEAP_SLACK);
  expect(model.updates).toBe(2 * ROUNDS);
  model.dispose();
  backend.dispose();
});
