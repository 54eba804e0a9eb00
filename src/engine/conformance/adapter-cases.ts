/**
 * An adapter folder's cases: logits with the adapter on, two losses with their gradients for A and
 * B, and AdamW runs, from the model's own gradients and from stored ones.
 */
import type { Backend } from '../backend';
import type { TokenSample, TokenScores, UpdateOptions } from '../language-model';
import { readAdapterConfig } from '../model/adapter-config';
import { EngineModel } from '../model/engine-model';
import { readJsonObject } from '../model/json-file';
import type { NamedTensors } from '../model/model-config';
import { batchTotals, grpoLoss, type LossRow, type LossType, TRL_LOSS_DEFAULTS } from '../training/grpo-loss';
import {
  type ConformanceResult,
  changes,
  type FixtureFolder,
  type FixtureTensors,
  largestError,
  relativeError,
} from './files';
import type { LoadedModel } from './forward-cases';

interface LossCase {
  readonly loss: number;
  readonly grad_norm: number;
  readonly gradients: string;
}

interface GrpoCase extends LossCase {
  readonly temperature: number;
  readonly options: {
    readonly loss_type: LossType;
    readonly importance_sampling_level: 'token' | 'sequence';
    readonly beta: number;
    readonly epsilon: number;
    readonly epsilon_high: number;
    readonly delta: number | null;
    readonly max_completion_length: number | null;
    readonly num_items_in_batch: number | null;
    readonly entropy_coef: number;
    readonly sapo_temperature_pos: number;
    readonly sapo_temperature_neg: number;
  };
}

interface TrainFile {
  readonly config: string;
  readonly adapter: string;
  readonly tensors: string;
  readonly lengths: readonly number[];
  readonly prompt_lengths: readonly number[];
  readonly row_offsets: readonly number[];
  readonly logits_of_sequences: readonly number[];
  readonly pg: LossCase;
  readonly grpo: GrpoCase;
  readonly adamw: {
    readonly loss: 'pg' | 'grpo';
    readonly lr: number;
    readonly betas: readonly [number, number];
    readonly eps: number;
    readonly weight_decay: number;
    readonly max_grad_norm: number;
    readonly steps: readonly { readonly loss: number; readonly grad_norm: number }[];
    /** Update count to file. */
    readonly weights: Readonly<Record<string, string>>;
    readonly state?: string;
  };
}

/** The training batch of a folder, ready for the engine. */
interface Batch {
  readonly train: TrainFile;
  readonly tensors: FixtureTensors;
  readonly samples: readonly TokenSample[];
  /** Adapter off, at the temperature of the grpo loss: the frozen base, so the same for every step. */
  readonly reference: readonly TokenScores[];
}

export async function* adapterCases(
  backend: Backend,
  folder: FixtureFolder,
  loaded: LoadedModel,
): AsyncGenerator<ConformanceResult> {
  const train = await folder.json<TrainFile>('train.json');
  const adapter = readAdapterConfig(readJsonObject(await folder.bytes(train.config), train.config));
  const initial = (await folder.tensors(train.adapter)).named();
  const model = await EngineModel.open({ backend, ...loaded, adapter });
  model.loadAdapterTensors(initial, train.adapter);
  const tensors = await folder.tensors(train.tensors);
  const sequences = tensors.sequences('input_ids', train.lengths);
  const samples = sequences.map((ids, b) => ({
    promptIds: ids.slice(0, train.prompt_lengths[b]),
    completionIds: ids.slice(train.prompt_lengths[b]),
  }));
  const reference = await model.score(samples, { temperature: train.grpo.temperature, useAdapter: false });
  const batch: Batch = { train, tensors, samples, reference };

  const { logits } = await model.inspect(train.logits_of_sequences.map((b) => sequences[b]));
  yield folder.result('lora.logits', relativeError(logits, tensors.floats('logits')));
  yield* scoreCases(folder, model, batch);
  for (const name of ['pg', 'grpo'] as const) {
    const loss = await accumulate(model, batch, name);
    yield folder.result(`lora.${name}.loss`, Math.abs(loss - train[name].loss));
    const expected = (await folder.tensors(train[name].gradients)).named();
    yield folder.result(`lora.${name}.gradients`, largestError(await model.gradients(), expected));
    model.zeroGradients();
  }
  yield* optimiserCases(folder, model, batch, initial);
  yield* givenGradientCase(folder, model, batch, initial);
  model.dispose();
}

/** Adapter on at temperature 1 and at the loss's; adapter off as the reference policy. */
async function* scoreCases(
  folder: FixtureFolder,
  model: EngineModel,
  batch: Batch,
): AsyncGenerator<ConformanceResult> {
  const { temperature } = batch.train.grpo;
  const adapted = (at: number) => model.score(batch.samples, { temperature: at, useAdapter: true });
  for (const [name, scores] of [
    ['next_logprob', await adapted(1)],
    ['grpo.new_logprob', await adapted(temperature)],
    ['grpo.ref_logprob', batch.reference],
  ] as const) {
    const expected = perCompletion(batch, batch.tensors.floats(name));
    const error = relativeError(
      scores.flatMap(({ logprobs }) => [...logprobs]),
      expected.flatMap((values) => [...values]),
    );
    yield folder.result('forward.next_logprob', error);
  }
}

async function* optimiserCases(
  folder: FixtureFolder,
  model: EngineModel,
  batch: Batch,
  initial: NamedTensors,
): AsyncGenerator<ConformanceResult> {
  const { adamw } = batch.train;
  const losses: number[] = [];
  const norms: number[] = [];
  for (const { grad_norm } of adamw.steps) {
    losses.push(await accumulate(model, batch, adamw.loss));
    norms.push(relativeError([(await model.update(updateOptions(batch))).gradNorm], [grad_norm]));
    const step = losses.length;
    const file = adamw.weights[step];
    if (!file) continue;
    const expected = (await folder.tensors(file)).named();
    const own = await model.adapterTensors();
    yield folder.result(`adamw.step${step}.weights`, largestError(own, expected));
    yield folder.result(
      `adamw.step${step}.change`,
      largestError(changes(own, initial), changes(expected, initial)),
    );
  }
  const worst = Math.max(...losses.map((loss, i) => Math.abs(loss - adamw.steps[i].loss)));
  yield folder.result('adamw.losses', worst);
  yield folder.result('adamw.grad_norms', Math.max(...norms));
  if (adamw.state) {
    const { expAvg, expAvgSq } = await model.moments();
    const expected = (await folder.tensors(adamw.state)).named();
    yield folder.result('adamw.state', largestError(new Map([...expAvg, ...expAvgSq]), expected));
  }
}

/** The optimiser alone: one step from the stored gradients. */
async function* givenGradientCase(
  folder: FixtureFolder,
  model: EngineModel,
  batch: Batch,
  initial: NamedTensors,
): AsyncGenerator<ConformanceResult> {
  const { adamw } = batch.train;
  if (!adamw.weights[1]) return;
  model.loadAdapterTensors(initial);
  model.addGradients((await folder.tensors(batch.train[adamw.loss].gradients)).named());
  await model.update(updateOptions(batch));
  const expected = (await folder.tensors(adamw.weights[1])).named();
  const own = await model.adapterTensors();
  yield folder.result(
    'adamw.step1.change_from_given_gradients',
    largestError(changes(own, initial), changes(expected, initial)),
  );
}

function updateOptions({ train: { adamw } }: Batch): UpdateOptions {
  return {
    lr: adamw.lr,
    beta1: adamw.betas[0],
    beta2: adamw.betas[1],
    eps: adamw.eps,
    weightDecay: adamw.weight_decay,
    maxGradNorm: adamw.max_grad_norm,
  };
}

/** Accumulates the gradient of the named loss over the whole batch. @returns the loss */
async function accumulate(model: EngineModel, batch: Batch, name: 'pg' | 'grpo'): Promise<number> {
  return name === 'pg' ? policyGradient(model, batch) : grpo(model, batch);
}

/** L = sum w (-logprob) / sum |w|. */
async function policyGradient(model: EngineModel, batch: Batch): Promise<number> {
  const weights = perCompletion(batch, batch.tensors.floats('pg.weights'));
  const total = weights.flatMap((row) => [...row]).reduce((sum, w) => sum + Math.abs(w), 0);
  let loss = 0;
  await model.accumulate(batch.samples, { temperature: 1 }, (scores, indices) =>
    scores.map(({ logprobs }, i) => {
      const row = weights[indices[i]];
      logprobs.forEach((logprob, t) => {
        loss -= (row[t] * logprob) / total;
      });
      return { dLogprobs: Float64Array.from(row, (w) => -w / total) };
    }),
  );
  return loss;
}

async function grpo(model: EngineModel, batch: Batch): Promise<number> {
  const { reference } = batch;
  const { temperature, options } = batch.train.grpo;
  const old = perCompletion(batch, batch.tensors.floats('grpo.old_logprob'));
  const advantages = batch.tensors.floats('advantages');
  const row = (scores: TokenScores, sample: number): LossRow => ({
    logprobs: scores.logprobs,
    entropies: scores.entropies,
    oldLogprobs: old[sample],
    refLogprobs: reference[sample].logprobs,
    mask: null,
    advantage: advantages[sample],
  });
  const totals = batchTotals(reference.map(row));
  let total = 0;
  await model.accumulate(batch.samples, { temperature }, (scores, indices) => {
    const { loss, gradients } = grpoLoss(
      scores.map((score, i) => row(score, indices[i])),
      {
        ...TRL_LOSS_DEFAULTS,
        lossType: options.loss_type,
        importanceLevel: options.importance_sampling_level,
        beta: options.beta,
        epsilon: options.epsilon,
        epsilonHigh: options.epsilon_high,
        delta: options.delta,
        entropyCoef: options.entropy_coef,
        maxCompletionLength: options.max_completion_length ?? TRL_LOSS_DEFAULTS.maxCompletionLength,
        sapoTemperaturePos: options.sapo_temperature_pos,
        sapoTemperatureNeg: options.sapo_temperature_neg,
      },
      { ...totals, items: options.num_items_in_batch ?? totals.items },
    );
    total += loss;
    return gradients.map(({ dLogprobs, dEntropies }) => ({ dLogprobs, dEntropies: dEntropies ?? undefined }));
  });
  return total;
}

/** Packed per-row values, cut to the rows that predict completion tokens, sequence by sequence. */
function perCompletion({ train }: Batch, values: Float32Array): Float32Array[] {
  return train.lengths.map((length, b) => {
    const start = train.row_offsets[b];
    return values.subarray(start + train.prompt_lengths[b] - 1, start + length - 1);
  });
}
