/**
 * Batches of a real run, kept: what `GrpoTrainer` handed to the model at each step, so that any back end can
 * take the very same updates later. One line of JSON a batch, log-probs as float32.
 *
 * The recording stands between trainer and model: it is a language model that passes everything on, and at
 * `updatePolicy` thins the batch, keeps it and trains on what it kept. The run is thus on-policy for the kept
 * samples, and nothing of the training path is written twice. Limits: the base weights, the shape of the
 * adapter and the seed that starts it are named in the header, not contained.
 */

import type { LanguageModel, PolicyBatch, PolicyUpdateOptions } from '../../engine/language-model';
import type { LoraConfig } from '../../engine/model/model-config';
import { batchTotals } from '../../engine/training/grpo-loss';

/** Settings of an update that are data: all but how it is watched and cut. */
export type RecordedOptions = Omit<
  PolicyUpdateOptions,
  'signal' | 'onProgress' | 'microBatchTokens' | 'sharePrefixes'
>;

export interface RecordedBatch {
  readonly batch: PolicyBatch;
  readonly options: RecordedOptions;
}

/** First line of a recording. */
export interface RecordingHeader {
  /** Folder of the base model, from the project's root. */
  readonly model: string;
  readonly lora: LoraConfig;
  readonly adapterSeed: number;
  /** The command that made it. */
  readonly command: string;
}

export interface Recording {
  readonly header: RecordingHeader;
  readonly batches: readonly RecordedBatch[];
}

export class RecordingFormatError extends Error {
  override readonly name = 'RecordingFormatError';
}

/** Most tokens and samples that are kept of a batch. */
export interface Thinning {
  readonly samples: number;
  readonly tokens: number;
}

/** `model` with its updates thinned and told to `keep`. */
export function recordingModel(
  model: LanguageModel,
  thinning: Thinning,
  keep: (batch: RecordedBatch) => void,
): LanguageModel {
  return new Proxy(model, {
    get(target, property) {
      if (property !== 'updatePolicy') {
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === 'function' ? value.bind(target) : value;
      }
      return (full: PolicyBatch, options: PolicyUpdateOptions) => {
        const batch = thinned(full, thinning);
        const totals = batchTotals(
          batch.sampledLogprobs.map((logprobs, i) => ({ logprobs, mask: batch.masks[i] })),
        );
        const { signal: _, onProgress: __, microBatchTokens: ___, sharePrefixes: ____, ...data } = options;
        keep({ batch, options: { ...data, totals } });
        return target.updatePolicy(batch, { ...options, totals });
      };
    },
  });
}

/**
 * The shortest samples, taken in turn from those with a positive, a negative and no advantage, so that a
 * thinned batch pulls both ways as the whole one does. At least one sample, whatever its length.
 */
function thinned(batch: PolicyBatch, { samples, tokens }: Thinning): PolicyBatch {
  const length = (i: number) => batch.samples[i].promptIds.length + batch.samples[i].completionIds.length;
  const order = batch.samples.map((_, i) => i).sort((a, b) => length(a) - length(b) || a - b);
  const queues = [1, -1, 0].map((sign) => order.filter((i) => Math.sign(batch.advantages[i]) === sign));
  const kept: number[] = [];
  let room = tokens;
  while (kept.length < samples && queues.some((queue) => queue.length > 0)) {
    let taken = false;
    for (const queue of queues) {
      const next = queue.at(0);
      if (next === undefined || kept.length === samples) continue;
      if (kept.length > 0 && length(next) > room) continue;
      queue.shift();
      kept.push(next);
      room -= length(next);
      taken = true;
    }
    if (!taken) break;
  }
  kept.sort((a, b) => a - b);
  return {
    samples: kept.map((i) => ({
      promptIds: batch.samples[i].promptIds,
      completionIds: batch.samples[i].completionIds,
    })),
    sampledLogprobs: kept.map((i) => Float32Array.from(batch.sampledLogprobs[i])),
    masks: kept.map((i) => batch.masks[i]),
    advantages: kept.map((i) => batch.advantages[i]),
  };
}

export function writeRecording({ header, batches }: Recording): string {
  const lines = batches.map(({ batch, options }) =>
    JSON.stringify({
      samples: batch.samples.map(({ promptIds, completionIds }) => [promptIds, completionIds]),
      logprobs: batch.sampledLogprobs.map((row) => Array.from(row, (value) => Number(value.toPrecision(9)))),
      masks: batch.masks.map((mask) => mask && Array.from(mask)),
      advantages: batch.advantages,
      options,
    }),
  );
  return `${[JSON.stringify(header), ...lines].join('\n')}\n`;
}

interface BatchLine {
  readonly samples: readonly (readonly [number[], number[]])[];
  readonly logprobs: readonly number[][];
  readonly masks: readonly (number[] | null)[];
  readonly advantages: readonly number[];
  readonly options: RecordedOptions;
}

/** @throws RecordingFormatError for a text that `writeRecording` did not write */
export function readRecording(text: string): Recording {
  const [first, ...rest] = text.trimEnd().split('\n');
  try {
    const header = JSON.parse(first) as RecordingHeader;
    if (typeof header.adapterSeed !== 'number') throw new SyntaxError('the header names no adapter seed');
    return { header, batches: rest.map((line) => readLine(JSON.parse(line) as BatchLine)) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RecordingFormatError(`This is no recording of batches: ${why}. Make one with --record.`);
  }
}

function readLine(line: BatchLine): RecordedBatch {
  const rows = line.samples.length;
  if ([line.logprobs, line.masks, line.advantages].some((list) => list.length !== rows)) {
    throw new SyntaxError('a batch has lists of different lengths');
  }
  return {
    batch: {
      samples: line.samples.map(([promptIds, completionIds]) => ({ promptIds, completionIds })),
      sampledLogprobs: line.logprobs.map((row) => Float32Array.from(row)),
      masks: line.masks,
      advantages: line.advantages,
    },
    options: line.options,
  };
}
