/**
 * What a pass of a causal language model puts out, as ONNX exports name it: logits, and the state that the next pass
 * takes in. Written against the shape of the library's tensors, so that it needs none of it.
 */
import { halfToFloatBits } from '../../engine/model/half';

export interface OnnxTensor {
  readonly type: string;
  readonly dims: readonly number[];
  /** Of a tensor that lies with the CPU. */
  readonly data: unknown;
}

/** What a pass left, under the names under which the next one takes it: `present.0.key` -> `past_key_values.0.key`. */
export function stateOf<T>(output: Readonly<Record<string, T>>): Record<string, T> {
  const present = Object.entries(output).filter(([name]) => name.startsWith('present'));
  return Object.fromEntries(
    present.map(([name, tensor]) => [
      // Other states than keys and values, of models that mix layers: `present_conv.0` -> `past_conv.0`.
      name.replace(/^present\./, 'past_key_values.').replace(/^present/, 'past'),
      tensor,
    ]),
  );
}

/** The last row of `[1, tokens, vocab]`, widened to 32 bits, in memory of its own. @throws Error for other types */
export function lastRow(logits: OnnxTensor | undefined): Float32Array<ArrayBuffer> {
  if (!logits) throw new Error('the model gives no logits: it is no causal language model');
  const { type, dims, data } = logits;
  const vocab = dims[dims.length - 1];
  if (data instanceof Float32Array) return new Float32Array(data.subarray(data.length - vocab));
  // 16 bits come as their patterns where the browser has no Float16Array.
  if (type === 'float16' && data instanceof Uint16Array) {
    const bits = new Uint32Array(vocab);
    for (let i = 0; i < vocab; i++) bits[i] = halfToFloatBits(data[data.length - vocab + i]);
    return new Float32Array(bits.buffer);
  }
  if (type === 'float16' && ArrayBuffer.isView(data)) {
    const halves = data as ArrayBufferView & ArrayLike<number>;
    return Float32Array.from({ length: vocab }, (_, i) => halves[halves.length - vocab + i]);
  }
  throw new Error(`the model gives logits of type ${type}`);
}
