/**
 * Attention of one token by the words of its context: shares of the tokens of a word added up, averaged over the heads
 * of a layer. And where the token that was then written already stood: what it may have been copied from.
 */
import type { InsideToken } from '../../worker/protocol';

export interface AttendedWord {
  readonly text: string;
  /** Places of its first and last token in the context, from 0. */
  readonly from: number;
  readonly to: number;
  /** Of the whole attention, 0 to 1; all words together get 1. */
  readonly share: number;
  /** Holds the token that was written next. */
  readonly same: boolean;
}

/** In the order of the context. Marks of the chat format (`<|user|>`) are words of their own. */
export function attendedWords({ context, attention, written }: InsideToken): readonly AttendedWord[] {
  const words: { text: string; from: number; to: number; share: number; same: boolean }[] = [];
  const wanted = written.text.trim();
  for (const [place, text] of context.entries()) {
    const share = attention.reduce((sum, head) => sum + head[place], 0) / attention.length;
    const same = wanted !== '' && text.trim() === wanted;
    const last = words[words.length - 1];
    if (last && !begins(text, last.text)) {
      last.text += text;
      last.to = place;
      last.share += share;
      last.same ||= same;
    } else words.push({ text, from: place, to: place, share, same });
  }
  return words;
}

function begins(text: string, before: string): boolean {
  return /^(\s|<|$)/.test(text) || /(>|\s)$/.test(before);
}

/** The words that got most of it, most first. */
export function mostAttended(words: readonly AttendedWord[], count: number): readonly AttendedWord[] {
  return [...words].sort((a, b) => b.share - a.share).slice(0, count);
}
