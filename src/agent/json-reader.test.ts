import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../tasks/random';
import { MAX_JSON_DEPTH, readJson } from './json-reader';

const rounds = process.env.SOAK ? 100_000 : 4_000;

function randomValue(random: Random, depth: number): unknown {
  const scalars = [
    null,
    true,
    false,
    0,
    -1.5e-7,
    12345,
    '',
    'a"b\\c\n',
    '\u00e9\u{1f600}\u2028',
    '__proto__',
  ];
  if (depth === 0 || random.chance(0.4)) return random.pick(scalars);
  const size = random.int(4);
  if (random.chance(0.5)) return Array.from({ length: size }, () => randomValue(random, depth - 1));
  return Object.fromEntries(
    Array.from({ length: size }, () => [
      random.pick(['a', 'b', '__proto__', 'name']),
      randomValue(random, depth - 1),
    ]),
  );
}

/** What `JSON.parse` makes of the whole text; undefined if it refuses. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe('readJson', () => {
  it('reads what JSON.stringify writes, compact or spaced, and stops behind it', () => {
    const random = createRandom('json-values');
    for (let round = 0; round < rounds / 4; round++) {
      const value = randomValue(random, 4);
      const text = JSON.stringify(value, null, random.int(3));
      const reading = readJson(`##${text}</tool_call>`, 2);
      expect(reading).toEqual({ ok: true, value: JSON.parse(text), end: 2 + text.length });
    }
  });

  it('accepts exactly what JSON.parse accepts, on damaged texts too', () => {
    const random = createRandom('json-damage');
    let accepted = 0;
    for (let round = 0; round < rounds; round++) {
      const text = JSON.stringify(randomValue(random, 3)) ?? '';
      const at = random.int(text.length + 1);
      const insert = random.pick(['', ',', '"', '}', ']', '\\', 'e', '0', '-', ' ', '\u0001', '.', 'null']);
      const damaged = text.slice(0, at) + insert + text.slice(at + random.int(2));
      const reading = readJson(damaged);
      const whole = reading.ok && damaged.slice(reading.end).trim() === '';
      const expected = parsed(damaged);
      expect(whole ? reading.value : undefined, damaged).toEqual(expected);
      if (whole) accepted++;
    }
    expect(accepted).toBeGreaterThan(rounds / 20);
    expect(accepted).toBeLessThan(rounds);
  });

  it.each([
    ['', 'the JSON ends early', 0],
    ['[1,', 'the JSON ends early', 3],
    ['{"a" 1}', 'expected ":"', 5],
    ['{a:1}', 'expected a name in double quotes', 1],
    ['[1 2]', 'expected "," or "]"', 3],
    ['"ab', 'a string is not closed', 3],
    ['"\\x"', 'a string holds an unknown escape', 1],
    ['"\\u12g4"', '"\\u" wants four hexadecimal digits', 1],
    ['"a\nb"', 'a string holds a raw control character', 2],
    ['truth', 'expected a JSON value', 0],
  ])('says what is wrong with %j, and where', (text, reason, at) => {
    expect(readJson(text)).toEqual({ ok: false, reason, at });
  });

  it('keeps a key "__proto__" a key', () => {
    const reading = readJson('{"__proto__": {"polluted": true}}');
    expect(reading.ok && Object.getPrototypeOf(reading.value)).toBe(Object.prototype);
    expect(reading.ok && Object.keys(reading.value as object)).toEqual(['__proto__']);
  });

  it('refuses nesting that could not be written again, without overflowing the stack', () => {
    const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(readJson(deep(MAX_JSON_DEPTH)).ok).toBe(true);
    expect(readJson(deep(MAX_JSON_DEPTH + 1))).toMatchObject({ ok: false, at: MAX_JSON_DEPTH });
    expect(readJson('{"a":'.repeat(100_000)).ok).toBe(false);
  });
});
