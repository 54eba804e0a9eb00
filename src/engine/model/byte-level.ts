/**
 * Byte-level BPE's alphabet and its cutting of text into pieces, as GPT-2 introduced them.
 *
 * Text becomes UTF-8 bytes, and each byte is written as one printable character (a space is "Ġ"), so
 * that a vocabulary in JSON can hold any bytes. Merges never cross the border of a piece: a word with
 * its leading space, a run of punctuation, white space. We also cut every digit off as a piece of
 * its own, so that a date or a number is read and copied digit by digit, whatever its neighbours.
 *
 * Source: `bytes_to_unicode` and the pattern of GPT-2's encoder, as in Hugging Face's `ByteLevel`.
 */

/** The character that stands for each of the 256 bytes. */
export const BYTE_CHARS: readonly string[] = byteChars();

/** The byte that a character of the alphabet stands for. */
export const CHAR_BYTES: ReadonlyMap<string, number> = new Map(BYTE_CHARS.map((char, byte) => [char, byte]));

/** GPT-2's pieces. */
const PIECES = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** Isolates each digit; spelled so that JavaScript's and Rust's engines agree. */
export const DIGIT_PATTERN = '\\p{N}';
const DIGITS_APART = /\p{N}|[^\p{N}]+/gu;

/** Printable Latin-1 bytes stand for themselves, the others for U+0100 and up in their order. */
function byteChars(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable =
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
    return String.fromCharCode(printable ? byte : next++);
  });
}

/** The pieces of `text`, digits apart when asked, in the byte alphabet. Nothing is lost. */
export function byteLevelPieces(text: string, splitDigits: boolean): string[] {
  const parts = splitDigits ? (text.match(DIGITS_APART) ?? []) : [text];
  return parts.flatMap((part) => (part.match(PIECES) ?? []).map(toByteChars));
}

const encoder = new TextEncoder();

/** `text` as UTF-8, one character of the alphabet for each byte. Lone surrogates become U+FFFD. */
export function toByteChars(text: string): string {
  let out = '';
  for (const byte of encoder.encode(text)) out += BYTE_CHARS[byte];
  return out;
}

/** The bytes behind a token, or undefined if a character is not of the alphabet. */
export function fromByteChars(token: string): Uint8Array | undefined {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = CHAR_BYTES.get(token[i]);
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}
