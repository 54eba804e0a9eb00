/** The automaton against the regular expression that says the same, and UTF-8 against the platform's. */
import { describe, expect, it } from 'vitest';
import { seeded } from '../../engine/model/test-text';
import { ByteAutomaton } from './byte-automaton';
import { anyBut, choice, oneOf, optional, type Pattern, repeated, sequence, until } from './pattern';
import { randomTextOf, shortestEnd } from './random-text.fixture';
import { complement, utf8Ranges } from './utf8-ranges';

const CASES: readonly (readonly [Pattern, RegExp])[] = [
  [sequence('a', repeated(choice('b', 'bc')), optional('é')), /^a(b|bc)*é?$/su],
  [sequence(repeated(oneOf('ab'), 3), anyBut('a', [0x100, 0x10000])), /^[ab]{0,3}[^a\u{100}-\u{10000}]$/su],
  [until('<ab>'), /^((?!<ab>).)*<ab>$/su],
  [sequence(until('</x>'), 'y'), /^((?!<\/x>).)*<\/x>y$/su],
  [repeated(repeated(optional('a'))), /^a*$/],
];

describe('an automaton', () => {
  it.each(CASES)('%# accepts what its expression does', (pattern, expression) => {
    const random = seeded(3);
    const { start } = new ByteAutomaton(pattern);
    const alphabet = [...'aabbc<</x>yé\u{10001}ā'];
    let accepted = 0;
    for (let round = 0; round < 2000; round++) {
      const own = round % 2 === 0;
      const text = own
        ? randomTextOf(pattern, random)
        : Array.from(
            { length: Math.floor(random() * 8) },
            () => alphabet[Math.floor(random() * alphabet.length)],
          ).join('');
      const found = start.afterText(text)?.canEnd ?? false;
      expect([text, found]).toEqual([text, expression.test(text)]);
      if (found) accepted++;
      if (own) expect(found).toBe(true);
    }
    expect(accepted).toBeGreaterThan(900);
  });

  it('says what must come, where there is one way', () => {
    const { start } = new ByteAutomaton(sequence('one ', choice('two', 'twelve'), optional('!')));
    expect(start.forced()).toBe('one tw');
    expect(start.afterText('one twe')?.forced()).toBe('lve');
    expect(start.afterText('one two')?.forced()).toBe('');
    expect(start.afterText('one tx')).toBeUndefined();
  });

  it('is in the middle of a character where its bytes are', () => {
    const { start } = new ByteAutomaton(anyBut('é'));
    expect(start.next(0xc3)?.nextBytes()).not.toContain(0xa9);
    expect(start.next(0xc3)?.next(0xaa)?.canEnd).toBe(true);
    expect(start.next(0xff)).toBeUndefined();
    expect(shortestEnd(start)).toHaveLength(1);
  });
});

describe('utf8Ranges', () => {
  it('are exactly the encodings of the characters', () => {
    const random = seeded(11);
    const encoder = new TextEncoder();
    for (let round = 0; round < 60; round++) {
      const scale = [0x90, 0x900, 0x11000, 0x10ffff][round % 4];
      const ends = [random(), random()].map((part) => Math.floor(part * scale)).sort((a, b) => a - b);
      const [from, to] = ends;
      const sequences = utf8Ranges([[from, to]]);
      const covers = (bytes: Uint8Array) =>
        sequences.filter(
          (ranges) =>
            ranges.length === bytes.length &&
            ranges.every(([low, high], i) => bytes[i] >= low && bytes[i] <= high),
        ).length;
      const probes = [from - 1, from, to, to + 1, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0xd7ff, 0xe000];
      for (let i = 0; i < 40; i++) probes.push(Math.floor(random() * 0x110000));
      for (const code of probes) {
        if (code < 0 || (code >= 0xd800 && code <= 0xdfff)) continue;
        const inside = code >= from && code <= to ? 1 : 0;
        expect([code, covers(encoder.encode(String.fromCodePoint(code)))]).toEqual([code, inside]);
      }
      // The number of encodings is the number of characters: nothing else is covered.
      const size = sequences.reduce(
        (sum, ranges) => sum + ranges.reduce((product, [low, high]) => product * (high - low + 1), 1),
        0,
      );
      const surrogates = Math.max(0, Math.min(to, 0xdfff) - Math.max(from, 0xd800) + 1);
      expect(size).toBe(to - from + 1 - surrogates);
    }
  });

  it('complement leaves out what is given', () => {
    expect(complement([])).toEqual([[0, 0x10ffff]]);
    expect(
      complement([
        [0, 5],
        [9, 0x10ffff],
      ]),
    ).toEqual([[6, 8]]);
  });
});
