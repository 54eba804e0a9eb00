/**
 * A model folder's forward cases: hidden states, logits, log-probs and entropies at two
 * temperatures, cached decoding; and, where stored, cross-entropy with its gradient for every weight.
 */
import type { Backend } from '../backend';
import type { TokenSample } from '../language-model';
import { readModelConfig } from '../model/config';
import { EngineModel } from '../model/engine-model';
import { readJsonObject } from '../model/json-file';
import type { ModelConfig, NamedTensors } from '../model/model-config';
import { readSafetensors } from '../model/safetensors';
import { loadWeights } from '../model/weights';
import {
  type ConformanceResult,
  type FixtureFolder,
  type FixtureTensors,
  largestError,
  relativeError,
} from './files';

/** The fields of `cases.json` that the cases read. */
export interface CasesFile {
  readonly config: string;
  readonly weights: string;
  readonly tensors: string;
  /** Names of the log-probs and entropies at `temperature`. */
  readonly temperature_tensors: readonly [string, string];
  readonly temperature: number;
  readonly lengths: readonly number[];
  readonly decode: readonly {
    readonly sequence: number;
    readonly prefill: number;
    readonly tokens: readonly number[];
    readonly logits_rows: readonly number[];
  }[];
  readonly cross_entropy?: {
    readonly loss: number;
    readonly grad_norm: number;
    readonly gradients: string;
  };
}

export interface LoadedModel {
  readonly config: ModelConfig;
  readonly weights: NamedTensors;
}

export async function loadModel(folder: FixtureFolder, cases: CasesFile): Promise<LoadedModel> {
  const config = readModelConfig(readJsonObject(await folder.bytes(cases.config), cases.config));
  const file = readSafetensors(await folder.bytes(cases.weights), cases.weights);
  return { config, weights: loadWeights(config, file, cases.weights) };
}

export async function* forwardCases(
  backend: Backend,
  folder: FixtureFolder,
  cases: CasesFile,
  loaded: LoadedModel,
): AsyncGenerator<ConformanceResult> {
  const model = await EngineModel.open({ backend, ...loaded });
  const tensors = await folder.tensors(cases.tensors);
  const sequences = tensors.sequences('input_ids', cases.lengths);
  const { hidden, logits } = await model.inspect(sequences);
  yield folder.result('forward.hidden', relativeError(hidden, tensors.floats('hidden')));
  yield folder.result('forward.logits', relativeError(logits, tensors.floats('logits')));
  const [logprobName, entropyName] = cases.temperature_tensors;
  yield* scored(folder, model, sequences, tensors, 1, 'next_logprob', 'entropy');
  yield* scored(folder, model, sequences, tensors, cases.temperature, logprobName, entropyName);
  for (const { sequence, prefill, tokens, logits_rows } of cases.decode) {
    const rows = await model.cachedLogits(sequences[sequence].slice(0, prefill), tokens);
    const expected = tensors.floats('logits');
    const errors = rows.map((row, i) => {
      const start = logits_rows[i] * model.vocabSize;
      return relativeError(row, expected.subarray(start, start + model.vocabSize));
    });
    yield folder.result('forward.logits', Math.max(...errors));
  }
  model.dispose();
}

/** Every position is scored by following each sequence with one more token, which has no own row. */
async function* scored(
  folder: FixtureFolder,
  model: EngineModel,
  sequences: readonly (readonly number[])[],
  tensors: FixtureTensors,
  temperature: number,
  logprobName: string,
  entropyName: string,
): AsyncGenerator<ConformanceResult> {
  const samples = sequences.map((ids): TokenSample => {
    return { promptIds: ids.slice(0, 1), completionIds: [...ids.slice(1), 0] };
  });
  const scores = await model.score(samples, { temperature, useAdapter: false });
  const logprobs = scores.flatMap(({ logprobs }) => [...logprobs.subarray(0, -1), 0]);
  const entropies = scores.flatMap(({ entropies }) => [...entropies]);
  yield folder.result('forward.next_logprob', relativeError(logprobs, tensors.floats(logprobName)));
  yield folder.result('forward.entropy', relativeError(entropies, tensors.floats(entropyName)));
}

export async function* fullTrainingCases(
  backend: Backend,
  folder: FixtureFolder,
  cases: CasesFile,
  loaded: LoadedModel,
): AsyncGenerator<ConformanceResult> {
  if (!cases.cross_entropy) return;
  const model = await EngineModel.open({ backend, ...loaded, trainable: 'base' });
  const sequences = (await folder.tensors(cases.tensors)).sequences('input_ids', cases.lengths);
  const batch = sequences.map((ids) => ({ ids, weights: new Float64Array(ids.length - 1).fill(1) }));
  const { loss } = await model.accumulateTokens(batch);
  yield folder.result('base.loss', Math.abs(loss - cases.cross_entropy.loss));
  const expected = (await folder.tensors(cases.cross_entropy.gradients)).named();
  yield folder.result('base.gradients', largestError(await model.gradients(), expected));
  const still = { lr: 0, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, maxGradNorm: 0 };
  const { gradNorm } = await model.update(still);
  yield folder.result('base.grad_norm', relativeError([gradNorm], [cases.cross_entropy.grad_norm]));
  model.dispose();
}
