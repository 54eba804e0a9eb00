/**
 * Reader of safetensors, the file format of Hugging Face weights.
 *
 *     8 bytes   n, little endian: length of the header
 *     n bytes   JSON: {"name": {"dtype", "shape", "data_offsets": [begin, end]}, "__metadata__": {…}}
 *     the rest  the tensors' bytes, row-major, little endian; offsets count from here
 *
 * The file may come from anywhere, so it is checked as strictly as the Rust implementation does,
 * and further where that one takes the last of two equal names: offsets must tile the data without
 * holes or overlaps, sizes must follow from dtype and shape, the header is at most 100 MB. Whatever
 * the bytes, the outcome is a file or a `ModelFileError`. Tensor bytes are views, not copies.
 *
 * Source: github.com/huggingface/safetensors, "Format" and `SafeTensors::read_metadata`.
 */
import { ModelFileError } from '../errors';
import { bfloatsToFloats, halvesToFloats } from './half';
import { repeatedJsonKey } from './json-keys';
import type { NamedTensor, NamedTensors } from './model-config';

/** Bytes for each element of the types this reader knows. */
export const DTYPE_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;

export type SafetensorsDtype = keyof typeof DTYPE_BYTES;

/** One tensor of a file; `bytes` is a view on the file. */
export interface StoredTensor {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  /** [] for a scalar; zeros are allowed. */
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface SafetensorsFile {
  /** In the order of their data. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** As in the Rust implementation. */
export const MAX_HEADER_BYTES = 100_000_000;

/**
 * Reads a whole file.
 * @param fileName how error messages call it
 * @throws ModelFileError with a `safetensors-…` code for anything that is not a well-formed file
 */
export function readSafetensors(bytes: Uint8Array, fileName = 'safetensors file'): SafetensorsFile {
  const { header, data } = splitHeader(bytes, fileName);
  const { entries, metadata } = readSafetensorsHeader(header, data.length, fileName);
  const tensors = new Map(
    entries.map(({ name, dtype, shape, begin, end }) => [
      name,
      { name, dtype, shape, bytes: data.subarray(begin, end) },
    ]),
  );
  return { tensors, metadata };
}

/** Where a tensor of a file lies: offsets count from the end of the header. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads a header alone, for files whose data are fetched tensor by tensor.
 * @param header the JSON, without the eight bytes before it
 * @param dataBytes bytes of the file after the header
 * @throws ModelFileError as `readSafetensors`
 */
export function readSafetensorsHeader(
  header: Uint8Array,
  dataBytes: number,
  fileName: string,
): { readonly entries: readonly SafetensorsEntry[]; readonly metadata: ReadonlyMap<string, string> } {
  const fields = parseHeader(header, fileName);

  const metadata = new Map<string, string>();
  const entries: SafetensorsEntry[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (name === '__metadata__') readMetadata(value, metadata, fileName);
    else entries.push(readEntry(name, value, fileName));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);

  let end = 0;
  let previous = 'the header';
  for (const entry of entries) {
    const where = `${fileName}: tensor "${entry.name}"`;
    if (entry.begin < end) {
      throw new ModelFileError(
        'safetensors-overlap',
        `${where} starts at byte ${entry.begin}, inside "${previous}", which ends at ${end}.`,
      );
    }
    if (entry.begin > end) {
      throw new ModelFileError(
        'safetensors-hole',
        `${where} starts at byte ${entry.begin}, but "${previous}" ends at ${end}: ${entry.begin - end} bytes belong to no tensor.`,
      );
    }
    if (entry.end > dataBytes) {
      throw new ModelFileError(
        'safetensors-truncated',
        `${where} needs data up to byte ${entry.end}, but the file has only ${dataBytes} bytes of data. It was probably not downloaded completely; fetch it again.`,
      );
    }
    end = entry.end;
    previous = entry.name;
  }
  if (end !== dataBytes) {
    throw new ModelFileError(
      'safetensors-hole',
      `${fileName}: the last tensor ends at byte ${end}, but the file has ${dataBytes} bytes of data: ${dataBytes - end} bytes belong to no tensor.`,
    );
  }
  return { entries, metadata };
}

function splitHeader(bytes: Uint8Array, fileName: string): { header: Uint8Array; data: Uint8Array } {
  if (bytes.length < 8) {
    throw new ModelFileError(
      'safetensors-truncated',
      `${fileName} has ${bytes.length} bytes; a safetensors file starts with 8 bytes that hold the header's length.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw new ModelFileError(
      'safetensors-header-too-large',
      `${fileName} claims a header of ${length} bytes; at most ${MAX_HEADER_BYTES} are allowed. It is probably not a safetensors file.`,
    );
  }
  const headerEnd = 8 + Number(length);
  if (headerEnd > bytes.length) {
    throw new ModelFileError(
      'safetensors-truncated',
      `${fileName} claims a header of ${length} bytes but has only ${bytes.length - 8} bytes after the length. It was probably not downloaded completely; fetch it again.`,
    );
  }
  return { header: bytes.subarray(8, headerEnd), data: bytes.subarray(headerEnd) };
}

function parseHeader(header: Uint8Array, fileName: string): Record<string, unknown> {
  let text: string;
  let parsed: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header);
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new ModelFileError(
      'safetensors-header',
      `${fileName}: the header is not valid JSON (${words(cause)}).`,
      { cause },
    );
  }
  if (!isRecord(parsed) || text[0] !== '{') {
    throw new ModelFileError('safetensors-header', `${fileName}: the header is not a JSON object.`);
  }
  const repeated = repeatedJsonKey(text);
  if (repeated !== undefined) {
    throw new ModelFileError(
      'safetensors-duplicate',
      `${fileName}: the header names "${repeated}" twice; each name may occur once.`,
    );
  }
  return parsed;
}

function readMetadata(value: unknown, into: Map<string, string>, fileName: string): void {
  if (!isRecord(value) || Object.values(value).some((v) => typeof v !== 'string')) {
    throw new ModelFileError(
      'safetensors-metadata',
      `${fileName}: __metadata__ must be an object whose values are all strings.`,
    );
  }
  for (const [key, text] of Object.entries(value)) into.set(key, text as string);
}

function readEntry(name: string, value: unknown, fileName: string): SafetensorsEntry {
  const where = `${fileName}: tensor "${name}"`;
  if (!isRecord(value)) {
    throw new ModelFileError(
      'safetensors-entry',
      `${where} must be described by an object with dtype, shape and data_offsets.`,
    );
  }
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BYTES, dtype)) {
    throw new ModelFileError(
      'safetensors-dtype',
      `${where} has dtype ${JSON.stringify(dtype)}; known are ${Object.keys(DTYPE_BYTES).join(', ')}.`,
    );
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw new ModelFileError(
      'safetensors-shape',
      `${where} has shape ${JSON.stringify(shape)}; expected an array of non-negative integers.`,
    );
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw new ModelFileError(
      'safetensors-offsets',
      `${where} has data_offsets ${JSON.stringify(offsets)}; expected two non-negative integers [begin, end].`,
    );
  }
  const known = dtype as SafetensorsDtype;
  const [begin, end] = offsets as number[];
  const expected = elementCount(shape) * DTYPE_BYTES[known];
  if (end - begin !== expected) {
    throw new ModelFileError(
      'safetensors-size',
      `${where} is ${known} [${shape.join(', ')}], which takes ${expected} bytes, but its data_offsets [${begin}, ${end}] hold ${end - begin}.`,
    );
  }
  return { name, dtype: known, shape, begin, end };
}

/** Product of the dimensions; 1 for a scalar. May exceed 2^53, and then equals no byte range. */
export function elementCount(shape: readonly number[]): number {
  return shape.includes(0) ? 0 : shape.reduce((product, dim) => product * dim, 1);
}

/**
 * The elements as float32: a view where file and alignment allow it, else converted (F16 and BF16
 * exactly, F64 rounded, integers and BOOL as numbers). Treat it as read-only.
 */
export function toFloats(tensor: StoredTensor): Float32Array {
  const { bytes } = tensor;
  switch (tensor.dtype) {
    case 'F32': {
      const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
      return new Float32Array(aligned.buffer, aligned.byteOffset, bytes.length / 4);
    }
    case 'F16':
      return halvesToFloats(shorts(bytes));
    case 'BF16':
      return bfloatsToFloats(shorts(bytes));
    default: {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const size = DTYPE_BYTES[tensor.dtype];
      const out = new Float32Array(bytes.length / size);
      for (let i = 0; i < out.length; i++) out[i] = Number(element(view, tensor.dtype, i * size));
      return out;
    }
  }
}

/**
 * The elements of an integer or BOOL tensor (true is 1), exactly.
 * @throws ModelFileError if the tensor holds floats or a value beyond 2^53
 */
export function toIntegers(tensor: StoredTensor): number[] {
  if (tensor.dtype === 'F64' || tensor.dtype === 'F32' || tensor.dtype === 'F16' || tensor.dtype === 'BF16') {
    throw new ModelFileError(
      'safetensors-dtype',
      `Tensor "${tensor.name}" is ${tensor.dtype}; integers were expected.`,
    );
  }
  const view = new DataView(tensor.bytes.buffer, tensor.bytes.byteOffset, tensor.bytes.byteLength);
  const size = DTYPE_BYTES[tensor.dtype];
  const out: number[] = [];
  for (let at = 0; at < tensor.bytes.length; at += size) {
    const exact = element(view, tensor.dtype, at);
    const value = Number(exact);
    if (typeof exact === 'bigint' && BigInt(value) !== exact) {
      throw new ModelFileError(
        'safetensors-range',
        `Tensor "${tensor.name}": element ${out.length} is ${exact}, more than a JavaScript number can hold exactly.`,
      );
    }
    out.push(value);
  }
  return out;
}

/**
 * All floating-point tensors of a file as named host tensors.
 * @throws ModelFileError naming the first tensor that holds integers
 */
export function namedFloats(file: SafetensorsFile): NamedTensors {
  const out = new Map<string, NamedTensor>();
  for (const [name, tensor] of file.tensors) {
    if (!tensor.dtype.includes('F')) {
      throw new ModelFileError(
        'safetensors-dtype',
        `Tensor "${name}" is ${tensor.dtype}; weights must be F32, F16, BF16 or F64.`,
      );
    }
    out.set(name, { shape: tensor.shape, data: toFloats(tensor) });
  }
  return out;
}

function element(view: DataView, dtype: SafetensorsDtype, at: number): number | bigint {
  switch (dtype) {
    case 'F64':
      return view.getFloat64(at, true);
    case 'I64':
      return view.getBigInt64(at, true);
    case 'U64':
      return view.getBigUint64(at, true);
    case 'I32':
      return view.getInt32(at, true);
    case 'U32':
      return view.getUint32(at, true);
    case 'I16':
      return view.getInt16(at, true);
    case 'U16':
      return view.getUint16(at, true);
    case 'I8':
      return view.getInt8(at);
    case 'U8':
      return view.getUint8(at);
    case 'BOOL':
      return view.getUint8(at) === 0 ? 0 : 1;
    default:
      throw new Error(`${dtype} is converted in bulk.`);
  }
}

function shorts(bytes: Uint8Array): Uint16Array {
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  return new Uint16Array(aligned.buffer, aligned.byteOffset, bytes.length / 2);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function words(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
