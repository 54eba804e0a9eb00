import { describe, expect, test } from 'vitest';
import { MAX_DEPTH, MetadataTextError, readMetadata, writeMetadata } from './metadata-text';

const EXAMPLES = [
  {},
  { person: 'Rosa', relation: 'boss' },
  { tags: ['a', 'b', []], nested: { deep: { deeper: null } }, yes: true, no: false },
  { number: -12.5e-3, zero: 0, 'line\nbreak': 'tab\t, quote " and backslash \\' },
  { unicode: '\u202eright to left\u202c \u0000 \u0085 \ud800' },
  JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "toString": "x"}'),
];

test.each(EXAMPLES)('what was written is read again: %j', (metadata) => {
  expect(readMetadata(writeMetadata(metadata))).toEqual(metadata);
  expect(JSON.stringify(readMetadata(JSON.stringify(metadata)))).toBe(JSON.stringify(metadata));
});

test('keys of prototypes are keys like all others', () => {
  const metadata = readMetadata('{"__proto__": {"polluted": true}}');
  expect(Object.keys(metadata)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('white space alone is no metadata', () => {
  expect(readMetadata(' \n\t')).toEqual({});
});

describe('a mistake is named with its place', () => {
  test.each([
    ['{"a": 1,}', 'Line 1, column 9: A key in double quotes is missing here.'],
    ['{\n  "a": 1\n  "b": 2\n}', 'Line 3, column 3: A comma or the closing } is missing here.'],
    ['{"a" 1}', 'Line 1, column 6: A colon is missing after the key “a”.'],
    ['{"a": }', 'Line 1, column 7: A value is missing here'],
    ['{"a": [1, 2}', 'Line 1, column 12: A comma or the closing ] is missing here.'],
    ['{"a": "x\\', 'Line 1, column 7: This text does not end'],
    ['{"a": "\\x"}', 'Line 1, column 7: This text does not end'],
    ['{"a": "x', 'Line 1, column 7: This text does not end'],
    ['{"a": 1} x', 'Line 1, column 10: Nothing may follow'],
    ['{"a":', 'Line 1, column 6: The text ends where a value is missing.'],
    ['{"a": 1, "a": 2}', 'Line 1, column 10: The key “a” is there twice'],
    ['{"id": 12345678901234567890}', 'Line 1, column 8: 12345678901234567890 is too long a number'],
    ['{"x": 1e999}', 'Line 1, column 7: 1e999 is too long a number'],
    ["{'a': 1}", 'Line 1, column 2: A key in double quotes is missing here.'],
    ['[1]', 'Line 1, column 1: Metadata is an object'],
    ['"text"', 'Line 1, column 1: Metadata is an object'],
    [`{"a": ${'['.repeat(MAX_DEPTH + 1)}`, `Nested more than ${MAX_DEPTH} deep`],
  ])('%s', (text, message) => {
    expect(() => readMetadata(text)).toThrow(MetadataTextError);
    expect(() => readMetadata(text)).toThrow(message);
  });
});

test('whatever JSON.parse accepts as an object is accepted with the same value, or would have lost something', () => {
  const pieces = ['{', '}', '[', ']', '"a"', '"b"', ':', ',', '1', '-0.5', 'true', 'null', ' ', '"\\u0041"'];
  let seed = 7;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  let accepted = 0;
  for (let round = 0; round < 20_000; round++) {
    const middle = Array.from(
      { length: 1 + Math.floor(random() * 7) },
      () => pieces[Math.floor(random() * pieces.length)],
    );
    const text = `{"k":${middle.join('')}}`;
    let expected: unknown;
    try {
      expected = JSON.parse(text);
    } catch {
      expect(() => readMetadata(text), text).toThrow(MetadataTextError);
      continue;
    }
    try {
      expect(readMetadata(text), text).toEqual(expected);
      accepted++;
    } catch (error) {
      expect(error, text).toBeInstanceOf(MetadataTextError);
      expect((error as Error).message, text).toContain('there twice');
    }
  }
  expect(accepted).toBeGreaterThan(500);
});
