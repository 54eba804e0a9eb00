/**
 * The lines of a file of UTF-8 text. Cut on the bytes and decoded one by one, so that one line that is not
 * UTF-8 spoils no other and no file is too long for a string. CR LF and LF end a line; a byte order mark at
 * its start is no text, in the middle of a file either, where two were put together.
 */
import { ImportFileError } from './errors';
import { grouped, LIMITS } from './limits';

export interface TextLine {
  /** From 1. */
  readonly number: number;
  /** Null: not UTF-8. */
  readonly text: string | null;
}

export const NOT_UTF8 = 'It is not text in UTF-8. Save the file as UTF-8 and import it again.';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Lines that hold something other than white space. Throws `ImportFileError` for too many. */
export function* textLines(bytes: Uint8Array): Generator<TextLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 0;
  for (let from = 0; from < bytes.length; ) {
    const feed = bytes.indexOf(LINE_FEED, from);
    const end = feed < 0 ? bytes.length : feed;
    if (++number > LIMITS.lines) {
      throw new ImportFileError(
        'import-lines',
        `The file has more than ${grouped(LIMITS.lines)} lines. Divide it and import the parts one by one.`,
      );
    }
    const text = decode(decoder, bytes.subarray(from, bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end));
    if (text === null || text.trim() !== '') yield { number, text };
    from = end + 1;
  }
}

/** The whole file as one text. Throws `ImportFileError` if it is not UTF-8. */
export function wholeText(bytes: Uint8Array): string {
  const text = decode(new TextDecoder('utf-8', { fatal: true }), bytes);
  if (text === null) throw new ImportFileError('import-encoding', `The file cannot be read. ${NOT_UTF8}`);
  return text;
}

function decode(decoder: TextDecoder, bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
