/**
 * The losses of `grpo/cases.json`: TRL's and the step-wise ones of AgeMem / Trinity-RFT, from log-probs to
 * loss, metrics and dL/dlogprob. Each runs twice: `grpoLoss` on the host in float64, and the back end's own
 * `policyLoss`. Advantages are inputs here; computing them from rewards is not the engine's business.
 *
 *     loss: |a - b| / max(1, |b|)      gradient: largest |a - b| / max(|b|, 1e-3)
 *     metrics: largest |a - b| / max(1, |b|)
 */
import { type Backend, VIEW_ALIGNMENT } from '../backend';
import { ModelFileError } from '../errors';
import {
  addRowSums,
  type BatchTotals,
  batchTotals,
  countTokens,
  emptyMetrics,
  type GrpoLossOptions,
  grpoLoss,
  type LossMetricSums,
  type LossRow,
  rowWeights,
  summariseMetrics,
} from '../training/grpo-loss';
import { packCredits, readSums, SUMS_WIDTH } from '../training/policy-loss';
import type { Fields } from './fields';
import type { FixtureFolder } from './files';
import { lossOptions, stepwiseOptions } from './loss-options';
import type { ConformanceResult } from './results';

/** Gradients smaller than this are compared absolutely. */
const GRADIENT_FLOOR = 1e-3;

interface LossOutcome {
  readonly loss: number;
  readonly metrics: LossMetricSums;
  /** `[row][token]` */
  readonly gradients: readonly ArrayLike<number>[];
}

type LossRun = (
  rows: readonly LossRow[],
  options: GrpoLossOptions,
  totals: BatchTotals,
) => Promise<LossOutcome>;

/** Every loss of every JSON file in the folder. */
export async function* lossCases(backend: Backend, folder: FixtureFolder): AsyncGenerator<ConformanceResult> {
  for (const file of folder.files().filter((name) => name.endsWith('.json'))) {
    let json: Fields;
    let lists: { kind: 'trl' | 'stepwise'; cases: readonly Fields[]; batches: Fields | undefined }[];
    try {
      json = await folder.json(file);
      lists = [
        { kind: 'trl', cases: json.objects('loss_cases'), batches: json.optionalObject('batches') },
        {
          kind: 'stepwise',
          cases: json.objects('stepwise_cases'),
          batches: json.optionalObject('stepwise_batches'),
        },
      ];
    } catch (cause) {
      yield folder.failed('open', cause);
      continue;
    }
    for (const { kind, cases, batches } of lists) {
      for (const [i, one] of cases.entries()) {
        const name = one.optionalText('name') ?? `${kind} ${i}`;
        yield* lossCase(backend, folder.folder(`${kind}/${name}`), one, batches, kind);
      }
    }
  }
}

async function* lossCase(
  backend: Backend,
  folder: FixtureFolder,
  one: Fields,
  batches: Fields | undefined,
  kind: 'trl' | 'stepwise',
): AsyncGenerator<ConformanceResult> {
  const runs: readonly (readonly ['host' | 'device', LossRun])[] = [
    ['host', async (rows, options, totals) => onHost(rows, options, totals)],
    ['device', (rows, options, totals) => onDevice(backend, rows, options, totals)],
  ];
  for (const [path, run] of runs) {
    try {
      const given = one.object('options');
      const options = kind === 'trl' ? lossOptions(given) : stepwiseOptions(given);
      const expected = one.object('expected');
      const batch = batches?.optionalObject(one.text('batch'));
      if (!batch) throw new ModelFileError('fixture-field', `${one.where}: there is no such batch.`);
      const onPolicy = kind === 'stepwise' && given.flag('on_policy', false);
      const rows = rowsOf(batch, expected.numbers('advantages'), onPolicy);
      const own = batchTotals(rows);
      const totals = { ...own, items: given.number('num_items_in_batch', own.items) };
      const outcome = await run(rows, options, totals);
      yield* compared(folder, path, outcome, expected, () =>
        kind === 'trl' ? trlMetrics(outcome) : trinityMetrics(run, rows, options, totals, outcome),
      );
    } catch (cause) {
      yield folder.failed('cases.loss_over_max(1,loss)', cause, { path });
    }
  }
}

async function* compared(
  folder: FixtureFolder,
  path: 'host' | 'device',
  outcome: LossOutcome,
  expected: Fields,
  metricsOf: () => Metrics | Promise<Metrics>,
): AsyncGenerator<ConformanceResult> {
  const over = (a: number, b: number, floor: number): number => {
    const error = Math.abs(a - b) / Math.max(floor, Math.abs(b));
    return Number.isNaN(error) ? Infinity : error;
  };
  if (expected.has('loss')) {
    yield await folder.measure(
      'cases.loss_over_max(1,loss)',
      () => over(outcome.loss, expected.number('loss'), 1),
      { path },
    );
  }
  if (expected.has('dloss_dlogprob')) {
    yield await folder.measure(
      'cases.gradient_elementwise',
      () => {
        const rows = expected.matrix('dloss_dlogprob');
        const entries = rows.flatMap((row, i) =>
          row.map((b, t) => over(outcome.gradients[i]?.[t] ?? Number.NaN, b, GRADIENT_FLOOR)),
        );
        return entries.reduce((largest, error) => Math.max(largest, error), 0);
      },
      { path },
    );
  }
  const metrics = expected.optionalObject('metrics');
  if (!metrics) return;
  yield await folder.measure(
    'cases.metrics',
    async () => {
      const own = await metricsOf();
      let largest = 0;
      for (const name of Object.keys(metrics.json)) {
        const value = metrics.optionalNumber(name);
        if (value === undefined) continue;
        if (!(name in own)) throw new ModelFileError('fixture-field', `There is no metric "${name}".`);
        largest = Math.max(largest, over(own[name], value, 1));
      }
      return largest;
    },
    { path },
  );
}

type Metrics = Readonly<Record<string, number>>;

function trlMetrics({ metrics }: LossOutcome): Metrics {
  return { ...summariseMetrics(metrics) };
}

/** Trinity-RFT's metrics are aggregates of the loss itself: the KL term alone, the share of clipped tokens. */
async function trinityMetrics(
  run: LossRun,
  rows: readonly LossRow[],
  options: GrpoLossOptions,
  totals: BatchTotals,
  { metrics }: LossOutcome,
): Promise<Metrics> {
  const silent = rows.map((row) => ({ ...row, advantage: 0 }));
  const { loss } = await run(silent, { ...options, beta: 1, entropyCoef: 0 }, totals);
  return { kl: loss, clip_fraction: summariseMetrics(metrics)['clip_ratio/region_mean'] };
}

function rowsOf(batch: Fields, advantages: readonly number[], onPolicy: boolean): LossRow[] {
  const optional = (name: string) => (batch.has(name) ? batch.matrix(name) : null);
  const logprobs = batch.matrix('new');
  const [old, ref, entropy, mask] = ['old', 'ref', 'entropy', 'mask'].map(optional);
  const rows = logprobs.map((values, i) => ({
    logprobs: values,
    oldLogprobs: onPolicy || !old ? null : old[i],
    refLogprobs: ref?.[i] ?? null,
    entropies: entropy?.[i] ?? new Float64Array(values.length),
    mask: mask?.[i] ?? null,
    advantage: advantages[i],
  }));
  for (const [i, row] of rows.entries()) {
    const lists = [row.oldLogprobs, row.refLogprobs, row.entropies, row.mask];
    const ragged = lists.some((list) => list !== null && list?.length !== row.logprobs.length);
    if (ragged || row.advantage === undefined) {
      throw new ModelFileError('fixture-shape', `${batch.where}: row ${i} has lists of different lengths.`);
    }
  }
  return rows;
}

function onHost(rows: readonly LossRow[], options: GrpoLossOptions, totals: BatchTotals): LossOutcome {
  const { loss, metrics, gradients } = grpoLoss(rows, options, totals);
  return { loss, metrics, gradients: gradients.map(({ dLogprobs }) => dLogprobs) };
}

/** The back end's operation on packed rows, as a micro-batch of training calls it. */
async function onDevice(
  backend: Backend,
  rows: readonly LossRow[],
  options: GrpoLossOptions,
  totals: BatchTotals,
): Promise<LossOutcome> {
  const count = rows.reduce((sum, { logprobs }) => sum + logprobs.length, 0);
  const entropyOffset = Math.ceil(count / VIEW_ALIGNMENT) * VIEW_ALIGNMENT;
  const measures = new Float64Array(entropyOffset + count);
  const sampled = new Float64Array(2 * count);
  const reference = new Float64Array(count);
  let end = 0;
  const credits = rows.map((row) => {
    const start = end;
    end += row.logprobs.length;
    for (let t = 0; t < row.logprobs.length; t++) {
      measures[start + t] = row.logprobs[t];
      measures[entropyOffset + start + t] = row.entropies[t];
      sampled[2 * (start + t)] = row.oldLogprobs?.[t] ?? row.logprobs[t];
      sampled[2 * (start + t) + 1] = row.mask && row.mask[t] === 0 ? 0 : 1;
      reference[start + t] = row.refLogprobs?.[t] ?? 0;
    }
    return { start, end, advantage: row.advantage, ...rowWeights(options, totals, countTokens(row)) };
  });
  const owned = [measures, sampled, reference, packCredits(credits)].map((values, i) => {
    const tensor = backend.alloc('f32', Math.max(1, values.length), `loss case ${i}`);
    backend.write(tensor, values);
    return tensor;
  });
  const gradients = backend.alloc('f32', entropyOffset + count, 'loss case gradients');
  const sums = backend.alloc('f32', rows.length * SUMS_WIDTH, 'loss case sums');
  try {
    backend.policyLoss({
      gradients,
      sums,
      measures: owned[0],
      entropyOffset,
      sampled: owned[1],
      reference: rows.every(({ refLogprobs }) => refLogprobs !== null) ? owned[2] : undefined,
      credits: owned[3],
      sequences: rows.length,
      rows: count,
      offPolicy: rows.some(({ oldLogprobs }) => oldLogprobs !== null),
      options,
    });
    const [read, readGradients] = await Promise.all([
      backend.readFloats(sums),
      backend.readFloats(gradients),
    ]);
    const metrics = emptyMetrics();
    let loss = 0;
    rows.forEach((row, r) => {
      const own = readSums(read, r);
      loss += own.loss;
      addRowSums(metrics, options, countTokens(row), own);
    });
    return {
      loss,
      metrics,
      gradients: credits.map(({ start, end: stop }) => readGradients.subarray(start, stop)),
    };
  } finally {
    for (const tensor of [...owned, gradients, sums]) backend.free(tensor);
  }
}
