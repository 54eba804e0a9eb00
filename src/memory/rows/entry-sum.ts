/** What an entry adds to the `sum` of its namespace. Vectors are left out: they can be made again from the text. */
import { canonicalJson, jsonSum } from '../../storage/json-sum';
import type { EntryText } from '../memory';

/** An unsigned 32-bit number. Changed only together with the stored sums, by an upgrade of the database. */
export function entrySum(entry: EntryText): number {
  return jsonSum(fieldsOf(entry));
}

/** The `sum` that a namespace with these entries must have. */
export function sumOfEntries(entries: readonly EntryText[]): number {
  return entries.reduce((sum, entry) => (sum + entrySum(entry)) >>> 0, 0);
}

/** Entries are equal to the letter, but for the order of keys in metadata, if and only if this is. */
export function canonicalText(entry: EntryText): string {
  return canonicalJson(fieldsOf(entry));
}

function fieldsOf({ id, content, metadata, memoryType, created, updated, sourceStep }: EntryText) {
  return [id, content, metadata, memoryType, created, updated, sourceStep];
}
