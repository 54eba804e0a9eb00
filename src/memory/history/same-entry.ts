/** When two entries are the same: what undoing, restoring and comparing go by. Keys of metadata in any order. */
import { canonicalJson } from '../../storage/json-sum';
import type { EntryText } from '../memory';
import { canonicalText } from '../rows/entry-sum';

/** To the letter, times and all; null is no entry. */
export function sameEntry(a: EntryText | null, b: EntryText | null): boolean {
  return a === b || (a !== null && b !== null && canonicalText(a) === canonicalText(b));
}

/** What an entry says, whatever it is called and whenever it was written. */
export function sameStatement(a: EntryText, b: EntryText): boolean {
  return statementOf(a) === statementOf(b);
}

const statementOf = ({ content, memoryType, metadata }: EntryText): string =>
  canonicalJson([content, memoryType, metadata]);
