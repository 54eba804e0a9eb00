/**
 * Arguments that `train.py --config` may hold: its parser refuses any other.
 *
 * Sources: github.com/huggingface/trl at v1.9.0 (35def3ee000a87f6839e66f4b7749b06274ed1b3), `GRPOConfig` in
 * `trl/trainer/grpo_config.py` with `_BaseConfig`, and `ModelConfig` in `trl/trainer/model_config.py`; the fields they
 * inherit from `TrainingArguments` of transformers 5; `AgeMemArguments` of `train.py`.
 */
import type { Schema } from './schema.fixture';

export const TRL_SCHEMA: Schema = {
  // GRPOConfig
  learning_rate: 'float',
  num_generations: 'int?',
  num_generations_eval: 'int?',
  max_completion_length: 'int?',
  generation_batch_size: 'int?',
  steps_per_generation: 'int?',
  temperature: 'float',
  top_p: 'float',
  use_vllm: 'bool',
  vllm_mode: { oneOf: ['server', 'colocate'] },
  beta: 'float',
  num_iterations: 'int',
  epsilon: 'float',
  delta: 'float?',
  epsilon_high: 'float?',
  importance_sampling_level: { oneOf: ['token', 'sequence'] },
  reward_weights: ['float'],
  scale_rewards: { oneOf: ['group', 'batch', 'none'] },
  loss_type: { oneOf: ['grpo', 'dapo', 'bnpo', 'dr_grpo', 'cispo', 'sapo', 'luspo', 'vespo'] },
  mask_truncated_completions: 'bool',
  max_tool_calling_iterations: 'int?',
  log_completions: 'bool',
  logging_steps: 'float',
  gradient_checkpointing: 'bool',
  // ModelConfig
  model_name_or_path: 'str?',
  dtype: { oneOf: ['auto', 'bfloat16', 'float16', 'float32'] },
  use_peft: 'bool',
  lora_r: 'int',
  lora_alpha: 'int',
  lora_dropout: 'float',
  lora_target_modules: ['str'],
  use_rslora: 'bool',
  // TrainingArguments
  output_dir: 'str?',
  max_steps: 'int',
  per_device_train_batch_size: 'int',
  per_device_eval_batch_size: 'int',
  gradient_accumulation_steps: 'int',
  lr_scheduler_type: { oneOf: ['constant', 'linear', 'cosine'] },
  adam_beta1: 'float',
  adam_beta2: 'float',
  adam_epsilon: 'float',
  weight_decay: 'float',
  max_grad_norm: 'float',
  bf16: 'bool?',
  save_steps: 'float',
  eval_strategy: { oneOf: ['no', 'steps', 'epoch'] },
  eval_steps: 'float?',
  report_to: 'str',
  seed: 'int',
  // AgeMemArguments
  adapter: 'str?',
};
