/**
 * The sentinel: what each of the user's memories was when it was last seen whole, kept outside the database.
 * Damaged database files reopen as an empty store in silence; the sentinel knows that there was one.
 *
 * It is written after a change was committed, so it may be behind the rows but never ahead of them. Two files
 * take turns, each with a number and a CRC-32: a write that is torn hits the older one.
 *
 * The file: JSON `{format, version, number, witnesses}` on one line, then its CRC-32 in hex on another.
 */
import { crc32 } from '../../storage/checksum';
import type { Folder } from '../../storage/folder';
import type { NamespaceRecord } from '../rows/rows';

const FORMAT = 'agemem-lab sentinel';
const VERSION = 1;
const FILES = ['sentinel-a', 'sentinel-b'] as const;

/** One namespace as it was. */
export interface Witness
  extends Pick<
    NamespaceRecord,
    'name' | 'incarnation' | 'revision' | 'count' | 'sum' | 'journal' | 'nextId' | 'embedderId' | 'dimension'
  > {
  /** The user is deleting it: if it is gone, that was meant. */
  readonly leaving: boolean;
}

/** `damaged`: there are files and none can be trusted, so what was there is not known. */
export type SentinelState = 'kept' | 'none yet' | 'damaged';

export interface Sentinel {
  readonly state: SentinelState;
  /** Counts the writes. */
  readonly number: number;
  readonly witnesses: readonly Witness[];
}

export function witnessOf(record: NamespaceRecord, leaving = false): Witness {
  const { name, incarnation, revision, count, sum, journal, nextId, embedderId, dimension } = record;
  return { name, incarnation, revision, count, sum, journal, nextId, embedderId, dimension, leaving };
}

export async function readSentinel(folder: Folder): Promise<Sentinel> {
  const { state, newest } = await readBoth(folder);
  return { state, number: newest?.number ?? 0, witnesses: newest?.witnesses ?? [] };
}

/** Replaces what the sentinel says, over the older of its files. Returns it as written. */
export async function writeSentinel(folder: Folder, witnesses: readonly Witness[]): Promise<Sentinel> {
  const { newest } = await readBoth(folder);
  const number = (newest?.number ?? 0) + 1;
  const file = FILES.find((name) => name !== newest?.file) ?? FILES[0];
  await folder.write(file, [encodeSentinel(number, witnesses)]);
  return { state: 'kept', number, witnesses };
}

export function encodeSentinel(number: number, witnesses: readonly Witness[]): Uint8Array {
  const text = JSON.stringify({ format: FORMAT, version: VERSION, number, witnesses });
  const crc = crc32(new TextEncoder().encode(text));
  return new TextEncoder().encode(`${text}\n${crc.toString(16)}\n`);
}

/** Undefined for bytes that are not a whole sentinel of this version. */
export function decodeSentinel(
  bytes: Uint8Array,
): { readonly number: number; readonly witnesses: readonly Witness[] } | undefined {
  const lines = new TextDecoder().decode(bytes).split('\n');
  if (lines.length !== 3 || lines[2] !== '') return undefined;
  if (crc32(new TextEncoder().encode(lines[0])).toString(16) !== lines[1]) return undefined;
  const { format, version, number, witnesses } = JSON.parse(lines[0]) as Record<string, unknown>;
  if (format !== FORMAT || version !== VERSION) return undefined;
  // The checksum fits, so this is what `encodeSentinel` wrote.
  return { number: number as number, witnesses: witnesses as readonly Witness[] };
}

async function readBoth(folder: Folder) {
  let found = false;
  let newest: (NonNullable<ReturnType<typeof decodeSentinel>> & { readonly file: string }) | undefined;
  for (const file of FILES) {
    const bytes = await folder.read(file);
    found ||= bytes !== undefined;
    const decoded = bytes && decodeSentinel(bytes);
    if (decoded && decoded.number > (newest?.number ?? 0)) newest = { ...decoded, file };
  }
  const state: SentinelState = newest ? 'kept' : found ? 'damaged' : 'none yet';
  return { state, newest };
}
