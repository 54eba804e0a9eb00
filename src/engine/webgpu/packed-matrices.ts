/** Packed matrices back to floats, one lane a word. */
import type { DequantiseArgs } from '../backend';
import { floats, ints } from './gpu-tensor';
import type { Recorder } from './recorder';
import { elementwise } from './row-movement';

export function dequantise(recorder: Recorder, args: DequantiseArgs): void {
  const { rows, dim } = args;
  const words = rows * Math.ceil(dim / (args.format === 'int8' ? 4 : 2));
  const operands = {
    out: floats(recorder, args.out, rows * dim),
    packed: ints(recorder, args.packed, words),
  };
  const shape = { params: { rows, dim }, workgroups: elementwise(words) };
  if (args.format === 'int8') {
    const scales = floats(recorder, args.scales, rows);
    recorder.dispatch({ kernel: 'dequantise-int8', operands: { ...operands, scales }, ...shape });
  } else {
    recorder.dispatch({ kernel: 'dequantise-half', operands, ...shape });
  }
}
