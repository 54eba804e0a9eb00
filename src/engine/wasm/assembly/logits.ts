/**
 * With z = logits / T: lse = log sum exp(z), log p = z - lse, H = -sum of p log p;  back:
 * dlogits[j] = (dlogp ([j = target] - p[j]) - dH p[j] (log p[j] + H)) / T;  sampling: the smallest id whose
 * cumulative p exceeds a uniform number.
 *
 * Softmax over the vocabulary: log-probability and entropy of given tokens, their gradient, and
 * sampling. Exponentials are float32 relative to the row's largest logit, sums are double precision.
 * The gradient forms the row's sum again instead of reading the rounded log-sum-exp: one more pass
 * over exponentials for two more digits. Work item = row.
 */
import { addDoubles, exp4, largest4, loadPart, log64, storePart, total2 } from './numbers';

/** Most negative float32: stands for -Infinity where that would make NaN of 0 * Infinity. */
const LOWEST: f32 = -3.4028234663852886e38;

function rowMax(row: usize, vocab: i32): f32 {
  let i = 0;
  let top = load<f32>(row);
  if (vocab >= 4) {
    let tops = v128.load(row);
    for (i = 4; i + 4 <= vocab; i += 4) tops = f32x4.pmax(tops, v128.load(row + (<usize>i << 2)));
    top = largest4(tops);
  }
  for (; i < vocab; i++) top = max(top, load<f32>(row + (<usize>i << 2)));
  return top;
}

/** Four exp((x - top) / temperature) at `at`; lanes past `count` are zero. */
// @ts-ignore: decorator
@inline
function weights(at: usize, count: i32, top: v128, temperature: v128): v128 {
  if (count >= 4) return exp4(f32x4.div(f32x4.sub(v128.load(at), top), temperature));
  const e = exp4(f32x4.div(f32x4.sub(loadPart(at, count), top), temperature));
  const lanes = i32x4(0, 1, 2, 3);
  return v128.and(e, i32x4.lt_s(lanes, i32x4.splat(count)));
}

/** Results of `sumRow`. Globals belong to an instance and so to one thread. */
let rowTotal: f64 = 0;
let rowMoment: f64 = 0;

/** rowTotal = sum of weights, rowMoment = sum of weight * (x - top); a logit of -Infinity adds nothing. */
function sumRow(row: usize, vocab: i32, top: f32, temperature: f32): void {
  const t = f32x4.splat(top), temp = f32x4.splat(temperature), lowest = f32x4.splat(LOWEST);
  let total = f64x2.splat(0), moment = total;
  for (let i = 0; i < vocab; i += 4) {
    const at = row + (<usize>i << 2);
    const count = vocab - i;
    const d = f32x4.pmax(f32x4.sub(count >= 4 ? v128.load(at) : loadPart(at, count), t), lowest);
    let e = exp4(f32x4.div(d, temp));
    if (count < 4) e = v128.and(e, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count)));
    total = addDoubles(total, e);
    moment = addDoubles(moment, f32x4.mul(e, d));
  }
  rowTotal = total2(total);
  rowMoment = total2(moment);
}

export function tokenLogprobs(
  logprob: usize, entropy: usize, lse: usize, logits: usize, targets: usize, vocab: i32, temperature: f64,
  start: i32, end: i32, thread: i32,
): void {
  for (let r = start; r < end; r++) {
    const row = logits + ((<usize>r * <usize>vocab) << 2);
    const at = <usize>r << 2;
    const top = rowMax(row, vocab);
    sumRow(row, vocab, top, <f32>temperature);
    const sum = rowTotal, moment = rowMoment, logSum = log64(sum);
    const target = load<f32>(row + (<usize>load<i32>(targets + at) << 2));
    store<f32>(logprob + at, <f32>((<f64>target - <f64>top) / temperature - logSum));
    store<f32>(entropy + at, <f32>(logSum - moment / sum / temperature));
    store<f32>(lse + at, <f32>(<f64>top / temperature + logSum));
  }
}

/** dLogits = (dLogprob (1[target] - p) - dEntropy p (log p + entropy)) / temperature, in place. */
export function tokenLogprobsBackward(
  logits: usize, targets: usize, entropy: usize, dLogprob: usize, dEntropy: usize, vocab: i32, temperature: f64,
  start: i32, end: i32, thread: i32,
): void {
  const temp = f32x4.splat(<f32>temperature);
  for (let r = start; r < end; r++) {
    const row = logits + ((<usize>r * <usize>vocab) << 2);
    const at = <usize>r << 2;
    const top = rowMax(row, vocab);
    sumRow(row, vocab, top, <f32>temperature);
    const sum = rowTotal;
    const t = f32x4.splat(top);
    const toLogprob = <f64>load<f32>(dLogprob + at) / temperature;
    const toEntropy = dEntropy ? <f64>load<f32>(dEntropy + at) / temperature : 0;
    // p (log p + H) = p ((x - top) / T + offset)
    const offset = f32x4.splat(<f32>(<f64>load<f32>(entropy + at) - log64(sum)));
    const factor = f32x4.splat(<f32>(-toLogprob / sum));
    const entropyFactor = f32x4.splat(<f32>(-toEntropy / sum));
    // 1 - p of a likely target cancels, so the target is done apart and in double precision.
    const target = row + (<usize>load<i32>(targets + at) << 2);
    const targetZ = f32x4.div(f32x4.sub(v128.load32_splat(target), t), temp);
    const weight = <f64>f32x4.extract_lane(exp4(targetZ), 0);
    const logTarget = max(<f64>f32x4.extract_lane(targetZ, 0), <f64>LOWEST);
    const atTarget = (-toEntropy * weight / sum) * (logTarget + <f64>load<f32>(entropy + at) - log64(sum));
    for (let i = 0; i < vocab; i += 4) {
      const to = row + (<usize>i << 2);
      const count = min(4, vocab - i);
      const z = f32x4.div(f32x4.sub(count == 4 ? v128.load(to) : loadPart(to, count), t), temp);
      const e = exp4(z);
      let d = f32x4.mul(factor, e);
      if (dEntropy) {
        const finite = f32x4.pmax(z, f32x4.splat(LOWEST));
        d = f32x4.add(d, f32x4.mul(entropyFactor, f32x4.mul(e, f32x4.add(finite, offset))));
      }
      if (count == 4) v128.store(to, d);
      else storePart(to, d, count);
    }
    store<f32>(target, <f32>(atTarget + toLogprob * (1 - weight / sum)));
  }
}

/** First of the largest logits. */
function rowArgmax(row: usize, vocab: i32, top: f32): i32 {
  for (let i = 0; i < vocab; i++) {
    if (load<f32>(row + (<usize>i << 2)) == top) return i;
  }
  return 0;
}

/** Smallest id whose cumulative weight exceeds `bound`; the last id of positive weight when none does. */
function rowDraw(row: usize, vocab: i32, top: f32, temperature: f32, bound: f64): i32 {
  const t = f32x4.splat(top), temp = f32x4.splat(temperature);
  let sum: f64 = 0;
  let possible = 0;
  for (let i = 0; i < vocab; i += 4) {
    const e = weights(row + (<usize>i << 2), vocab - i, t, temp);
    for (let lane = 0; lane < 4; lane++) {
      const w =
        lane == 0 ? f32x4.extract_lane(e, 0)
        : lane == 1 ? f32x4.extract_lane(e, 1)
        : lane == 2 ? f32x4.extract_lane(e, 2)
        : f32x4.extract_lane(e, 3);
      sum += <f64>w;
      if (w > 0) possible = i + lane;
      if (w > 0 && sum > bound) return i + lane;
    }
  }
  return possible;
}

/** Temperature 0 takes the first of the largest and reports at temperature 1. */
export function sample(
  ids: usize, logprob: usize, entropy: usize, logits: usize, uniforms: usize, vocab: i32, temperature: f64,
  start: i32, end: i32, thread: i32,
): void {
  const effective: f64 = temperature > 0 ? temperature : 1;
  for (let r = start; r < end; r++) {
    const row = logits + ((<usize>r * <usize>vocab) << 2);
    const at = <usize>r << 2;
    const top = rowMax(row, vocab);
    sumRow(row, vocab, top, <f32>effective);
    const sum = rowTotal, moment = rowMoment, logSum = log64(sum);
    const id =
      temperature > 0
        ? rowDraw(row, vocab, top, <f32>effective, <f64>load<f32>(uniforms + at) * sum)
        : rowArgmax(row, vocab, top);
    store<i32>(ids + at, id);
    store<f32>(logprob + at, <f32>((<f64>load<f32>(row + (<usize>id << 2)) - <f64>top) / effective - logSum));
    store<f32>(entropy + at, <f32>(logSum - moment / sum / effective));
  }
}
