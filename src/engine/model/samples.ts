/**
 * Token sequences on their way into a packed pass: checked, packed, and with the token each row is
 * to predict. Row t of a sequence scores token t + 1; the last token of a sequence needs no row.
 *
 * Samples of a group share prefixes, and several may want the same row, for the same token or for
 * different ones; so what is scored is a list of (row, token) pairs, the `picks`.
 */
import { EngineError, NonFiniteError } from '../errors';
import type { TokenSample, TokenScores } from '../language-model';
import { type PackedRows, packSequences, planMicroBatches } from './packed-batch';
import { packForest, planForests, sortedOrder } from './token-tree';

/** Token ids that this model cannot take: unknown ids, an empty prompt, too many positions. */
export class TokenInputError extends EngineError {}

/** What sequences are checked against. */
export interface TokenLimits {
  readonly vocabSize: number;
  readonly maxPositions: number;
}

/** @throws TokenInputError */
export function checkSequence(ids: readonly number[], limits: TokenLimits, what: string): void {
  if (ids.length === 0) {
    throw new TokenInputError('empty-sequence', `${what} is empty; at least one token must come first.`);
  }
  if (ids.length > limits.maxPositions) {
    throw new TokenInputError(
      'too-long',
      `${what} has ${ids.length} tokens, the model takes ${limits.maxPositions}. Shorten it or open the model with more positions.`,
    );
  }
  for (const id of ids) {
    if (!Number.isInteger(id) || id < 0 || id >= limits.vocabSize) {
      throw new TokenInputError(
        'unknown-token',
        `${what} holds token id ${id}, the vocabulary has ${limits.vocabSize}: tokenizer and model do not match.`,
      );
    }
  }
}

/** Sequences with the rows of a pass that predict tokens somebody wants scored. */
export interface PackedTargets {
  readonly packed: PackedRows;
  /** The tokens to score. */
  readonly targets: Int32Array;
  /** For each target the output row that predicts it; left out where that is its own place. */
  readonly picks?: Int32Array;
  /** For each sequence the range of its targets. */
  readonly spans: readonly { readonly start: number; readonly end: number }[];
}

/** One micro-batch of samples. */
export interface SampleBatch {
  /** Indices of its samples. */
  readonly members: readonly number[];
  /** Rows that it computes. */
  readonly rows: number;
}

/** The tokens that scoring a sample reads: all but the last; none if nothing is to be scored. */
function inputOf({ promptIds, completionIds }: TokenSample): number[] {
  return completionIds.length === 0 ? [] : [...promptIds, ...completionIds.slice(0, -1)];
}

/**
 * Cuts samples into micro-batches of at most `limit` rows, those that share a prefix side by side.
 * Without `sharePrefixes` they keep their order and nothing is shared.
 */
export function planSamples(
  samples: readonly TokenSample[],
  limit: number,
  sharePrefixes: boolean,
): readonly SampleBatch[] {
  const inputs = samples.map(inputOf);
  if (!sharePrefixes) {
    return planMicroBatches(
      inputs.map((ids) => ids.length),
      limit,
    ).map((members) => ({ members, rows: members.reduce((sum, index) => sum + inputs[index].length, 0) }));
  }
  const order = sortedOrder(inputs);
  const plans = planForests(
    order.map((index) => inputs[index]),
    limit,
  );
  return plans.map(({ members, rows }) => ({ members: members.map((place) => order[place]), rows }));
}

/**
 * Packs the samples of a micro-batch so that exactly their completion tokens are scored; an empty completion
 * has no rows. With `sharePrefixes` the samples come in the order of `planSamples`.
 */
export function packSamples(samples: readonly TokenSample[], sharePrefixes: boolean): PackedTargets {
  const wanted = samples.map(({ promptIds, completionIds }) =>
    completionIds.map((_, t) => promptIds.length - 1 + t),
  );
  if (!sharePrefixes) {
    return packTargets(
      samples.map(({ promptIds, completionIds }) => [...promptIds, ...completionIds]),
      wanted,
    );
  }
  const { packed, outputsOf } = packForest(samples.map(inputOf), wanted);
  let end = 0;
  const spans = samples.map(({ completionIds }) => {
    const start = end;
    end += completionIds.length;
    return { start, end };
  });
  const targets = Int32Array.from(samples.flatMap(({ completionIds }) => completionIds));
  const picks = Int32Array.from(outputsOf.flatMap((outputs) => [...outputs]));
  const apart = picks.length === packed.outputs.length && picks.every((output, place) => output === place);
  return { packed, targets, picks: apart ? undefined : picks, spans };
}

/**
 * @param wanted ascending offsets t of each sequence whose next token t + 1 is scored; rows after the
 *   last one are not computed
 */
export function packTargets(
  sequences: readonly (readonly number[])[],
  wanted: readonly (readonly number[])[],
): PackedTargets {
  const spans: { start: number; end: number }[] = [];
  const targets: number[] = [];
  const inputs = sequences.map((ids, s) => {
    const start = targets.length;
    for (const t of wanted[s]) targets.push(ids[t + 1]);
    spans.push({ start, end: targets.length });
    return ids.slice(0, (wanted[s].at(-1) ?? -1) + 1);
  });
  return { packed: packSequences(inputs, wanted), targets: Int32Array.from(targets), spans };
}

/**
 * Splits packed measures by sample.
 * @param members the caller's indices of the samples, for the message
 * @throws NonFiniteError
 */
export function splitScores(
  logprobs: ArrayLike<number>,
  entropies: ArrayLike<number>,
  spans: PackedTargets['spans'],
  members: readonly number[],
): TokenScores[] {
  return spans.map(({ start, end }, i) => {
    const scores = { logprobs: new Float64Array(end - start), entropies: new Float64Array(end - start) };
    for (let row = start; row < end; row++) {
      if (!Number.isFinite(logprobs[row]) || !Number.isFinite(entropies[row])) {
        throw new NonFiniteError(
          'non-finite-logprob',
          `The model gives token ${row - start} of sample ${members[i]} the log-probability ${logprobs[row]}: ` +
            'weights or adapter have diverged. Go back to an earlier checkpoint.',
        );
      }
      scores.logprobs[row - start] = logprobs[row];
      scores.entropies[row - start] = entropies[row];
    }
    return scores;
  });
}
