/** The GRPO loss of a micro-batch on the GPU: options become the numbers that the kernel branches on. */
import type { PolicyLossArgs } from '../backend';
import { CREDIT_WIDTH, SUMS_WIDTH } from '../training/policy-loss';
import { floats } from './gpu-tensor';
import type { Recorder } from './recorder';

/** CISPO, SAPO and PAPER of the kernel; every other type is clipped. */
const LOSS_TYPES: Readonly<Record<string, number>> = { cispo: 1, sapo: 2, paper: 3 };

export function policyLoss(recorder: Recorder, args: PolicyLossArgs): void {
  const { rows, sequences, entropyOffset, reference, options } = args;
  const { lossType, importanceLevel, epsilon, epsilonHigh, delta } = options;
  recorder.dispatch({
    kernel: 'policy-loss',
    operands: {
      gradients: floats(recorder, args.gradients, entropyOffset + rows),
      sums: floats(recorder, args.sums, sequences * SUMS_WIDTH),
      measures: floats(recorder, args.measures, entropyOffset + rows),
      sampled: floats(recorder, args.sampled, 2 * rows),
      reference: reference ? floats(recorder, reference, rows) : recorder.nothing,
      credits: floats(recorder, args.credits, sequences * CREDIT_WIDTH),
    },
    params: {
      sequences,
      entropy_offset: entropyOffset,
      loss_type: LOSS_TYPES[lossType] ?? 0,
      whole_row: Number(lossType === 'paper' || importanceLevel === 'sequence'),
      off_policy: Number(args.offPolicy),
      has_reference: Number(reference !== undefined),
      k2: Number(options.kl === 'k2'),
      has_low: Number(epsilon !== null),
      has_high: Number(epsilonHigh !== null),
      has_delta: Number(delta !== null),
      low: 1 - (epsilon ?? 0),
      high: 1 + (epsilonHigh ?? 0),
      cispo_bound: epsilonHigh ?? 0,
      delta: delta ?? 0,
      tau_positive: options.sapoTemperaturePos,
      tau_negative: options.sapoTemperatureNeg,
    },
    workgroups: sequences,
  });
}
