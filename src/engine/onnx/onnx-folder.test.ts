import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ModelFileError, UnsupportedModelError } from '../errors';
import { MissingFileError, type ReadFile } from '../model/model-folder';
import { randomWeights, TINY } from '../model/tiny-model.fixture';
import { writeOnnxModel } from './causal-lm';
import { OnnxGraph } from './graph';
import { ONNX_FILE, onnxFolder } from './onnx-folder';

const policy: ReadFile = async (name) => {
  try {
    return new Uint8Array(readFileSync(new URL(`../../../public/policy/${name}`, import.meta.url)));
  } catch {
    throw new MissingFileError(name, 'in the test');
  }
};
const json = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));

it('writes the files transformers.js asks for, same model same bytes', async () => {
  const files = await onnxFolder(policy);
  expect(Object.keys(files).sort()).toEqual([
    'config.json',
    'generation_config.json',
    ONNX_FILE,
    'tokenizer.json',
    'tokenizer_config.json',
  ]);
  expect(json(files['config.json'])).toMatchObject({
    model_type: 'qwen3',
    'transformers.js_config': { dtype: 'fp32' },
  });
  expect(json(files['generation_config.json'])).toEqual({ eos_token_id: 1, pad_token_id: 0 });
  expect(Buffer.compare(files['tokenizer.json'], await policy('tokenizer.json'))).toBe(0);
  const again = await onnxFolder(policy);
  for (const [name, file] of Object.entries(files)) expect(Buffer.compare(file, again[name])).toBe(0);
});

it('takes a web page under the name of an optional file for no file', async () => {
  const page = new TextEncoder().encode('<!doctype html><title>Not here</title>');
  const files = await onnxFolder((name) =>
    name === 'special_tokens_map.json' ? Promise.resolve(page) : policy(name),
  );
  expect(files).not.toHaveProperty('special_tokens_map.json');
});

it('refuses weights of another shape by name', () => {
  expect(() => writeOnnxModel({ ...TINY, layers: 3 }, randomWeights(TINY, 1))).toThrowError(ModelFileError);
  expect(() => writeOnnxModel({ ...TINY, layers: 3 }, randomWeights(TINY, 1))).toThrowError(
    /model\.layers\.2/,
  );
});

it('refuses what one protobuf file cannot hold, with the number', () => {
  const graph = new OnnxGraph();
  // One array given often: constants are not copied before the size is known.
  const block = new Float32Array(2 ** 26);
  for (let i = 0; i < 8; i++) graph.constant(`w${i}`, block);
  expect(() => graph.encode({ name: 'large', opset: 17 })).toThrowError(UnsupportedModelError);
  expect(() => graph.encode({ name: 'large', opset: 17 })).toThrowError(/2\.00 GiB/);
});
