/**
 * The mark that stands in the journal where a text was erased for good. Of the entry its id and its times stay, so that
 * the journal still counts without a gap and each record still follows from the one before it; nothing of what it said.
 */
import type { EntryText } from '../memory';

/** @param at milliseconds since the epoch */
export function erasedWords(at: number): string {
  return `erased on ${new Date(at).toISOString().slice(0, 10)}`;
}

export function erasedEntry({ id, created, updated }: EntryText, at: number): EntryText {
  const content = erasedWords(at);
  return { id, content, metadata: {}, memoryType: '', created, updated, sourceStep: '', erased: at };
}

/** Its text is gone: it can be shown as erased, and never be brought back. */
export function isErased({ erased }: EntryText): boolean {
  return erased !== undefined;
}
