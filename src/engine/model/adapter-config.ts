/**
 * PEFT's `adapter_config.json` for plain LoRA: rank, alpha, rank-stabilised or not, and which linear
 * layers it changes. PEFT has many variants that share this file, and gains more; so what may be said is listed here,
 * and any other option that asks for something is refused by name. Dropout is accepted: it acts in PEFT's own
 * training only.
 *
 * Source: github.com/huggingface/peft, `LoraConfig`.
 */
import { ModelFileError, UnsupportedModelError } from '../errors';
import { isJsonObject, type JsonObject } from './json-file';
import { LORA_MODULES, type LoraConfig, type LoraModule } from './model-config';

/**
 * Options that may say anything: those read below, and those that change nothing an adapter computes. Every other one,
 * known to this engine or not, must be absent, null, false or empty.
 */
const HARMLESS: ReadonlySet<string> = new Set([
  'peft_type',
  'task_type',
  'bias',
  'r',
  'lora_alpha',
  'use_rslora',
  'target_modules',
  'init_lora_weights',
  'base_model_name_or_path',
  'revision',
  'peft_version',
  'auto_mapping',
  'inference_mode',
  'lora_dropout',
  'runtime_config',
  // Where the first A came from.
  'eva_config',
  // Read by PEFT beside options that are refused here; saved at their defaults.
  'megatron_core',
  'qalora_group_size',
]);

/** Ways to initialise that leave the base weights as they are. */
const PLAIN_INITS: ReadonlySet<unknown> = new Set([
  undefined,
  null,
  true,
  false,
  'gaussian',
  'eva',
  'orthogonal',
]);

/**
 * @throws UnsupportedModelError naming the option, for what is not plain LoRA on linear layers
 * @throws ModelFileError for a missing or malformed field
 */
export function readAdapterConfig(json: JsonObject, fileName = 'adapter_config.json'): LoraConfig {
  const refuse = (name: string, why: string): never => {
    throw new UnsupportedModelError(
      'adapter-unsupported',
      `${fileName}: "${name}" is ${JSON.stringify(json[name])}: ${why}.`,
    );
  };
  const malformed = (name: string, expected: string): never => {
    throw new ModelFileError(
      'adapter-field',
      `${fileName}: "${name}" is ${JSON.stringify(json[name])}; expected ${expected}.`,
    );
  };

  if (json.peft_type == null) malformed('peft_type', '"LORA"');
  if (json.peft_type !== 'LORA') refuse('peft_type', 'only "LORA" is implemented');
  if (json.task_type != null && json.task_type !== 'CAUSAL_LM') {
    refuse('task_type', 'only "CAUSAL_LM" is implemented');
  }
  if (json.bias != null && json.bias !== 'none') refuse('bias', 'only "none" is implemented');
  for (const [name, value] of Object.entries(json)) {
    if (!HARMLESS.has(name) && asksForSomething(value)) refuse(name, 'this option is not implemented');
  }
  if (!PLAIN_INITS.has(json.init_lora_weights)) {
    refuse(
      'init_lora_weights',
      'it may change the base weights; convert the adapter to plain LoRA with PEFT first',
    );
  }

  const { r, lora_alpha: alpha, use_rslora: rslora } = json;
  if (typeof r !== 'number' || !Number.isSafeInteger(r) || r < 1) return malformed('r', 'a positive integer');
  if (typeof alpha !== 'number' || !Number.isFinite(alpha) || alpha <= 0) {
    return malformed('lora_alpha', 'a positive number');
  }
  if (rslora != null && typeof rslora !== 'boolean') return malformed('use_rslora', 'true or false');
  return { r, alpha, rslora: rslora === true, targetModules: readTargets(json, refuse, malformed) };
}

function asksForSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isJsonObject(value)) return Object.keys(value).length > 0;
  return value != null && value !== false && value !== '';
}

type Refusal = (name: string, words: string) => never;

/** A list of module names, optionally with their block, or "all-linear"; in the engine's order. */
function readTargets(json: JsonObject, refuse: Refusal, malformed: Refusal): readonly LoraModule[] {
  const targets = json.target_modules;
  if (targets === 'all-linear') return LORA_MODULES;
  if (typeof targets === 'string') {
    return refuse('target_modules', 'patterns are not implemented; write the modules as a list');
  }
  if (!Array.isArray(targets) || targets.length === 0) {
    return malformed('target_modules', 'a non-empty list of module names');
  }
  const named = new Set<LoraModule>();
  for (const target of targets as unknown[]) {
    const module = LORA_MODULES.find((name) => target === name || target === `${blockOf(name)}.${name}`);
    if (module === undefined) {
      return refuse(
        'target_modules',
        `${JSON.stringify(target)} cannot be adapted; the linear layers are ${LORA_MODULES.join(', ')}`,
      );
    }
    named.add(module);
  }
  return LORA_MODULES.filter((name) => named.has(name));
}

function blockOf(module: LoraModule): 'mlp' | 'self_attn' {
  return module === 'gate_proj' || module === 'up_proj' || module === 'down_proj' ? 'mlp' : 'self_attn';
}

/**
 * The adapter_config.json of an adapter, as PEFT reads it.
 * @param baseModel name or path of the base model; null if it has none
 */
export function writeAdapterConfig(lora: LoraConfig, baseModel: string | null = null): JsonObject {
  return {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: baseModel,
    r: lora.r,
    lora_alpha: lora.alpha,
    use_rslora: lora.rslora,
    target_modules: [...lora.targetModules],
    lora_dropout: 0,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    modules_to_save: null,
    rank_pattern: {},
    alpha_pattern: {},
  };
}
