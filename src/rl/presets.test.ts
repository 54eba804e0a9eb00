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

/** `GRPOConfig` and what it inherits from `TrainingArguments`; `LoraConfig` of PEFT; AdamW of PyTorch. */
const TRL_DEFAULTS: readonly (readonly [option: string, value: unknown, ours: unknown])[] = (() => {
  const { config } = PRESETS.trl;
  return [
    ['num_generations', 8, config.groupSize],
    ['num_iterations', 1, config.iterations],
    ['temperature', 1, config.temperature],
    ['learning_rate', 1e-6, config.lr],
    ['lr_scheduler_type', 'linear', config.schedule],
    ['adam_beta1', 0.9, config.beta1],
    ['adam_beta2', 0.999, config.beta2],
    ['adam_epsilon', 1e-8, config.adamEps],
    ['weight_decay', 0, config.weightDecay],
    ['max_grad_norm', 1, config.maxGradNorm],
    ['beta', 0, config.loss.beta],
    ['epsilon', 0.2, config.loss.epsilon],
    ['epsilon_high (epsilon)', 0.2, config.loss.epsilonHigh],
    ['delta', null, config.loss.delta],
    ['loss_type', 'dapo', config.loss.lossType],
    ['importance_sampling_level', 'token', config.loss.importanceLevel],
    ['scale_rewards', 'group', config.advantage.scale],
    ['eps beside the deviation', 1e-4, config.advantage.eps],
    ['max_completion_length (of dr_grpo)', 256, config.loss.maxCompletionLength],
    ['lora r', 8, config.lora.r],
    ['lora alpha', 8, config.lora.alpha],
    ['lora use_rslora', false, config.lora.rslora],
  ];
})();

describe('numbers of others', () => {
  it.each(TRL_DEFAULTS)('trl: %s is %o', (_, value, ours) => {
    expect(ours).toBe(value);
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
