/**
 * JSON that says one thing only. `JSON.parse` takes the last of two equal keys, rounds numbers it cannot
 * hold and takes any depth, all in silence; a file that a person wants back unchanged must not be read so.
 * Here each of these is refused with words. Keys such as `__proto__` are keys: `JSON.parse` defines them as
 * own properties, and the writer reads own properties.
 *
 * Grammar: RFC 8259.
 */
import { canonicalJson } from '../../storage/json-sum';
import type { JsonValue } from '../memory';
import { ExportError } from './errors';
import { grouped, LIMITS } from './limits';

export type JsonReading =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly reason: string };

const NUMBER = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y;
const BACKSLASH = 0x5c;

/** Reads the whole text as one JSON value. Never throws. */
export function readJson(text: string): JsonReading {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return { ok: false, reason: 'It is not valid JSON.' };
  }
  const reason = findAmbiguity(text);
  return reason === null ? { ok: true, value } : { ok: false, reason };
}

/** Behind the string that opens at `from`; -1 if it is not closed. */
export function stringEnd(text: string, from: number): number {
  for (let at = from + 1; ; ) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return -1;
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

/** What is wrong with a text that is JSON by its grammar; null: nothing. */
function findAmbiguity(text: string): string | null {
  /** One for each open bracket: the keys so far of an object, null for a list. */
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; ) {
    const mark = text[at];
    if (mark === '"') {
      const end = stringEnd(text, at);
      const keys = open.at(-1);
      if (keys && nextMark(text, end) === ':') {
        const key = JSON.parse(text.slice(at, end)) as string;
        if (keys.has(key)) return `The key ${JSON.stringify(shortened(key))} stands twice. Keep one of them.`;
        keys.add(key);
      }
      at = end;
    } else if (mark === '{' || mark === '[') {
      open.push(mark === '{' ? new Set() : null);
      if (open.length > LIMITS.depth) {
        return `It is nested deeper than ${LIMITS.depth} levels. Make it flatter, or put the inner part into a string.`;
      }
      at++;
    } else if (mark === '-' || (mark >= '0' && mark <= '9')) {
      NUMBER.lastIndex = at;
      const [token] = NUMBER.exec(text)!; /* a number by the grammar */
      if (!isExact(token)) {
        return `The number ${shortened(token)} is larger or longer than a computer's number can hold. Write it as a string.`;
      }
      at += token.length;
    } else {
      if (mark === '}' || mark === ']') open.pop();
      at++;
    }
  }
  return null;
}

/** Whole numbers must be held to the last digit; fractions are rounded as everywhere. */
function isExact(token: string): boolean {
  const value = Number(token);
  if (!Number.isFinite(value)) return false;
  if (Number.isSafeInteger(value) || !/^-?\d+$/.test(token)) return true;
  return String(value) === token || BigInt(value) === BigInt(token);
}

function nextMark(text: string, from: number): string | undefined {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at++;
  return text[at];
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}… (${grouped(text.length)} characters)` : text;
}

/**
 * The value as JSON in one form (`canonicalJson`): equal values give equal text, whatever the order in which
 * their keys were set.
 * @param what how an error calls it, e.g. "The metadata of m3"
 * @throws ExportError for NaN and infinity, and for what is nested deeper than an import takes
 */
export function writeJson(value: JsonValue, what: string): string {
  checkWritable(value, what, 0);
  return canonicalJson(value);
}

function checkWritable(value: JsonValue, what: string, depth: number): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new ExportError(
      'export-number',
      `${what} holds the number ${value}, which JSON cannot write. Edit it and export again.`,
    );
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth >= LIMITS.metadataDepth) {
    throw new ExportError(
      'export-depth',
      `${what} is nested deeper than ${LIMITS.metadataDepth} levels, which no import would take. Make it flatter and export again.`,
    );
  }
  for (const part of Object.values(value)) checkWritable(part, what, depth + 1);
}
