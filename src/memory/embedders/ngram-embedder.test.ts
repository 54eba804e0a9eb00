import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cosine } from '../index/unit-vectors';
import { NgramEmbedder } from './ngram-embedder';
import { foldCase, LONGEST } from './text-features';

const embedder = new NgramEmbedder();
const similarity = (a: string, b: string) => cosine(embedder.embedNow(a), embedder.embedNow(b));

describe('vectors that earlier versions stored under the same id', () => {
  test('are those of today', () => {
    const dump = readFileSync(new URL('../../storage/database-v1.jsonl', import.meta.url), 'utf8');
    const rows = dump
      .trimEnd()
      .split('\n')
      .flatMap((line) => {
        const { row } = JSON.parse(line);
        return row?.embedding
          ? [row as { content: string; embedderId: string; embedding: { $f32: string } }]
          : [];
      });
    expect(rows.length).toBeGreaterThan(500);
    for (const { content, embedderId, embedding } of rows) {
      const dimension = Number(/^ngram-(\d+)-v1$/.exec(embedderId)?.[1]);
      const bytes = Uint8Array.from(Buffer.from(embedding.$f32, 'base64'));
      expect(new NgramEmbedder({ dimension }).embedNow(content)).toEqual(new Float32Array(bytes.buffer));
    }
  });

  test('were of texts far below the length from which only the beginning is read', () => {
    // In 0.1.0 and 0.2.0 an entry was written by a tool call of the bundled policy, or copied from there; no preset of
    // theirs let a completion have more tokens than this.
    const MOST_TOKENS = 256;
    const { model } = JSON.parse(
      readFileSync(new URL('../../../public/policy/tokenizer.json', import.meta.url), 'utf8'),
    ) as { model: { vocab: Record<string, number> } };
    const longest = Math.max(...Object.keys(model.vocab).map((token) => token.length));
    expect(longest * MOST_TOKENS).toBeLessThan(LONGEST);
  });

  test('up to that length all of a text counts', () => {
    const text = `${'word '.repeat(LONGEST / 5)}`.slice(0, LONGEST - 1);
    expect(embedder.embedNow(`${text}X`)).not.toEqual(embedder.embedNow(`${text}Y`));
    expect(embedder.embedNow(`${text}X and more`)).toEqual(embedder.embedNow(`${text}X`));
  });
});

describe('vectors', () => {
  const texts = [
    '',
    ' ',
    '?!',
    '🙂',
    'a',
    'Rolf lives in Kiel.',
    '罗夫住在基尔。',
    'สมชายอาศัยอยู่ที่น่าน',
    '\u0000',
    '\ud800',
    'word '.repeat(20_000),
    'x'.repeat(100_000),
  ];

  test.each(texts.map((text) => [text.slice(0, 20), text]))(
    'are finite and of unit length: %j',
    (_, text) => {
      const vector = embedder.embedNow(text);
      expect(vector).toHaveLength(embedder.dimension);
      expect(Math.abs(cosine(vector, vector) - 1)).toBeLessThan(1e-6);
    },
  );

  test('depend on the text alone, not on what was embedded before', () => {
    const fresh = new NgramEmbedder().embedNow('Mira lives in Oslo.');
    const used = new NgramEmbedder();
    for (const text of texts) used.embedNow(text);
    expect(used.embedNow('Mira lives in Oslo.')).toEqual(fresh);
  });

  test('are the same on every machine: the bits of one are committed', () => {
    const bits = new Uint32Array(embedder.embedNow('Zoë wohnt in Straße 5, 東京.').buffer);
    expect(
      bits.reduce((hash, word) => Math.imul(hash ^ word, 0x01000193) >>> 0, 0x811c9dc5),
    ).toMatchInlineSnapshot(`3227951442`);
  });

  test.each([
    ['x', 10_000_000],
    ['漢', 3_400_000],
    ['สวัสดี', 1_000_000],
    ['🙂', 2_500_000],
    ['word ', 2_000_000],
  ])(
    'megabytes of %j have one too, without a minute of work',
    (unit, times) => {
      const started = performance.now();
      const vector = new NgramEmbedder().embedNow(unit.repeat(times));
      expect(cosine(vector, vector)).toBeCloseTo(1, 6);
      expect(performance.now() - started).toBeLessThan(15_000);
    },
    60_000,
  );

  test('embed gives what embedNow gives', async () => {
    const [first, second] = await embedder.embed(['Mira', 'Rolf']);
    expect(first).toEqual(embedder.embedNow('Mira'));
    expect(second).toEqual(embedder.embedNow('Rolf'));
  });

  test('another dimension has another id', () => {
    expect(new NgramEmbedder({ dimension: 64 }).id).not.toBe(embedder.id);
  });
});

describe('folding', () => {
  test.each([
    ['STRASSE', 'straße'],
    ['ﬁne', 'FINE'],
    ['Ｒｏｌｆ', 'rolf'],
    ['cafe\u0301', 'CAFÉ'],
    ['ΟΔΟΣ', 'οδος'],
    ['ΟΔΟΣ', 'οδοσ'],
  ])('%s equals %s', (a, b) => {
    expect(foldCase(a)).toBe(foldCase(b));
  });
});

describe('similarity', () => {
  test('does not see composition, width or punctuation', () => {
    expect(similarity('Zoë lives in Köln.', 'Zoe\u0308 lives in Ko\u0308ln!')).toBeCloseTo(1, 5);
    expect(similarity('Ｒｏｌｆ lives', 'Rolf lives')).toBeCloseTo(1, 5);
  });

  test('sees a word in another form', () => {
    expect(similarity('live', 'lives')).toBeGreaterThan(0.4);
    expect(similarity('live', 'purple')).toBeLessThan(0.2);
  });

  test('a name counts more than the words around it', () => {
    expect(similarity('Rolf', 'Rolf lives in Kiel')).toBeGreaterThan(
      similarity('lives in', 'Rolf lives in Kiel'),
    );
  });

  test('scripts mixed in one breath are told apart', () => {
    expect(similarity('iPhone很好用', '很好用')).toBeGreaterThan(0.4);
    expect(similarity('iPhone很好用', 'iphone')).toBeGreaterThan(0.4);
    expect(similarity('5月3日', '5月')).toBeGreaterThan(0.4);
    expect(similarity('AIコーヒー', 'コーヒー')).toBeGreaterThan(0.4);
  });

  test('repetition counts less than in proportion', () => {
    const once = similarity('coffee', 'coffee and some tea');
    const often = similarity('coffee', `${'coffee '.repeat(50)}and some tea`);
    expect(often).toBeGreaterThan(once);
    expect(similarity('tea', `${'coffee '.repeat(50)}and some tea`)).toBeGreaterThan(0.05);
  });

  test('strangers are near zero: hash noise stays far below theta', () => {
    const vectors = Array.from({ length: 150 }, (_, i) =>
      embedder.embedNow(`${word(2 * i)} ${word(2 * i + 1)}`),
    );
    const scores = vectors.flatMap((a, i) => vectors.slice(0, i).map((b) => cosine(a, b)));
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    const spread = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length);
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(spread).toBeLessThan(0.1);
    expect(scores.filter((score) => score >= embedder.threshold).length / scores.length).toBeLessThan(0.005);
  });
});

/** A word of three syllables that no corpus knows. */
function word(seed: number): string {
  const onsets = 'bdfgklmnprstvz';
  const vowels = 'aeiou';
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  let text = '';
  for (let i = 0; i < 3; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    text += onsets[(state >>> 8) % onsets.length] + vowels[(state >>> 20) % vowels.length];
  }
  return text;
}
