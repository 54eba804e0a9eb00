/** A GRPO update on WebGPU: the same numbers as on the host, one submit a micro-batch, one readback. */
import { expect, test } from 'vitest';
import type { EngineModel } from '../model/engine-model';
import { adaptedModel, hostUpdates, policyBatch, updateOptions } from '../model/policy-update.fixture';
import { ReferenceBackend } from '../reference/reference-backend';
import { WebGpuBackend } from '../webgpu/webgpu-backend';

async function flat(model: EngineModel): Promise<Float32Array> {
  return (await model.exportState()).params;
}

test.each([
  ['grpo', { lossType: 'grpo', beta: 0.1, entropyCoef: 0.05 }],
  ['paper', { lossType: 'paper', beta: 0.1 }],
  ['sequence level', { importanceLevel: 'sequence', delta: 1.2 }],
] as const)('%s: equals the float64 reference on the host', async (_, loss) => {
  const backend = await WebGpuBackend.create();
  const [model, oracle] = [await adaptedModel(backend), await adaptedModel(new ReferenceBackend())];
  const batch = await policyBatch(oracle, 3, 0.6);
  const options = updateOptions(batch, loss, { microBatchTokens: 40 });
  const { updates } = await model.updatePolicy(batch, options);
  const expected = await hostUpdates(oracle, batch, options);
  expected.forEach((update, i) => {
    for (const name of ['loss', 'gap', 'gradNorm'] as const) {
      expect(updates[i][name], name).toBeCloseTo(update[name], 4);
    }
    for (const [name, value] of Object.entries(update.metrics)) {
      expect(Reflect.get(updates[i].metrics, name), name).toBeCloseTo(value, 3);
    }
  });
  const [own, other] = [await flat(model), await flat(oracle)];
  own.forEach((value, i) => {
    expect(value).toBeCloseTo(other[i], 4);
  });
  backend.dispose();
});

test('one submit for each micro-batch and one for the rest, one readback in all', async () => {
  const backend = await WebGpuBackend.create();
  const model = await adaptedModel(backend);
  const batch = await policyBatch(model, 4, 0.3);
  const microBatches = (progress: number[]) => progress.length;
  for (const microBatchTokens of [4096, 30]) {
    const progress: number[] = [];
    const options = updateOptions(
      batch,
      {},
      {
        microBatchTokens,
        onProgress: (done) => progress.push(done),
      },
    );
    await model.updatePolicy(batch, options);
    const before = { ...backend.counts };
    progress.length = 0;
    await model.updatePolicy(batch, options);
    expect(backend.counts.readbacks - before.readbacks).toBe(1);
    expect(backend.counts.submits - before.submits).toBe(microBatches(progress) + 1);
    // Warm: the second time nothing is allocated.
    expect(backend.counts.bytesAllocated).toBe(before.bytesAllocated);
  }
  backend.dispose();
});
