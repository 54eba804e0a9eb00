/** Whether a text is JSON is asked of `JSON.parse`; where it breaks is held against places known by hand. */
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../random';
import { jsonPlaces } from './json-places';

const RUNS = process.env.SOAK ? 40_000 : 3000;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function randomValue(random: Random, depth: number): unknown {
  const kind = random.pick(
    depth > 0 ? ['list', 'object', 'text', 'number', 'word'] : ['text', 'number', 'word'],
  );
  const count = Math.floor(random.next() * 4);
  if (kind === 'list') return Array.from({ length: count }, () => randomValue(random, depth - 1));
  if (kind === 'object') {
    return Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`k${i}"`, randomValue(random, depth - 1)]),
    );
  }
  if (kind === 'number') return random.pick([0, -1, 1.5, 1e21, 2e-7, -0.25]);
  return kind === 'text'
    ? random.pick(['', 'a\nb', '"', '\\', 'é🙂', '\u0001'])
    : random.pick([true, false, null]);
}

describe('the first thing wrong', () => {
  it.each([
    ['', 0, 'a value'],
    ['[1,\n x]', 5, 'a value'],
    ['[1 2]', 3, 'a comma or the end of the list'],
    ['[1,]', 3, 'a value'],
    ['[', 1, 'a value or the end of the list'],
    ['{', 1, 'a name in double quotes or the end of the object'],
    ["{'a':1}", 1, 'a name in double quotes or the end of the object'],
    ['{"a":1,}', 7, 'a name in double quotes'],
    ['{"a" 1}', 5, 'a colon'],
    ['{"a":1]', 6, 'a comma or the end of the object'],
    ['[] []', 3, 'the end of the text'],
    ['01', 1, 'the end of the text'],
    ['"a\nb"', 2, 'the closing quote (a line break within a text is written \\n)'],
    ['"a\\x"', 2, 'an escape that JSON has, such as \\n, \\" or \\\\'],
    ['"a', 2, 'the closing quote'],
  ])('of %j is at %i', (text, at, wanted) => {
    expect(jsonPlaces(text).wrong).toEqual({ at, wanted });
  });

  it('is there where JSON.parse throws and nowhere else, whatever is changed in a text', () => {
    const random = createRandom('json places');
    let broken = 0;
    for (let run = 0; run < RUNS; run++) {
      const text = JSON.stringify(randomValue(random, 3), null, random.pick([0, 1]));
      const at = Math.floor(random.next() * (text.length + 1));
      const put = random.pick(['', ' ', ',', '"', '\\', ']', '}', '[', '0', '-', '\n', '\u0000', 'e', '.']);
      const cut = Math.floor(random.next() * 3);
      const changed = text.slice(0, at) + put + text.slice(at + cut);
      for (const one of [text, changed]) {
        const { wrong } = jsonPlaces(one);
        expect(wrong === null, one).toBe(isJson(one));
        if (wrong === null) continue;
        broken++;
        // Nothing before the change can be wrong, but for a word, a number or an escape that it broke.
        expect(wrong.at, one).toBeGreaterThanOrEqual(Math.min(at, one.length) - 5);
      }
    }
    expect(broken).toBeGreaterThan(RUNS / 4);
  });

  it('is found in a text of brackets alone, however deep', () => {
    expect(jsonPlaces('['.repeat(1_000_000)).wrong?.at).toBe(1_000_000);
  });
});

describe('the values of the outermost list', () => {
  it('begin where they are written', () => {
    const text = ' [ {"a": [1, 2]},\n"b",3 ]';
    expect(jsonPlaces(text).items.map((at) => text.slice(at, at + 3))).toEqual(['{"a', '"b"', '3 ]']);
  });

  it('are none where it is no list, and those before what is wrong', () => {
    expect(jsonPlaces('{"a": [1]}').items).toEqual([]);
    expect(jsonPlaces('[1, [2], x]').items).toEqual([1, 4]);
  });
});
