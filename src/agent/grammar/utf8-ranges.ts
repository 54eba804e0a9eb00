/**
 * Ranges of characters as ranges of bytes: which byte sequences are UTF-8 for one of them. Tokens of byte-level
 * models may end in the middle of a character, so whether a token may come is a question about bytes.
 *
 * A range is cut where the length of the encoding changes and around the surrogates, and then until each piece has
 * the form "fixed lead bytes, one range, free continuation bytes". Source: RFC 3629; the cutting is that of RE2.
 */
import type { CharacterRange } from './pattern';

export type ByteRange = readonly [from: number, to: number];

const LAST_CODE_POINT = 0x10ffff;
const SURROGATES: CharacterRange = [0xd800, 0xdfff];
/** Largest code points of 1, 2 and 3 bytes. */
const LENGTH_ENDS = [0x7f, 0x7ff, 0xffff];

/** Sequences of byte ranges, one for each piece; together exactly the encodings of the characters in `ranges`. */
export function utf8Ranges(ranges: readonly CharacterRange[]): readonly (readonly ByteRange[])[] {
  return withoutSurrogates(ranges).flatMap(([from, to]) => cutByLength(from, to));
}

/** The characters that are in none of the (ascending) ranges. */
export function complement(ranges: readonly CharacterRange[]): readonly CharacterRange[] {
  const rest: CharacterRange[] = [];
  let next = 0;
  for (const [from, to] of ranges) {
    if (from > next) rest.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= LAST_CODE_POINT) rest.push([next, LAST_CODE_POINT]);
  return rest;
}

function withoutSurrogates(ranges: readonly CharacterRange[]): readonly CharacterRange[] {
  return ranges.flatMap(([from, to]): CharacterRange[] => {
    const below: CharacterRange = [from, Math.min(to, SURROGATES[0] - 1)];
    const above: CharacterRange = [Math.max(from, SURROGATES[1] + 1), to];
    return [below, above].filter(([low, high]) => low <= high);
  });
}

function cutByLength(from: number, to: number): readonly (readonly ByteRange[])[] {
  for (const end of LENGTH_ENDS) {
    if (from <= end && to > end) return [...cutByLength(from, end), ...cutByLength(end + 1, to)];
  }
  return cutByBytes(from, to);
}

/** Both ends have encodings of the same length. */
function cutByBytes(from: number, to: number): readonly (readonly ByteRange[])[] {
  for (let bits = 6; bits <= 18; bits += 6) {
    const low = 2 ** bits - 1;
    if (from > 0x7f && from >> bits !== to >> bits) {
      const lastOfFirst = from | low;
      if ((from & low) !== 0) return [...cutByBytes(from, lastOfFirst), ...cutByBytes(lastOfFirst + 1, to)];
      const firstOfLast = to & ~low;
      if ((to & low) !== low) return [...cutByBytes(from, firstOfLast - 1), ...cutByBytes(firstOfLast, to)];
    }
  }
  const [start, end] = [encode(from), encode(to)];
  return [start.map((byte, i): ByteRange => [byte, end[i]])];
}

function encode(code: number): readonly number[] {
  if (code <= 0x7f) return [code];
  const tail = (shift: number) => 0x80 | ((code >> shift) & 0x3f);
  if (code <= 0x7ff) return [0xc0 | (code >> 6), tail(0)];
  if (code <= 0xffff) return [0xe0 | (code >> 12), tail(6), tail(0)];
  return [0xf0 | (code >> 18), tail(12), tail(6), tail(0)];
}
