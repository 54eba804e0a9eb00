/**
 * A run's training as a configuration of Trinity-RFT's step-wise GRPO: `multi_step_grpo` with the advantage
 * `step_wise_grpo`, which is where the paper's own code comes from. Fields and types: `trinity/common/config.py`
 * at the commit below; `trinity-schema.fixture.ts` lists those used.
 */
import { BUNDLED_EPISODE_CONFIG, type EpisodeConfig, PAPER_EPISODE_CONFIG } from '../../agent/config';
import { LORA_MODULES, type LoraConfig } from '../../engine/model/model-config';
import type { GrpoConfig } from '../../rl/presets';
import type { Yaml } from './yaml';

export const TRINITY = {
  name: 'Trinity-RFT',
  repository: 'github.com/agentscope-ai/Trinity-RFT',
  version: '0.5.1',
  commit: '1d7fae4a63f5e3a30e1927559d28a348a2167dd6',
} as const;

/** A variable of the environment, as OmegaConf reads it. */
const fromEnvironment = (name: string, otherwise: string) => `\${oc.env:${name},${otherwise}}`;

/** The unpacked folder: Ray's workers may have another working directory. */
const EXPORT = fromEnvironment('AGEMEM_EXPORT', '..');

/** Learning rate for a LoRA of a model thousands of times as large as the bundled policy. */
export const LARGE_LR = 1e-5;

export interface TrinityPlan {
  readonly config: GrpoConfig;
  /** Policy calls a rollout takes at least, mean over the tasks. */
  readonly stepsPerRollout: number;
  /** Rows of the held-out part. */
  readonly heldOut: number;
}

/** A new adapter of the run's shape on an instruction model. */
export function trinityConfig(plan: TrinityPlan): { readonly [key: string]: Yaml } {
  return configured(plan, {
    name: 'step_wise_grpo',
    lr: LARGE_LR,
    model: fromEnvironment('TRINITY_MODEL_PATH', 'Qwen/Qwen2.5-7B-Instruct'),
    adapter: null,
    promptTokens: PAPER_EPISODE_CONFIG.maxContextTokens,
    responseTokens: 2048,
    episode: PAPER_EPISODE_CONFIG,
    dtype: 'bfloat16',
  });
}

/** The run's own adapter, gone on with on its own base. */
export function trinityContinuation(plan: TrinityPlan): { readonly [key: string]: Yaml } {
  return configured(plan, {
    name: 'continue_adapter',
    lr: plan.config.lr,
    model: fromEnvironment('TRINITY_MODEL_PATH', `${EXPORT}/base`),
    adapter: `${EXPORT}/adapter`,
    promptTokens: BUNDLED_EPISODE_CONFIG.hardPromptTokens,
    responseTokens: plan.config.maxNewTokens,
    episode: BUNDLED_EPISODE_CONFIG,
    dtype: 'float32',
  });
}

interface Variant {
  readonly name: string;
  readonly lr: number;
  readonly model: string;
  readonly adapter: string | null;
  readonly promptTokens: number;
  readonly responseTokens: number;
  readonly episode: EpisodeConfig;
  readonly dtype: string;
}

function configured({ config, stepsPerRollout, heldOut }: TrinityPlan, variant: Variant) {
  const { promptTokens, responseTokens } = variant;
  const taskset = (name: string, split: string): { readonly [key: string]: Yaml } => ({
    name,
    storage_type: 'file',
    path: `${EXPORT}/trinity/tasks`,
    split,
    format: { prompt_key: 'question', response_key: 'answer' },
    rollout_args: { temperature: config.temperature, logprobs: 0 },
    workflow_args: workflowArgs(variant.episode),
    default_workflow_type: 'agemem_workflow',
  });
  const window = promptTokens + responseTokens;
  return {
    project: 'AgeMem',
    name: variant.name,
    mode: 'both',
    checkpoint_root_dir: fromEnvironment('TRINITY_CHECKPOINT_ROOT_DIR', './checkpoints'),
    algorithm: algorithmOf(config, variant.lr),
    model: {
      model_path: variant.model,
      enable_thinking: false,
      max_prompt_tokens: promptTokens,
      max_response_tokens: responseTokens,
      max_model_len: window,
      lora_configs: [loraOf(config.lora, variant.adapter)],
    },
    cluster: { node_num: 1, gpu_per_node: 2 },
    buffer: {
      total_steps: config.steps,
      batch_size: config.tasksPerStep,
      train_batch_size: config.tasksPerStep * config.groupSize * stepsPerRollout,
      explorer_input: {
        taskset: taskset('agemem_train', 'train'),
        eval_tasksets: heldOut === 0 ? [] : [taskset('agemem_held_out', 'test')],
      },
      trainer_input: {
        experience_buffer: {
          name: 'agemem_experiences',
          storage_type: 'queue',
          replay_buffer: { enable: true },
        },
      },
    },
    explorer: {
      eval_interval: Math.max(1, Math.ceil(config.steps / 5)),
      max_repeat_times_per_runner: 1,
      rollout_model: { enable_history: true, engine_num: 1, dtype: variant.dtype, seed: 42 },
    },
    synchronizer: { sync_style: 'explorer_driven', sync_method: 'checkpoint', sync_interval: 1 },
    trainer: {
      save_interval: Math.max(1, Math.ceil(config.steps / 5)),
      grad_clip: config.maxGradNorm,
      max_token_len_per_gpu: window,
    },
    monitor: { monitor_type: 'tensorboard' },
  } satisfies { readonly [key: string]: Yaml };
}

function algorithmOf(
  { groupSize, loss, advantage, beta1, beta2, weightDecay, maxGradNorm }: GrpoConfig,
  lr: number,
) {
  // Without clipping the paper's loss; the widest range that a ratio above 0 never leaves below.
  const low = loss.epsilon ?? 1;
  const high = loss.epsilonHigh ?? loss.epsilon ?? 1e9;
  return {
    algorithm_type: 'multi_step_grpo',
    repeat_times: groupSize,
    optimizer: {
      lr,
      lr_scheduler_type: 'constant',
      betas: [beta1, beta2],
      weight_decay: weightDecay,
      clip_grad: maxGradNorm,
    },
    advantage_fn: 'step_wise_grpo',
    advantage_fn_args: { epsilon: advantage.eps },
    policy_loss_fn: 'ppo',
    policy_loss_fn_args: { clip_range_low: low, clip_range_high: high },
    kl_loss_fn: loss.beta === 0 ? 'none' : loss.kl === 'k2' ? 'k2' : 'low_var_kl',
    kl_loss_fn_args: { kl_coef: loss.beta },
  };
}

/** `target_modules` is one text there: PEFT's word for all of them, or a pattern. */
function loraOf({ r, alpha, targetModules }: LoraConfig, path: string | null) {
  const all = targetModules.length === LORA_MODULES.length;
  return {
    name: 'agemem',
    path,
    lora_rank: r,
    lora_alpha: alpha,
    target_modules: all ? 'all-linear' : `.*\\.(${targetModules.join('|')})`,
  };
}

/** What `Episode` in the Python files asks for. */
export function workflowArgs(episode: EpisodeConfig): { readonly [key: string]: Yaml } {
  return {
    system_prompt: episode.systemPrompt,
    steps_per_message: episode.stepsPerMessage[1],
    max_rounds: episode.maxRounds,
    hard_rounds: [episode.hardRounds[1], episode.hardRounds[2], episode.hardRounds[3]],
    introspection: episode.introspection,
    introspection_top_k: episode.introspectionTopK,
    filter_threshold: FILTER_THRESHOLD,
    summary_share: episode.summaryShare,
  };
}

/** Of the likeness the Python files compute, which is not the lab's embedder's. */
const FILTER_THRESHOLD = 0.3;
