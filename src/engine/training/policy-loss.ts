/**
 * The GRPO loss as one operation of the device: from log-probs where they lie to their gradient, with
 * nothing read back but eight sums for each row of the batch.
 *
 * A row (one step of one rollout) is a range of the packed tokens of a micro-batch. What the host knows
 * before the pass (advantage, weights, mask, log-probs at sampling) goes up once; `rowLoss` of
 * `grpo-loss.ts` is the definition, used as it is by the back ends that share memory with the host and
 * written again in `webgpu/kernels/policy-loss.wgsl`. `rowSums` turns the sums back into metrics, in
 * float64, so how a batch is cut into micro-batches changes no metric by more than rounding.
 */
import type { FloatArray } from '../backend';
import { type GrpoLossOptions, type RowSums, rowLoss } from './grpo-loss';

/** Numbers of a row in `credits`. */
export const CREDIT_WIDTH = 8;
/** Numbers of a row in `sums`. */
export const SUMS_WIDTH = 8;

/** What the host says about one row; the order in `credits`. */
export interface RowCredit {
  /** First token of the row among those of the micro-batch, and the end of its range. */
  readonly start: number;
  readonly end: number;
  readonly advantage: number;
  /** `RowWeights` of grpo-loss.ts. */
  readonly policy: number;
  readonly kl: number;
  readonly entropy: number;
  /** Unmasked tokens. */
  readonly tokens: number;
}

/** Rows as the `credits` tensor holds them. Positions are exact in float32 up to 2^24 tokens. */
export function packCredits(rows: readonly RowCredit[]): Float64Array {
  const packed = new Float64Array(rows.length * CREDIT_WIDTH);
  rows.forEach((row, r) => {
    const { start, end, advantage, policy, kl, entropy, tokens } = row;
    packed.set([start, end, advantage, policy, kl, entropy, tokens, 0], r * CREDIT_WIDTH);
  });
  return packed;
}

/** A row of `sums`, read back. */
export interface ReadSums extends RowSums {
  /** Sum over all tokens of |log-prob now - log-prob at sampling|. */
  readonly gap: number;
  /** Tokens whose log-prob is not finite. */
  readonly broken: number;
}

/** Row r of a `sums` tensor. */
export function readSums(sums: ArrayLike<number>, r: number): ReadSums {
  const at = r * SUMS_WIDTH;
  return {
    loss: sums[at],
    kl: sums[at + 1],
    entropy: sums[at + 2],
    low: sums[at + 3],
    high: sums[at + 4],
    cispo: sums[at + 5],
    gap: sums[at + 6],
    broken: sums[at + 7],
  };
}

/** The operation on host memory: arrays as in `PolicyLossArgs` of the back-end seam. */
export interface PolicyLossArrays {
  readonly gradients: FloatArray;
  readonly sums: FloatArray;
  readonly measures: FloatArray;
  readonly entropyOffset: number;
  readonly sampled: FloatArray;
  readonly reference: FloatArray | undefined;
  readonly credits: FloatArray;
  readonly sequences: number;
  readonly offPolicy: boolean;
  readonly options: GrpoLossOptions;
}

export function policyLossOnHost(args: PolicyLossArrays): void {
  const { gradients, sums, measures, entropyOffset, sampled, reference, credits, options } = args;
  for (let r = 0; r < args.sequences; r++) {
    const at = r * CREDIT_WIDTH;
    const [start, end, advantage, policy, kl, entropy, tokens] = credits.subarray(at, at + CREDIT_WIDTH);
    const old = new Float64Array(end - start);
    const mask = new Uint8Array(end - start);
    const logprobs = measures.subarray(start, end);
    let gap = 0;
    let broken = 0;
    for (let t = 0; t < old.length; t++) {
      old[t] = sampled[2 * (start + t)];
      mask[t] = sampled[2 * (start + t) + 1] !== 0 ? 1 : 0;
      gap += Math.abs(logprobs[t] - old[t]);
      if (!Number.isFinite(logprobs[t])) broken++;
    }
    const { sums: own, gradient } = rowLoss(
      {
        logprobs,
        oldLogprobs: args.offPolicy ? old : null,
        refLogprobs: reference ? reference.subarray(start, end) : null,
        entropies: measures.subarray(entropyOffset + start, entropyOffset + end),
        mask,
        advantage,
      },
      options,
      { tokens, policy, kl, entropy },
    );
    gradients.set(gradient.dLogprobs, start);
    if (gradient.dEntropies) gradients.set(gradient.dEntropies, entropyOffset + start);
    else gradients.fill(0, entropyOffset + start, entropyOffset + end);
    sums.set([own.loss, own.kl, own.entropy, own.low, own.high, own.cispo, gap, broken], r * SUMS_WIDTH);
  }
}
