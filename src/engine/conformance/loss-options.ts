/** Options of a loss as the fixtures spell them (TRL's names) in the engine's words; absent ones are TRL's defaults. */
import { type GrpoLossOptions, type LossType, TRL_LOSS_DEFAULTS } from '../training/grpo-loss';
import type { Fields } from './fields';

/** What TRL calls `loss_type`. */
const LOSS_TYPES: readonly LossType[] = ['grpo', 'bnpo', 'dr_grpo', 'dapo', 'cispo', 'sapo'];

/** @throws ModelFileError for an unknown loss type or level */
export function lossOptions(given: Fields): GrpoLossOptions {
  const standard = TRL_LOSS_DEFAULTS;
  const epsilon = given.number('epsilon', standard.epsilon ?? undefined);
  return {
    ...standard,
    lossType: given.choice('loss_type', LOSS_TYPES, standard.lossType),
    importanceLevel: given.choice('importance_sampling_level', ['token', 'sequence'], 'token'),
    beta: given.number('beta', standard.beta),
    epsilon,
    // TRL: the upper bound is the lower one where it is not given.
    epsilonHigh: given.number('epsilon_high', epsilon),
    delta: given.optionalNumber('delta') ?? null,
    entropyCoef: given.number('entropy_coef', standard.entropyCoef),
    maxCompletionLength: given.number('max_completion_length', standard.maxCompletionLength),
    sapoTemperaturePos: given.number('sapo_temperature_pos', standard.sapoTemperaturePos),
    sapoTemperatureNeg: given.number('sapo_temperature_neg', standard.sapoTemperatureNeg),
  };
}

/** Options of a step-wise case (Trinity-RFT's words): no clipping unless `clip` says so. */
export function stepwiseOptions(given: Fields): GrpoLossOptions {
  const clip = given.optionalNumber('clip') ?? null;
  const aggregation = given.choice('aggregation', ['step-mean', 'token-mean'], 'step-mean');
  return {
    ...TRL_LOSS_DEFAULTS,
    lossType: aggregation === 'step-mean' ? 'grpo' : 'bnpo',
    epsilon: clip,
    epsilonHigh: clip,
    beta: given.number('beta', 0),
    kl: given.choice('kl', ['k2', 'k3'], 'k3'),
    klAggregation: given.choice('kl_aggregation', ['same', 'token-mean'], 'same'),
  };
}
