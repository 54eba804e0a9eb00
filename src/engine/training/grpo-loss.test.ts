import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  addMetrics,
  batchTotals,
  type GrpoLossOptions,
  grpoLoss,
  type LossRow,
  type LossType,
  summariseMetrics,
  TRL_LOSS_DEFAULTS,
} from './grpo-loss';

type Matrix = readonly (readonly number[])[];
interface Batch {
  readonly completion_lengths: readonly number[];
  readonly mask: Matrix;
  readonly new: Matrix;
  readonly old: Matrix | null;
  readonly ref: Matrix;
  readonly entropy: Matrix;
}
interface LossCase {
  readonly name: string;
  readonly batch: string;
  readonly options: {
    readonly loss_type: LossType;
    readonly importance_sampling_level: 'token' | 'sequence';
    readonly beta: number;
    readonly epsilon: number;
    readonly epsilon_high: number;
    readonly delta: number | null;
    readonly entropy_coef?: number;
    readonly max_completion_length?: number;
    readonly num_items_in_batch?: number;
    readonly sapo_temperature_pos?: number;
    readonly sapo_temperature_neg?: number;
  };
  readonly expected: Expected;
}
interface StepwiseCase {
  readonly name: string;
  readonly batch: string;
  readonly options: {
    readonly aggregation: 'step-mean' | 'token-mean';
    readonly on_policy: boolean;
    readonly beta: number;
    readonly kl: 'k2' | 'k3';
    readonly kl_aggregation: 'same' | 'token-mean';
    readonly clip: number | null;
  };
  readonly expected: Expected;
}
interface Expected {
  readonly advantages: readonly number[];
  readonly loss: number;
  readonly dloss_dlogprob: Matrix;
  readonly metrics: Readonly<Record<string, number>>;
}

const data: {
  readonly batches: Readonly<Record<string, Batch>>;
  readonly loss_cases: readonly LossCase[];
  readonly stepwise_batches: Readonly<Record<string, Batch>>;
  readonly stepwise_cases: readonly StepwiseCase[];
} = JSON.parse(readFileSync(new URL('../../../fixtures/grpo/cases.json', import.meta.url), 'utf8'));

function rowsOf(batch: Batch, advantages: readonly number[], onPolicy: boolean): LossRow[] {
  return batch.new.map((logprobs, i) => ({
    logprobs,
    oldLogprobs: onPolicy || !batch.old ? null : batch.old[i],
    refLogprobs: batch.ref[i],
    entropies: batch.entropy[i],
    mask: batch.mask[i],
    advantage: advantages[i],
  }));
}

/** Limits as in the fixtures' README: loss over max(1, |loss|), gradient elementwise over max(|b|, 1e-3). */
function compare(
  rows: readonly LossRow[],
  options: GrpoLossOptions,
  items: number | null,
  expected: Expected,
  stepwise: boolean,
) {
  const totals = { ...batchTotals(rows), ...(items === null ? {} : { items }) };
  const result = grpoLoss(rows, options, totals);
  expect(Math.abs(result.loss - expected.loss)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected.loss)));
  expected.dloss_dlogprob.forEach((row, i) => {
    row.forEach((b, t) => {
      const a = result.gradients[i].dLogprobs[t];
      expect(Math.abs(a - b), `row ${i} token ${t}: ${a} against ${b}`).toBeLessThan(
        1e-8 * Math.max(Math.abs(b), 1e-3),
      );
    });
  });
  // Trinity-RFT's metrics are aggregates of the loss itself: the KL term alone, the share of clipped tokens.
  const trinity = {
    kl:
      grpoLoss(rows, { ...options, beta: 1 }, totals).loss -
      grpoLoss(rows, { ...options, beta: 0 }, totals).loss,
    clip_fraction: summariseMetrics(result.metrics)['clip_ratio/region_mean'],
  };
  const metrics: Readonly<Record<string, number>> = stepwise
    ? trinity
    : { ...summariseMetrics(result.metrics) };
  for (const [name, value] of Object.entries(expected.metrics)) {
    expect(metrics[name], name).toBeDefined();
    expect(Math.abs(metrics[name] - value), name).toBeLessThan(1e-8 * Math.max(1, Math.abs(value)));
  }
  // Micro-batches add up to the batch.
  const half = Math.ceil(rows.length / 2);
  const first = grpoLoss(rows.slice(0, half), options, totals);
  const second = grpoLoss(rows.slice(half), options, totals);
  expect(Math.abs(first.loss + second.loss - result.loss)).toBeLessThanOrEqual(
    1e-12 * Math.max(1, Math.abs(result.loss)),
  );
  expect(addMetrics(first.metrics, second.metrics).tokens).toBe(result.metrics.tokens);
}

describe('losses against TRL', () => {
  it.each(data.loss_cases.map((c) => [c.name, c] as const))('%s', (_, c) => {
    const o = c.options;
    compare(
      rowsOf(data.batches[c.batch], c.expected.advantages, false),
      {
        ...TRL_LOSS_DEFAULTS,
        lossType: o.loss_type,
        importanceLevel: o.importance_sampling_level,
        epsilon: o.epsilon,
        epsilonHigh: o.epsilon_high,
        delta: o.delta,
        beta: o.beta,
        entropyCoef: o.entropy_coef ?? 0,
        maxCompletionLength: o.max_completion_length ?? TRL_LOSS_DEFAULTS.maxCompletionLength,
        sapoTemperaturePos: o.sapo_temperature_pos ?? 1,
        sapoTemperatureNeg: o.sapo_temperature_neg ?? 1.05,
      },
      o.num_items_in_batch ?? null,
      c.expected,
      false,
    );
  });
});

describe('step-wise losses against Trinity-RFT', () => {
  it.each(data.stepwise_cases.map((c) => [c.name, c] as const))('%s', (_, c) => {
    const o = c.options;
    compare(
      rowsOf(data.stepwise_batches[c.batch], c.expected.advantages, o.on_policy),
      {
        ...TRL_LOSS_DEFAULTS,
        lossType: o.aggregation === 'step-mean' ? 'grpo' : 'bnpo',
        epsilon: o.clip,
        epsilonHigh: o.clip,
        beta: o.beta,
        kl: o.kl,
        klAggregation: o.kl_aggregation,
      },
      null,
      c.expected,
      true,
    );
  });
});

describe('finite differences', () => {
  const base: LossRow = {
    logprobs: [-1.2, -0.4, -2.1, -0.9],
    oldLogprobs: [-1.1, -0.6, -2.0, -1.0],
    refLogprobs: [-1.0, -0.5, -2.2, -0.7],
    entropies: [0.5, 0.7, 0.2, 0.9],
    mask: [1, 1, 0, 1],
    advantage: 0.8,
  };
  const types: readonly LossType[] = ['grpo', 'bnpo', 'dr_grpo', 'dapo', 'sapo', 'paper'];
  it.each(types)('%s, k2 and k3, both signs of the advantage', (lossType) => {
    for (const kl of ['k2', 'k3'] as const) {
      for (const advantage of [0.8, -0.5]) {
        const options = { ...TRL_LOSS_DEFAULTS, lossType, kl, beta: 0.1, entropyCoef: 0.02 };
        const row = { ...base, advantage };
        const totals = batchTotals([row, row]);
        const at = (logprobs: readonly number[], entropies: readonly number[]) =>
          grpoLoss([{ ...row, logprobs, entropies }], options, totals).loss;
        const { gradients } = grpoLoss([row], options, totals);
        const h = 1e-6;
        for (let t = 0; t < 4; t++) {
          const shift = (values: ArrayLike<number>, by: number) =>
            Array.from(values, (x, i) => (i === t ? x + by : x));
          const entropies = Array.from(row.entropies);
          const numeric =
            (at(shift(row.logprobs, h), entropies) - at(shift(row.logprobs, -h), entropies)) / (2 * h);
          expect(gradients[0].dLogprobs[t]).toBeCloseTo(numeric, 7);
          const logprobs = Array.from(row.logprobs);
          const slope = (at(logprobs, shift(entropies, h)) - at(logprobs, shift(entropies, -h))) / (2 * h);
          expect(gradients[0].dEntropies?.[t] ?? 0).toBeCloseTo(slope, 7);
        }
      }
    }
  });
});

it('the paper loss is the sum of token gradients, TRL loss types average them', () => {
  const row: LossRow = {
    logprobs: [-1, -2, -3],
    oldLogprobs: null,
    refLogprobs: null,
    entropies: [0, 0, 0],
    mask: null,
    advantage: 2,
  };
  const totals = batchTotals([row]);
  const paper = grpoLoss([row], { ...TRL_LOSS_DEFAULTS, lossType: 'paper' }, totals);
  const grpo = grpoLoss([row], { ...TRL_LOSS_DEFAULTS, lossType: 'grpo' }, totals);
  expect([...paper.gradients[0].dLogprobs]).toEqual([-2, -2, -2]);
  for (const g of grpo.gradients[0].dLogprobs) expect(g).toBeCloseTo(-2 / 3, 12);
});
