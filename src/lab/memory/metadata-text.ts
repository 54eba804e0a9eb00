/**
 * Metadata as the user writes it: one JSON object. `JSON.parse` would lose things in silence (the first of two
 * equal keys, the last digits of a long number) and says in other words in every browser where a mistake is; this
 * reader refuses what would be lost, and names line and column.
 */
import type { Metadata } from '../../worker/memory-protocol';
import { say } from '../language/language';

type Value = Metadata[string];

/** Deepest nesting that is read. */
export const MAX_DEPTH = 32;

export class MetadataTextError extends Error {
  override readonly name = 'MetadataTextError';
  constructor(
    /** From 1. */
    readonly line: number,
    readonly column: number,
    readonly what: string,
  ) {
    super(say('Line {line}, column {column}: {what}', { line, column, what }));
  }
}

/** Empty text is empty metadata. Throws `MetadataTextError`. */
export function readMetadata(text: string): Metadata {
  if (text.trim() === '') return {};
  const reader = new Reader(text);
  const value = reader.whole();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const what = say('Metadata is an object: begin it with { and end it with }.');
    throw new MetadataTextError(1, 1, what);
  }
  return value as Metadata;
}

export function writeMetadata(metadata: Metadata): string {
  return Object.keys(metadata).length === 0 ? '' : JSON.stringify(metadata, null, 2);
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORDS: readonly (readonly [string, Value])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  whole(): Value {
    const value = this.value(0);
    this.space();
    if (this.at < this.text.length) throw this.wrong(say('Nothing may follow the closing }.'));
    return value;
  }

  private value(depth: number): Value {
    if (depth > MAX_DEPTH)
      throw this.wrong(say('Nested more than {n} deep; make it flatter.', { n: MAX_DEPTH }));
    this.space();
    const sign = this.text[this.at];
    if (sign === '{') return this.object(depth);
    if (sign === '[') return this.list(depth);
    if (sign === '"') return this.string();
    for (const [word, value] of WORDS) {
      if (!this.text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return value;
    }
    return this.number();
  }

  private object(depth: number): Value {
    const entries: [string, Value][] = [];
    const keys = new Set<string>();
    this.at++;
    if (this.takes('}')) return {};
    do {
      this.space();
      const begin = this.at;
      if (this.text[this.at] !== '"') throw this.wrong(say('A key in double quotes is missing here.'));
      const key = this.string();
      if (keys.has(key))
        throw this.wrong(say('The key “{key}” is there twice; keep one of them.', { key }), begin);
      keys.add(key);
      if (!this.takes(':')) throw this.wrong(say('A colon is missing after the key “{key}”.', { key }));
      entries.push([key, this.value(depth + 1)]);
    } while (this.takes(','));
    if (!this.takes('}')) throw this.wrong(say('A comma or the closing } is missing here.'));
    // Defines each key as its own, `__proto__` too.
    return Object.fromEntries(entries);
  }

  private list(depth: number): Value {
    const values: Value[] = [];
    this.at++;
    if (this.takes(']')) return values;
    do values.push(this.value(depth + 1));
    while (this.takes(','));
    if (!this.takes(']')) throw this.wrong(say('A comma or the closing ] is missing here.'));
    return values;
  }

  private string(): string {
    let end = this.at + 1;
    while (end < this.text.length && this.text[end] !== '"') end += this.text[end] === '\\' ? 2 : 1;
    try {
      const value = JSON.parse(this.text.slice(this.at, end + 1)) as string;
      this.at = end + 1;
      return value;
    } catch {
      throw this.wrong(
        say('This text does not end, or holds a line break or a backslash: write \\n and \\\\ for these.'),
      );
    }
  }

  private number(): number {
    NUMBER.lastIndex = this.at;
    const [found] = NUMBER.exec(this.text) ?? [];
    if (found === undefined) {
      throw this.wrong(
        this.at < this.text.length
          ? say(
              'A value is missing here: text in double quotes, a number, true, false, null, a list or an object.',
            )
          : say('The text ends where a value is missing.'),
      );
    }
    const value = Number(found);
    if (!Number.isFinite(value) || (/^-?\d+$/.test(found) && !Number.isSafeInteger(value))) {
      throw this.wrong(
        say('{number} is too long a number to be kept exactly; put it in double quotes.', { number: found }),
      );
    }
    this.at += found.length;
    return value;
  }

  private takes(sign: string): boolean {
    this.space();
    if (this.text[this.at] !== sign) return false;
    this.at++;
    return true;
  }

  private space(): void {
    while (this.at < this.text.length && ' \n\r\t'.includes(this.text[this.at])) this.at++;
  }

  private wrong(what: string, at = this.at): MetadataTextError {
    const before = this.text.slice(0, at).split('\n');
    return new MetadataTextError(before.length, before[before.length - 1].length + 1, what);
  }
}
