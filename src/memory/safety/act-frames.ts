/**
 * The bytes of an act log: what became of a memory, act by act, in a file that only grows.
 *
 *     "AGEMACT1" and 8 random bytes, new whenever the file is made anew; then frames, each
 *     magic u32 · length of the payload u32 · CRC-32 of the payload u32 · CRC-32 of these 12 bytes u32    little-endian
 *     payload: JSON Lines in UTF-8: {"from":7,"record":{…}}, then journal records 7, 8, … up to `record.journal`
 *
 * `record` is the namespace as the act left it, counters, count and sum. The journal holds every text before and
 * after, so a state and the frames after it give each later state; vectors are made again from the texts. A
 * frame without journal records tells of a change that has none (ageing, another embedder), or where the log begins.
 *
 * The header of a frame is written last, with the beginning of its payload, so what was cut short is no frame. What is
 * no frame at the end is such a write; in the middle it is damage, and the frames after it are found by their magic.
 */
import { crc32 } from '../../storage/checksum';
import type { JournalRecord } from '../journal';
import type { NamespaceRecord } from '../rows/rows';

const FILE_MAGIC = new TextEncoder().encode('AGEMACT1');
export const FILE_HEADER = 16;
export const FRAME_HEADER = 16;
/** "actf" */
const FRAME_MAGIC = 0x66746361;
/** Lines are gathered to parts of about so many characters. */
const PART_LENGTH = 1 << 18;

export interface Frame {
  /** Where its header is in the file. */
  readonly at: number;
  /** Header and payload. */
  readonly length: number;
  /** `seq` of its first journal record; one more than `record.journal` if it has none. */
  readonly from: number;
  /** The namespace after it. */
  readonly record: NamespaceRecord;
  readonly payload: Uint8Array;
}

export interface ReadFrames {
  /** In order, up to the end or to the first place that is no frame. */
  readonly frames: readonly Frame[];
  /** Where the last of them ends. */
  readonly end: number;
  /** Frames behind a place that is none. Empty: what follows `end`, if anything, is a write that was cut short. */
  readonly beyond: readonly Frame[];
}

export function newFileHeader(): Uint8Array {
  const header = new Uint8Array(FILE_HEADER);
  header.set(FILE_MAGIC);
  crypto.getRandomValues(header.subarray(FILE_MAGIC.length));
  return header;
}

/** Whether bytes begin as a log of this version does. */
export function isLog(bytes: Uint8Array): boolean {
  return bytes.length >= FILE_HEADER && FILE_MAGIC.every((byte, i) => bytes[i] === byte);
}

/** The payload in parts, so that an act of tens of thousands of entries is never one piece of text. */
export function* payloadParts(
  record: NamespaceRecord,
  from: number,
  journal: Iterable<JournalRecord>,
): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = `${JSON.stringify({ from, record })}\n`;
  for (const line of journal) {
    text += `${JSON.stringify(line)}\n`;
    if (text.length <= PART_LENGTH) continue;
    yield encoder.encode(text);
    text = '';
  }
  yield encoder.encode(text);
}

export function frameHeader(payload: { readonly length: number; readonly crc: number }): Uint8Array {
  const header = new Uint8Array(FRAME_HEADER);
  const view = new DataView(header.buffer);
  view.setUint32(0, FRAME_MAGIC, true);
  view.setUint32(4, payload.length, true);
  view.setUint32(8, payload.crc, true);
  view.setUint32(12, crc32(header.subarray(0, 12)), true);
  return header;
}

/** A whole frame in one piece: for short ones. */
export function encodeFrame(
  record: NamespaceRecord,
  from: number,
  journal: readonly JournalRecord[],
): Uint8Array {
  const parts = [...payloadParts(record, from, journal)];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(FRAME_HEADER + length);
  let at = FRAME_HEADER;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  bytes.set(frameHeader({ length, crc: crc32(bytes.subarray(FRAME_HEADER)) }));
  return bytes;
}

/**
 * @param bytes of the file from `offset` on
 * @param offset where in the file they begin: behind its header, or behind a frame
 */
export function readFrames(bytes: Uint8Array, offset: number): ReadFrames {
  const frames: Frame[] = [];
  let at = 0;
  for (;;) {
    const frame = frameAt(bytes, at, offset);
    if (!frame) break;
    frames.push(frame);
    at += frame.length;
  }
  const beyond: Frame[] = [];
  for (let place = at + 1; place + FRAME_HEADER <= bytes.length; ) {
    const frame = bytes[place] === (FRAME_MAGIC & 0xff) ? frameAt(bytes, place, offset) : undefined;
    if (frame) beyond.push(frame);
    place += frame?.length ?? 1;
  }
  return { frames, end: offset + at, beyond };
}

export function journalOf({ payload }: Frame): readonly JournalRecord[] {
  // The checksum fits, so these are the lines that were written.
  return new TextDecoder()
    .decode(payload)
    .split('\n')
    .slice(1, -1)
    .map((line) => JSON.parse(line) as JournalRecord);
}

function frameAt(bytes: Uint8Array, at: number, offset: number): Frame | undefined {
  if (at + FRAME_HEADER > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, FRAME_HEADER);
  if (view.getUint32(0, true) !== FRAME_MAGIC) return undefined;
  if (view.getUint32(12, true) !== crc32(bytes.subarray(at, at + 12))) return undefined;
  const length = FRAME_HEADER + view.getUint32(4, true);
  if (at + length > bytes.length) return undefined;
  const payload = bytes.subarray(at + FRAME_HEADER, at + length);
  if (view.getUint32(8, true) !== crc32(payload)) return undefined;
  const head = new TextDecoder().decode(payload.subarray(0, payload.indexOf(0x0a)));
  const { from, record } = JSON.parse(head) as Pick<Frame, 'from' | 'record'>;
  return { at: offset + at, length, from, record, payload };
}
