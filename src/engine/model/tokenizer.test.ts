import { describe, expect, it } from 'vitest';
import { ModelFileError, UnsupportedModelError } from '../errors';
import { type TrainedTokenizer, trainByteLevelBpe } from './bpe-trainer';
import { RecentMap } from './recent-map';
import { randomText, seeded, wellFormed } from './test-text';
import { checkTokenizer, readTokenizer } from './tokenizer';

const trained = trainByteLevelBpe(
  Array(20).fill('Mara lives in Oslo. She said: "café", don\'t! <think>x</think> 東京'),
  {
    vocabSize: 290,
    addedTokens: [
      { content: '<|pad|>', special: true },
      { content: '<|end|>', special: true },
      { content: '<think>', special: false },
      { content: '</think>', special: false },
    ],
  },
);
const bytesOf = (json: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(json));
const tokenizer = readTokenizer(bytesOf(trained));

/** A deep copy of the file with something changed. */
function altered(change: (file: Mutable) => void): Uint8Array {
  const file = JSON.parse(JSON.stringify(trained)) as Mutable;
  change(file);
  return bytesOf(file);
}
type Mutable = Omit<TrainedTokenizer, 'model' | 'added_tokens'> & {
  added_tokens: Record<string, unknown>[];
  decoder: unknown;
  model: { type: string; vocab: Record<string, unknown>; merges: unknown[] };
};

describe('added tokens', () => {
  const texts = (use: 'all' | 'content' | 'none') =>
    tokenizer.encode('<think>a<|end|>', use).map((id) => tokenizer.tokenText(id));

  it('are recognised as asked', () => {
    expect(texts('all')).toEqual(['<think>', 'a', '<|end|>']);
    expect(texts('content')[0]).toBe('<think>');
    expect(texts('content')).not.toContain('<|end|>');
    expect(texts('none')).not.toContain('<think>');
    for (const use of ['all', 'content', 'none'] as const)
      expect(texts(use).join('')).toBe('<think>a<|end|>');
  });

  it('cannot be forged by a text that may not contain them', () => {
    const random = seeded(9);
    const control = new Set(tokenizer.addedTokens.map((token) => token.id));
    for (let round = 0; round < 500; round++) {
      const text = randomText(random, 20);
      expect(tokenizer.encode(text, 'none').some((id) => control.has(id))).toBe(false);
      expect(tokenizer.encode(text, 'content').some((id) => id < 2)).toBe(false);
    }
  });

  it('cannot be reached by merges either', () => {
    const token = trained.model.merges
      .map((merge) => merge.replace(' ', ''))
      .find((t) => /^[a-z]{2}$/.test(t));
    if (token === undefined) throw new Error('The corpus should merge two letters.');
    const id = trained.model.vocab[token];
    const forging = readTokenizer(
      altered((file) => {
        file.added_tokens.push({ id, content: token, special: true });
      }),
    );
    expect(tokenizer.encode(token, 'none')).toEqual([id]);
    expect(forging.encode(token, 'all')).toEqual([id]);
    expect(forging.encode(token, 'none')).not.toContain(id);
    expect(forging.decode(forging.encode(token, 'none'))).toBe(token);
  });
});

describe('decoding', () => {
  it('streams whole characters only and adds up to the whole text', () => {
    const random = seeded(2);
    for (let round = 0; round < 300; round++) {
      const text = wellFormed(randomText(random, 20));
      const ids = tokenizer.encode(text);
      const stream = tokenizer.stream();
      const parts = ids.map((id) => stream.push(id));
      const joined = parts.join('') + stream.flush();
      expect(joined).toBe(tokenizer.decode(ids));
      if (!text.includes('\ufffd')) for (const part of parts) expect(part).not.toContain('\ufffd');
    }
  });

  it('marks a cut character at the end', () => {
    const ids = tokenizer.encode('🦊');
    expect(tokenizer.decode(ids.slice(0, -1))).toBe('\ufffd');
    expect(tokenizer.decode([])).toBe('');
  });

  it('shows bytes of cut characters and ids without token', () => {
    expect(tokenizer.encode('🦊').map((id) => tokenizer.tokenText(id))).toEqual([
      '\\xF0',
      '\\x9F',
      '\\xA6',
      '\\x8A',
    ]);
    expect(tokenizer.tokenText(9999)).toBe('[9999]');
    expect(tokenizer.decode([9999, tokenizer.idOf('M') as number])).toBe('M');
  });

  it('gives tokens by id and ids by token', () => {
    expect(tokenizer.idOf('<|end|>')).toBe(1);
    expect(tokenizer.idOf('no such token')).toBeUndefined();
    expect(tokenizer.vocabSize).toBe(290);
  });
});

it('remembers encodings up to a bound', () => {
  const first = tokenizer.encode('Mara lives');
  expect(tokenizer.encode('Mara lives')).toBe(first);
  for (let i = 0; i < 4096; i++) tokenizer.encode(`${i}`);
  expect(tokenizer.encode('Mara lives')).not.toBe(first);
  expect(tokenizer.encode('Mara lives')).toEqual(first);

  const map = new RecentMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.get('a');
  map.set('c', 3);
  expect([map.get('a'), map.get('b'), map.get('c'), map.size]).toEqual([1, undefined, 3, 2]);
});

describe('bad files', () => {
  const cases: [string, Uint8Array, string, RegExp][] = [
    ['a web page', new TextEncoder().encode('\n<!DOCTYPE html><title>404'), 'json-html', /web page/],
    [
      'a Git LFS pointer',
      new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\n'),
      'json-lfs-pointer',
      /git lfs pull/,
    ],
    ['cut off', bytesOf(trained).subarray(0, 900), 'json-syntax', /900 bytes\) is not valid JSON/],
    ['no UTF-8', Uint8Array.of(0x7b, 0xff), 'json-syntax', /not valid JSON/],
    ['a list', bytesOf([]), 'json-not-an-object', /object/],
    ['another file', bytesOf({ hidden_size: 4 }), 'tokenizer-model', /no "model"/],
    [
      'no vocabulary',
      altered((f) => Reflect.deleteProperty(f.model, 'vocab')),
      'tokenizer-vocab',
      /model\.vocab/,
    ],
    [
      'a negative id',
      altered((f) => Object.assign(f.model.vocab, { x1: -1 })),
      'tokenizer-vocab',
      /"x1" has the id -1/,
    ],
    [
      'a shared id',
      altered((f) => Object.assign(f.model.vocab, { x1: 7 })),
      'tokenizer-vocab',
      /"x1" share the id 7/,
    ],
    ['no merges', altered((f) => Reflect.deleteProperty(f.model, 'merges')), 'tokenizer-merges', /array/],
    [
      'a broken merge',
      altered((f) => f.model.merges.push('abc')),
      'tokenizer-merges',
      /"abc"; expected two tokens/,
    ],
    ['mixed merges', altered((f) => f.model.merges.push(['a', 'b'])), 'tokenizer-merges', /like the first/],
    [
      'an unknown merge',
      altered((f) => f.model.merges.push('M M')),
      'tokenizer-merges',
      /needs the token "MM"/,
    ],
    ['a missing byte', altered((f) => Reflect.deleteProperty(f.model.vocab, '~')), 'tokenizer-bytes', /0x7e/],
    [
      'added tokens no list',
      altered((f) => Object.assign(f, { added_tokens: {} })),
      'tokenizer-added',
      /array/,
    ],
    [
      'an added token without content',
      altered((f) => f.added_tokens.push({ id: 9 })),
      'tokenizer-added',
      /\[4\]/,
    ],
    [
      'an added token twice',
      altered((f) => f.added_tokens.push(f.added_tokens[0])),
      'tokenizer-added',
      /second id, 0/,
    ],
    [
      'an added token on a taken id',
      altered((f) => f.added_tokens.push({ id: 9, content: '<x>' })),
      'tokenizer-vocab',
      /share the id 9/,
    ],
    [
      'an unknown pattern',
      altered((f) =>
        Object.assign(f, {
          pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Split', pattern: { Glob: '*' } }] },
        }),
      ),
      'tokenizer-pattern',
      /"Split" has the pattern \{"Glob":"\*"\}/,
    ],
    [
      'an unknown pre-tokenizer',
      altered((f) => Object.assign(f, { pre_tokenizer: { type: 'Nonsense' } })),
      'tokenizer-unreadable',
      /Nonsense/,
    ],
  ];
  it.each(cases)('%s', (_, bytes, code, words) => {
    let error: unknown;
    try {
      readTokenizer(bytes, 'tokenizer.json');
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ModelFileError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
    expect(error).toMatchObject({ message: expect.stringContaining('tokenizer.json') });
  });

  it('other kinds of tokenizer are named', () => {
    const type = altered((f) => Object.assign(f.model, { type: 'Unigram' }));
    const decoder = altered((f) => Object.assign(f, { decoder: { type: 'Metaspace' } }));
    expect(() => readTokenizer(type)).toThrow(UnsupportedModelError);
    expect(() => readTokenizer(type)).toThrow(/model\.type is "Unigram"/);
    expect(() => readTokenizer(decoder)).toThrow(/decoder is "Metaspace"/);
  });

  it('random corruption is refused by name or reads', () => {
    const random = seeded(11);
    const original = bytesOf(trained);
    for (let round = 0; round < (process.env.SOAK ? 5_000 : 150); round++) {
      const bytes = original.slice();
      for (let n = 0; n < 3; n++) bytes[Math.floor(random() * bytes.length)] = 32 + Math.floor(random() * 95);
      try {
        readTokenizer(bytes);
      } catch (error) {
        expect(error instanceof ModelFileError || error instanceof UnsupportedModelError).toBe(true);
      }
    }
  });
});

it('a tokenizer larger than the model is refused, a smaller one is not', () => {
  expect(() => checkTokenizer({ vocabSize: 289 }, tokenizer)).toThrow(ModelFileError);
  expect(() => checkTokenizer({ vocabSize: 289 }, tokenizer)).toThrow(
    /ids up to 289, but the model knows only 289/,
  );
  checkTokenizer({ vocabSize: 290 }, tokenizer);
  checkTokenizer({ vocabSize: 512 }, tokenizer);
});
