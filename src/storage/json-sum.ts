/**
 * A number for each stored row, made to be added up: the sum over all rows, modulo 2^32, tells whether they are
 * the rows that were written, and is kept up to date by adding and taking away.
 *
 * A CRC alone would not do, since it is linear: when two rows of one length exchange parts, the changes of their
 * CRCs cancel. So each is sent through a mixing function before it is added.
 */
import { crc32 } from './checksum';
import { mix } from './mix';

const encoder = new TextEncoder();

/** One spelling for each value: keys in order of their code units, no spaces, lone surrogates escaped. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (typeof value === 'object' && value !== null) {
    const object = value as Readonly<Record<string, unknown>>;
    const members = Object.keys(object)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key])}`);
    return `{${members.join()}}`;
  }
  // What JSON has no word for (undefined) reads as null, as in an array.
  return JSON.stringify(value) ?? 'null';
}

/** Of the canonical spelling, as an unsigned 32-bit number. */
export function jsonSum(value: unknown): number {
  return mix(crc32(encoder.encode(canonicalJson(value))));
}
