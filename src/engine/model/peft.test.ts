import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ModelFileError, NonFiniteError, UnsupportedModelError } from '../errors';
import { readAdapterConfig, writeAdapterConfig } from './adapter-config';
import { BaseMismatchError, baseFingerprint } from './base-fingerprint';
import { readModelConfig } from './config';
import { type JsonObject, readJsonObject } from './json-file';
import {
  LORA_MODULES,
  type LoraConfig,
  loraScaling,
  type NamedTensor,
  type NamedTensors,
} from './model-config';
import { openAdapterFolder, type ReadFile } from './model-folder';
import { adapterParameters } from './parameters';
import { type Adapter, readAdapter, UNKNOWN_BASE, writeAdapter } from './peft';
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
    const files = writeAdapter(config, adapter, adapter.base);
    const again = readAdapter(config, files['adapter_config.json'], files['adapter_model.safetensors']);
    expect(again).toEqual(adapter);
    expect(writeAdapter(config, again, again.base)).toEqual(files);
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
      base: UNKNOWN_BASE,
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

  it('passes over what asks for nothing, and what changes nothing', () => {
    const idle = {
      ...{ use_bdlora: null, arrow_config: {}, exclude_modules: [], layers_pattern: '', use_qalora: false },
      ...{ megatron_core: 'megatron.core', qalora_group_size: 16, peft_version: '0.18.0', lora_dropout: 0.1 },
      ...{ revision: 'main', auto_mapping: { a: 1 }, init_lora_weights: 'gaussian' },
    };
    expect(readAdapterConfig({ ...adapterJson, ...idle })).toEqual(readAdapterConfig(adapterJson));
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
    [{ init_lora_weights: 'lora_ga' }, /"init_lora_weights" is "lora_ga"/],
    [{ use_bdlora: { nblocks: 2 } }, /"use_bdlora"/],
    [{ velora_config: { rank: 1 } }, /"velora_config"/],
    [{ arrow_config: { top_k: 2 } }, /"arrow_config"/],
    [{ loftq_config: { loftq_bits: 4 } }, /"loftq_config"/],
    [{ an_option_of_tomorrow: 1 }, /"an_option_of_tomorrow" is 1/],
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

describe('the base an adapter belongs to', () => {
  const config = configOf('qwen3');
  const weights = (change: (data: Float32Array) => void = () => {}): NamedTensors => {
    const read = new Map(namedFloats(readSafetensors(bytes('qwen3/model.safetensors'))));
    const name = 'model.layers.1.mlp.up_proj.weight';
    const { shape, data } = read.get(name) as NamedTensor;
    const copy = data.slice();
    change(copy);
    return read.set(name, { shape, data: copy });
  };
  const here = { name: 'org/base', fingerprint: baseFingerprint(config, weights()) };
  const stored = readAdapter(
    config,
    bytes('qwen3/adapter/adapter_config.json'),
    bytes('qwen3/adapter/adapter_model.safetensors'),
  );
  const written = writeAdapter(config, stored, here);
  const folder =
    (files: Readonly<Record<string, Uint8Array>>): ReadFile =>
    async (name) =>
      files[name];

  it('is found again by name and fingerprint, where PEFT looks and where it does not', async () => {
    const again = await openAdapterFolder(config, folder({ ...written }), () => here);
    expect(again).toEqual({ ...stored, base: here });
    expect(readJsonObject(written['adapter_config.json'], '').base_model_name_or_path).toBe('org/base');
    expect(readSafetensors(written['adapter_model.safetensors']).metadata.get('format')).toBe('pt');
  });

  it('is refused by name when one weight differs in one bit', async () => {
    const other = weights((data) => {
      new Uint32Array(data.buffer)[77] ^= 1;
    });
    const there = { name: 'org/other', fingerprint: baseFingerprint(config, other) };
    const opening = openAdapterFolder(config, folder({ ...written }), () => there);
    await expect(opening).rejects.toThrow(BaseMismatchError);
    await expect(opening).rejects.toThrow(/trained on "org\/base" .*here is "org\/other"/);
  });

  it('is not asked for where the adapter does not say', async () => {
    const files = writeAdapter(config, stored);
    const opened = await openAdapterFolder(config, folder({ ...files }), () => {
      throw new Error('the weights were read for nothing');
    });
    expect(opened.base.fingerprint).toBeNull();
  });

  it('is named where the shapes do not fit', () => {
    const files = [written['adapter_config.json'], written['adapter_model.safetensors']] as const;
    expect(() => readAdapter({ ...config, intermediateSize: 96 }, ...files)).toThrow(
      /has shape .*trained on "org\/base"/,
    );
  });

  it('has a fingerprint of what is computed, not of how it is stored', () => {
    const shuffled = new Map([...weights()].reverse());
    expect(baseFingerprint(config, shuffled)).toBe(here.fingerprint);
    expect(baseFingerprint({ ...config, maxPositions: 9 }, weights())).toBe(here.fingerprint);
    expect(baseFingerprint({ ...config, ropeTheta: 9 }, weights())).not.toBe(here.fingerprint);
    const swapped = weights((data) => {
      [data[3], data[4]] = [data[4], data[3]];
    });
    expect(baseFingerprint(config, swapped)).not.toBe(here.fingerprint);
  });
});

it.each(['F16', 'BF16'] as const)('an adapter stored as %s comes in, widened', (dtype) => {
  const config = configOf('llama');
  const whole = readSafetensors(bytes('llama/adapter/adapter_model.safetensors'));
  const narrow = writeSafetensors(namedFloats(whole), { dtype });
  const { tensors } = readAdapter(config, bytes('llama/adapter/adapter_config.json'), narrow);
  const unit = dtype === 'F16' ? 2 ** -11 : 2 ** -8;
  for (const [name, { data }] of namedFloats(whole)) {
    const found = tensors.get(name)?.data ?? [];
    data.forEach((value, i) => {
      expect(Math.abs(found[i] - value)).toBeLessThanOrEqual(unit * Math.abs(value) + 2 ** -25);
    });
  }
});
