import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ModelFileError, NonFiniteError } from '../errors';
import { readModelConfig } from './config';
import { readWeights } from './host-weights';
import { readJsonObject } from './json-file';
import type { ModelConfig, NamedTensor, NamedTensors } from './model-config';
import {
  DTYPE_BYTES,
  namedFloats,
  readSafetensors,
  type SafetensorsDtype,
  type SafetensorsFile,
} from './safetensors';
import { blobSource } from './weight-source';

const bytes = (path: string) =>
  new Uint8Array(readFileSync(new URL(`../../../fixtures/models/${path}`, import.meta.url)));
const configOf = (model: string) =>
  readModelConfig(readJsonObject(bytes(`${model}/config.json`), 'config.json'));
const fileOf = (model: string) => readSafetensors(bytes(`${model}/model.safetensors`));

/** The fixture file with some tensors replaced, added or (undefined) taken away. */
function changed(model: string, change: Record<string, NamedTensor | undefined>): SafetensorsFile {
  const file = fileOf(model);
  const tensors = new Map(file.tensors);
  for (const [name, tensor] of Object.entries(change)) {
    if (tensor === undefined) tensors.delete(name);
    else {
      const { buffer, byteOffset, byteLength } = tensor.data;
      const stored = new Uint8Array(buffer, byteOffset, byteLength);
      tensors.set(name, { name, dtype: 'F32', shape: tensor.shape, bytes: stored });
    }
  }
  return { ...file, tensors };
}
/** The file in bytes again, whatever the types of its tensors. */
function encoded(file: SafetensorsFile): Blob {
  const header: Record<string, unknown> = {};
  let at = 0;
  for (const [name, { dtype, shape, bytes }] of file.tensors) {
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] };
    at += bytes.length;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(json.length), true);
  return new Blob([length, json, ...[...file.tensors.values()].map(({ bytes }) => bytes.slice())]);
}
const load = (config: ModelConfig, file: SafetensorsFile): Promise<NamedTensors> =>
  readWeights(blobSource(new Map([['model.safetensors', encoded(file)]]), 'the test'), config, {
    pieceBytes: 1000,
  });
const zeros = (...shape: number[]): NamedTensor => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});
const original = (model: string, name: string): NamedTensor => {
  const tensor = namedFloats(fileOf(model)).get(name)!;
  return { shape: tensor.shape, data: tensor.data.slice() };
};

describe('the fixture models', () => {
  it.each(['qwen2', 'qwen3', 'llama', 'llama-f16', 'llama-bf16'])(
    '%s loads every tensor it has',
    async (model) => {
      const weights = await load(configOf(model), fileOf(model));
      const stored = namedFloats(fileOf(model));
      for (const [name, tensor] of weights) expect(tensor).toEqual(stored.get(name));
      expect([...weights.keys()].sort()).toEqual([...fileOf(model).tensors.keys()].sort());
      expect([...weights.keys()][0]).toBe('model.embed_tokens.weight');
    },
  );
});

describe('leniency', () => {
  it('skips rotary buffers of old exports', async () => {
    const file = changed('llama', { 'model.layers.0.self_attn.rotary_emb.inv_freq': zeros(4) });
    expect((await load(configOf('llama'), file)).size).toBe(fileOf('llama').tensors.size);
  });

  it('drops a tied head that repeats the embedding, in any type, and only such a one', async () => {
    const embedding = original('llama', 'model.embed_tokens.weight');
    const same = changed('llama', { 'lm_head.weight': embedding });
    expect((await load(configOf('llama'), same)).has('lm_head.weight')).toBe(false);
    const wide = new Float64Array(embedding.data);
    const head = { name: 'lm_head.weight', dtype: 'F64' as const, shape: embedding.shape };
    const tensors = new Map(same.tensors).set(head.name, { ...head, bytes: new Uint8Array(wide.buffer) });
    expect((await load(configOf('llama'), { ...same, tensors })).has('lm_head.weight')).toBe(false);
    embedding.data[17] += 1;
    const differs = changed('llama', { 'lm_head.weight': embedding });
    const loading = load(configOf('llama'), differs);
    await expect(loading).rejects.toThrow(/ties the output matrix.*element 17/);
    await expect(loading).rejects.toBeInstanceOf(ModelFileError);
  });
});

describe('what does not fit is named', () => {
  const qProj = 'model.layers.1.self_attn.q_proj.weight';
  const cases: [string, string, Record<string, NamedTensor | undefined>, string, RegExp][] = [
    [
      'a missing tensor',
      'qwen2',
      { 'model.layers.1.self_attn.k_proj.bias': undefined },
      'missing-tensor',
      /layers\.1\.self_attn\.k_proj\.bias/,
    ],
    ['a missing head', 'qwen3', { 'lm_head.weight': undefined }, 'missing-tensor', /lm_head\.weight/],
    [
      'an unexpected tensor',
      'llama',
      { 'model.layers.2.mlp.up_proj.weight': zeros(80, 48) },
      'unexpected-tensor',
      /layers\.2\.mlp/,
    ],
    [
      'a bias too many',
      'llama',
      { 'model.layers.0.self_attn.q_proj.bias': zeros(48) },
      'unexpected-tensor',
      /q_proj\.bias/,
    ],
    [
      'a transposed matrix',
      'qwen2',
      { [qProj.replace('q_proj', 'k_proj')]: zeros(64, 32) },
      'tensor-shape',
      /k_proj.*\[64, 32\].*\[32, 64\]/,
    ],
    ['another rank', 'qwen2', { 'model.norm.weight': zeros(64, 1) }, 'tensor-shape', /model\.norm\.weight/],
  ];
  it.each(cases)('%s', async (_, model, change, code, words) => {
    const error: unknown = await load(configOf(model), changed(model, change)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ModelFileError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    '%s among the weights',
    async (value) => {
      const tensor = original('qwen2', qProj);
      tensor.data[123] = value;
      const loading = load(configOf('qwen2'), changed('qwen2', { [qProj]: tensor }));
      await expect(loading).rejects.toBeInstanceOf(NonFiniteError);
      await expect(loading).rejects.toThrow(`element 123 of "${qProj}" is ${value}`);
    },
  );

  it.each(['I32', 'U8', 'BOOL'] as const)('weights of type %s', async (dtype: SafetensorsDtype) => {
    const file = fileOf('llama');
    const name = 'model.norm.weight';
    const tensor = { name, dtype, shape: [48], bytes: new Uint8Array(48 * DTYPE_BYTES[dtype]) };
    const loading = load(configOf('llama'), { ...file, tensors: new Map(file.tensors).set(name, tensor) });
    await expect(loading).rejects.toBeInstanceOf(ModelFileError);
    await expect(loading).rejects.toThrow(`"${name}" is ${dtype}`);
  });

  it('the weights of another model', async () => {
    await expect(load(configOf('qwen3'), fileOf('qwen2'))).rejects.toBeInstanceOf(ModelFileError);
    await expect(load(configOf('qwen2'), fileOf('llama'))).rejects.toBeInstanceOf(ModelFileError);
  });
});
