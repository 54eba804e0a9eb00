/**
 * How far a judge agrees with the rules over many episodes, part by part. Only pairs count: episodes in which the part
 * was judged and the rules apply to it. What failed is counted beside them and never enters a figure.
 *
 * - difference: judge less rules, mean with its 95 % interval (Student's t over episodes).
 * - Pearson's r with the interval of Fisher's z (1921), n > 3; Spearman's rho, mid-ranks for ties. Null where one side
 *   has no spread: then there is no agreement to speak of, whatever the values.
 * - For the answer, right or wrong at 0.5: the four counts and Cohen's kappa (1960) with its large-sample interval,
 *   se = sqrt(p_o (1 - p_o) / (n (1 - p_e)^2)). Null where both sides say the same of all.
 * - share of failures with Wilson's interval (1927).
 */

import type { Judgement } from '../reward/judge/judge';
import type { JudgedPart } from '../reward/judge/judge-prompts';
import { type Interval, interval } from '../statistics/interval';
import { meanStd } from '../statistics/mean';

/** With 95 % between `low` and `high`. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Confusion {
  readonly bothRight: number;
  readonly bothWrong: number;
  /** The judge alone says right. */
  readonly onlyJudge: number;
  readonly onlyRules: number;
}

export interface PartAgreement {
  readonly part: JudgedPart;
  /** What the rules and the judge say of each episode both speak of. */
  readonly pairs: readonly { readonly episode: number; readonly ruled: number; readonly judged: number }[];
  /** Episodes in which the judge failed. */
  readonly failed: number;
  /** Of the episodes in which there was something to judge; null if there were none. */
  readonly failureShare: Estimate | null;
  /** Episodes in which there was nothing to judge, or nothing that the rules speak of. */
  readonly left: number;
  /** Judge less rules; null without pairs. */
  readonly difference: Interval | null;
  readonly pearson: Estimate | null;
  readonly spearman: number | null;
  /** Of the answer only. */
  readonly confusion: Confusion | null;
  readonly kappa: Estimate | null;
}

/** Quantile 0.975 of the normal distribution. */
const Z = 1.959964;
/** From here on an answer counts as right. */
const RIGHT = 0.5;

export function agreementOf(part: JudgedPart, judgements: readonly Judgement[]): PartAgreement {
  const own = judgements.map(({ parts }) => parts.find((one) => one.part === part));
  const pairs = own.flatMap((one, episode) =>
    one?.verdict === 'judged' && one.value !== null && one.ruled !== null
      ? [{ episode, ruled: one.ruled, judged: one.value }]
      : [],
  );
  const failed = own.filter((one) => one?.verdict === 'failed').length;
  const askedAbout = own.filter((one) => one !== undefined && one.verdict !== 'nothing').length;
  const ruled = pairs.map((pair) => pair.ruled);
  const judged = pairs.map((pair) => pair.judged);
  const confusion = part === 'task' ? confusionOf(pairs) : null;
  return {
    part,
    pairs,
    failed,
    failureShare: askedAbout === 0 ? null : wilson(failed, askedAbout),
    left: judgements.length - pairs.length - failed,
    difference: pairs.length === 0 ? null : interval(pairs.map((pair) => pair.judged - pair.ruled)),
    pearson: pearsonEstimate(ruled, judged),
    spearman: pearson(midRanks(ruled), midRanks(judged)),
    confusion,
    kappa: confusion && kappaOf(confusion),
  };
}

/** Null with fewer than two pairs or without spread. */
export function pearson(a: readonly number[], b: readonly number[]): number | null {
  const { mean: meanA, std: stdA } = meanStd(a);
  const { mean: meanB, std: stdB } = meanStd(b);
  if (a.length < 2 || !(stdA > 1e-12) || !(stdB > 1e-12)) return null;
  const covariance = a.reduce((sum, one, i) => sum + (one - meanA) * (b[i] - meanB), 0) / (a.length - 1);
  return Math.max(-1, Math.min(1, covariance / (stdA * stdB)));
}

function pearsonEstimate(a: readonly number[], b: readonly number[]): Estimate | null {
  const value = pearson(a, b);
  if (value === null) return null;
  // With three pairs or fewer nothing is known of the error; on one line z is infinite.
  if (a.length <= 3) return { value, low: -1, high: 1 };
  if (Math.abs(value) > 1 - 1e-9) return { value, low: value, high: value };
  const half = Z / Math.sqrt(a.length - 3);
  return { value, low: Math.tanh(Math.atanh(value) - half), high: Math.tanh(Math.atanh(value) + half) };
}

/** Ranks from 1; equal values share the mean of theirs. */
export function midRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

function confusionOf(pairs: PartAgreement['pairs']): Confusion {
  const among = (ruled: boolean, judged: boolean) =>
    pairs.filter((pair) => pair.ruled >= RIGHT === ruled && pair.judged >= RIGHT === judged).length;
  return {
    bothRight: among(true, true),
    bothWrong: among(false, false),
    onlyJudge: among(false, true),
    onlyRules: among(true, false),
  };
}

export function kappaOf({ bothRight, bothWrong, onlyJudge, onlyRules }: Confusion): Estimate | null {
  const n = bothRight + bothWrong + onlyJudge + onlyRules;
  if (n === 0) return null;
  const observed = (bothRight + bothWrong) / n;
  const judge = (bothRight + onlyJudge) / n;
  const rules = (bothRight + onlyRules) / n;
  const chance = judge * rules + (1 - judge) * (1 - rules);
  if (1 - chance < 1e-12) return null;
  const value = (observed - chance) / (1 - chance);
  const half = Z * Math.sqrt((observed * (1 - observed)) / (n * (1 - chance) ** 2));
  return { value, low: Math.max(-1, value - half), high: Math.min(1, value + half) };
}

export function wilson(count: number, n: number): Estimate {
  const share = count / n;
  const scale = 1 + Z ** 2 / n;
  const middle = (share + Z ** 2 / (2 * n)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / n + Z ** 2 / (4 * n ** 2));
  return { value: share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
