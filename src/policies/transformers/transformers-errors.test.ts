/** The words of ONNX Runtime, of transformers.js and of browsers, each as they say it, and what becomes of them. */
import { expect, test } from 'vitest';
import { namedError } from './transformers-errors';

const FAILING = { name: 'some/model', file: 'onnx/model_q4.onnx', device: 'WebGPU' };

test.each([
  [
    "Can't create a session. ERROR_CODE: 6, ERROR_MESSAGE: std::bad_alloc",
    'transformers-memory',
    'std::bad_alloc',
  ],
  ['Array buffer allocation failed', 'transformers-memory', 'does not suffice for some/model on WebGPU'],
  ['Aborted(OOM). Build with -sASSERTIONS for more info.', 'transformers-memory', 'OOM'],
  [
    'failed to call OrtRun(). ERROR_CODE: 6, ERROR_MESSAGE: Failed to allocate memory for requested buffer of size 622329856',
    'transformers-memory',
    '622329856',
  ],
  [
    "Can't create a session. ERROR_CODE: 9, ERROR_MESSAGE: Could not find an implementation for MatMulBnb4(1) node with name '/layers.0/q'",
    'transformers-unsupported',
    'onnx/model_q4.onnx of some/model uses MatMulBnb4, which ONNX Runtime cannot compute on WebGPU.',
  ],
  [
    "Can't create a session. ERROR_CODE: 7, ERROR_MESSAGE: Failed to load model because protobuf parsing failed.",
    'transformers-file',
    'cannot be read as an ONNX model',
  ],
  [
    'Deserialize tensor lm_head.weight failed. Failed to load external data file "model_q4.onnx_data", error: File not found in preloaded files.',
    'transformers-file-missing',
    'A part of the weights (model_q4.onnx_data) is not among the files of some/model.',
  ],
  ['WebGPU device lost (1): Device was destroyed.', 'transformers-device-lost', 'went away while some/model'],
  ['Unsupported model type: bert', 'transformers-file', 'model_type bert'],
  [
    'no available backend found. ERR: [wasm] TypeError: Failed to fetch dynamically imported module: http://x/ort.mjs',
    'transformers-runtime',
    'ONNX Runtime could not be loaded from this site',
  ],
  ['something new\nand long', 'transformers-runtime', 'could not be computed on WebGPU: something new.'],
])('%s', (words, code, said) => {
  const error = namedError(words, FAILING);
  expect(error.code).toBe(code);
  expect(error.message).toContain(said);
  expect(error.message).not.toContain('\n');
  expect(error.whatToDo).toMatch(/^[A-Z].*\.$/);
  expect(error.cause).toMatchObject({ message: words });
});
