/**
 * From logits to tokens and back: log-probability and entropy of a target, their gradients, and
 * sampling. All at a temperature T, i.e. for p = softmax(logits / T).
 *
 * log p[j] = logit_j / T - log sum exp(logits / T);  H = -sum of p log p.
 * d log p[target] / d logit_j = ([j = target] - p_j) / T;  d H / d logit_j = -p_j (log p_j + H) / T.
 */
import type { SampleArgs, TokenLogprobsArgs, TokenLogprobsBackwardArgs } from '../backend';
import { floats, ints } from './buffers';

export function tokenLogprobs(args: TokenLogprobsArgs): void {
  const { rows, vocab, temperature } = args;
  const logprob = floats(args.logprob, rows);
  const entropy = floats(args.entropy, rows);
  const lse = floats(args.lse, rows);
  const logits = floats(args.logits, rows * vocab);
  const targets = ints(args.targets, rows);
  for (let r = 0; r < rows; r++) {
    const row = logits.subarray(r * vocab, (r + 1) * vocab);
    const measured = measure(row, temperature);
    lse[r] = measured.lse;
    entropy[r] = measured.entropy;
    logprob[r] = row[targets[r]] / temperature - measured.lse;
  }
}

export function tokenLogprobsBackward(args: TokenLogprobsBackwardArgs): void {
  const { rows, vocab, temperature } = args;
  const logits = floats(args.logits, rows * vocab);
  const targets = ints(args.targets, rows);
  const lse = floats(args.lse, rows);
  const entropy = floats(args.entropy, rows);
  const dLogprob = floats(args.dLogprob, rows);
  const dEntropy = args.dEntropy && floats(args.dEntropy, rows);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < vocab; j++) {
      const at = r * vocab + j;
      const logP = logits[at] / temperature - lse[r];
      const p = Math.exp(logP);
      let gradient = dLogprob[r] * ((j === targets[r] ? 1 : 0) - p);
      if (dEntropy && p > 0) gradient -= dEntropy[r] * p * (logP + entropy[r]);
      logits[at] = gradient / temperature;
    }
  }
}

/** Inverse-CDF sampling in id order; temperature 0 takes the maximum, the lowest id on ties. */
export function sample(args: SampleArgs): void {
  const { rows, vocab, temperature } = args;
  const ids = ints(args.ids, rows);
  const logprob = floats(args.logprob, rows);
  const entropy = floats(args.entropy, rows);
  const logits = floats(args.logits, rows * vocab);
  const uniforms = floats(args.uniforms, rows);
  const measuredAt = temperature === 0 ? 1 : temperature;
  for (let r = 0; r < rows; r++) {
    const row = logits.subarray(r * vocab, (r + 1) * vocab);
    const measured = measure(row, measuredAt);
    ids[r] = temperature === 0 ? argmax(row) : draw(row, temperature, measured.lse, uniforms[r]);
    logprob[r] = row[ids[r]] / measuredAt - measured.lse;
    entropy[r] = measured.entropy;
  }
}

/** log sum exp(z) and entropy lse - sum p z, for z = logits / temperature. */
function measure(logits: Float64Array, temperature: number): { lse: number; entropy: number } {
  let max = -Infinity;
  for (const logit of logits) max = Math.max(max, logit / temperature);
  let total = 0;
  let weighted = 0;
  for (const logit of logits) {
    const shifted = logit / temperature - max;
    const e = Math.exp(shifted);
    total += e;
    if (e > 0) weighted += e * shifted;
  }
  return { lse: max + Math.log(total), entropy: Math.log(total) - weighted / total };
}

/** The smallest id whose cumulative probability exceeds `uniform`; the last one if rounding leaves none. */
function draw(logits: Float64Array, temperature: number, lse: number, uniform: number): number {
  let cumulative = 0;
  for (let id = 0; id < logits.length; id++) {
    cumulative += Math.exp(logits[id] / temperature - lse);
    if (cumulative > uniform) return id;
  }
  return logits.length - 1;
}

function argmax(logits: Float64Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id] > logits[best]) best = id;
  return best;
}
