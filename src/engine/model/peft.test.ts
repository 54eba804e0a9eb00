import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ModelFileError, NonFiniteError, UnsupportedModelError } from '../errors';
import { readAdapterConfig, writeAdapterConfig } from './adapter-config';
import { readModelConfig } from './config';
import { type JsonObject, readJsonObject } from './json-file';
import { LORA_MODULES, type LoraConfig, loraScaling, type NamedTensor } from './model-config';
import { adapterParameters } from './parameters';
import { type Adapter, readAdapter, writeAdapter } from './peft';
import { namedFloats, readSafetensors } from './safetensors';
import { writeSafetensors } from './safetensors-writer';
import { seeded } from './test-text';

const bytes = (path: string) =>
  new Uint8Array(readFileSync(new URL(`../../../fixtures/models/${path}`, import.meta.url)));
const configOf = (model: string) =>
  readModelConfig(readJsonObject(bytes(`${model}/config.json`), 'config.json'));
const MODELS = ['qwen2', 'qwen3', 'llama'];
const adapterJson = readJsonObject(bytes('qwen2/adapter/adapter_config.json'), 'adapter_config.json');
const encode = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));

describe('the fixture adapters', () => {
  it.each(MODELS)('%s reads as stored', (model) => {
    const weights = bytes(`${model}/adapter/adapter_model.safetensors`);
    const adapter = readAdapter(configOf(model), bytes(`${model}/adapter/adapter_config.json`), weights);
    expect(new Map([...adapter.tensors].sort())).toEqual(
      new Map([...namedFloats(readSafetensors(weights))].sort()),
    );
    expect(adapter.lora.targetModules).toEqual([...LORA_MODULES]);
  });

  it('have the stated ranks and scalings', () => {
    const lora = MODELS.map((model) =>
      readAdapterConfig(readJsonObject(bytes(`${model}/adapter/adapter_config.json`), 'adapter_config.json')),
    );
    expect(lora.map(({ r, alpha, rslora }) => [r, alpha, rslora])).toEqual([
      [4, 8, false],
      [6, 9, true],
      [8, 8, false],
    ]);
    expect(lora.map(loraScaling)).toEqual([2, 9 / Math.sqrt(6), 1]);
  });

  it.each(MODELS)('%s survives writing and reading bit by bit', (model) => {
    const config = configOf(model);
    const adapter = readAdapter(
      config,
      bytes(`${model}/adapter/adapter_config.json`),
      bytes(`${model}/adapter/adapter_model.safetensors`),
    );
    const files = writeAdapter(config, adapter, '..');
    const again = readAdapter(config, files['adapter_config.json'], files['adapter_model.safetensors']);
    expect(again).toEqual(adapter);
    expect(writeAdapter(config, again, '..')).toEqual(files);
  });
});

it('any subset of modules, rank and scaling survives writing and reading', () => {
  const random = seeded(8);
  const config = configOf('qwen3');
  for (let round = 0; round < 20; round++) {
    const chosen = LORA_MODULES.filter(() => random() < 0.5);
    const lora: LoraConfig = {
      r: 1 + Math.floor(random() * 5),
      alpha: 0.5 + random() * 16,
      rslora: random() < 0.5,
      targetModules: chosen.length > 0 ? chosen : ['o_proj'],
    };
    const tensors = new Map<string, NamedTensor>();
    for (const { name, shape } of adapterParameters(config, lora)) {
      tensors.set(name, {
        shape,
        data: Float32Array.from({ length: shape[0] * shape[1] }, () => random() - 0.5),
      });
    }
    const files = writeAdapter(config, { lora, tensors });
    expect(readAdapter(config, files['adapter_config.json'], files['adapter_model.safetensors'])).toEqual({
      lora,
      tensors,
    });
  }
});

describe('adapter_config.json', () => {
  it('names targets in any usual way', () => {
    const targets = (target_modules: unknown) =>
      readAdapterConfig({ ...adapterJson, target_modules }).targetModules;
    expect(targets(['v_proj', 'q_proj', 'v_proj'])).toEqual(['q_proj', 'v_proj']);
    expect(targets(['self_attn.q_proj', 'mlp.up_proj'])).toEqual(['q_proj', 'up_proj']);
    expect(targets('all-linear')).toEqual([...LORA_MODULES]);
  });

  it('is written as it is read', () => {
    const lora: LoraConfig = { r: 3, alpha: 7.5, rslora: true, targetModules: ['q_proj', 'down_proj'] };
    const written = writeAdapterConfig(lora, 'base');
    expect(readAdapterConfig(written)).toEqual(lora);
    expect(written).toMatchObject({
      peft_type: 'LORA',
      task_type: 'CAUSAL_LM',
      base_model_name_or_path: 'base',
    });
  });

  const unsupported: [JsonObject, RegExp][] = [
    [{ peft_type: 'IA3' }, /"peft_type" is "IA3"/],
    [{ task_type: 'SEQ_CLS' }, /"task_type" is "SEQ_CLS"/],
    [{ bias: 'all' }, /"bias" is "all"/],
    [{ use_dora: true }, /"use_dora" is true/],
    [{ lora_bias: true }, /"lora_bias"/],
    [{ fan_in_fan_out: true }, /"fan_in_fan_out"/],
    [{ modules_to_save: ['lm_head'] }, /"modules_to_save" is \["lm_head"\]/],
    [{ rank_pattern: { q_proj: 2 } }, /"rank_pattern"/],
    [{ alpha_pattern: { q_proj: 2 } }, /"alpha_pattern"/],
    [{ layers_to_transform: [0] }, /"layers_to_transform" is \[0\]/],
    [{ layers_to_transform: 0 }, /"layers_to_transform" is 0/],
    [{ layer_replication: [[0, 2]] }, /"layer_replication"/],
    [{ init_lora_weights: 'pissa_niter_4' }, /"init_lora_weights" is "pissa_niter_4"/],
    [{ target_modules: '.*q_proj' }, /patterns/],
    [{ target_modules: ['q_proj', 'lm_head'] }, /"lm_head" cannot be adapted/],
    [{ target_modules: ['model.layers.0.self_attn.q_proj'] }, /cannot be adapted/],
    [{ target_modules: ['mlp.q_proj'] }, /"mlp\.q_proj" cannot be adapted/],
  ];
  it.each(unsupported)('refuses %j', (change, words) => {
    expect(() => readAdapterConfig({ ...adapterJson, ...change })).toThrow(UnsupportedModelError);
    expect(() => readAdapterConfig({ ...adapterJson, ...change })).toThrow(words);
  });

  const malformed: [JsonObject, RegExp][] = [
    [{ peft_type: null }, /"peft_type"/],
    [{ r: 0 }, /"r" is 0; expected a positive integer/],
    [{ r: '8' }, /"r" is "8"/],
    [{ lora_alpha: -1 }, /"lora_alpha" is -1/],
    [{ lora_alpha: null }, /"lora_alpha" is null/],
    [{ use_rslora: 'yes' }, /"use_rslora" is "yes"/],
    [{ target_modules: [] }, /"target_modules" is \[\]/],
    [{ target_modules: null }, /"target_modules" is null/],
  ];
  it.each(malformed)('names the malformed field of %j', (change, words) => {
    expect(() => readAdapterConfig({ ...adapterJson, ...change })).toThrow(ModelFileError);
    expect(() => readAdapterConfig({ ...adapterJson, ...change })).toThrow(words);
  });
});

describe('adapter_model.safetensors', () => {
  const config = configOf('qwen2');
  const A = 'base_model.model.model.layers.1.mlp.down_proj.lora_A.weight';
  const B = A.replace('lora_A', 'lora_B');
  const stored = namedFloats(readSafetensors(bytes('qwen2/adapter/adapter_model.safetensors')));
  const read = (change: (tensors: Map<string, NamedTensor>) => void) => {
    const tensors = new Map(stored);
    change(tensors);
    return () => readAdapter(config, encode(adapterJson), writeSafetensors(tensors));
  };

  it('half a pair', () => {
    expect(read((t) => t.delete(B))).toThrow(ModelFileError);
    expect(read((t) => t.delete(B))).toThrow(/down_proj\.lora_B\.weight.*missing/);
  });

  it('a rank that is not the stated one', () => {
    const wrong = { shape: [5, 112], data: new Float32Array(5 * 112) };
    expect(read((t) => t.set(A, wrong))).toThrow(/down_proj\.lora_A\.weight" has shape \[5,112\].*\[4,112\]/);
  });

  it('a layer that the model lacks, or a module that is no target', () => {
    const extra = { shape: [4, 64], data: new Float32Array(256) };
    expect(
      read((t) => t.set('base_model.model.model.layers.2.self_attn.q_proj.lora_A.weight', extra)),
    ).toThrow(/layers\.2.*no place/);
    const fewer = encode({ ...adapterJson, target_modules: ['q_proj'] });
    expect(() => readAdapter(config, fewer, writeSafetensors(stored))).toThrow(ModelFileError);
  });

  it('the adapter of another model', () => {
    const other = bytes('llama/adapter/adapter_model.safetensors');
    expect(() => readAdapter(config, encode({ ...adapterJson, r: 8 }), other)).toThrow(ModelFileError);
  });

  it('NaN, truncation, rubbish', () => {
    const data = new Float32Array(4 * 112);
    data[7] = Number.NaN;
    expect(read((t) => t.set(A, { shape: [4, 112], data }))).toThrow(NonFiniteError);
    const whole = writeSafetensors(stored);
    expect(() => readAdapter(config, encode(adapterJson), whole.subarray(0, whole.length - 1))).toThrow(
      /fetch it again/,
    );
    expect(() => readAdapter(config, encode(adapterJson), encode({}))).toThrow(ModelFileError);
  });

  it('nothing unreadable is written', () => {
    const lora = readAdapterConfig(adapterJson);
    const tensors = new Map(stored);
    tensors.delete(A);
    expect(() => writeAdapter(config, { lora, tensors } satisfies Adapter)).toThrow(
      /lora_A\.weight.*missing/,
    );
  });
});
