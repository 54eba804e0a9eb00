/** A batch as GRPO makes it, on a tiny model, and the same update composed on the host: the oracle. */
import type { Backend } from '../backend';
import { SeededNumbers } from '../backend-parity';
import type {
  PolicyBatch,
  PolicyUpdate,
  PolicyUpdateOptions,
  TokenSample,
  TokenScores,
} from '../language-model';
import {
  addMetrics,
  batchTotals,
  type GrpoLossOptions,
  grpoLoss,
  type LossRow,
  TRL_LOSS_DEFAULTS,
} from '../training/grpo-loss';
import { EngineModel } from './engine-model';
import { mapTensors, randomWeights, TINY, TINY_ADAPTER } from './tiny-model.fixture';

/** An adapter model whose B is not zero, so that every gradient is alive. */
export async function adaptedModel(backend: Backend): Promise<EngineModel> {
  const weights = randomWeights(TINY, 1);
  const model = await EngineModel.open({ backend, config: TINY, weights, adapter: TINY_ADAPTER });
  const tensors = await model.adapterTensors();
  model.loadAdapterTensors(mapTensors(tensors, (value, at) => value + 0.05 * Math.sin(1 + at)));
  return model;
}

/**
 * Steps of two groups: prompts that share prefixes, one completion empty, one masked as a whole, one in part;
 * sampled log-probs are the model's own, nudged by `drift`.
 */
export async function policyBatch(model: EngineModel, seed: number, drift: number): Promise<PolicyBatch> {
  const numbers = new SeededNumbers(seed);
  const draw = (length: number) => [...numbers.integers(length, 0, TINY.vocabSize - 1)];
  const prompts = [draw(5), draw(4)];
  const samples: TokenSample[] = prompts.flatMap((prompt) => {
    const first = Array.from({ length: 3 }, () => ({ promptIds: prompt, completionIds: draw(4) }));
    const next = first.map(({ promptIds, completionIds }) => ({
      promptIds: [...promptIds, ...completionIds, ...draw(2)],
      completionIds: draw(numbers.integer(1, 6)),
    }));
    return [...first, ...next];
  });
  samples.push({ promptIds: draw(3), completionIds: [] });
  const scores = await model.score(samples, { temperature: 0.8, useAdapter: true });
  return {
    samples,
    sampledLogprobs: scores.map(({ logprobs }) => logprobs.map((l) => l + drift * (numbers.next() - 0.5))),
    masks: samples.map(({ completionIds }, s) => {
      if (s === 2) return new Uint8Array(completionIds.length);
      return s % 3 === 0 ? Uint8Array.from(completionIds, (_, t) => (t === 1 ? 0 : 1)) : null;
    }),
    advantages: samples.map((_, s) => Math.sin(1 + 2 * s)),
  };
}

export function updateOptions(
  batch: PolicyBatch,
  loss: Partial<GrpoLossOptions>,
  changes: Partial<PolicyUpdateOptions> = {},
): PolicyUpdateOptions {
  const rows = batch.sampledLogprobs.map((logprobs, s) => ({ logprobs, mask: batch.masks[s] }));
  return {
    temperature: 0.8,
    loss: { ...TRL_LOSS_DEFAULTS, ...loss },
    totals: batchTotals(rows),
    iterations: 2,
    offPolicy: true,
    useReference: true,
    optimiser: { lr: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.01, maxGradNorm: 0.5 },
    ...changes,
  };
}

/** What `updatePolicy` does, by scoring, the host's loss and single updates. */
export async function hostUpdates(
  model: EngineModel,
  batch: PolicyBatch,
  options: PolicyUpdateOptions,
): Promise<PolicyUpdate[]> {
  const { temperature, loss, totals, offPolicy } = options;
  const reference = options.useReference
    ? await model.score(batch.samples, { temperature, useAdapter: false })
    : null;
  const updates: PolicyUpdate[] = [];
  for (let iteration = 0; iteration < options.iterations; iteration++) {
    let sums = grpoLoss([], loss, totals);
    let gap = 0;
    let tokens = 0;
    const row = (scores: TokenScores, sample: number): LossRow => ({
      logprobs: scores.logprobs,
      entropies: scores.entropies,
      oldLogprobs: offPolicy ? batch.sampledLogprobs[sample] : null,
      refLogprobs: reference ? reference[sample].logprobs : null,
      mask: batch.masks[sample],
      advantage: batch.advantages[sample],
    });
    await model.accumulate(batch.samples, { temperature, sharePrefixes: false }, (scores, indices) => {
      const part = grpoLoss(
        scores.map((score, i) => row(score, indices[i])),
        loss,
        totals,
      );
      sums = { ...part, loss: sums.loss + part.loss, metrics: addMetrics(sums.metrics, part.metrics) };
      scores.forEach(({ logprobs }, i) => {
        logprobs.forEach((logprob, t) => {
          gap += Math.abs(logprob - batch.sampledLogprobs[indices[i]][t]);
          tokens++;
        });
      });
      return part.gradients.map(({ dLogprobs, dEntropies }) => ({
        dLogprobs,
        dEntropies: dEntropies ?? undefined,
      }));
    });
    const { gradNorm } = await model.update(options.optimiser);
    updates.push({ loss: sums.loss, metrics: sums.metrics, gap: gap / tokens, gradNorm });
  }
  return updates;
}
