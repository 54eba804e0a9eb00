import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ModelFileError, UnsupportedModelError } from '../errors';
import { readModelConfig, writeModelConfig } from './config';
import { type JsonObject, readJsonObject } from './json-file';
import type { ModelConfig } from './model-config';

const fixture = (model: string): JsonObject =>
  readJsonObject(
    readFileSync(new URL(`../../../fixtures/models/${model}/config.json`, import.meta.url)),
    'config.json',
  );
const qwen2 = fixture('qwen2');
const qwen3 = fixture('qwen3');
const llama = fixture('llama');
const without = (json: JsonObject, ...names: string[]): JsonObject =>
  Object.fromEntries(Object.entries(json).filter(([name]) => !names.includes(name)));

describe('the fixture configurations', () => {
  it('qwen2: no head_dim, biases on q, k, v', () => {
    expect(readModelConfig(qwen2)).toEqual({
      architecture: 'qwen2',
      vocabSize: 160,
      hiddenSize: 64,
      intermediateSize: 112,
      layers: 2,
      heads: 4,
      kvHeads: 2,
      headDim: 16,
      ropeTheta: 1e6,
      rmsNormEps: 1e-6,
      tieWordEmbeddings: true,
      attentionBias: true,
      qkNorm: false,
      maxPositions: 512,
    } satisfies ModelConfig);
  });

  it('qwen3: its own head_dim, norms on q and k, own head', () => {
    expect(readModelConfig(qwen3)).toMatchObject({
      architecture: 'qwen3',
      hiddenSize: 48,
      headDim: 16,
      heads: 4,
      layers: 3,
      tieWordEmbeddings: false,
      attentionBias: false,
      qkNorm: true,
    });
  });

  it('llama: a large eps that must come from the file', () => {
    expect(readModelConfig(llama)).toMatchObject({
      architecture: 'llama',
      headDim: 8,
      rmsNormEps: 1e-3,
      ropeTheta: 5e5,
      attentionBias: false,
      qkNorm: false,
    });
  });

  it.each(['qwen2', 'qwen3', 'llama'])('%s is written so that it reads the same', (model) => {
    const config = readModelConfig(fixture(model));
    const written = writeModelConfig(config, { eos_token_id: 1 });
    expect(readModelConfig(JSON.parse(JSON.stringify(written)) as JsonObject)).toEqual(config);
    expect(written).toMatchObject({
      model_type: model,
      eos_token_id: 1,
      architectures: fixture(model).architectures,
    });
  });
});

describe('absent and newer fields', () => {
  it('have the values of transformers', () => {
    const sparse = readModelConfig(
      without(
        llama,
        'head_dim',
        'num_key_value_heads',
        'rope_theta',
        'rms_norm_eps',
        'tie_word_embeddings',
        'attention_bias',
        'mlp_bias',
        'rope_scaling',
        'hidden_act',
        'architectures',
      ),
    );
    expect(sparse).toMatchObject({
      headDim: 8,
      kvHeads: 6,
      ropeTheta: 10_000,
      rmsNormEps: 1e-6,
      tieWordEmbeddings: false,
    });
    expect(readModelConfig(without(qwen3, 'head_dim')).headDim).toBe(128);
    expect(readModelConfig({ ...llama, head_dim: null }).headDim).toBe(8);
  });

  it('accepts rope_parameters and dtype', () => {
    const newer = {
      ...without(qwen3, 'rope_theta', 'rope_scaling', 'torch_dtype'),
      dtype: 'bfloat16',
      rope_parameters: { rope_type: 'default', rope_theta: 12345 },
    };
    expect(readModelConfig(newer).ropeTheta).toBe(12345);
    expect(readModelConfig({ ...qwen3, rope_scaling: { type: 'default' } }).ropeTheta).toBe(1e6);
  });

  it('accepts sliding windows that no layer uses', () => {
    const config = readModelConfig(qwen2);
    expect(readModelConfig({ ...qwen2, sliding_window: 4096 })).toEqual(config);
    expect(readModelConfig({ ...qwen2, use_sliding_window: true })).toEqual(config);
    expect(
      readModelConfig({ ...qwen2, use_sliding_window: true, sliding_window: 64, max_window_layers: 2 }),
    ).toEqual(config);
    expect(readModelConfig({ ...qwen2, layer_types: ['full_attention', 'full_attention'] })).toEqual(config);
  });
});

describe('what the decoder does not compute is refused with field and value', () => {
  const cases: [string, JsonObject, RegExp][] = [
    ['other layouts', { ...llama, model_type: 'gemma2' }, /"model_type" is "gemma2"/],
    ['a name from the prototype', { ...llama, model_type: 'constructor' }, /"model_type" is "constructor"/],
    ['MoE by type', { ...qwen3, model_type: 'qwen3_moe' }, /"qwen3_moe"/],
    [
      'other heads',
      { ...qwen2, architectures: ['Qwen2ForSequenceClassification'] },
      /"architectures" is \["Qwen2ForSeq/,
    ],
    [
      'rope_scaling',
      { ...llama, rope_scaling: { rope_type: 'llama3', factor: 8 } },
      /"rope_scaling" is .*"llama3"/,
    ],
    ['rope_scaling, older spelling', { ...llama, rope_scaling: { type: 'linear', factor: 2 } }, /"linear"/],
    [
      'rope_parameters',
      { ...llama, rope_parameters: { rope_type: 'yarn', rope_theta: 1e4 } },
      /"rope_parameters" is .*"yarn"/,
    ],
    ['partial rotary', { ...llama, partial_rotary_factor: 0.5 }, /"partial_rotary_factor" is 0\.5/],
    [
      'partial rotary, newer',
      { ...llama, rope_parameters: { partial_rotary_factor: 0.5 } },
      /"rope_parameters"/,
    ],
    [
      'sliding windows',
      { ...qwen2, use_sliding_window: true, sliding_window: 64, max_window_layers: 1 },
      /"sliding_window" is 64/,
    ],
    ['sliding layers', { ...qwen3, layer_types: ['full_attention', 'sliding_attention'] }, /"layer_types"/],
    ['GELU', { ...llama, hidden_act: 'gelu' }, /"hidden_act" is "gelu"/],
    ['biases in attention', { ...llama, attention_bias: true }, /"attention_bias" is true/],
    ['biases in the MLP', { ...llama, mlp_bias: true }, /"mlp_bias" is true/],
    [
      'quantisation',
      { ...qwen2, quantization_config: { quant_method: 'gptq' } },
      /"quantization_config" is .*gptq/,
    ],
    ['experts', { ...qwen3, num_experts: 8 }, /"num_experts" is 8/],
    [
      'head counts that do not divide',
      { ...llama, num_key_value_heads: 4 },
      /"num_key_value_heads" is 4: 6 query heads/,
    ],
    [
      'a hidden size that does not divide',
      { ...qwen2, num_attention_heads: 6 },
      /"num_attention_heads" is 6.*64/,
    ],
    ['odd heads', { ...llama, head_dim: 7 }, /head size of 7/],
  ];
  it.each(cases)('%s', (_, json, words) => {
    expect(() => readModelConfig(json)).toThrow(UnsupportedModelError);
    expect(() => readModelConfig(json)).toThrow(words);
  });

  it('also when written', () => {
    expect(() => writeModelConfig({ ...readModelConfig(llama), qkNorm: true })).toThrow(
      UnsupportedModelError,
    );
    expect(() => writeModelConfig({ ...readModelConfig(qwen2), headDim: 8 })).toThrow(UnsupportedModelError);
  });
});

describe('a field that is missing or malformed is named', () => {
  const cases: [string, JsonObject, RegExp][] = [
    ['no model_type', without(qwen2, 'model_type'), /"model_type" is missing/],
    [
      'no hidden_size',
      without(qwen2, 'hidden_size'),
      /"hidden_size" is missing; expected a positive integer/,
    ],
    ['no key-value heads', without(qwen2, 'num_key_value_heads'), /"num_key_value_heads" is missing/],
    ['text for a number', { ...llama, vocab_size: '128' }, /"vocab_size" is "128"/],
    ['zero layers', { ...llama, num_hidden_layers: 0 }, /"num_hidden_layers" is 0/],
    ['a fraction', { ...llama, intermediate_size: 80.5 }, /80\.5/],
    ['a negative eps', { ...llama, rms_norm_eps: -1 }, /"rms_norm_eps" is -1; expected a positive number/],
    ['text for a flag', { ...llama, tie_word_embeddings: 'yes' }, /"tie_word_embeddings" is "yes"/],
    ['a rope that is text', { ...llama, rope_scaling: 'linear' }, /"rope_scaling" is "linear"/],
    ['a rope without number', { ...llama, rope_parameters: { rope_theta: 'big' } }, /rope_theta/],
  ];
  it.each(cases)('%s', (_, json, words) => {
    expect(() => readModelConfig(json)).toThrow(ModelFileError);
    expect(() => readModelConfig(json)).toThrow(words);
  });
});
