import { describe, expect, test } from 'vitest';
import { createRandom } from '../../tasks/random';
import { ExportError } from './errors';
import { HOSTILE_METADATA, HOSTILE_TEXTS, randomMetadata } from './hostile.fixture';
import { readJson, stringEnd, writeJson } from './strict-json';

const reason = (text: string) => {
  const reading = readJson(text);
  return reading.ok ? undefined : reading.reason;
};

describe('readJson', () => {
  test('reads what JSON.parse reads', () => {
    for (const text of [
      '{}',
      ' [1, -2.5e3, "a\\"b\\\\", null, true] ',
      '"x"',
      '0',
      '{"a":{"a":1},"b":[{"a":1}]}',
    ]) {
      expect(readJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
    }
  });

  test.each([
    ['{"a":1,"a":2}', 'The key "a" stands twice'],
    ['{"a":1,"\\u0061":2}', 'The key "a" stands twice'],
    ['[{"__proto__":1, "__proto__" : 2}]', 'The key "__proto__" stands twice'],
    ['{"id":12345678901234567890}', 'The number 12345678901234567890 is larger or longer'],
    ['[9007199254740993]', 'larger or longer'],
    ['[1e999]', 'larger or longer'],
    [`[${'9'.repeat(400_000)}]`, '(400,000 characters)'],
    ['', 'not valid JSON'],
    ['{"a":NaN}', 'not valid JSON'],
    ['[1,]', 'not valid JSON'],
    ['{"a":1}{"a":1}', 'not valid JSON'],
    [`${'['.repeat(69)}${']'.repeat(69)}`, 'nested deeper than 68'],
  ])('refuses %.40s', (text, words) => {
    expect(reason(text)).toContain(words);
  });

  test('a nesting of a million is refused and breaks no stack', () => {
    for (const open of ['[', '{"a":']) {
      const text = `${open.repeat(1_000_000)}1${(open === '[' ? ']' : '}').repeat(1_000_000)}`;
      expect(reason(text)).toMatch(/nested deeper|not valid JSON/);
    }
  });

  test('numbers that are exact as they stand are read, however long', () => {
    for (const text of [
      '9007199254740992',
      '123456789012345680000',
      '1e+21',
      '0.1',
      '1e-400',
      '-0',
      '1E300',
    ]) {
      expect(readJson(text)).toEqual({ ok: true, value: Number(text) });
    }
  });

  test('ten million characters take a moment, not minutes', () => {
    const text = JSON.stringify({ content: '\\"'.repeat(5_000_000) });
    const begun = performance.now();
    expect(readJson(text).ok).toBe(true);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});

test('stringEnd finds the quote that closes', () => {
  for (const text of HOSTILE_TEXTS) {
    const json = JSON.stringify(text);
    expect(stringEnd(`${json}" ,`, 0)).toBe(json.length);
    expect(stringEnd(json.slice(0, -1), 0)).toBe(-1);
  }
});

describe('writeJson', () => {
  test('what is written is read as it was, and prototypes stay clean', () => {
    const random = createRandom('write');
    const values = [...HOSTILE_METADATA, ...Array.from({ length: 500 }, () => randomMetadata(random))];
    for (const value of values) {
      const text = writeJson(value, 'It');
      const reading = readJson(text);
      if (!reading.ok) throw new Error(reading.reason);
      expect(reading.value).toEqual(value);
      expect(writeJson(reading.value, 'It')).toBe(text);
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('keys that objects inherit are own keys afterwards', () => {
    const reading = readJson(writeJson(HOSTILE_METADATA[1], 'It'));
    if (!reading.ok) throw new Error(reading.reason);
    expect(Object.keys(reading.value as object).sort()).toEqual(['__proto__', 'constructor', 'toString']);
    expect(Object.getPrototypeOf(reading.value)).toBe(Object.prototype);
  });

  test('the order in which keys were set does not show', () => {
    expect(writeJson({ b: 1, a: { d: 2, c: 3 } }, 'It')).toBe('{"a":{"c":3,"d":2},"b":1}');
  });

  test('minus zero is zero', () => {
    expect(writeJson([-0], 'It')).toBe('[0]');
  });

  test('what JSON cannot say is an error that names the entry', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => writeJson({ a: [value] }, 'The metadata of m3')).toThrow(ExportError);
      expect(() => writeJson({ a: [value] }, 'The metadata of m3')).toThrow('The metadata of m3 holds');
    }
    const deep = JSON.parse(`${'['.repeat(65)}${']'.repeat(65)}`);
    expect(() => writeJson(deep, 'The metadata of m3')).toThrow('nested deeper than 64');
  });
});
