import { describe, expect, it } from 'vitest';
import { LORA_MODULES } from '../engine/model/model-config';
import { checkConfig, type GrpoConfig, PRESETS, type PresetName, TrainingConfigError } from './presets';

const NAMES = Object.keys(PRESETS) as PresetName[];
const LAB = PRESETS.lab.config;

describe.each(NAMES)('preset %s', (name) => {
  const { config, sources } = PRESETS[name];

  it('can be used as it is', () => {
    expect(() => checkConfig(config)).not.toThrow();
  });

  it('says of every field where it comes from, and of no other', () => {
    expect(Object.keys(sources).sort()).toEqual(Object.keys(config).sort());
    for (const source of Object.values(sources)) expect(source).toMatch(/\[[PDO]\]|TRL|PEFT|torch/);
  });

  it('says [D] or nothing of the paper where it is not the paper, and differs only where its source does', () => {
    for (const field of Object.keys(config) as (keyof GrpoConfig)[]) {
      if (sources[field] === PRESETS.lab.sources[field] && name !== 'lab') {
        expect(config[field], field).toEqual(LAB[field]);
      }
    }
  });
});

describe('settings that cannot work', () => {
  const wrong: readonly (readonly [keyof GrpoConfig, Partial<GrpoConfig>])[] = [
    ['groupSize', { groupSize: 1 }],
    ['groupSize', { groupSize: 2.5 }],
    ['tasksPerStep', { tasksPerStep: 0 }],
    ['steps', { steps: -1 }],
    ['steps', { steps: Number.NaN }],
    ['iterations', { iterations: 0 }],
    ['maxNewTokens', { maxNewTokens: Number.POSITIVE_INFINITY }],
    ['temperature', { temperature: 0 }],
    ['lr', { lr: Number.NaN }],
    ['lr', { lr: Number.POSITIVE_INFINITY }],
    ['beta1', { beta1: 1 }],
    ['beta2', { beta2: Number.NaN }],
    ['adamEps', { adamEps: 0 }],
    ['weightDecay', { weightDecay: -0.1 }],
    ['maxGradNorm', { maxGradNorm: Number.NaN }],
    ['loss', { loss: { ...LAB.loss, beta: Number.NaN } }],
    ['loss', { loss: { ...LAB.loss, epsilon: 0 } }],
    ['loss', { loss: { ...LAB.loss, entropyCoef: Number.NaN } }],
    ['lora', { lora: { ...LAB.lora, r: 0 } }],
    ['lora', { lora: { ...LAB.lora, alpha: Number.NaN } }],
    ['lora', { lora: { ...LAB.lora, targetModules: [] } }],
    ['advantage', { advantage: { ...LAB.advantage, eps: 0 } }],
  ];

  it.each(wrong)('%s %o is refused by name', (field, change) => {
    const check = () => checkConfig({ ...LAB, ...change });
    expect(check).toThrow(TrainingConfigError);
    expect(check).toThrow(`"${field}"`);
  });

  it('no clipping, no KL and no norm bound are settings like any other', () => {
    const loss = { ...LAB.loss, epsilon: null, epsilonHigh: null, delta: null, beta: 0 };
    expect(() => checkConfig({ ...LAB, loss, maxGradNorm: 0 })).not.toThrow();
  });
});

/** An option upstream, its documented default, and the field of ours that must equal it. */
type Upstream = readonly [field: keyof GrpoConfig, option: string, value: unknown, ours: unknown];

/** TRL's `GRPOConfig` and what it takes from `TrainingArguments`; PEFT's `LoraConfig`; PyTorch's AdamW. */
const TRL_DEFAULTS: readonly Upstream[] = (() => {
  const { config } = PRESETS.trl;
  return [
    ['groupSize', 'TRL num_generations', 8, config.groupSize],
    ['iterations', 'TRL num_iterations', 1, config.iterations],
    ['temperature', 'TRL temperature', 1, config.temperature],
    ['maxNewTokens', 'TRL max_completion_length', 256, config.maxNewTokens],
    ['lr', 'TRL learning_rate', 1e-6, config.lr],
    ['schedule', 'TrainingArguments lr_scheduler_type', 'linear', config.schedule],
    ['beta1', 'TrainingArguments adam_beta1', 0.9, config.beta1],
    ['beta2', 'TrainingArguments adam_beta2', 0.999, config.beta2],
    ['adamEps', 'TrainingArguments adam_epsilon', 1e-8, config.adamEps],
    ['weightDecay', 'TrainingArguments weight_decay', 0, config.weightDecay],
    ['maxGradNorm', 'TrainingArguments max_grad_norm', 1, config.maxGradNorm],
    ['loss', 'TRL beta', 0, config.loss.beta],
    ['loss', 'TRL epsilon', 0.2, config.loss.epsilon],
    ['loss', 'TRL epsilon_high (as epsilon)', 0.2, config.loss.epsilonHigh],
    ['loss', 'TRL delta', null, config.loss.delta],
    ['loss', 'TRL loss_type', 'dapo', config.loss.lossType],
    ['loss', 'TRL importance_sampling_level', 'token', config.loss.importanceLevel],
    ['loss', 'TRL KL estimator', 'k3', config.loss.kl],
    ['loss', 'TRL KL within the per-token loss', 'same', config.loss.klAggregation],
    ['loss', 'TRL entropy_coef', 0, config.loss.entropyCoef],
    ['loss', 'TRL max_completion_length (of dr_grpo)', 256, config.loss.maxCompletionLength],
    ['loss', 'TRL sapo_temperature_pos', 1, config.loss.sapoTemperaturePos],
    ['loss', 'TRL sapo_temperature_neg', 1.05, config.loss.sapoTemperatureNeg],
    ['maskTruncated', 'TRL mask_truncated_completions', false, config.maskTruncated],
    ['advantage', 'TRL scale_rewards', 'group', config.advantage.scale],
    ['advantage', 'TRL eps beside the deviation', 1e-4, config.advantage.eps],
    ['advantage', 'TRL a group of one', 'zero', config.advantage.singleton],
    ['advantage', 'TRL one advantage a completion', 'broadcast', config.advantage.mode],
    ['advantage', 'TRL knows no steps', false, config.advantage.stepNormalisation],
    ['lora', 'PEFT r', 8, config.lora.r],
    ['lora', 'PEFT lora_alpha', 8, config.lora.alpha],
    ['lora', 'PEFT use_rslora', false, config.lora.rslora],
  ];
})();

/** Fields that upstream has no option for, and why. */
const WITHOUT_UPSTREAM: Readonly<Partial<Record<keyof GrpoConfig, string>>> = {
  tasksPerStep: 'TRL counts completions: per_device_train_batch_size x devices x accumulation',
  steps: 'TRL counts epochs over a data set (num_train_epochs 3); tasks here are drawn without end',
  reward: "reward functions are the caller's in TRL",
  maintenance: "a rule of AgeMem's reward",
  trainedSteps: 'in TRL every completion carries loss; whether its protocol is kept is not known there',
};

describe('numbers of others', () => {
  it.each(TRL_DEFAULTS)('trl: %s, %s is %o', (_, __, value, ours) => {
    expect(ours).toBe(value);
  });

  it('trl: every field is compared or has no upstream option, and every part of the nested ones too', () => {
    const { config } = PRESETS.trl;
    const compared = new Set<string>(TRL_DEFAULTS.map(([field]) => field));
    const missing = Object.keys(config).filter(
      (field) => !compared.has(field) && !(field in WITHOUT_UPSTREAM),
    );
    expect(missing).toEqual([]);
    const both = Object.keys(WITHOUT_UPSTREAM).filter((field) => compared.has(field));
    expect(both).toEqual([]);
    const parts = (field: keyof GrpoConfig) => TRL_DEFAULTS.filter(([own]) => own === field).length;
    expect(parts('loss')).toBe(Object.keys(config.loss).length);
    expect(parts('advantage')).toBe(Object.keys(config.advantage).length);
    // Target modules are compared below.
    expect(parts('lora')).toBe(Object.keys(config.lora).length - 1);
  });

  it('trl adapts queries and values, as PEFT does by default', () => {
    expect(PRESETS.trl.config.lora.targetModules).toEqual(['q_proj', 'v_proj']);
  });

  it('paper: K 8, beta 0.1, no clipping, credit to every step', () => {
    const { groupSize, loss, advantage, trainedSteps } = PRESETS.paper.config;
    expect({ groupSize, beta: loss.beta, epsilon: loss.epsilon, high: loss.epsilonHigh }).toEqual({
      groupSize: 8,
      beta: 0.1,
      epsilon: null,
      high: null,
    });
    expect(loss.lossType).toBe('paper');
    expect(advantage.mode).toBe('broadcast');
    expect(trainedSteps).toBe('all');
  });

  it('official: 16 tasks, clip 0.2, k2 at 0.001, lr 1e-5, temperature 0.6, LoRA r 32 alpha 32', () => {
    const { tasksPerStep, loss, lr, temperature, lora, advantage } = PRESETS.official.config;
    expect([tasksPerStep, loss.epsilon, loss.kl, loss.beta, lr, temperature, lora.r, lora.alpha]).toEqual([
      16,
      0.2,
      'k2',
      0.001,
      1e-5,
      0.6,
      32,
      32,
    ]);
    expect(lora.targetModules).toEqual(LORA_MODULES);
    expect(advantage.mode).toBe('experiences');
  });
});
