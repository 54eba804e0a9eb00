/**
 * GRPO losses on token log-probs, with their gradient: pure float64 arithmetic, no device.
 *
 * A row is one (prompt, completion) pair, which in AgeMem is one step of one rollout. The gradient is
 * taken with respect to the new log-probs (and, for the entropy bonus, the entropies); the engine
 * carries it on through the network. Because a batch is trained in micro-batches, every normaliser
 * that spans the batch comes in from outside (`BatchTotals`), so the micro-batches' losses and
 * gradients simply add up to those of the whole.
 *
 * Sources: TRL `grpo_trainer.py` (commit f2cd577) for grpo, bnpo, dr_grpo, dapo, cispo, sapo and their
 * metrics; Trinity-RFT for the step-wise variants (no clipping, k2, KL averaged over tokens alone);
 * AgeMem eq. 3-6 for `paper`: the ratio of a whole completion, hence the *sum* of its token gradients.
 */

export type LossType = 'grpo' | 'bnpo' | 'dr_grpo' | 'dapo' | 'cispo' | 'sapo' | 'paper';

export interface GrpoLossOptions {
  /** TRL `loss_type`; `paper` is AgeMem eq. 3 (see above). */
  readonly lossType: LossType;
  /** TRL `importance_sampling_level`. `paper` ignores it. */
  readonly importanceLevel: 'token' | 'sequence';
  /** TRL `epsilon`: ratios are clipped from below at 1 - epsilon. Null: no clipping (the paper). */
  readonly epsilon: number | null;
  /** TRL `epsilon_high`: clipped from above at 1 + epsilonHigh; for cispo the bound itself. */
  readonly epsilonHigh: number | null;
  /** TRL `delta`: upper bound on the unclipped ratio (two-sided clipping). Null: none. */
  readonly delta: number | null;
  /** TRL `beta`: weight of the KL term. */
  readonly beta: number;
  /** k3 = exp(ref - new) - (ref - new) - 1 (TRL); k2 = (new - ref)^2 / 2 (Trinity-RFT). */
  readonly kl: 'k2' | 'k3';
  /** `same` as the policy term, or the token mean whatever the policy term does (Trinity-RFT). */
  readonly klAggregation: 'same' | 'token-mean';
  /** TRL `entropy_coef`: bonus on the mean token entropy. */
  readonly entropyCoef: number;
  /** The constant L of dr_grpo. */
  readonly maxCompletionLength: number;
  /** TRL `sapo_temperature_pos` / `_neg`. */
  readonly sapoTemperaturePos: number;
  readonly sapoTemperatureNeg: number;
}

export const TRL_LOSS_DEFAULTS: GrpoLossOptions = {
  lossType: 'dapo',
  importanceLevel: 'token',
  epsilon: 0.2,
  epsilonHigh: 0.2,
  delta: null,
  beta: 0,
  kl: 'k3',
  klAggregation: 'same',
  entropyCoef: 0,
  maxCompletionLength: 256,
  sapoTemperaturePos: 1,
  sapoTemperatureNeg: 1.05,
};

export interface LossRow {
  /** Trainer's log-probs of the completion tokens, at the sampling temperature. */
  readonly logprobs: ArrayLike<number>;
  /** Log-probs fixed at sampling; null when the one update is on-policy (ratio 1, gradient 1). */
  readonly oldLogprobs: ArrayLike<number> | null;
  /** Adapter-off log-probs; null when neither loss nor metric needs them. */
  readonly refLogprobs: ArrayLike<number> | null;
  readonly entropies: ArrayLike<number>;
  /** 1 = the token carries loss. Null: all do. */
  readonly mask: ArrayLike<number> | null;
  readonly advantage: number;
}

/** Normalisers of the whole batch, over all micro-batches. */
export interface BatchTotals {
  /** B: rows, including those with an empty completion. */
  readonly rows: number;
  /** Unmasked tokens. */
  readonly tokens: number;
  /** TRL `num_items_in_batch` (dapo, cispo): unmasked tokens of the whole generation batch. */
  readonly items: number;
}

export interface RowGradient {
  readonly dLogprobs: Float64Array;
  /** Null without an entropy bonus. */
  readonly dEntropies: Float64Array | null;
}

/** Sums from which `summariseMetrics` makes TRL's metrics; add those of micro-batches with `addMetrics`. */
export interface LossMetricSums {
  tokens: number;
  rows: number;
  kl: number;
  entropy: number;
  low: number;
  high: number;
  cispo: number;
  /** Denominator of the clip ratios: tokens, or rows at sequence level. */
  clipUnits: number;
  lowMin: number;
  highMax: number;
}

export interface GrpoLossResult {
  readonly loss: number;
  readonly gradients: readonly RowGradient[];
  readonly metrics: LossMetricSums;
}

/** Metrics under TRL's names, as shares and means over the batch. */
export interface LossMetrics {
  readonly kl: number;
  readonly entropy: number;
  readonly 'clip_ratio/low_mean': number;
  readonly 'clip_ratio/low_min': number;
  readonly 'clip_ratio/high_mean': number;
  readonly 'clip_ratio/high_max': number;
  readonly 'clip_ratio/region_mean': number;
  readonly cispo_clip_ratio: number;
}

export function batchTotals(rows: readonly Pick<LossRow, 'logprobs' | 'mask'>[]): BatchTotals {
  let tokens = 0;
  for (const row of rows) tokens += countTokens(row);
  return { rows: rows.length, tokens, items: tokens };
}

/** Loss and gradient of some rows of a batch. Empty and fully masked rows count in B and get zero gradient. */
export function grpoLoss(
  rows: readonly LossRow[],
  options: GrpoLossOptions,
  totals: BatchTotals,
): GrpoLossResult {
  const metrics = emptyMetrics();
  const gradients: RowGradient[] = [];
  let loss = 0;
  for (const row of rows) {
    const tokens = countTokens(row);
    const result = rowLoss(row, options, rowWeights(options, totals, tokens));
    loss += result.sums.loss;
    gradients.push(result.gradient);
    addRowSums(metrics, options, tokens, result.sums);
  }
  return { loss, gradients, metrics };
}

/** What one token of a row weighs in the loss of the batch. */
export interface RowWeights {
  /** Unmasked tokens of the row. */
  readonly tokens: number;
  /** Of the policy term; of the whole row where `lossType` is `paper`. */
  readonly policy: number;
  /** Of the KL term, beta included. */
  readonly kl: number;
  /** Of the entropy bonus, its coefficient included. */
  readonly entropy: number;
}

/** Weights of a row with so many unmasked tokens. */
export function rowWeights(options: GrpoLossOptions, totals: BatchTotals, tokens: number): RowWeights {
  const policy = tokenWeight(options, totals, tokens);
  const share = options.klAggregation === 'token-mean' ? 1 / Math.max(1, totals.tokens) : policy;
  const entropy = options.entropyCoef === 0 ? 0 : options.entropyCoef / entropyCount(options, totals);
  return { tokens, policy, kl: options.beta * share, entropy };
}

/** What a row adds to the loss and to the metrics. */
export interface RowSums {
  /** Its part of the loss of the batch. */
  readonly loss: number;
  /** Sums over its unmasked tokens: k3, entropy, tokens clipped from below and above, cispo's. */
  readonly kl: number;
  readonly entropy: number;
  readonly low: number;
  readonly high: number;
  readonly cispo: number;
}

/** Loss and gradient of one row. The kernel `policy-loss.wgsl` computes the same in float32. */
export function rowLoss(
  row: LossRow,
  options: GrpoLossOptions,
  weights: RowWeights,
): { readonly sums: RowSums; readonly gradient: RowGradient } {
  const length = row.logprobs.length;
  const { tokens, policy: weight, kl: klWeight, entropy: entropyWeight } = weights;
  const dLogprobs = new Float64Array(length);
  const dEntropies = entropyWeight === 0 ? null : new Float64Array(length);
  const wholeRow = options.lossType === 'paper' || options.importanceLevel === 'sequence';
  const rowRatio = wholeRow ? sequenceRatio(row, options.lossType === 'paper' ? 1 : Math.max(1, tokens)) : 1;
  let loss = 0;
  let kl = 0;
  let entropy = 0;
  let low = 0;
  let high = 0;
  let cispo = 0;

  if (options.lossType === 'paper' && tokens > 0) loss -= weight * rowRatio * row.advantage;

  for (let t = 0; t < length; t++) {
    if (row.mask && row.mask[t] === 0) continue;
    const logprob = row.logprobs[t];
    const ratio = wholeRow ? rowRatio : row.oldLogprobs ? Math.exp(logprob - row.oldLogprobs[t]) : 1;
    const bounded = options.delta === null ? ratio : Math.min(ratio, options.delta);
    if (options.lossType === 'paper') {
      // d(-rho A)/dlogprob_t = -rho A for every token: the sum of the token gradients.
      dLogprobs[t] = -weight * ratio * row.advantage;
    } else {
      const term = policyTerm(ratio, row.advantage, logprob, options);
      loss += weight * term.value;
      dLogprobs[t] = weight * term.gradient;
    }
    if (row.refLogprobs) {
      const difference = row.refLogprobs[t] - logprob;
      const k3 = Math.exp(difference) - difference - 1;
      kl += k3;
      if (klWeight !== 0) {
        loss += klWeight * (options.kl === 'k3' ? k3 : (difference * difference) / 2);
        dLogprobs[t] += klWeight * (options.kl === 'k3' ? 1 - Math.exp(difference) : -difference);
      }
    }
    if (dEntropies) {
      loss -= entropyWeight * row.entropies[t];
      dEntropies[t] = -entropyWeight;
    }
    entropy += row.entropies[t];
    if (options.epsilon !== null && bounded < 1 - options.epsilon && row.advantage < 0) low++;
    if (options.epsilonHigh !== null && row.advantage > 0) {
      if (bounded > 1 + options.epsilonHigh) high++;
      if (ratio > options.epsilonHigh) cispo++;
    }
  }
  return { sums: { loss, kl, entropy, low, high, cispo }, gradient: { dLogprobs, dEntropies } };
}

/** One token's policy term l and dl/dlogprob (through the ratio, or the log-prob itself for cispo). */
function policyTerm(
  ratio: number,
  advantage: number,
  logprob: number,
  options: GrpoLossOptions,
): { value: number; gradient: number } {
  if (options.lossType === 'cispo') {
    const weight = options.epsilonHigh === null ? ratio : Math.min(ratio, options.epsilonHigh);
    return { value: -weight * advantage * logprob, gradient: -weight * advantage };
  }
  if (options.lossType === 'sapo') {
    const temperature = advantage > 0 ? options.sapoTemperaturePos : options.sapoTemperatureNeg;
    const gate = 1 / (1 + Math.exp(-temperature * (ratio - 1)));
    // Far above the gate sigmoid' underflows to 0 while the ratio may be infinite: 0 * inf must be 0.
    const slope = gate * (1 - gate);
    return {
      value: (-4 / temperature) * gate * advantage,
      gradient: slope === 0 ? 0 : -4 * slope * advantage * ratio,
    };
  }
  const bounded = options.delta === null ? ratio : Math.min(ratio, options.delta);
  const low = options.epsilon === null ? 0 : 1 - options.epsilon;
  const high = options.epsilonHigh === null ? Number.POSITIVE_INFINITY : 1 + options.epsilonHigh;
  const clipped = Math.min(Math.max(ratio, low), high);
  // min(w A, clip(w) A): the gradient flows where the unclipped branch is the smaller one or both agree.
  const unclippedActive = bounded * advantage <= clipped * advantage;
  const passes = unclippedActive && (options.delta === null || ratio <= options.delta);
  return {
    value: -Math.min(bounded * advantage, clipped * advantage),
    gradient: passes ? -ratio * advantage : 0,
  };
}

/** Ratio of a whole completion: exp(sum of log ratios / divisor); 1 when on-policy. */
function sequenceRatio(row: LossRow, divisor: number): number {
  if (!row.oldLogprobs) return 1;
  let sum = 0;
  for (let t = 0; t < row.logprobs.length; t++) {
    if (row.mask?.[t] !== 0) sum += row.logprobs[t] - row.oldLogprobs[t];
  }
  return Math.exp(sum / divisor);
}

/** Factor of one token's term in the batch loss. */
function tokenWeight(options: GrpoLossOptions, totals: BatchTotals, rowTokens: number): number {
  switch (options.lossType) {
    case 'grpo':
    case 'sapo':
      return 1 / (totals.rows * Math.max(1, rowTokens));
    case 'bnpo':
      return 1 / Math.max(1, totals.tokens);
    case 'dr_grpo':
      return 1 / (totals.rows * options.maxCompletionLength);
    case 'dapo':
    case 'cispo':
      return 1 / Math.max(1, totals.items);
    case 'paper':
      return 1 / totals.rows;
  }
}

function entropyCount(options: GrpoLossOptions, totals: BatchTotals): number {
  const counted = options.lossType === 'dapo' || options.lossType === 'cispo' ? totals.items : totals.tokens;
  return Math.max(1, counted);
}

/** Unmasked tokens. */
export function countTokens(row: Pick<LossRow, 'logprobs' | 'mask'>): number {
  if (!row.mask) return row.logprobs.length;
  let count = 0;
  for (let t = 0; t < row.logprobs.length; t++) if (row.mask[t] !== 0) count++;
  return count;
}

/** Metrics of nothing: what rows are added to. */
export function emptyMetrics(): LossMetricSums {
  return {
    tokens: 0,
    rows: 0,
    kl: 0,
    entropy: 0,
    low: 0,
    high: 0,
    cispo: 0,
    clipUnits: 0,
    lowMin: Number.POSITIVE_INFINITY,
    highMax: Number.NEGATIVE_INFINITY,
  };
}

/**
 * Adds a row of `tokens` unmasked tokens to the metrics. At sequence level a whole row is clipped or not, and
 * TRL averages over all B rows.
 */
export function addRowSums(
  metrics: LossMetricSums,
  options: GrpoLossOptions,
  tokens: number,
  sums: RowSums,
): void {
  const { low, high } = sums;
  metrics.tokens += tokens;
  metrics.rows += 1;
  metrics.kl += sums.kl;
  metrics.entropy += sums.entropy;
  metrics.cispo += sums.cispo;
  const sequence = options.importanceLevel === 'sequence';
  metrics.clipUnits += sequence ? 1 : tokens;
  if (tokens === 0) return;
  metrics.low += sequence ? low / tokens : low;
  metrics.high += sequence ? high / tokens : high;
  metrics.lowMin = Math.min(metrics.lowMin, low / tokens);
  metrics.highMax = Math.max(metrics.highMax, high / tokens);
}

export function addMetrics(a: LossMetricSums, b: LossMetricSums): LossMetricSums {
  return {
    tokens: a.tokens + b.tokens,
    rows: a.rows + b.rows,
    kl: a.kl + b.kl,
    entropy: a.entropy + b.entropy,
    low: a.low + b.low,
    high: a.high + b.high,
    cispo: a.cispo + b.cispo,
    clipUnits: a.clipUnits + b.clipUnits,
    lowMin: Math.min(a.lowMin, b.lowMin),
    highMax: Math.max(a.highMax, b.highMax),
  };
}

export function summariseMetrics(sums: LossMetricSums): LossMetrics {
  const tokens = Math.max(1, sums.tokens);
  const units = Math.max(1, sums.clipUnits);
  return {
    kl: sums.kl / tokens,
    entropy: sums.entropy / tokens,
    'clip_ratio/low_mean': sums.low / units,
    'clip_ratio/low_min': Number.isFinite(sums.lowMin) ? sums.lowMin : 0,
    'clip_ratio/high_mean': sums.high / units,
    'clip_ratio/high_max': Number.isFinite(sums.highMax) ? sums.highMax : 0,
    'clip_ratio/region_mean': (sums.low + sums.high) / units,
    cispo_clip_ratio: sums.cispo / tokens,
  };
}
