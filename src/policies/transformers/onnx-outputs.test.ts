/** Logits of any width, and the names under which a pass hands its state to the next. */
import { expect, test } from 'vitest';
import { lastRow, stateOf } from './onnx-outputs';

test('the last row is widened exactly, and its memory is its own', () => {
  const floats = Float32Array.of(9, 9, 9, 0.5, -2, 3);
  const row = lastRow({ type: 'float32', dims: [1, 2, 3], data: floats });
  expect([...row]).toEqual([0.5, -2, 3]);
  expect(row.buffer.byteLength).toBe(12);
  floats.fill(0);
  expect([...row]).toEqual([0.5, -2, 3]);
  // 0.5, -2, the smallest number above zero, infinity.
  const halves = Uint16Array.of(1, 2, 3, 4, 0x3800, 0xc000, 1, 0x7c00);
  expect([...lastRow({ type: 'float16', dims: [1, 2, 4], data: halves })]).toEqual([
    0.5,
    -2,
    2 ** -24,
    Infinity,
  ]);
  // As a Float16Array, which not every runtime has: any view whose elements read as numbers.
  const view = Float64Array.of(7, 7, 1.5, -1);
  expect([...lastRow({ type: 'float16', dims: [1, 2, 2], data: view })]).toEqual([1.5, -1]);
});

test('what is no logits is refused in words', () => {
  expect(() => lastRow(undefined)).toThrow('gives no logits');
  expect(() => lastRow({ type: 'int64', dims: [1, 1, 2], data: new BigInt64Array(2) })).toThrow('type int64');
});

test('state goes from output to input by its name', () => {
  const output = {
    logits: 0,
    'present.0.key': 1,
    'present.11.value': 2,
    'present_conv.3': 3,
    present_ssm: 4,
  };
  expect(stateOf(output)).toEqual({
    'past_key_values.0.key': 1,
    'past_key_values.11.value': 2,
    'past_conv.3': 3,
    past_ssm: 4,
  });
});
