/**
 * An index in a file: its snapshot behind a head that says of which state of which memory it is.
 *
 *   0  magic "AGMF"                      12  length of the head, uint32
 *   4  version 1, uint32                 16  head: JSON, UTF-8, padded with spaces to 4
 *   8  xxHash32 of all from 12           ..  the snapshot (snapshot.ts), which checks itself
 *      to the end of the head
 *
 * The head names the snapshot by its own checksum, so two halves of different files do not pass for one.
 */
import { xxHash32 } from '../../storage/fast-checksum';
import { SnapshotError } from '../errors';
import type { NamespaceRecord } from '../rows/rows';

const MAGIC = 0x464d4741;
const VERSION = 1;
const HEADER_BYTES = 16;
/** Where a snapshot holds its checksum, and before which it holds nothing to compare. */
const SNAPSHOT_CHECKSUM = 8;

interface Head {
  /** Of the state whose vectors these are. */
  readonly record: NamespaceRecord;
  readonly snapshot: { readonly bytes: number; readonly checksum: number };
}

/** The bytes in front of the snapshot. */
export function encodeSavedHead(record: NamespaceRecord, snapshot: Uint8Array): Uint8Array<ArrayBuffer> {
  const head: Head = { record, snapshot: { bytes: snapshot.length, checksum: checksumOf(snapshot) } };
  const text = new TextEncoder().encode(JSON.stringify(head));
  const headBytes = Math.ceil(text.length / 4) * 4;
  const bytes = new Uint8Array(HEADER_BYTES + headBytes).fill(0x20);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(12, headBytes, true);
  bytes.set(text, HEADER_BYTES);
  view.setUint32(8, xxHash32(bytes.subarray(12)), true);
  return bytes;
}

/** Throws `SnapshotError` unless head and length are right; the snapshot itself is checked where it is restored. */
export function decodeSaved(bytes: Uint8Array): {
  readonly record: NamespaceRecord;
  readonly snapshot: Uint8Array;
} {
  const fail = (code: string, what: string): never => {
    throw new SnapshotError(code, `${what} Drop the file; the index is made from its rows.`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || view.getUint32(0, true) !== MAGIC) {
    fail('saved-format', 'This file does not hold an index.');
  }
  const version = view.getUint32(4, true);
  if (version !== VERSION)
    fail('saved-version', `The index was saved in version ${version}, not ${VERSION}.`);
  const end = HEADER_BYTES + view.getUint32(12, true);
  if (end > bytes.length || view.getUint32(8, true) !== xxHash32(bytes.subarray(12, end))) {
    fail('saved-damaged', 'The saved index is damaged: the checksum of its head does not fit.');
  }
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER_BYTES, end))) as Head;
  const snapshot = bytes.subarray(end);
  if (
    snapshot.length !== head.snapshot.bytes ||
    snapshot.length < SNAPSHOT_CHECKSUM + 4 ||
    checksumOf(snapshot) !== head.snapshot.checksum
  ) {
    fail('saved-damaged', 'The saved index is damaged or cut short.');
  }
  return { record: head.record, snapshot };
}

function checksumOf(snapshot: Uint8Array): number {
  return new DataView(snapshot.buffer, snapshot.byteOffset).getUint32(SNAPSHOT_CHECKSUM, true);
}
