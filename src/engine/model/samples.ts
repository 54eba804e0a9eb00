/**
 * Token sequences on their way into a packed pass: checked, packed, and with the token each row is
 * to predict. Row t of a sequence scores token t + 1; the last token of a sequence needs no row.
 */
import { EngineError, NonFiniteError } from '../errors';
import type { TokenSample, TokenScores } from '../language-model';
import { type PackedRows, packSequences } from './packed-batch';

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
  /** For each output row the token to score. */
  readonly targets: Int32Array;
  /** For each sequence the range of its output rows. */
  readonly spans: readonly { readonly start: number; readonly end: number }[];
}

/** Packs samples so that exactly their completion tokens are scored; an empty completion has no rows. */
export function packSamples(samples: readonly TokenSample[]): PackedTargets {
  return packTargets(
    samples.map(({ promptIds, completionIds }) => [...promptIds, ...completionIds]),
    samples.map(({ promptIds, completionIds }) => completionIds.map((_, t) => promptIds.length - 1 + t)),
  );
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

/** Splits packed measures by sample. @throws NonFiniteError */
export function splitScores(
  logprobs: ArrayLike<number>,
  entropies: ArrayLike<number>,
  spans: PackedTargets['spans'],
): TokenScores[] {
  return spans.map(({ start, end }, sample) => {
    const scores = { logprobs: new Float64Array(end - start), entropies: new Float64Array(end - start) };
    for (let row = start; row < end; row++) {
      if (!Number.isFinite(logprobs[row]) || !Number.isFinite(entropies[row])) {
        throw new NonFiniteError(
          'non-finite-logprob',
          `The model gives token ${row - start} of sample ${sample} the log-probability ${logprobs[row]}: ` +
            'weights or adapter have diverged. Go back to an earlier checkpoint.',
        );
      }
      scores.logprobs[row - start] = logprobs[row];
      scores.entropies[row - start] = entropies[row];
    }
    return scores;
  });
}
