/**
 * A model folder's forward cases: hidden states, logits, log-probs and entropies at every temperature
 * stored, cached decoding; and, where stored, cross-entropy with its gradient for the weights.
 */
import type { Backend } from '../backend';
import type { TokenSample, TokenScores } from '../language-model';
import { EngineModel } from '../model/engine-model';
import type { Fields } from './fields';
import type { FixtureFolder, FixtureTensors } from './files';
import { largestError, relativeError } from './measures';
import type { LoadedModel } from './model-files';
import type { ConformanceResult } from './results';

/** Logits of a pass: 32 MiB of float32, so that a large vocabulary fits any binding. */
const LOGIT_ELEMENTS = 2 ** 23;

/** Sequences of one pass, so that their logits stay within `LOGIT_ELEMENTS`. */
function passes(sequences: readonly (readonly number[])[], vocab: number): (readonly number[])[][] {
  const result: (readonly number[])[][] = [];
  let rows = Infinity;
  for (const ids of sequences) {
    rows += ids.length;
    if (rows * vocab > LOGIT_ELEMENTS) {
      result.push([]);
      rows = ids.length;
    }
    result[result.length - 1].push(ids);
  }
  return result;
}

/** Hidden states and logits of all tokens, pass by pass. */
export async function inspectAll(
  model: EngineModel,
  sequences: readonly (readonly number[])[],
): Promise<{ readonly hidden: Float64Array; readonly logits: Float64Array }> {
  const parts = [];
  for (const pass of passes(sequences, model.vocabSize)) parts.push(await model.inspect(pass));
  return {
    hidden: joined(parts.map(({ hidden }) => hidden)),
    logits: joined(parts.map(({ logits }) => logits)),
  };
}

function joined(parts: readonly ArrayLike<number>[]): Float64Array {
  const out = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export async function* forwardCases(
  backend: Backend,
  folder: FixtureFolder,
  cases: Fields,
  loaded: LoadedModel,
): AsyncGenerator<ConformanceResult> {
  const tensors = await folder.tensors(cases.text('tensors', 'cases.safetensors'));
  const sequences = tensors.sequences('input_ids', tensors.numbersOr(cases, 'lengths'));
  const model = await EngineModel.open({ backend, ...loaded });
  try {
    const { hidden, logits } = await inspectAll(model, sequences);
    for (const [name, own] of [
      ['hidden', hidden],
      ['logits', logits],
    ] as const) {
      if (!tensors.has(name)) continue;
      yield await folder.measure(`forward.${name}`, () => relativeError(own, tensors.floats(name), name));
    }
    yield* scored(folder, model, sequences, tensors, 1, 'next_logprob', 'entropy');
    const temperature = cases.optionalNumber('temperature');
    if (temperature !== undefined) {
      const names = cases.strings('temperature_tensors');
      const logprobName = names[0] ?? `next_logprob_t${temperature}`;
      const entropyName = names[1] ?? `entropy_t${temperature}`;
      yield* scored(folder, model, sequences, tensors, temperature, logprobName, entropyName);
    }
    for (const decode of cases.objects('decode'))
      yield* decodeCase(folder, model, sequences, tensors, decode);
  } finally {
    model.dispose();
  }
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
  if (!tensors.has(logprobName) && !tensors.has(entropyName)) return;
  const samples = sequences.map((ids): TokenSample => {
    return { promptIds: ids.slice(0, 1), completionIds: [...ids.slice(1), 0] };
  });
  const labels = { detail: `temperature ${temperature}` };
  let scores: readonly TokenScores[];
  try {
    scores = await model.score(samples, { temperature, useAdapter: false });
  } catch (cause) {
    yield folder.failed('forward.next_logprob', cause, labels);
    return;
  }
  const measured = {
    logprobs: scores.flatMap(({ logprobs }) => [...logprobs.subarray(0, -1), 0]),
    entropies: scores.flatMap(({ entropies }) => [...entropies]),
  };
  for (const [quantity, name, own] of [
    ['forward.next_logprob', logprobName, measured.logprobs],
    ['forward.entropy', entropyName, measured.entropies],
  ] as const) {
    if (!tensors.has(name)) continue;
    yield await folder.measure(quantity, () => relativeError(own, tensors.floats(name), name), labels);
  }
}

/** Prefill, then the listed tokens one by one with the cache. */
async function* decodeCase(
  folder: FixtureFolder,
  model: EngineModel,
  sequences: readonly (readonly number[])[],
  tensors: FixtureTensors,
  decode: Fields,
): AsyncGenerator<ConformanceResult> {
  const sequence = decode.number('sequence');
  const prefill = decode.number('prefill');
  const measure = async (): Promise<number> => {
    const tokens = decode.numbers('tokens');
    const rowsOf = decode.numbers('logits_rows');
    const prompt = sequences[sequence]?.slice(0, prefill) ?? [];
    const rows = await model.cachedLogits(prompt, tokens);
    const expected = tensors.floats('logits');
    const errors = rows.map((row, i) => {
      const start = rowsOf[i] * model.vocabSize;
      const stored = expected.subarray(start, start + model.vocabSize);
      return relativeError(row, stored, `logits row ${rowsOf[i]}`);
    });
    return Math.max(0, ...errors);
  };
  const detail = `decoded with the cache after ${prefill} tokens of sequence ${sequence}`;
  yield await folder.measure('forward.logits', measure, { detail });
}

/** The mean cross-entropy of every next token and its gradient for the stored weights. */
export async function* fullTrainingCases(
  backend: Backend,
  folder: FixtureFolder,
  cases: Fields,
  loaded: LoadedModel,
): AsyncGenerator<ConformanceResult> {
  const expected = cases.optionalObject('cross_entropy');
  if (!expected) return;
  const tensors = await folder.tensors(cases.text('tensors', 'cases.safetensors'));
  const sequences = tensors.sequences('input_ids', tensors.numbersOr(cases, 'lengths'));
  const model = await EngineModel.open({ backend, ...loaded, trainable: 'base' });
  try {
    const batch = sequences.map((ids) => ({ ids, weights: new Float64Array(ids.length - 1).fill(1) }));
    const { loss } = await model.accumulateTokens(batch);
    yield await folder.measure('base.loss', () => Math.abs(loss - expected.number('loss')));
    const file = expected.optionalText('gradients');
    if (file !== undefined) {
      const measure = async () => largestError(await model.gradients(), (await folder.tensors(file)).named());
      yield await folder.measure('base.gradients', measure);
    }
    if (expected.has('grad_norm')) {
      yield await folder.measure('base.grad_norm', async () => {
        const still = { lr: 0, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, maxGradNorm: 0 };
        const { gradNorm } = await model.update(still);
        return relativeError([gradNorm], [expected.number('grad_norm')]);
      });
    }
  } finally {
    model.dispose();
  }
}
