/** Recomputed blocks give the gradients of kept ones, to the bit, in less memory. */
import { describe, expect, it } from 'vitest';
import { ensureWasm } from '../../../scripts/build-wasm.mjs';
import type { Backend } from '../backend';
import { ReferenceBackend } from '../reference/reference-backend';
import { WasmBackend } from '../wasm/wasm-backend';
import { EngineModel } from './engine-model';
import { mapTensors, randomSequences, randomWeights, TINY, TINY_ADAPTER } from './tiny-model.fixture';

const DEEP = { ...TINY, layers: 5 };

/** Gradients of three ragged samples in two micro-batches of different lengths, and the bytes allocated. */
async function gradients(
  backend: Backend,
  trainable: 'adapter' | 'base',
  qkNorm: boolean,
  recompute: boolean,
) {
  const config = { ...DEEP, qkNorm };
  const model = await EngineModel.open({
    backend,
    config,
    weights: randomWeights(config, 1),
    adapter: trainable === 'adapter' ? TINY_ADAPTER : undefined,
    trainable,
    recompute,
  });
  if (trainable === 'adapter') {
    const tensors = await model.adapterTensors();
    model.loadAdapterTensors(mapTensors(tensors, (value, at) => value + 0.05 * Math.sin(1 + at)));
  }
  const samples = randomSequences(config, 2, [9, 17, 30]).map((ids) => ({
    promptIds: ids.slice(0, 4),
    completionIds: ids.slice(4),
  }));
  await model.accumulate(samples, { temperature: 0.9, microBatchTokens: 30 }, (scores) =>
    scores.map(({ logprobs }) => ({
      dLogprobs: Float64Array.from(logprobs, (_, t) => Math.cos(t)),
      dEntropies: Float64Array.from(logprobs, (_, t) => 0.1 * Math.sin(t)),
    })),
  );
  const named = await model.gradients();
  const bytes = backend.counts.bytesAllocated;
  model.dispose();
  backend.dispose();
  return { named, bytes };
}

describe('recompute', () => {
  const backends: readonly (readonly [string, () => Promise<Backend>])[] = [
    ['reference', async () => new ReferenceBackend()],
    [
      'wasm',
      async () => {
        await ensureWasm();
        return WasmBackend.create({ threads: 1 });
      },
    ],
  ];
  const cases = backends.flatMap(([name, create]) =>
    (['adapter', 'base'] as const).flatMap((trainable) =>
      [true, false].map((qkNorm) => ({ name, create, trainable, qkNorm })),
    ),
  );
  it.each(cases)('on $name, $trainable, head norms $qkNorm', async ({ create, trainable, qkNorm }) => {
    const kept = await gradients(await create(), trainable, qkNorm, false);
    const again = await gradients(await create(), trainable, qkNorm, true);
    expect([...again.named.keys()]).toEqual([...kept.named.keys()]);
    for (const [tensor, { data }] of kept.named) {
      expect(
        data.some((value) => value !== 0),
        tensor,
      ).toBe(true);
      expect(again.named.get(tensor)?.data, tensor).toEqual(data);
    }
    expect(again.bytes).toBeLessThan(kept.bytes);
  });
});
