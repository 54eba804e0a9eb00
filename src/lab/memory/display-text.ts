import { say } from '../language/language'; /**
 * How text from anywhere is shown. React puts it into the page as text, so no tag is ever a tag; what is left
 * are characters that change how their neighbours look, or hide:
 *
 * - bidirectional text must not turn round what stands beside it: the whole is isolated (FSI … PDI), and
 *   characters that override or embed a direction are shown by their numbers;
 * - control characters get their picture (NUL as ␀), invisible ones (zero width, tags, byte order marks) and
 *   lone halves of surrogate pairs their numbers, as ⟨U+200B⟩. Joiners stay: emoji and several scripts need
 *   them. So do tabs and line ends;
 * - a very long text is cut, and how much is missing is told.
 */

export interface DisplayText {
  /** Isolated; ready to be put beside anything. */
  readonly text: string;
  /** UTF-16 code units of the original that are not shown; 0: all is. */
  readonly cut: number;
}

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';
const SHOWN = 2_000;

/**
 * C0 and C1 controls but tab and line feed; soft hyphen, Arabic letter mark, Mongolian vowel separator, zero
 * width space, direction marks, line and paragraph separators, embeddings and overrides, word joiner and other
 * invisible operators, isolates, byte order mark, interlinear marks, tags, lone surrogates.
 */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Cs}]/gu;

/** @param limit UTF-16 code units of the text to show at most; default 2,000 */
export function displayText(text: string, limit = SHOWN): DisplayText {
  const end = cutAt(text, limit);
  // CR LF is one line end, as everywhere.
  const visible = text.slice(0, end).replace(/\r\n/g, '\n').replace(HIDDEN, picture);
  return { text: `${FIRST_STRONG_ISOLATE}${visible}${POP_ISOLATE}`, cut: text.length - end };
}

/** The sentence that goes with a cut; empty where nothing is missing. */
export function cutWords({ cut }: DisplayText): string {
  if (cut === 0) return '';
  const n = cut.toLocaleString('en-US');
  return cut === 1 ? say('… {n} more character', { n }) : say('… {n} more characters', { n });
}

function cutAt(text: string, limit: number): number {
  if (text.length <= limit) return text.length;
  const unit = text.charCodeAt(limit - 1);
  // Not between the halves of a surrogate pair, nor between CR and LF.
  const splits = (unit >= 0xd800 && unit < 0xdc00) || (unit === 0x0d && text[limit] === '\n');
  return splits ? limit - 1 : limit;
}

function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
