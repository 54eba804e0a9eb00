/** Seeded random text for tests: every kind of character that tokenizers trip over. */

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SNIPPETS = [
  'the ',
  ' Oslo',
  "don't",
  "'ll",
  '\n',
  '\r\n',
  '   ',
  '\t',
  '\u00a0',
  '\ufeff',
  '\u2028',
  'e\u0301',
  'é',
  'ß',
  '東京',
  'مرحبا',
  '👩‍👩‍👧',
  '🇳🇴',
  '<|end|>',
  '<think>',
  '</think>',
  '{"a": [1, 2]}',
  '2024-12-31',
  '٣',
  '²',
  '½',
  '\ud800',
  '\udc00',
  '\u0000',
  '\u007f',
  'Ġ',
  '\\',
  '"',
];

/** Up to `parts` pieces: snippets, any code point (lone surrogates too), Latin letters. */
export function randomText(random: () => number, parts: number): string {
  let text = '';
  for (let n = Math.floor(random() * (parts + 1)); n > 0; n--) {
    const kind = random();
    if (kind < 0.4) text += SNIPPETS[Math.floor(random() * SNIPPETS.length)];
    else if (kind < 0.6) text += String.fromCodePoint(Math.floor(random() * 0x110000));
    else text += String.fromCharCode(32 + Math.floor(random() * 95));
  }
  return text;
}

/** As UTF-8 would have it: lone surrogates become U+FFFD. */
export function wellFormed(text: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text));
}
