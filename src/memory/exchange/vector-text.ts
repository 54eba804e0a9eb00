/**
 * A vector in a line: `{"of": "<CRC-32 of the content, 8 hexadecimal digits>", "f32": "<base64>"}`, its
 * numbers as float32, little endian. Base64 and not decimal numbers: it is exact to the bit without thought
 * and half as long. `of` ties the vector to the text it was made of: whoever edits the content by hand need
 * not know about vectors, for the stale one is left aside and made again.
 */
import { crc32 } from '../../storage/checksum';
import { VectorError } from '../errors';
import { checkUnitVector } from '../index/unit-vectors';
import type { JsonValue } from '../memory';
import { field, isObject } from './entry-text';

export function writeVector(content: string, vector: Float32Array): string {
  const bytes = new Uint8Array(4 * vector.length);
  const view = new DataView(bytes.buffer);
  vector.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return `{"of":"${contentMark(content)}","f32":"${toBase64(bytes)}"}`;
}

/** Null for what is not a unit vector `[dimension]` of this content. */
export function readVector(
  value: JsonValue | undefined,
  content: string,
  dimension: number,
): Float32Array | null {
  if (!isObject(value) || field(value, 'of') !== contentMark(content)) return null;
  const bytes = fromBase64(field(value, 'f32'), 4 * dimension);
  if (bytes === null) return null;
  const view = new DataView(bytes.buffer);
  const vector = new Float32Array(dimension);
  for (let i = 0; i < dimension; i++) vector[i] = view.getFloat32(4 * i, true);
  try {
    checkUnitVector(vector, dimension);
    return vector;
  } catch (error) {
    if (error instanceof VectorError) return null;
    throw error;
  }
}

/** Over UTF-16 code units, since a content may hold what UTF-8 cannot. */
function contentMark(content: string): string {
  const bytes = new Uint8Array(2 * content.length);
  for (let i = 0; i < content.length; i++) {
    const unit = content.charCodeAt(i);
    bytes[2 * i] = unit & 0xff;
    bytes[2 * i + 1] = unit >>> 8;
  }
  return crc32(bytes).toString(16).padStart(8, '0');
}

/** Of at most 256 kB, which is the longest vector: as many arguments as every engine takes go at once. */
function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 8192) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(binary);
}

/** Null for what is not base64 of so many bytes. */
function fromBase64(value: JsonValue | undefined, length: number): Uint8Array | null {
  if (typeof value !== 'string' || value.length !== 4 * Math.ceil(length / 3)) return null;
  let binary: string;
  try {
    binary = atob(value);
  } catch {
    return null;
  }
  if (binary.length !== length) return null;
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
