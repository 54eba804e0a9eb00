/**
 * A run's training as the arguments of TRL's `GRPOTrainer` (`GRPOConfig`, `ModelConfig`, and the one argument of
 * `train.py`), with memory as an environment. Fields: `trl/trainer/grpo_config.py` and `model_config.py` at the version
 * below, and transformers' `TrainingArguments`; `trl-schema.fixture.ts` lists those used.
 */

import { REWARD_PRESETS } from '../../reward/weights';
import type { GrpoConfig } from '../../rl/presets';
import { LARGE_LR } from './trinity-config';
import type { Yaml } from './yaml';

export const TRL = {
  name: 'TRL',
  repository: 'github.com/huggingface/trl',
  version: '1.9.0',
  commit: '35def3ee000a87f6839e66f4b7749b06274ed1b3',
  transformers: '5.2.0',
} as const;

export function trlConfig(config: GrpoConfig, heldOut: number): { readonly [key: string]: Yaml } {
  const { loss, lora, advantage } = config;
  const { weights } = REWARD_PRESETS[config.reward];
  const every = Math.max(1, Math.ceil(config.steps / 5)) * config.iterations;
  return {
    model_name_or_path: 'Qwen/Qwen3-0.6B',
    dtype: 'bfloat16',
    use_peft: true,
    lora_r: lora.r,
    lora_alpha: lora.alpha,
    lora_dropout: 0,
    lora_target_modules: [...lora.targetModules],
    use_rslora: lora.rslora,
    output_dir: 'out',
    max_steps: config.steps * config.iterations,
    per_device_train_batch_size: config.groupSize,
    gradient_accumulation_steps: config.tasksPerStep,
    num_generations: config.groupSize,
    num_iterations: config.iterations,
    learning_rate: LARGE_LR,
    lr_scheduler_type: config.schedule,
    adam_beta1: config.beta1,
    adam_beta2: config.beta2,
    adam_epsilon: config.adamEps,
    weight_decay: config.weightDecay,
    max_grad_norm: config.maxGradNorm,
    beta: loss.beta,
    ...lossOf(config),
    scale_rewards: advantage.scale,
    temperature: config.temperature,
    max_completion_length: 2048,
    max_tool_calling_iterations: 6,
    mask_truncated_completions: config.maskTruncated,
    reward_weights: [weights.task, weights.penalty],
    bf16: true,
    gradient_checkpointing: true,
    logging_steps: 1,
    save_steps: every,
    ...(heldOut === 0
      ? {}
      : { eval_strategy: 'steps', eval_steps: every, per_device_eval_batch_size: config.groupSize }),
    log_completions: true,
    report_to: 'none',
    seed: 1,
  };
}

/** The paper's loss is GRPO's over whole completions, without clipping. */
function lossOf({ loss }: GrpoConfig): { readonly [key: string]: Yaml } {
  const paper = loss.lossType === 'paper';
  return {
    loss_type: paper ? 'grpo' : loss.lossType,
    importance_sampling_level: paper ? 'sequence' : loss.importanceLevel,
    epsilon: loss.epsilon ?? 1,
    epsilon_high: loss.epsilonHigh ?? loss.epsilon ?? 1e9,
    ...(loss.delta === null ? {} : { delta: loss.delta }),
  };
}
