/**
 * A strict JSON reader for text that a model wrote: it reads one value from a position and stops, so
 * that a tag inside a string is no tag and text after the value can be judged by the caller.
 *
 * `JSON.parse` would do neither, and its messages differ from engine to engine; ours go into prompts
 * and event logs, which must be equal everywhere. Linear time, no exceptions, bounded depth: deeper
 * values are refused, since they could not be serialised again without overflowing a stack.
 * Grammar: RFC 8259. On the values it accepts it agrees with `JSON.parse`.
 */
import type { JsonValue } from '../memory/memory';

export const MAX_JSON_DEPTH = 24;

export type JsonReading =
  /** `end`: offset just behind the value. */
  | { readonly ok: true; readonly value: JsonValue; readonly end: number }
  | { readonly ok: false; readonly reason: string; readonly at: number };

const WHITE_SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Reads one JSON value of `text` that begins at `from`, after optional white space. */
export function readJson(text: string, from = 0): JsonReading {
  const reader = new JsonReader(text, from);
  const value = reader.value(0);
  return value === undefined
    ? { ok: false, reason: reader.reason, at: reader.at }
    : { ok: true, value, end: reader.at };
}

/** Each method returns its value and moves `at` behind it, or sets `reason` at `at` and returns undefined. */
class JsonReader {
  reason = '';

  constructor(
    private readonly text: string,
    public at: number,
  ) {}

  value(depth: number): JsonValue | undefined {
    this.skipWhiteSpace();
    const first = this.text[this.at];
    switch (first) {
      case undefined:
        return this.fail('the JSON ends early');
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      case 't':
        return this.literal('true', true);
      case 'f':
        return this.literal('false', false);
      case 'n':
        return this.literal('null', null);
      default:
        return this.number();
    }
  }

  private object(depth: number): JsonValue | undefined {
    if (depth >= MAX_JSON_DEPTH) return this.fail(`the JSON is nested deeper than ${MAX_JSON_DEPTH}`);
    const entries: [string, JsonValue][] = [];
    this.at++;
    if (this.next('}')) return {};
    for (;;) {
      this.skipWhiteSpace();
      if (this.text[this.at] !== '"') return this.fail(this.expected('a name in double quotes'));
      const key = this.string();
      if (key === undefined) return undefined;
      if (!this.next(':')) return this.fail(this.expected('":"'));
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      entries.push([key, value]);
      if (this.next(',')) continue;
      // fromEntries defines own properties, so a key "__proto__" stays a key.
      if (this.next('}')) return Object.fromEntries(entries);
      return this.fail(this.expected('"," or "}"'));
    }
  }

  private array(depth: number): JsonValue | undefined {
    if (depth >= MAX_JSON_DEPTH) return this.fail(`the JSON is nested deeper than ${MAX_JSON_DEPTH}`);
    const values: JsonValue[] = [];
    this.at++;
    if (this.next(']')) return values;
    for (;;) {
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      values.push(value);
      if (this.next(',')) continue;
      if (this.next(']')) return values;
      return this.fail(this.expected('"," or "]"'));
    }
  }

  private string(): string | undefined {
    const parts: string[] = [];
    this.at++;
    for (;;) {
      parts.push(this.plainText());
      const stop = this.text[this.at];
      if (stop === '"') {
        this.at++;
        return parts.join('');
      }
      if (stop === undefined) return this.fail('a string is not closed');
      if (stop !== '\\') return this.fail('a string holds a raw control character');
      const escaped = this.text[this.at + 1];
      if (escaped === 'u') {
        const digits = this.text.slice(this.at + 2, this.at + 6);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) return this.fail('"\\u" wants four hexadecimal digits');
        parts.push(String.fromCharCode(Number.parseInt(digits, 16)));
        this.at += 6;
      } else if (escaped !== undefined && Object.hasOwn(ESCAPES, escaped)) {
        parts.push(ESCAPES[escaped]);
        this.at += 2;
      } else {
        return this.fail('a string holds an unknown escape');
      }
    }
  }

  /** Up to a quote, a backslash, a control character or the end. */
  private plainText(): string {
    const from = this.at;
    while (this.at < this.text.length) {
      const unit = this.text.charCodeAt(this.at);
      if (unit === QUOTE || unit === BACKSLASH || unit < FIRST_PRINTABLE) break;
      this.at++;
    }
    return this.text.slice(from, this.at);
  }

  private literal(word: string, value: boolean | null): boolean | null | undefined {
    if (!this.text.startsWith(word, this.at)) return this.fail(this.expected('a JSON value'));
    this.at += word.length;
    return value;
  }

  private number(): number | undefined {
    const digits = this.match(NUMBER);
    return digits === '' ? this.fail(this.expected('a JSON value')) : Number(digits);
  }

  private skipWhiteSpace(): void {
    this.match(WHITE_SPACE);
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return '';
    this.at += found[0].length;
    return found[0];
  }

  /** True and past it if `mark` comes next. */
  private next(mark: string): boolean {
    this.skipWhiteSpace();
    if (this.text[this.at] !== mark) return false;
    this.at++;
    return true;
  }

  private expected(what: string): string {
    return this.at >= this.text.length ? 'the JSON ends early' : `expected ${what}`;
  }

  private fail(reason: string): undefined {
    this.reason = reason;
    return undefined;
  }
}
