/**
 * Whether a newer entry contradicts an older one: same subject, same relation, another value.
 *
 * Without a model of the language three signs remain, from the surest:
 * 1. Both name subject and relation in their metadata, alike, and say different things.
 * 2. The newer one takes the older one's value back: it names the subject and that value, brings another
 *    one, and holds a word of change ("no longer", "not", "left", "statt", "不再").
 * 3. Both are the same sentence up to one place behind the subject: "Rolf lives in [Kiel | Oslo]". The place
 *    must be the last one, or have the subject and another word before it: right after the subject stands
 *    the relation, and "Rolf likes tea" does not contradict "Rolf loves tea".
 *
 * Limits: a revision in wholly other words ("Rolf has a flat in Kiel", "Rolf has moved to Oslo") is not seen;
 * what may hold twice ("visited Paris", "visited Rome") is taken for a contradiction. So it is a finding to look at.
 */
import type { EntryText, JsonValue } from '../memory';
import type { ReadEntry } from './reading';
import { align, isContent, numbersOf, type Word } from './words';

export interface Contradiction {
  readonly sign: 'metadata' | 'taken back' | 'another value';
  /** What differs, in the words of the entries, for the reason shown. */
  readonly older: string;
  readonly newer: string;
}

/** How many words after those the old value, or its relation, has to come. */
const REACH = 5;
/** Longest value that may stand in the one place, in words. */
const LONGEST_VALUE = 4;

/** What of `newer` contradicts `older`; null if nothing does. */
export function contradiction(older: ReadEntry, newer: ReadEntry): Contradiction | null {
  const told = byMetadata(older.entry, newer.entry);
  return told !== undefined ? told : (takenBack(older, newer) ?? anotherValue(older, newer));
}

const RELATION_KEYS = ['relation', 'attribute', 'predicate', 'property', 'slot'];

/** Null: the metadata speak of different things. Undefined: they do not say. */
function byMetadata(older: EntryText, newer: EntryText): Contradiction | null | undefined {
  const subjects = [older.metadata.subject, newer.metadata.subject].map(plain);
  if (subjects[0] === undefined || subjects[1] === undefined) return undefined;
  if (subjects[0] !== subjects[1]) return null;
  for (const key of RELATION_KEYS) {
    const [a, b] = [plain(older.metadata[key]), plain(newer.metadata[key])];
    if (a === undefined || b === undefined) continue;
    if (a !== b) return null;
    const [x, y] = [plain(older.metadata.value), plain(newer.metadata.value)];
    if (x !== undefined && y !== undefined) return x === y ? null : { sign: 'metadata', older: x, newer: y };
    return older.content === newer.content
      ? null
      : { sign: 'metadata', older: older.content, newer: newer.content };
  }
  return undefined;
}

/** What a pair that `byMetadata` can judge has in common; undefined where the metadata do not say. */
export function metadataKey({ metadata }: EntryText): string | undefined {
  const subject = plain(metadata.subject);
  const key = RELATION_KEYS.find((name) => plain(metadata[name]) !== undefined);
  return subject === undefined || key === undefined
    ? undefined
    : JSON.stringify([subject, plain(metadata[key])]);
}

function plain(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'number'
    ? String(value).toLowerCase().trim()
    : undefined;
}

function takenBack(older: ReadEntry, newer: ReadEntry): Contradiction | null {
  if (newer.takingBack.length === 0) return null;
  const said = new Set(older.words.map((word) => word.text));
  const shared = (word: Word) => isContent(word) && said.has(word.text);
  const fresh = newer.words.filter((word) => isContent(word) && !said.has(word.text));
  if (fresh.length === 0) return null;
  for (const { start, end } of newer.takingBack) {
    const before = newer.words.slice(0, start);
    const subject = before.find((word) => shared(word) && (word.capital || !newer.cased));
    const after = newer.words.slice(end, end + REACH);
    const over = after.filter((word) => shared(word) && word.text !== subject?.text);
    if (subject && over.length > 0) return { sign: 'taken back', older: texts(over), newer: texts(fresh) };
  }
  return null;
}

function anotherValue(older: ReadEntry, newer: ReadEntry): Contradiction | null {
  if (older.words[0]?.text !== newer.words[0]?.text) return null;
  const { prefix, suffix, left, right } = align(older.words, newer.words);
  const cased = older.cased || newer.cased;
  if (!isValue(left) || !isValue(right) || numbersOf(left).length !== numbersOf(right).length) return null;
  // A word in common inside means two places that differ, most often subject and value.
  if (left.some(({ text }) => right.some((word) => word.text === text))) return null;
  const heads = prefix.filter(isContent);
  const tail = suffix.filter(isContent);
  if (prefix.length < 2 || heads.length === 0) return null;
  if (tail.length > 0 && (heads.length < 2 || heads.length < tail.length)) return null;
  // Two names in the middle are two subjects, unless one stands at the start: "Die Farbe von [Ulla | Jan] ist rot".
  const names = [...left, ...right].every((word) => word.capital);
  if (tail.length > 0 && names && !(prefix[0].capital && isContent(prefix[0]))) return null;
  // Only grammar between subject and place: what stands there may be relation and value, and both differ.
  if (heads.length === 1 && (left.filter(isContent).length > 1 || right.filter(isContent).length > 1))
    return null;
  // Where names can be told, the subject is one, before the place; where not, most of it has to be equal.
  if (cased ? !heads.some((word) => word.capital) : left.length > 2 && !isUnspaced(left)) return null;
  return { sign: 'another value', older: texts(left), newer: texts(right) };
}

/** Cut into characters. */
const isUnspaced = (words: readonly Word[]): boolean => words.every(({ text }) => [...text].length === 1);
const isValue = (words: readonly Word[]): boolean =>
  words.length >= 1 && words.length <= LONGEST_VALUE && words.some(isContent);
const texts = (words: readonly Word[]): string => words.map((word) => word.text).join(' ');
