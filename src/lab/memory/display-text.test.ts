import { describe, expect, test } from 'vitest';
import { createRandom } from '../../tasks/random';
import { cutWords, displayText } from './display-text';

const shown = (text: string, limit?: number) => displayText(text, limit).text.slice(1, -1);

describe('displayText', () => {
  test('ordinary text of any script is itself, isolated', () => {
    for (const text of [
      '',
      'Ann likes tea.',
      'שלום',
      '日本\tline\nline',
      '👩‍👩‍👧',
      'क्‍ष',
      'é',
      '<b>&amp;</b>',
    ]) {
      expect(displayText(text)).toEqual({ text: `\u2068${text}\u2069`, cut: 0 });
    }
  });

  test.each([
    ['NUL', 'a\0b', 'a␀b'],
    ['escape', '\x1b[31mred', '␛[31mred'],
    ['delete', '\x7f', '␡'],
    ['C1', '\x9b', '⟨U+009B⟩'],
    ['a lone carriage return', 'a\rb', 'a␍b'],
    ['a line end of two characters', 'a\r\nb', 'a\nb'],
    ['right-to-left override', 'exe\u202Egpj', 'exe⟨U+202E⟩gpj'],
    ['an isolate that would end ours', 'a\u2069b', 'a⟨U+2069⟩b'],
    ['zero width space', 'pass\u200Bword', 'pass⟨U+200B⟩word'],
    ['byte order mark', '\uFEFFa', '⟨U+FEFF⟩a'],
    ['line separator', 'a\u2028b', 'a⟨U+2028⟩b'],
    ['tags, which hide a text in a text', 'a\u{E0041}\u{E007F}', 'a⟨U+E0041⟩⟨U+E007F⟩'],
    ['the first half of a pair alone', 'a\uD83Db', 'a⟨U+D83D⟩b'],
    ['the second half alone', '\uDE00', '⟨U+DE00⟩'],
  ])('%s is visible', (_, text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  test('a long text is cut and says how much is missing', () => {
    const display = displayText('x'.repeat(10_000_000));
    expect(display.text).toHaveLength(2_002);
    expect(display.cut).toBe(9_998_000);
    expect(cutWords(display)).toBe('… 9,998,000 more characters');
    expect(cutWords(displayText('ab', 1))).toBe('… 1 more character');
    expect(cutWords(displayText('ab', 2))).toBe('');
  });

  test('a cut divides no pair', () => {
    expect(displayText('😀😀', 3)).toEqual({ text: '\u2068😀\u2069', cut: 2 });
    expect(displayText('a\r\nb', 2)).toEqual({ text: '\u2068a\u2069', cut: 3 });
  });

  test('whatever the text, isolates are balanced and nothing hidden is left', () => {
    const random = createRandom('display');
    for (let round = 0; round < (process.env.SOAK ? 100_000 : 3_000); round++) {
      const units = Array.from({ length: random.int(40) }, () =>
        random.chance(0.5)
          ? random.int(0x10000)
          : random.pick([0x202e, 0x2067, 0x2069, 0xd83d, 0xde00, 13, 10]),
      );
      const text = String.fromCharCode(...units);
      const limit = 1 + random.int(50);
      const display = displayText(text, limit);
      const inner = display.text.slice(1, -1);
      expect(/[\u202a-\u202e\u2066-\u2069\u200b\ufeff]/.test(inner)).toBe(false);
      expect(/\p{Cs}/u.test(inner)).toBe(false);
      expect(text.length - display.cut).toBeLessThanOrEqual(limit);
    }
  });
});
