/**
 * Fields and types of Trinity-RFT's configuration, of the sections the export writes. OmegaConf refuses any other
 * field. Fields whose comment there says not to set them are left out, so that the export cannot.
 *
 * Sources: github.com/agentscope-ai/Trinity-RFT, `trinity/common/config.py` at commit
 * 1d7fae4a63f5e3a30e1927559d28a348a2167dd6; values of enumerations from `trinity/common/constants.py` at
 * ea07093169823e31088ebf5cc5ee2357f6df8c28. Names and arguments of advantage, loss and KL functions are those of the
 * project's documentation and examples, not read at that commit.
 */
import type { Schema } from './schema.fixture';

const FORMAT: Schema = {
  prompt_key: 'str',
  response_key: 'str',
  system_prompt_key: 'str?',
  system_prompt: 'str?',
  messages_key: 'str',
  tools_key: 'str',
  reply_prefix: 'str?',
  workflow_key: 'str',
  reward_fn_key: 'str',
};

const TASKSET: Schema = {
  name: 'str',
  storage_type: { oneOf: ['sql', 'queue', 'file', 'task_dir'] },
  path: 'str?',
  default_workflow_type: 'str?',
  default_reward_fn_type: 'str?',
  rollout_args: {
    temperature: 'float?',
    top_p: 'float?',
    top_k: 'int',
    logprobs: 'int?',
    max_tokens: 'int?',
  },
  workflow_args: 'dict',
  reward_fn_args: 'dict',
  split: 'str',
  subset_name: 'str?',
  format: FORMAT,
  enable_progress_bar: 'bool',
  repeat_times: 'int',
};

export const TRINITY_SCHEMA: Schema = {
  mode: { oneOf: ['explore', 'train', 'both', 'bench', 'serve', 'colocate'] },
  project: 'str',
  group: 'str',
  name: 'str',
  checkpoint_root_dir: 'str',
  continue_from_checkpoint: 'bool',
  algorithm: {
    algorithm_type: { oneOf: ['ppo', 'grpo', 'multi_step_grpo'] },
    repeat_times: 'int',
    optimizer: {
      lr: 'float',
      lr_warmup_steps: 'int',
      lr_warmup_steps_ratio: 'float',
      min_lr_ratio: 'float',
      lr_scheduler_type: 'str',
      optimizer_type: 'str',
      betas: ['float'],
      weight_decay: 'float',
      clip_grad: 'float',
    },
    advantage_fn: { oneOf: ['grpo', 'step_wise_grpo'] },
    advantage_fn_args: { epsilon: 'float', enable_step_norm: 'bool' },
    policy_loss_fn: { oneOf: ['ppo'] },
    policy_loss_fn_args: { clip_range: 'float', clip_range_low: 'float', clip_range_high: 'float' },
    kl_loss_fn: { oneOf: ['none', 'k1', 'k2', 'low_var_kl'] },
    kl_loss_fn_args: { kl_coef: 'float' },
    entropy_loss_fn: 'str?',
    entropy_loss_fn_args: 'dict?',
    loss_agg_mode: 'str?',
  },
  model: {
    model_path: 'str',
    enable_thinking: 'bool?',
    temperature: 'float',
    top_p: 'float',
    max_model_len: 'int?',
    max_prompt_tokens: 'int?',
    max_response_tokens: 'int?',
    lora_configs: [
      {
        name: 'str?',
        path: 'str?',
        base_model_name: 'str?',
        lora_rank: 'int',
        lora_alpha: 'int',
        lora_dtype: 'str',
        target_modules: 'str',
        exclude_modules: 'str?',
      },
    ],
  },
  cluster: { ray_address: 'str', node_num: 'int', gpu_per_node: 'int' },
  buffer: {
    batch_size: 'int',
    train_batch_size: 'int',
    total_epochs: 'int',
    total_steps: 'int?',
    explorer_input: { taskset: TASKSET, eval_tasksets: [TASKSET], default_workflow_type: 'str?' },
    trainer_input: {
      experience_buffer: {
        name: 'str',
        storage_type: { oneOf: ['sql', 'queue', 'file'] },
        path: 'str?',
        capacity: 'int',
        replay_buffer: {
          enable: 'bool',
          priority_fn: 'str',
          reuse_cooldown_time: 'float?',
          priority_fn_args: 'dict',
        },
      },
    },
  },
  explorer: {
    runner_per_model: 'int',
    max_timeout: 'int',
    max_repeat_times_per_runner: 'int?',
    rollout_model: {
      engine_type: 'str',
      engine_num: 'int',
      tensor_parallel_size: 'int',
      enforce_eager: 'bool',
      gpu_memory_utilization: 'float',
      dtype: 'str',
      seed: 'int',
      enable_history: 'bool',
      enable_openai_api: 'bool',
    },
    eval_interval: 'int',
    eval_on_startup: 'bool',
  },
  synchronizer: {
    sync_method: { oneOf: ['hccl', 'nccl', 'checkpoint', 'memory'] },
    sync_style: { oneOf: ['fixed', 'trainer_driven', 'explorer_driven', 'fully_async'] },
    sync_interval: 'int',
    sync_timeout: 'int',
  },
  trainer: {
    trainer_type: 'str',
    save_interval: 'int',
    grad_clip: 'float',
    use_dynamic_bsz: 'bool',
    max_token_len_per_gpu: 'int?',
  },
  monitor: { monitor_type: 'str' },
};
