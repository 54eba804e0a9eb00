/**
 * The switches of agemem.md section 6 in one table: name, what it does, the values it takes, and how it
 * changes a configuration. The command line reads it as it is; a page can list it. Names and effects are
 * TRL's where TRL has the switch.
 */
import type { LossType } from '../engine/training/grpo-loss';
import { REWARD_PRESET_NAMES } from '../reward/weights';
import type { AdvantageMode, RewardScale } from './advantages';
import type { GrpoConfig } from './presets';

export interface Switch {
  readonly name: string;
  readonly help: string;
  /** Values it takes; null: a number, or `none` where the field may be null. */
  readonly choices: readonly string[] | null;
  readonly apply: (config: GrpoConfig, text: string) => GrpoConfig;
}

export class SwitchError extends Error {
  constructor(name: string, text: string, takes: string) {
    super(`"${name}" takes ${takes}, not "${text}".`);
    this.name = 'SwitchError';
  }
}

function choice<T extends string>(
  name: string,
  help: string,
  choices: readonly T[],
  apply: (config: GrpoConfig, value: T) => GrpoConfig,
): Switch {
  return {
    name,
    help,
    choices,
    apply: (config, text) => {
      const value = choices.find((c) => c === text);
      if (value === undefined) throw new SwitchError(name, text, `one of ${choices.join(', ')}`);
      return apply(config, value);
    },
  };
}

function number(
  name: string,
  help: string,
  apply: (config: GrpoConfig, value: number) => GrpoConfig,
): Switch {
  return {
    name,
    help,
    choices: null,
    apply: (config, text) => {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      if (!Number.isFinite(value)) throw new SwitchError(name, text, 'a number');
      return apply(config, value);
    },
  };
}

function optionalNumber(name: 'epsilon' | 'epsilonHigh' | 'delta', flag: string, help: string): Switch {
  return {
    name: flag,
    help: `${help}; none: no bound`,
    choices: null,
    apply: (config, text) => {
      const value = text === 'none' ? null : Number(text);
      if (value !== null && (!Number.isFinite(value) || text.trim() === '')) {
        throw new SwitchError(flag, text, 'a number or none');
      }
      return { ...config, loss: { ...config.loss, [name]: value } };
    },
  };
}

const LOSS_TYPES: readonly LossType[] = ['grpo', 'bnpo', 'dr_grpo', 'dapo', 'cispo', 'sapo', 'paper'];
const MODES: readonly AdvantageMode[] = [
  'broadcast',
  'last-step',
  'experiences',
  'best-only',
  'two-level',
  'fork',
];
const SCALES: readonly RewardScale[] = ['group', 'batch', 'none'];

export const SWITCHES: readonly Switch[] = [
  choice('loss', 'loss_type; paper: ratio of whole completions', LOSS_TYPES, (c, lossType) => ({
    ...c,
    loss: { ...c.loss, lossType },
  })),
  choice('importance', 'importance_sampling_level', ['token', 'sequence'] as const, (c, importanceLevel) => ({
    ...c,
    loss: { ...c.loss, importanceLevel },
  })),
  choice('scale-rewards', 'scale_rewards', SCALES, (c, scale) => ({
    ...c,
    advantage: { ...c.advantage, scale },
  })),
  choice('advantage', 'how a reward becomes the credit of steps', MODES, (c, mode) => ({
    ...c,
    advantage: { ...c.advantage, mode },
  })),
  choice(
    'step-normalisation',
    'divide by the number of steps of the rollout',
    ['on', 'off'] as const,
    (c, v) => ({
      ...c,
      advantage: { ...c.advantage, stepNormalisation: v === 'on' },
    }),
  ),
  number('step-weight', 'two-level: weight of the step level', (c, stepWeight) => ({
    ...c,
    advantage: { ...c.advantage, stepWeight },
  })),
  number('gamma', 'two-level: discount for each step still to come', (c, gamma) => ({
    ...c,
    advantage: { ...c.advantage, gamma },
  })),
  optionalNumber('epsilon', 'epsilon', 'epsilon: clip from below'),
  optionalNumber('epsilonHigh', 'epsilon-high', 'epsilon_high: clip from above (cispo: the bound itself)'),
  optionalNumber('delta', 'delta', 'delta: upper bound of the unclipped ratio'),
  number('beta', 'beta: weight of the KL term', (c, beta) => ({ ...c, loss: { ...c.loss, beta } })),
  choice('kl', 'KL estimator', ['k2', 'k3'] as const, (c, kl) => ({ ...c, loss: { ...c.loss, kl } })),
  number('entropy-coef', 'entropy_coef: entropy bonus', (c, entropyCoef) => ({
    ...c,
    loss: { ...c.loss, entropyCoef },
  })),
  number('temperature', 'sampling temperature', (c, temperature) => ({ ...c, temperature })),
  number('iterations', 'num_iterations: updates on one batch', (c, iterations) => ({ ...c, iterations })),
  number('lr', 'peak learning rate', (c, lr) => ({ ...c, lr })),
  choice('schedule', 'lr_scheduler_type', ['constant', 'linear', 'cosine'] as const, (c, schedule) => ({
    ...c,
    schedule,
  })),
  choice('trained-steps', 'which steps carry loss', ['all', 'well-formed'] as const, (c, trainedSteps) => ({
    ...c,
    trainedSteps,
  })),
  choice(
    'mask-truncated',
    'mask_truncated_completions: no loss on completions cut off',
    ['on', 'off'] as const,
    (c, v) => ({ ...c, maskTruncated: v === 'on' }),
  ),
  choice('reward', 'weights of the reward parts', REWARD_PRESET_NAMES, (c, reward) => ({ ...c, reward })),
  choice(
    'maintenance',
    'any pays every update or delete (eq. 24): easy to game',
    ['meaningful', 'any'] as const,
    (c, maintenance) => ({ ...c, maintenance }),
  ),
];

/** The configuration after the switches given by name. Throws `SwitchError`. */
export function applySwitches(config: GrpoConfig, given: ReadonlyMap<string, string>): GrpoConfig {
  let result = config;
  for (const { name, apply } of SWITCHES) {
    const text = given.get(name);
    if (text !== undefined) result = apply(result, text);
  }
  return result;
}
