/**
 * What a packed base costs in accuracy: the same recorded completions scored with the base in float32 and packed.
 * Log-probs of tokens the policy really drew, so the figure is about the distribution that training works with.
 */
import { readFile } from 'node:fs/promises';
import type { Backend, PackedFormat } from '../engine/backend';
import { EngineModel } from '../engine/model/engine-model';
import { openFolder } from '../engine/model/model-folder';
import { readRecording } from '../rl/drift/recorded-batch';
import { UsageError } from './arguments';
import { directory } from './directory';

export interface BaseError {
  readonly base: PackedFormat;
  readonly device: string;
  readonly sequences: number;
  /** Completion tokens whose log-probs were compared. */
  readonly tokens: number;
  readonly mean_logprob_difference: number;
  readonly largest_logprob_difference: number;
  /** Packed minus float32, in nats a token: what the base lost on what it drew itself. */
  readonly mean_logprob_change: number;
  readonly mean_entropy_difference: number;
  /** ||packed - float32|| / ||float32|| over all logits of the first sequences. */
  readonly logits_relative_error: number;
  /** Share of those rows whose likeliest token is the same. */
  readonly same_likeliest: number;
}

const LOGIT_SEQUENCES = 8;

/** @param samples a recording (`npm run drift -- --record`) of the policy in `folder` */
export async function baseError(
  backend: Backend,
  folder: string,
  base: PackedFormat,
  samples: string,
  batches: number,
): Promise<BaseError> {
  const recording = readRecording(await readFile(samples, 'utf8'));
  if (recording.header.model !== folder) {
    throw new UsageError(`${samples} was recorded with ${recording.header.model}, not with ${folder}.`);
  }
  const drawn = recording.batches.slice(0, batches).flatMap(({ batch }) => batch.samples);
  const { config, source } = await openFolder(directory(folder));
  const sequences = drawn
    .slice(0, LOGIT_SEQUENCES)
    .map(({ promptIds, completionIds }) => [...promptIds, ...completionIds]);
  const look = async (baseFormat: PackedFormat | 'f32') => {
    const model = await EngineModel.stream({ backend, config, source, baseFormat, decode: 'plain' });
    const scores = await model.score(drawn, { temperature: 1, useAdapter: false });
    const { logits } = await model.inspect(sequences);
    model.dispose();
    return { scores, logits };
  };
  const [exact, packed] = [await look('f32'), await look(base)];
  const gaps = exact.scores.flatMap(({ logprobs }, s) =>
    Array.from(logprobs, (value, t) => packed.scores[s].logprobs[t] - value),
  );
  const entropies = exact.scores.flatMap(({ entropies: own }, s) =>
    Array.from(own, (value, t) => Math.abs(packed.scores[s].entropies[t] - value)),
  );
  const { vocabSize } = config;
  let difference = 0;
  let size = 0;
  let same = 0;
  const rows = exact.logits.length / vocabSize;
  for (let r = 0; r < rows; r++) {
    const [want, got] = [exact.logits, packed.logits].map((all) =>
      all.subarray(r * vocabSize, (r + 1) * vocabSize),
    );
    for (let i = 0; i < vocabSize; i++) {
      difference += (got[i] - want[i]) ** 2;
      size += want[i] ** 2;
    }
    if (largestAt(got) === largestAt(want)) same++;
  }
  const absolute = gaps.map(Math.abs);
  return {
    base,
    device: backend.info.device,
    sequences: drawn.length,
    tokens: gaps.length,
    mean_logprob_difference: mean(absolute),
    largest_logprob_difference: absolute.reduce((most, gap) => Math.max(most, gap), 0),
    mean_logprob_change: mean(gaps),
    mean_entropy_difference: mean(entropies),
    logits_relative_error: Math.sqrt(difference / size),
    same_likeliest: same / rows,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function largestAt(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
