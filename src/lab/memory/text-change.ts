/**
 * Word diff of entries of any length. The diff itself is quadratic in words, so what both texts begin and end
 * with is set aside first, and a middle that is still too long is told as taken out and put in whole.
 */
import { type DiffPart, wordDiff } from '../episode/word-diff';

/** Most pairs of words that are compared: about 20 ms. */
export const MAX_PAIRS = 1_000_000;

export function textChange(before: string, after: string): readonly DiffPart[] {
  if (before === after) return before === '' ? [] : [{ kind: 'same', text: before }];
  const head = commonHead(before, after);
  const tail = commonTail(before.slice(head), after.slice(head));
  const from = before.slice(head, before.length - tail);
  const to = after.slice(head, after.length - tail);
  const middle: readonly DiffPart[] =
    countWords(from) * countWords(to) <= MAX_PAIRS
      ? wordDiff(from, to)
      : [
          { kind: 'removed', text: from },
          { kind: 'added', text: to },
        ];
  return joined([
    { kind: 'same', text: before.slice(0, head) },
    ...middle,
    { kind: 'same', text: before.slice(before.length - tail) },
  ]);
}

/** Length of what both begin with, whole words only. */
function commonHead(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  while (length > 0 && !breaks(a, length)) length--;
  while (length > 0 && !breaks(b, length)) length--;
  return breaks(a, length) ? length : 0;
}

/** Length of what both end with, whole words only. */
function commonTail(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  while (length > 0 && !(breaks(a, a.length - length) && breaks(b, b.length - length))) length--;
  return length;
}

/** True where a word begins: white space before, none after. */
function breaks(text: string, at: number): boolean {
  return at === 0 || (at < text.length && isSpace(text[at - 1]) && !isSpace(text[at]));
}

function isSpace(sign: string): boolean {
  return /\s/.test(sign);
}

function countWords(text: string): number {
  let words = 0;
  for (let at = 0, inside = false; at < text.length; at++) {
    const space = isSpace(text[at]);
    if (!space && !inside) words++;
    inside = !space;
  }
  return words;
}

/** Without empty parts, neighbours of one kind together. */
function joined(parts: readonly DiffPart[]): readonly DiffPart[] {
  const out: DiffPart[] = [];
  for (const { kind, text } of parts) {
    if (text === '') continue;
    const last = out[out.length - 1];
    if (last?.kind === kind) out[out.length - 1] = { kind, text: last.text + text };
    else out.push({ kind, text });
  }
  return out;
}
