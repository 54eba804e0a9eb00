/**
 * The ragged batch as peers take it: sequences sorted into lengths that are multiples of 32, padded within
 * their bucket, so that an engine that compiles for shapes compiles a few and computes little padding.
 * Each position carries the token it is to predict and that token's weight in the loss; padding and
 * prompts weigh nothing.
 */
import type { WeightedSequence } from '../lora-step';

/** Lengths are padded to the next multiple of this. */
export const BUCKET = 32;

/** Arrays are row-major `[rows, length]`. */
export interface LengthBucket {
  readonly rows: number;
  readonly length: number;
  readonly ids: Int32Array<ArrayBuffer>;
  readonly targets: Int32Array<ArrayBuffer>;
  /** -advantage / tokens at the positions that predict a completion's token: the loss is sum of weight * log p. */
  readonly weights: Float32Array<ArrayBuffer>;
}

/** @param tokens what the loss is divided by: completion tokens of all sequences */
export function lengthBuckets(
  sequences: readonly WeightedSequence[],
  tokens: number,
): readonly LengthBucket[] {
  const byLength = new Map<number, WeightedSequence[]>();
  for (const sequence of sequences) {
    const length = Math.ceil((sequence.ids.length - 1) / BUCKET) * BUCKET;
    byLength.set(length, [...(byLength.get(length) ?? []), sequence]);
  }
  return [...byLength].map(([length, members]) => {
    const ids = new Int32Array(members.length * length);
    const targets = new Int32Array(members.length * length);
    const weights = new Float32Array(members.length * length);
    members.forEach(({ ids: own, promptLength, advantage }, row) => {
      for (let t = 0; t + 1 < own.length; t++) {
        ids[row * length + t] = own[t];
        targets[row * length + t] = own[t + 1];
        weights[row * length + t] = t + 1 >= promptLength ? -advantage / tokens : 0;
      }
    });
    return { rows: members.length, length, ids, targets, weights };
  });
}
