/** When two entries are the same to the letter: what undoing and comparing go by. */
import type { EntryText, JsonValue } from '../memory';

/** Every field, metadata included (keys in any order). */
export function sameEntry(a: EntryText, b: EntryText): boolean {
  return (
    a.id === b.id &&
    sameStatement(a, b) &&
    a.created === b.created &&
    a.updated === b.updated &&
    a.sourceStep === b.sourceStep
  );
}

/** What an entry says, whatever it is called and whenever it was written. */
export function sameStatement(a: EntryText, b: EntryText): boolean {
  return a.content === b.content && a.memoryType === b.memoryType && sameJson(a.metadata, b.metadata);
}

/** Deep; arrays in order, keys in any. */
export function sameJson(a: JsonValue, b: JsonValue): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Readonly<Record<string, JsonValue>>, b as Readonly<Record<string, JsonValue>>];
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]))
  );
}
