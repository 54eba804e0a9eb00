/**
 * Writer of safetensors files as other implementations make them: the widest elements first and
 * then by name, data without holes, and a header padded with spaces so that the data starts at a
 * multiple of 8. Same tensors and options, same bytes.
 *
 * Only float32 host tensors are written, as F32 or rounded to F16 or BF16.
 */
import { ModelFileError, NonFiniteError } from '../errors';
import { floatsToBfloats, floatsToHalves } from './half';
import type { NamedTensor, NamedTensors } from './model-config';
import { DTYPE_BYTES, elementCount } from './safetensors';

export type WritableDtype = 'F32' | 'F16' | 'BF16';

export interface SafetensorsWriteOptions {
  /** Element type of all tensors, or of each by name. Default F32. */
  readonly dtype?: WritableDtype | ((name: string) => WritableDtype);
  /** Default `{format: 'pt'}`, which transformers and PEFT ask for. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The bytes of a safetensors file.
 * @throws ModelFileError if a name is reserved or data and shape disagree
 * @throws NonFiniteError if rounding makes an infinity of a finite value (F16 ends at 65504)
 */
export function writeSafetensors(tensors: NamedTensors, options: SafetensorsWriteOptions = {}): Uint8Array {
  const { dtype = 'F32', metadata = { format: 'pt' } } = options;
  const dtypeOf = typeof dtype === 'function' ? dtype : () => dtype;
  const entries = [...tensors].map(([name, tensor]) => {
    checkShape(name, tensor);
    return { name, shape: tensor.shape, dtype: dtypeOf(name), data: tensor.data };
  });
  entries.sort((a, b) => DTYPE_BYTES[b.dtype] - DTYPE_BYTES[a.dtype] || (a.name < b.name ? -1 : 1));

  // A map and not an object literal with computed keys: "__proto__" is a legal tensor name.
  const header = new Map<string, unknown>([['__metadata__', metadata]]);
  let end = 0;
  for (const { name, shape, dtype, data } of entries) {
    const begin = end;
    end += data.length * DTYPE_BYTES[dtype];
    header.set(name, { dtype, shape, data_offsets: [begin, end] });
  }
  const json = `{${[...header].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
  const encoded = new TextEncoder().encode(json);
  const headerBytes = Math.ceil(encoded.length / 8) * 8;

  const file = new Uint8Array(8 + headerBytes + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, 8, 8 + headerBytes);
  file.set(encoded, 8);
  let at = 8 + headerBytes;
  for (const { name, dtype, data } of entries) {
    const stored = narrowed(name, dtype, data);
    file.set(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength), at);
    at += stored.byteLength;
  }
  return file;
}

function checkShape(name: string, { shape, data }: NamedTensor): void {
  if (name === '__metadata__') {
    throw new ModelFileError('safetensors-name', 'A tensor cannot be called "__metadata__".');
  }
  if (elementCount(shape) !== data.length) {
    throw new ModelFileError(
      'safetensors-size',
      `Tensor "${name}" has shape [${shape.join(', ')}], that is ${elementCount(shape)} elements, but ${data.length} values.`,
    );
  }
}

function narrowed(name: string, dtype: WritableDtype, data: Float32Array): Float32Array | Uint16Array {
  if (dtype === 'F32') return data;
  const out = dtype === 'F16' ? floatsToHalves(data) : floatsToBfloats(data);
  const infinity = dtype === 'F16' ? 0x7c00 : 0x7f80;
  for (let i = 0; i < out.length; i++) {
    if ((out[i] & 0x7fff) === infinity && Number.isFinite(data[i])) {
      throw new NonFiniteError(
        'safetensors-overflow',
        `Tensor "${name}": element ${i} is ${data[i]}, too large for ${dtype}. Store it as F32.`,
      );
    }
  }
  return out;
}
