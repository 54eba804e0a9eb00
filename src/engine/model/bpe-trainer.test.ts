import { describe, expect, it } from 'vitest';
import { ModelFileError } from '../errors';
import { trainByteLevelBpe } from './bpe-trainer';
import { BYTE_CHARS, byteLevelPieces } from './byte-level';
import { randomText, seeded, wellFormed } from './test-text';
import { TextTokenizer } from './tokenizer';
import { readTokenizerFile } from './tokenizer-file';

const tokenizerOf = (trained: object): TextTokenizer =>
  new TextTokenizer(readTokenizerFile(JSON.parse(JSON.stringify(trained)) as Record<string, unknown>));

/** Recounts everything before every merge: the definition. */
function naiveMerges(
  texts: readonly string[],
  merges: number,
  minFrequency: number,
  splitDigits: boolean,
): string[] {
  const alphabet = [...BYTE_CHARS].sort();
  const ids = new Map(alphabet.map((char, i) => [char, i]));
  let words = texts.flatMap((text) => byteLevelPieces(text, splitDigits)).map((piece) => [...piece]);
  const out: string[] = [];
  const added: string[] = [];
  while (added.length < merges) {
    const counts = new Map<string, number>();
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        const pair = `${word[i]} ${word[i + 1]}`;
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
    }
    const order = (pair: string): number[] => pair.split(' ').map((token) => ids.get(token) as number);
    const [best] = [...counts]
      .filter(([, count]) => count >= minFrequency)
      .sort(([a, n], [b, m]) => m - n || order(a)[0] - order(b)[0] || order(a)[1] - order(b)[1]);
    if (best === undefined) break;
    const [left, right] = best[0].split(' ');
    if (!out.includes(best[0])) out.push(best[0]);
    if (!ids.has(left + right)) {
      added.push(left + right);
      ids.set(left + right, ids.size);
    }
    words = words.map((word) => {
      const merged: string[] = [];
      for (let i = 0; i < word.length; i++) {
        if (word[i] === left && word[i + 1] === right) merged.push(left + word[++i]);
        else merged.push(word[i]);
      }
      return merged;
    });
  }
  return out;
}

/** Applies the earliest merge that fits, everywhere, until none fits. */
function naiveEncode(text: string, merges: readonly string[], splitDigits: boolean): string[] {
  const rank = new Map(merges.map((merge, i) => [merge, i]));
  return byteLevelPieces(text, splitDigits).flatMap((piece) => {
    const word = [...piece];
    for (;;) {
      let at = -1;
      let lowest = Number.POSITIVE_INFINITY;
      for (let i = 0; i + 1 < word.length; i++) {
        const r = rank.get(`${word[i]} ${word[i + 1]}`) ?? Number.POSITIVE_INFINITY;
        if (r < lowest) {
          lowest = r;
          at = i;
        }
      }
      if (at < 0) return word;
      word.splice(at, 2, word[at] + word[at + 1]);
    }
  });
}

const sentences = (seed: number, count: number): string[] => {
  const random = seeded(seed);
  const words = [
    'Mara',
    'lives',
    'in',
    'Oslo',
    'banana',
    'anan',
    'aaaa',
    'aaa',
    "don't",
    '2024',
    'é',
    '東京',
    '{"name":',
  ];
  return Array.from({ length: count }, () =>
    Array.from(
      { length: 3 + Math.floor(random() * 8) },
      () => words[Math.floor(random() ** 2 * words.length)],
    ).join(random() < 0.8 ? ' ' : ''),
  );
};

describe('the trainer', () => {
  it.each(Array.from({ length: process.env.SOAK ? 200 : 12 }, (_, i) => i))(
    'merges what a recount of everything merges (corpus %i)',
    (seed) => {
      const texts = sentences(seed, 3 + seed * 4);
      const splitDigits = seed % 2 === 0;
      const minFrequency = 1 + (seed % 3);
      const trained = trainByteLevelBpe(texts, { vocabSize: 256 + 60, minFrequency, splitDigits });
      expect(trained.model.merges).toEqual(naiveMerges(texts, 60, minFrequency, splitDigits));
    },
  );

  it('lists no merge twice when a token can be reached by two paths', () => {
    const random = seeded(5);
    for (let round = 0; round < 60; round++) {
      const texts = Array.from({ length: 12 }, () =>
        Array.from({ length: 2 + Math.floor(random() * 9) }, () => 'ab'[Math.floor(random() * 2)]).join(''),
      );
      const { merges } = trainByteLevelBpe(texts, { vocabSize: 290, minFrequency: 1 }).model;
      expect(new Set(merges).size).toBe(merges.length);
      expect(merges).toEqual(naiveMerges(texts, 34, 1, true));
    }
  });

  it('merges, numbers and encodes as the trainer of tokenizers 0.23.3 (Rust) does', () => {
    const trained = trainByteLevelBpe(
      [
        'Mara lives in Oslo since 2019.',
        "Mara's banana, an ananas; aaaa aaa",
        "Oslo is où Anna's nana lives: 東京 東京!",
      ],
      {
        vocabSize: 283,
        addedTokens: ['<|pad|>', '<|end|>', '<think>'].map((content) => ({ content, special: true })),
      },
    );
    // BpeTrainer(min_frequency=2) behind Split('\\p{N}', 'isolated') and ByteLevel(add_prefix_space=False).
    const merges =
      "n a,a a,na na,' s,M a,O s,a nana,e s,i n,i v,l o,l iv,r a,± ä,º ¬,æ Ŀ,Ġ aa,Ġ liv,Ġ æĿ,Ma ra,Os lo,±ä º¬,Ġliv es,ĠæĿ ±äº¬";
    expect(trained.model.merges).toEqual(merges.split(','));
    expect(tokenizerOf(trained).encode("Anna's 東京 banana 2024 été")).toEqual([
      35, 80, 259, 262, 282, 223, 68, 265, 223, 20, 18, 20, 22, 223, 130, 105, 86, 130, 105,
    ]);
  });

  it('counts texts as often as it is told, and in any order', () => {
    const repeated = ['low low', 'lower', 'lower', 'lower', 'newest', 'newest'];
    const counted: [string, number][] = [
      ['newest', 2],
      ['lower', 3],
      ['low low', 1],
    ];
    const options = { vocabSize: 270, minFrequency: 1 };
    expect(JSON.stringify(trainByteLevelBpe(counted, options))).toBe(
      JSON.stringify(trainByteLevelBpe(repeated, options)),
    );
  });

  it('numbers added tokens first, then all bytes, then merges', () => {
    const addedTokens = [
      { content: '<|pad|>', special: true },
      { content: '<think>', special: false },
    ];
    const trained = trainByteLevelBpe(sentences(1, 50), { vocabSize: 300, addedTokens });
    const { vocab } = trained.model;
    expect(vocab['<|pad|>']).toBe(0);
    expect(vocab['<think>']).toBe(1);
    expect(Object.values(vocab)).toHaveLength(300);
    expect(new Set(Object.values(vocab)).size).toBe(300);
    for (const char of BYTE_CHARS) expect(vocab[char]).toBeLessThan(258);
  });

  it('cuts added tokens out of the corpus, the longest first, and never merges into one', () => {
    const addedTokens = ['ab', 'abc'].map((content) => ({ content, special: false }));
    const trained = trainByteLevelBpe(Array(9).fill('abcd abd xa bx'), { vocabSize: 300, addedTokens });
    expect(trained.model.merges.map((merge) => merge.replace(' ', '')).some((t) => /ab/.test(t))).toBe(false);
    const split = trainByteLevelBpe(['x', 'x'], { vocabSize: 300, addedTokens });
    expect(split.model.merges).toEqual([]);
  });

  it('stops where the pairs end', () => {
    expect(trainByteLevelBpe(['ab'], { vocabSize: 1000, minFrequency: 1 }).model.merges).toEqual(['a b']);
    expect(trainByteLevelBpe([], { vocabSize: 1000 }).model.merges).toEqual([]);
  });

  it('refuses options that cannot work', () => {
    const added = (...contents: string[]) => contents.map((content) => ({ content, special: false }));
    expect(() => trainByteLevelBpe([], { vocabSize: 255 })).toThrow(ModelFileError);
    expect(() => trainByteLevelBpe([], { vocabSize: 256, addedTokens: added('<x>') })).toThrow(
      /at least 257/,
    );
    expect(() => trainByteLevelBpe([], { vocabSize: 300, addedTokens: added('<x>', '<x>') })).toThrow(
      /differ/,
    );
    expect(() => trainByteLevelBpe([], { vocabSize: 300, addedTokens: added('') })).toThrow(/longer/);
  });
});

describe('what was trained', () => {
  const texts = sentences(7, 400);
  const trained = trainByteLevelBpe(texts, { vocabSize: 420 });
  const tokenizer = tokenizerOf(trained);

  it('encodes as the definition of BPE does', () => {
    const random = seeded(3);
    const samples = [...texts.slice(0, 40), ...Array.from({ length: 60 }, () => randomText(random, 30))];
    for (const text of samples) {
      const expected = naiveEncode(wellFormed(text), trained.model.merges, true);
      expect(tokenizer.encode(text).map((id) => tokenizer.idOf(expected.shift() ?? '') === id)).not.toContain(
        false,
      );
      expect(expected).toEqual([]);
    }
  });

  it('gives back any text', () => {
    const random = seeded(4);
    for (let round = 0; round < (process.env.SOAK ? 50_000 : 1_000); round++) {
      const text = wellFormed(randomText(random, 40));
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    }
  });

  it('spells every number digit by digit', () => {
    const pieces = tokenizer.encode('on 2024-12-31, 007').map((id) => tokenizer.tokenText(id));
    expect(pieces.join('')).toBe('on 2024-12-31, 007');
    expect(pieces.filter((piece) => /\d/.test(piece))).toEqual([...'20241231007']);
  });

  it('holds common words as one token', () => {
    expect(tokenizer.encode(' lives in')).toHaveLength(2);
  });
});

describe('going on from a vocabulary', () => {
  const texts = sentences(7, 300);
  const smaller = trainByteLevelBpe(texts, { vocabSize: 340 });

  it('on the same corpus is what training in one go is', () => {
    expect(trainByteLevelBpe(texts, { vocabSize: 420, from: smaller })).toEqual(
      trainByteLevelBpe(texts, { vocabSize: 420 }),
    );
  });

  it('on another corpus keeps every id and rank, and still encodes as the definition does', () => {
    const others = sentences(8, 300).map((text) => text.replaceAll('a', 'oo'));
    const grown = trainByteLevelBpe(others, { vocabSize: 420, from: smaller });
    expect(grown.model.merges.slice(0, smaller.model.merges.length)).toEqual(smaller.model.merges);
    expect(grown.model.vocab).toMatchObject(smaller.model.vocab);
    expect(Object.keys(grown.model.vocab).length).toBeGreaterThan(360);
    const tokenizer = tokenizerOf(grown);
    for (const text of others.slice(0, 60)) {
      const expected = naiveEncode(text, grown.model.merges, true).map((token) => tokenizer.idOf(token));
      expect(tokenizer.encode(text)).toEqual(expected);
    }
  });

  it('refuses other added tokens and fewer tokens than there are', () => {
    const addedTokens = [{ content: '<|x|>', special: true }];
    expect(() => trainByteLevelBpe(texts, { vocabSize: 420, addedTokens, from: smaller })).toThrow(
      /same added tokens/,
    );
    expect(() => trainByteLevelBpe(texts, { vocabSize: 300, from: smaller })).toThrow(/at least 340/);
  });
});
