/** Whole updates on the device against the same composed on the host; all or nothing. */
import { describe, expect, it } from 'vitest';
import { ensureWasm } from '../../../scripts/build-wasm.mjs';
import type { Backend } from '../backend';
import { NonFiniteError, PassAbortedError } from '../errors';
import type { PolicyUpdate } from '../language-model';
import { ReferenceBackend } from '../reference/reference-backend';
import type { GrpoLossOptions } from '../training/grpo-loss';
import { WasmBackend } from '../wasm/wasm-backend';
import type { EngineModel } from './engine-model';
import { adaptedModel, hostUpdates, policyBatch, updateOptions } from './policy-update.fixture';

const LOSSES: readonly (readonly [string, Partial<GrpoLossOptions>])[] = [
  ['dapo', {}],
  ['grpo with KL and entropy', { lossType: 'grpo', beta: 0.1, entropyCoef: 0.05 }],
  ['bnpo, k2, no clipping', { lossType: 'bnpo', beta: 0.2, kl: 'k2', epsilon: null, epsilonHigh: null }],
  ['dr_grpo, sequence level', { lossType: 'dr_grpo', importanceLevel: 'sequence', delta: 1.2 }],
  ['cispo', { lossType: 'cispo', epsilonHigh: 1.1 }],
  ['sapo', { lossType: 'sapo' }],
  ['paper, KL over tokens', { lossType: 'paper', beta: 0.1, klAggregation: 'token-mean' }],
];

function expectSame(actual: readonly PolicyUpdate[], expected: readonly PolicyUpdate[], digits: number) {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((update, i) => {
    for (const name of ['loss', 'gap', 'gradNorm'] as const) {
      // Relative where the value is large: a sum of token gradients may be.
      const size = Math.max(1, Math.abs(update[name]));
      expect(actual[i][name] / size, `${name} of update ${i}`).toBeCloseTo(update[name] / size, digits);
    }
    for (const [name, value] of Object.entries(update.metrics)) {
      expect(Reflect.get(actual[i].metrics, name), `${name} of update ${i}`).toBeCloseTo(value, digits);
    }
  });
}

async function expectSameAdapter(a: EngineModel, b: EngineModel, digits: number): Promise<void> {
  const [own, other] = [await a.exportState(), await b.exportState()];
  expect(own.updates).toBe(other.updates);
  for (const part of ['params', 'm', 'v'] as const) {
    own[part].forEach((value, i) => {
      expect(value, `${part}[${i}]`).toBeCloseTo(other[part][i], digits);
    });
  }
}

describe('updatePolicy is reference, loss, backward, clipping and AdamW', () => {
  const backends: readonly (readonly [string, number, () => Promise<Backend>])[] = [
    ['reference', 6, async () => new ReferenceBackend()],
    [
      'wasm',
      4,
      async () => {
        await ensureWasm();
        return WasmBackend.create({ threads: 2 });
      },
    ],
  ];
  for (const [name, digits, create] of backends) {
    it.each(LOSSES)(`on ${name}: %s`, async (_, loss) => {
      const backend = await create();
      const [model, host] = [await adaptedModel(backend), await adaptedModel(backend)];
      const batch = await policyBatch(model, 3, 0.6);
      for (const changes of [{}, { microBatchTokens: 25 }, { iterations: 1, offPolicy: false }]) {
        const options = updateOptions(batch, loss, changes);
        const { updates } = await model.updatePolicy(batch, options);
        expectSame(updates, await hostUpdates(host, batch, options), digits);
        await expectSameAdapter(model, host, digits);
      }
      backend.dispose();
    });
  }

  it('reads once, whatever the number of micro-batches and updates', async () => {
    const backend = new ReferenceBackend();
    const model = await adaptedModel(backend);
    const batch = await policyBatch(model, 4, 0.3);
    const before = backend.counts.readbacks;
    await model.updatePolicy(batch, updateOptions(batch, {}, { microBatchTokens: 10, iterations: 3 }));
    expect(backend.counts.readbacks - before).toBe(1);
  });

  it('without reference there is no KL, and a batch of silence changes nothing but the decay', async () => {
    const model = await adaptedModel(new ReferenceBackend());
    const batch = await policyBatch(model, 5, 0.3);
    const quiet = { ...batch, advantages: batch.advantages.map(() => 0) };
    const optimiser = { lr: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, maxGradNorm: 0.5 };
    const start = await model.exportState();
    const { updates } = await model.updatePolicy(
      quiet,
      updateOptions(quiet, {}, { useReference: false, optimiser }),
    );
    expect(updates.map(({ gradNorm, loss, metrics }) => [gradNorm, loss, metrics.kl])).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect((await model.exportState()).params).toEqual(start.params);
    const empty = { samples: [], sampledLogprobs: [], masks: [], advantages: [] };
    const nothing = await model.updatePolicy(empty, updateOptions(empty, {}));
    expect(nothing.updates.map(({ gradNorm }) => gradNorm)).toEqual([0, 0]);
  });
});

describe('all or nothing', () => {
  it('an abort in the second update undoes the first', async () => {
    const model = await adaptedModel(new ReferenceBackend());
    const batch = await policyBatch(model, 6, 0.3);
    await model.updatePolicy(batch, updateOptions(batch, {}));
    const start = await model.exportState();
    const abort = new AbortController();
    let seen = 0;
    const stopped = model.updatePolicy(
      batch,
      updateOptions(
        batch,
        {},
        {
          microBatchTokens: 20,
          signal: abort.signal,
          onProgress: (done, total) => {
            seen = done / total;
            if (seen > 0.7) abort.abort();
          },
        },
      ),
    );
    await expect(stopped).rejects.toThrow(PassAbortedError);
    expect(seen).toBeGreaterThan(0.5);
    expect(await model.exportState()).toEqual(start);
  });

  it.each([
    [
      'advantage',
      'non-finite-logprob',
      (batch: Awaited<ReturnType<typeof policyBatch>>) => ({
        ...batch,
        advantages: batch.advantages.map((a, s) => (s === 4 ? Number.NaN : a)),
      }),
    ],
    [
      'log-prob at sampling',
      'non-finite-logprob',
      (batch: Awaited<ReturnType<typeof policyBatch>>) => ({
        ...batch,
        sampledLogprobs: batch.sampledLogprobs.map((logprobs, s) =>
          Float64Array.from(logprobs, (l) => (s === 4 ? -1e6 : l)),
        ),
      }),
    ],
  ] as const)('a %s that makes the loss infinite is named, and nothing changes', async (_, code, spoil) => {
    const model = await adaptedModel(new ReferenceBackend());
    const batch = await policyBatch(model, 7, 0.3);
    const start = await model.exportState();
    const loss = { epsilon: null, epsilonHigh: null } as const;
    const failing = model.updatePolicy(spoil(batch), updateOptions(batch, loss));
    await expect(failing).rejects.toThrow(NonFiniteError);
    await expect(failing).rejects.toMatchObject({ code });
    await expect(failing).rejects.toThrow(/sample 4/);
    expect(await model.exportState()).toEqual(start);
    const { updates } = await model.updatePolicy(batch, updateOptions(batch, loss));
    expect(updates).toHaveLength(2);
  });
});
