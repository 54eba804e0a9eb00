/** The weights that a folder and a device together allow. */
import { expect, test } from 'vitest';
import { chooseWeights } from './onnx-files';

const ALL = ['', '_fp16', '_quantized', '_int8', '_uint8', '_q4', '_q4f16'].map(
  (end) => `onnx/model${end}.onnx`,
);
const GPU = { half: false };
const HALF_GPU = { half: true };

test.each([
  ['all files, a GPU with 16 bits', ALL, HALF_GPU, 'webgpu', 'q4f16'],
  ['all files, a GPU without', ALL, GPU, 'webgpu', 'q4'],
  ['all files, no GPU', ALL, null, 'wasm', 'q8'],
  ['16 bits only, a GPU with them', ['onnx/model_fp16.onnx'], HALF_GPU, 'webgpu', 'fp16'],
  ['16 bits only, a GPU without: widened on the CPU', ['onnx/model_fp16.onnx'], GPU, 'wasm', 'fp16'],
  ['integers only, whatever the GPU', ['onnx/model_int8.onnx'], HALF_GPU, 'wasm', 'int8'],
  ['bnb4 only, whatever the GPU', ['onnx/model_bnb4.onnx'], HALF_GPU, 'wasm', 'bnb4'],
  ['float32 only, a GPU', ['onnx/model.onnx'], GPU, 'webgpu', 'fp32'],
] as const)('%s', (_, files, gpu, device, dtype) => {
  expect(chooseWeights(['config.json', ...files], gpu, 'a model')).toMatchObject({ device, dtype });
});

test('the parts beside a weights file are its own, in order, up to the first that is missing', () => {
  const beside = ['onnx/model_q4.onnx_data', 'onnx/model_q4.onnx_data_1', 'onnx/model_q4.onnx_data_3'];
  const { file, dataFiles } = chooseWeights([...ALL, ...beside, 'onnx/model.onnx_data'], GPU, 'a model');
  expect(file).toBe('onnx/model_q4.onnx');
  expect(dataFiles).toEqual(beside.slice(0, 2));
});

test('a device of the caller that cannot, and a folder without weights, are refused by name', () => {
  expect(() => chooseWeights(['onnx/model_int8.onnx'], GPU, 'a model', 'webgpu')).toThrow(
    "onnx/model_int8.onnx of a model does not run on this device's WebGPU.",
  );
  expect(chooseWeights(ALL, HALF_GPU, 'a model', 'wasm')).toMatchObject({ device: 'wasm', dtype: 'q8' });
  expect(() => chooseWeights(['onnx/decoder_model.onnx'], null, 'a model')).toThrow(
    expect.objectContaining({ code: 'transformers-file-missing' }),
  );
});
