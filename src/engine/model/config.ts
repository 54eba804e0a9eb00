/**
 * `config.json` of Hugging Face models, read for the three layouts the decoder implements, and written.
 *
 * A field that is absent has the value that transformers gives it. A field that asks for something the
 * decoder does not compute is an error that names field and value: the alternative is a model that
 * runs and talks nonsense. Fields that change nothing in inference (dropout, dtype, cache) are ignored.
 *
 * Source: transformers, `configuration_qwen2.py`, `configuration_qwen3.py`, `configuration_llama.py`.
 */
import { ModelFileError, UnsupportedModelError } from '../errors';
import { isJsonObject, type JsonObject } from './json-file';
import type { Architecture, ModelConfig } from './model-config';

const CLASSES: Readonly<Record<Architecture, string>> = {
  qwen2: 'Qwen2ForCausalLM',
  qwen3: 'Qwen3ForCausalLM',
  llama: 'LlamaForCausalLM',
};

/** Qwen3's head_dim when the file does not say, as in transformers. */
const QWEN3_HEAD_DIM = 128;

/**
 * @throws UnsupportedModelError naming the field and its value, for what is not implemented
 * @throws ModelFileError for a field that is missing or no number
 */
export function readModelConfig(json: JsonObject, fileName = 'config.json'): ModelConfig {
  const fields = new Fields(json, fileName);
  const architecture = readArchitecture(fields);

  const layers = fields.count('num_hidden_layers');
  const heads = fields.count('num_attention_heads');
  // Llama's default is one key-value head for each query head; Qwen's is a number that fits no small model.
  const kvHeads = fields.count('num_key_value_heads', architecture === 'llama' ? heads : undefined);
  const hiddenSize = fields.count('hidden_size');
  if (heads % kvHeads !== 0) {
    fields.unsupported('num_key_value_heads', `${heads} query heads cannot be shared evenly`);
  }

  refuseVariants(fields, architecture, layers);
  const config: ModelConfig = {
    architecture,
    vocabSize: fields.count('vocab_size'),
    hiddenSize,
    intermediateSize: fields.count('intermediate_size'),
    layers,
    heads,
    kvHeads,
    headDim: readHeadDim(fields, architecture, hiddenSize, heads),
    ropeTheta: readRopeTheta(fields),
    rmsNormEps: fields.positive('rms_norm_eps', 1e-6),
    tieWordEmbeddings: fields.flag('tie_word_embeddings', false),
    attentionBias: architecture === 'qwen2',
    qkNorm: architecture === 'qwen3',
    maxPositions: fields.count('max_position_embeddings'),
  };
  return config;
}

/**
 * The config.json of a model, readable by transformers and by `readModelConfig`.
 * @param extra further fields, such as `bos_token_id` and `eos_token_id`
 * @throws UnsupportedModelError if no Hugging Face class has this combination of biases and norms
 */
export function writeModelConfig(config: ModelConfig, extra: JsonObject = {}): JsonObject {
  const { architecture } = config;
  if (
    config.attentionBias !== (architecture === 'qwen2') ||
    config.qkNorm !== (architecture === 'qwen3') ||
    (architecture === 'qwen2' && config.headDim * config.heads !== config.hiddenSize)
  ) {
    throw new UnsupportedModelError(
      'config-layout',
      `${architecture} with attentionBias ${config.attentionBias}, qkNorm ${config.qkNorm}, headDim ${config.headDim} is no Hugging Face layout: ` +
        'qwen2 has biases and headDim = hidden / heads, qwen3 has q/k norms, llama neither.',
    );
  }
  return {
    architectures: [CLASSES[architecture]],
    model_type: architecture,
    hidden_act: 'silu',
    hidden_size: config.hiddenSize,
    intermediate_size: config.intermediateSize,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.kvHeads,
    ...(architecture === 'qwen2' ? {} : { head_dim: config.headDim, attention_bias: false }),
    vocab_size: config.vocabSize,
    max_position_embeddings: config.maxPositions,
    rope_theta: config.ropeTheta,
    rms_norm_eps: config.rmsNormEps,
    tie_word_embeddings: config.tieWordEmbeddings,
    ...extra,
  };
}

/** Typed access to the fields; null counts as absent, as it does in transformers. */
class Fields {
  constructor(
    private readonly json: JsonObject,
    private readonly fileName: string,
  ) {}

  get(name: string): unknown {
    return Object.hasOwn(this.json, name) ? (this.json[name] ?? undefined) : undefined;
  }

  positive(name: string, fallback?: number): number {
    const value = this.get(name) ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0)
      this.malformed(name, 'a positive number');
    return value;
  }

  count(name: string, fallback?: number): number {
    const value = this.get(name) ?? fallback;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value <= 0 || value > 0x7fffffff) {
      this.malformed(name, 'a positive integer');
    }
    return value;
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.get(name) ?? fallback;
    if (typeof value !== 'boolean') this.malformed(name, 'true or false');
    return value;
  }

  malformed(name: string, expected: string): never {
    const value = this.get(name);
    throw new ModelFileError(
      'config-field',
      value === undefined
        ? `${this.fileName}: "${name}" is missing; expected ${expected}.`
        : `${this.fileName}: "${name}" is ${JSON.stringify(value)}; expected ${expected}.`,
    );
  }

  /** @param why what is not implemented, after the value */
  unsupported(name: string, why: string): never {
    throw new UnsupportedModelError(
      'config-unsupported',
      `${this.fileName}: "${name}" is ${JSON.stringify(this.get(name))}: ${why}. This engine runs plain Qwen2, Qwen3 and Llama models.`,
    );
  }
}

function readArchitecture(fields: Fields): Architecture {
  const type = fields.get('model_type');
  if (type === undefined) fields.malformed('model_type', '"qwen2", "qwen3" or "llama"');
  if (typeof type !== 'string' || !Object.hasOwn(CLASSES, type)) {
    fields.unsupported('model_type', 'this architecture is not implemented');
  }
  const architecture = type as Architecture;
  const classes = fields.get('architectures');
  if (classes !== undefined && !(Array.isArray(classes) && classes.includes(CLASSES[architecture]))) {
    fields.unsupported('architectures', `expected "${CLASSES[architecture]}", a language model`);
  }
  return architecture;
}

function readHeadDim(fields: Fields, architecture: Architecture, hiddenSize: number, heads: number): number {
  if (architecture === 'qwen3' && fields.get('head_dim') === undefined) return QWEN3_HEAD_DIM;
  if (fields.get('head_dim') === undefined && hiddenSize % heads !== 0) {
    fields.unsupported(
      'num_attention_heads',
      `a hidden size of ${hiddenSize} does not divide into so many heads`,
    );
  }
  const headDim = fields.count('head_dim', hiddenSize / heads);
  if (headDim % 2 !== 0) {
    throw new UnsupportedModelError(
      'config-unsupported',
      `A head size of ${headDim} is odd; rotary positions need an even one.`,
    );
  }
  return headDim;
}

/** From `rope_theta`, or from `rope_parameters` as newer files have it. */
function readRopeTheta(fields: Fields): number {
  for (const name of ['rope_scaling', 'rope_parameters']) {
    const rope = fields.get(name);
    if (rope === undefined) continue;
    if (!isJsonObject(rope)) fields.malformed(name, 'an object or null');
    const type = rope.rope_type ?? rope.type ?? 'default';
    const partial = rope.partial_rotary_factor ?? 1;
    if (type !== 'default' || partial !== 1) {
      fields.unsupported(name, 'scaled or partial rotary positions are not implemented');
    }
  }
  const nested = fields.get('rope_parameters');
  const theta = isJsonObject(nested) ? nested.rope_theta : undefined;
  if (theta === undefined) return fields.positive('rope_theta', 10_000);
  if (typeof theta !== 'number' || !Number.isFinite(theta) || theta <= 0) {
    fields.malformed('rope_parameters', 'a positive rope_theta in it');
  }
  return theta;
}

function refuseVariants(fields: Fields, architecture: Architecture, layers: number): void {
  if ((fields.get('hidden_act') ?? 'silu') !== 'silu') {
    fields.unsupported('hidden_act', 'only "silu" is implemented');
  }
  if ((fields.get('partial_rotary_factor') ?? 1) !== 1) {
    fields.unsupported('partial_rotary_factor', 'partial rotary positions are not implemented');
  }
  if (architecture !== 'qwen2' && fields.flag('attention_bias', false)) {
    fields.unsupported('attention_bias', 'a bias on the output projection is not implemented');
  }
  if (fields.flag('mlp_bias', false)) fields.unsupported('mlp_bias', 'biases in the MLP are not implemented');
  if (fields.get('quantization_config') !== undefined) {
    fields.unsupported(
      'quantization_config',
      'quantised weights are not implemented; use the F16 or BF16 model',
    );
  }
  for (const name of ['num_experts', 'num_local_experts', 'n_routed_experts']) {
    const experts = fields.get(name);
    if (experts !== undefined && experts !== 0)
      fields.unsupported(name, 'mixtures of experts are not implemented');
  }
  // Layers below max_window_layers attend to everything, so a window that begins above the last one is none.
  const firstSliding = fields.get('max_window_layers') ?? 0;
  if (
    fields.flag('use_sliding_window', false) &&
    fields.get('sliding_window') !== undefined &&
    !(typeof firstSliding === 'number' && firstSliding >= layers)
  ) {
    fields.unsupported('sliding_window', 'sliding-window attention is not implemented');
  }
  const types = fields.get('layer_types');
  if (types !== undefined && !(Array.isArray(types) && types.every((type) => type === 'full_attention'))) {
    fields.unsupported('layer_types', 'only "full_attention" is implemented');
  }
}
