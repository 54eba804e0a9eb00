/**
 * GRPO settings as named presets in one table, every field with its source. `paper` and `official`
 * differ (the paper does not say what its released configuration does), TRL is the field's default,
 * `lab` is what ships: tuned for the bundled policy, which is thousands of times smaller.
 */
import { LORA_MODULES, type LoraConfig, type LoraModule } from '../engine/model/model-config';
import { type GrpoLossOptions, TRL_LOSS_DEFAULTS } from '../engine/training/grpo-loss';
import type { MaintenanceMode } from '../reward/memory-parts';
import type { RewardPreset } from '../reward/weights';
import type { AdvantageOptions } from './advantages';

export interface GrpoConfig {
  /** K: rollouts of one task. TRL `num_generations`. */
  readonly groupSize: number;
  /** Tasks (groups) in one step. */
  readonly tasksPerStep: number;
  /** Steps a run takes; the learning-rate schedule spans them. */
  readonly steps: number;
  readonly advantage: AdvantageOptions;
  readonly loss: GrpoLossOptions;
  /** TRL `num_iterations`: updates on one batch. With 1 the ratio is 1 and nothing clips. */
  readonly iterations: number;
  /** Sampling temperature; log-probs of policy, old and reference are taken at it too. */
  readonly temperature: number;
  /** Longest completion, tokens. */
  readonly maxNewTokens: number;
  readonly lr: number;
  readonly schedule: 'constant' | 'linear' | 'cosine';
  readonly beta1: number;
  readonly beta2: number;
  readonly adamEps: number;
  readonly weightDecay: number;
  readonly maxGradNorm: number;
  readonly lora: LoraConfig;
  readonly reward: RewardPreset;
  /** `meaningful`, or `any` update or delete is paid (eq. 24 to the letter). */
  readonly maintenance: MaintenanceMode;
  /** `all` steps carry loss [P], or only those whose completion called a tool or answered [O]. */
  readonly trainedSteps: 'all' | 'well-formed';
  /** TRL `mask_truncated_completions`: a completion cut off at the token limit carries no loss. */
  readonly maskTruncated: boolean;
}

export type PresetName = 'lab' | 'paper' | 'official' | 'trl';

/** Where a field of a preset comes from: [P]aper, [O]fficial code, TRL/PEFT/torch default, or our own [D]ecision. */
export type FieldSource = string;

export interface Preset {
  readonly config: GrpoConfig;
  readonly sources: { readonly [field in keyof GrpoConfig]: FieldSource };
}

/** PEFT's default targets for qwen2, qwen3 and llama. */
const ATTENTION_QV: readonly LoraModule[] = ['q_proj', 'v_proj'];

const LAB: Preset = {
  config: {
    groupSize: 8,
    tasksPerStep: 4,
    steps: 20,
    advantage: {
      mode: 'broadcast',
      scale: 'group',
      eps: 1e-4,
      stepNormalisation: false,
      singleton: 'zero',
    },
    loss: { ...TRL_LOSS_DEFAULTS, lossType: 'grpo', beta: 0.02 },
    iterations: 2,
    temperature: 1,
    maxNewTokens: 64,
    lr: 3e-3,
    schedule: 'linear',
    beta1: 0.9,
    beta2: 0.99,
    adamEps: 1e-8,
    weightDecay: 0,
    maxGradNorm: 1,
    lora: { r: 8, alpha: 16, rslora: false, targetModules: LORA_MODULES },
    reward: 'paper-appendix',
    maintenance: 'meaningful',
    trainedSteps: 'all',
    maskTruncated: true,
  },
  sources: {
    groupSize: '[P] K = 8',
    tasksPerStep: '[D] four groups: enough that a step whose groups mostly agree still teaches',
    steps: '[D]',
    advantage: '[P] eq. 4-5, broadcast; eps TRL',
    loss: '[D] mean over steps of the token mean (TRL grpo), k3 KL at 0.02',
    iterations: '[D] two updates on a batch: learns more from the same rollouts than one at twice the rate',
    temperature: '[D] 1: log-probs are those of the model itself',
    maxNewTokens: '[D] no call of the bundled policy is longer',
    lr: '[D] tuned; a small LoRA wants a large rate',
    schedule: '[D] linear to zero, so that the last steps settle',
    beta1: 'torch AdamW',
    beta2: '[D] 0.99: twenty steps are too few for 0.999',
    adamEps: 'torch AdamW',
    weightDecay: 'TRL (TrainingArguments)',
    maxGradNorm: 'TRL (TrainingArguments)',
    lora: '[D] r 8, alpha 16, all linear layers',
    reward: '[P] App. C.4: 1/3 each',
    maintenance: '[D] section 3.5: meaningful ones',
    trainedSteps: '[P] every step',
    maskTruncated: '[D] section 6: half a call teaches nothing; TRL has the switch',
  },
};

const PAPER: Preset = {
  config: {
    ...LAB.config,
    steps: 100,
    advantage: { ...LAB.config.advantage, eps: 1e-6 },
    loss: { ...TRL_LOSS_DEFAULTS, lossType: 'paper', epsilon: null, epsilonHigh: null, beta: 0.1 },
    iterations: 1,
    reward: 'paper-appendix',
  },
  sources: {
    ...LAB.sources,
    groupSize: '[P] K = 8',
    steps: '[P] curves span 100 steps',
    advantage: '[P] eq. 4-5; eps Trinity-RFT',
    loss: '[P] eq. 3: whole-completion ratio, no clipping, beta 0.1; k3 is [D]',
    iterations: '[D] one update, as the paper names no more',
    reward: '[P] App. C.4: 1/3 each',
    lr: '[D] the lab rate: the paper gives none for a model of this size',
  },
};

const OFFICIAL: Preset = {
  config: {
    ...LAB.config,
    tasksPerStep: 16,
    steps: 100,
    advantage: {
      mode: 'experiences',
      scale: 'group',
      eps: 1e-6,
      stepNormalisation: false,
      singleton: 'reward',
    },
    loss: {
      ...TRL_LOSS_DEFAULTS,
      lossType: 'bnpo',
      epsilon: 0.2,
      epsilonHigh: 0.2,
      beta: 0.001,
      kl: 'k2',
    },
    iterations: 1,
    temperature: 0.6,
    lr: 1e-5,
    schedule: 'constant',
    beta2: 0.999,
    lora: { r: 32, alpha: 32, rslora: false, targetModules: LORA_MODULES },
    trainedSteps: 'well-formed',
  },
  sources: {
    ...LAB.sources,
    groupSize: '[O] 8 repeats',
    tasksPerStep: '[O] 16 tasks a batch',
    advantage: '[O] algorithm_type grpo: normalised over all steps of the group; eps Trinity-RFT',
    loss: '[O] token mean, clip 0.2, KL k2 at 0.001',
    iterations: '[O] one update a batch',
    temperature: '[O] 0.6',
    lr: '[O] 1e-5',
    schedule: '[O] constant',
    beta2: 'torch AdamW',
    lora: '[O] r 32, alpha 32',
    trainedSteps: '[O] steps that use a tool or answer',
    steps: '[P] curves span 100 steps',
  },
};

const TRL: Preset = {
  config: {
    ...LAB.config,
    steps: 100,
    loss: TRL_LOSS_DEFAULTS,
    iterations: 1,
    maxNewTokens: 256,
    lr: 1e-6,
    schedule: 'linear',
    beta2: 0.999,
    lora: { r: 8, alpha: 8, rslora: false, targetModules: ATTENTION_QV },
    maskTruncated: false,
  },
  sources: {
    ...LAB.sources,
    groupSize: 'TRL num_generations',
    advantage: 'TRL scale_rewards group, eps 1e-4',
    loss: 'TRL loss_type dapo, beta 0, epsilon 0.2',
    iterations: 'TRL num_iterations',
    temperature: 'TRL temperature',
    maxNewTokens:
      'TRL max_completion_length; what the window of the model leaves after a prompt is the limit too',
    lr: 'TRL learning_rate',
    schedule: 'TRL lr_scheduler_type (TrainingArguments)',
    beta2: 'TRL adam_beta2 (TrainingArguments)',
    lora: 'PEFT LoraConfig: r 8, alpha 8, q and v projections',
    maskTruncated: 'TRL mask_truncated_completions',
    steps: '[D] TRL counts epochs',
  },
};

export const PRESETS: { readonly [name in PresetName]: Preset } = {
  lab: LAB,
  paper: PAPER,
  official: OFFICIAL,
  trl: TRL,
};

/** Throws `TrainingConfigError` naming the field that cannot be used and what it may be. */
export function checkConfig(config: GrpoConfig): void {
  for (const field of ['groupSize', 'tasksPerStep', 'steps', 'iterations', 'maxNewTokens'] as const) {
    const value = config[field];
    if (!(Number.isInteger(value) && value > 0)) refuse(field, 'a positive whole number', value);
  }
  for (const field of ['temperature', 'lr', 'adamEps'] as const) {
    const value = config[field];
    if (!(Number.isFinite(value) && value > 0)) refuse(field, 'a positive number', value);
  }
  for (const field of ['beta1', 'beta2'] as const) {
    if (!(config[field] >= 0 && config[field] < 1)) refuse(field, 'at least 0 and below 1', config[field]);
  }
  for (const field of ['weightDecay', 'maxGradNorm'] as const) {
    const value = config[field];
    if (!(Number.isFinite(value) && value >= 0)) refuse(field, 'a number of at least 0', value);
  }
  if (config.groupSize < 2) refuse('groupSize', 'at least 2, so that there is something to compare', 1);
  checkLoss(config.loss);
  const { r, alpha, targetModules } = config.lora;
  if (!(Number.isInteger(r) && r > 0)) refuse('lora', 'of a positive whole rank r', r);
  if (!(Number.isFinite(alpha) && alpha > 0)) refuse('lora', 'scaled by a positive alpha', alpha);
  if (targetModules.length === 0) refuse('lora', 'put on at least one kind of linear layer', 0);
  const { eps, stepWeight = 1, gamma = 1 } = config.advantage;
  if (!Number.isFinite(stepWeight)) refuse('advantage', 'of a finite stepWeight', stepWeight);
  if (!(gamma > 0 && gamma <= 1)) refuse('advantage', 'of a gamma above 0 and at most 1', gamma);
  if (!(Number.isFinite(eps) && eps > 0)) refuse('advantage', 'divided with a positive eps', eps);
}

function checkLoss(loss: GrpoLossOptions): void {
  if (!(Number.isFinite(loss.beta) && loss.beta >= 0)) refuse('loss', 'of beta at least 0', loss.beta);
  for (const option of ['epsilon', 'epsilonHigh', 'delta'] as const) {
    const value = loss[option];
    if (value !== null && !(value > 0)) refuse('loss', `of a positive ${option}, or null for none`, value);
  }
  if (!Number.isFinite(loss.entropyCoef)) refuse('loss', 'of a finite entropyCoef', loss.entropyCoef);
}

function refuse(field: keyof GrpoConfig, what: string, value: number): never {
  throw new TrainingConfigError(field, `must be ${what}, got ${value}`);
}

export class TrainingConfigError extends Error {
  constructor(
    readonly field: keyof GrpoConfig,
    problem: string,
  ) {
    super(`Training setting "${field}" ${problem}.`);
    this.name = 'TrainingConfigError';
  }
}
