/**
 * The bytes of an index snapshot, the same for every index, since only ids and vectors matter:
 *
 *   0  magic "AGMX"                     16  count, uint32
 *   4  version 2, uint32                20  length of the head, uint32
 *   8  xxHash32 of all after it         24  head: JSON {embedderId, ids}, UTF-8, padded with spaces to 4
 *  12  dimension, uint32                ..  vectors, float32 [count, dimension]
 *
 * Little-endian, as every machine that runs a browser. Restoring checks all of it before anything is changed:
 * a library index that takes its own bytes on trust accepts a flipped digit in silence.
 */
import { xxHash32 } from '../../storage/fast-checksum';
import { SnapshotError } from '../errors';
import type { IndexSpec } from './exact-index';

const MAGIC = 0x584d4741;
const VERSION = 2;
const HEADER_BYTES = 24;
const CHECKED_FROM = 12;

export interface SnapshotContent {
  readonly ids: readonly string[];
  /** [ids.length, dimension], a view of the bytes where they are aligned. */
  readonly vectors: Float32Array;
}

/** @param fill writes the vectors, `[ids.length, dimension]`, to where it is told */
export function encodeSnapshot(
  spec: IndexSpec,
  ids: readonly string[],
  fill: (vectors: Float32Array) => void,
): Uint8Array {
  const json = JSON.stringify({ embedderId: spec.embedderId, ids });
  const text = new TextEncoder().encode(json);
  const headBytes = Math.ceil(text.length / 4) * 4;
  const bytes = new Uint8Array(HEADER_BYTES + headBytes + ids.length * spec.dimension * 4);
  bytes.fill(0x20, 0, HEADER_BYTES + headBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(12, spec.dimension, true);
  view.setUint32(16, ids.length, true);
  view.setUint32(20, headBytes, true);
  bytes.set(text, HEADER_BYTES);
  fill(new Float32Array(bytes.buffer, HEADER_BYTES + headBytes));
  view.setUint32(8, xxHash32(bytes.subarray(CHECKED_FROM)), true);
  return bytes;
}

/** Throws `SnapshotError` unless these are intact bytes of a snapshot for this embedder and dimension. */
export function decodeSnapshot(bytes: Uint8Array, spec: IndexSpec): SnapshotContent {
  const fail = (code: string, what: string): never => {
    throw new SnapshotError(code, `${what} Drop the snapshot and rebuild the index from its rows.`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || view.getUint32(0, true) !== MAGIC) {
    fail('snapshot-format', 'These bytes are not the snapshot of an index.');
  }
  const version = view.getUint32(4, true);
  if (version !== VERSION) fail('snapshot-version', `The snapshot has version ${version}, not ${VERSION}.`);
  if (view.getUint32(8, true) !== xxHash32(bytes.subarray(CHECKED_FROM))) {
    fail('snapshot-damaged', 'The snapshot is damaged or cut short: its checksum does not fit.');
  }
  const dimension = view.getUint32(12, true);
  const count = view.getUint32(16, true);
  const headBytes = view.getUint32(20, true);
  const vectorsAt = HEADER_BYTES + headBytes;
  if (bytes.length !== vectorsAt + count * dimension * 4) {
    fail('snapshot-damaged', 'The snapshot is longer or shorter than its header says.');
  }
  const head: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER_BYTES, vectorsAt)));
  const { embedderId, ids } = head as { readonly embedderId: string; readonly ids: readonly string[] };
  if (dimension !== spec.dimension || embedderId !== spec.embedderId) {
    fail(
      'snapshot-embedder',
      `The snapshot is of the embedder ${embedderId} with ${dimension} dimensions, not of ${spec.embedderId} with ${spec.dimension}.`,
    );
  }
  if (ids.length !== count || new Set(ids).size !== count) {
    fail('snapshot-damaged', 'The ids of the snapshot do not fit its vectors.');
  }
  const at = bytes.byteOffset + vectorsAt;
  return {
    ids,
    vectors:
      at % 4 === 0
        ? new Float32Array(bytes.buffer, at, count * dimension)
        : new Float32Array(bytes.slice(vectorsAt).buffer),
  };
}
