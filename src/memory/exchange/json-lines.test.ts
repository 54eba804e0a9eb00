import { describe, expect, test } from 'vitest';
import { createRandom } from '../../tasks/random';
import { ImportFileError } from './errors';
import { HOSTILE_METADATA, HOSTILE_TEXTS, randomTexts, withVectors } from './hostile.fixture';
import { readEntryLine, readHeader, writeJsonLines } from './json-lines';
import { LIMITS } from './limits';

const EMBEDDER = { id: 'dice', dimension: 5 };
const FACTS = { embedder: 'dice', dimension: 5, theta: 0.453 };
const HEADER = '{"format":"agemem-memory","version":1,"namespace":"user/default","entries":1,"vectors":null}';

function read(text: string, vectors: typeof FACTS | null = null) {
  return readEntryLine({ number: 7, text }, vectors);
}

function reason(text: string): string {
  const line = read(text);
  return line.ok ? '' : line.reason;
}

test('the format, to the letter', () => {
  const entry = {
    id: 'm1',
    content: 'Ann\'s "tea"\n',
    metadata: { topic: 'drinks', by: ['Ann'] },
    memoryType: 'fact',
    created: 1_767_225_600_000,
    updated: 1_767_225_600_001,
    sourceStep: 'run3/k2/s4',
    embedding: Float32Array.of(0.6, -0.8),
    embedderId: 'two',
  };
  const vectors = { embedder: 'two', dimension: 2, theta: 0.5 };
  expect([
    ...writeJsonLines({ namespace: 'user/default', entries: 1, vectors }, [entry]),
  ]).toMatchInlineSnapshot(`
    [
      "{"format":"agemem-memory","version":1,"namespace":"user/default","entries":1,"vectors":{"embedder":"two","dimension":2,"theta":0.5}}
    ",
      "{"id":"m1","content":"Ann's \\"tea\\"\\n","metadata":{"by":["Ann"],"topic":"drinks"},"memoryType":"fact","created":1767225600000,"updated":1767225600001,"sourceStep":"run3/k2/s4","vector":{"of":"9cda73b1","f32":"mpkZP83MTL8="}}
    ",
    ]
  `);
});

test('entries and vectors come back to the bit, whatever is in them', () => {
  for (let seed = 0; seed < (process.env.SOAK ? 1_000 : 60); seed++) {
    const random = createRandom('lines', seed);
    const entries = withVectors(random, randomTexts(random, 12), EMBEDDER);
    const [first, ...lines] = writeJsonLines(
      { namespace: 'a', entries: 12, vectors: FACTS },
      random.shuffle(entries),
    );
    expect(readHeader(first)).toEqual({ namespace: 'a', entries: 12, vectors: FACTS });
    lines.forEach((text, i) => {
      const line = read(text, FACTS);
      if (!line.ok) throw new Error(line.reason);
      const { vector, foreignId, ...fields } = line.entry;
      const { embedding, embedderId, ...texts } = entries[i];
      expect(foreignId).toBeNull();
      expect(embedderId).toBe(FACTS.embedder);
      expect(fields).toEqual(texts);
      expect(vector).toEqual(embedding);
    });
  }
});

test('every hostile text and every hostile metadata comes back as it was', () => {
  for (const content of HOSTILE_TEXTS) {
    for (const metadata of HOSTILE_METADATA) {
      const text = { id: 'm1', content, metadata, memoryType: '', created: 0, updated: 0, sourceStep: '' };
      const [entry] = withVectors(createRandom('hostile'), [text], EMBEDDER);
      const [, line] = writeJsonLines({ namespace: 'a', entries: 1, vectors: null }, [entry]);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(read(line)).toMatchObject({ ok: true, entry: { content, metadata } });
    }
  }
});

describe('the header', () => {
  test('is no header without our format', () => {
    for (const text of ['', 'hello', '{"format":"other"}', '[]', '{"constructor":1}']) {
      expect(readHeader(text)).toBeUndefined();
    }
  });

  test.each([
    ['of a newer version', HEADER.replace('"version":1', '"version":2'), 'version 2 of the format'],
    ['cut short', HEADER.slice(0, 60), 'is damaged'],
    ['without a count', HEADER.replace('"entries":1,', ''), 'is damaged'],
    [
      'with a dimension of nothing',
      HEADER.replace('null', '{"embedder":"a","dimension":0,"theta":1}'),
      'is damaged',
    ],
    ['with vectors of no embedder', HEADER.replace('null', '{"dimension":2,"theta":1}'), 'is damaged'],
    ['of version 0.5', HEADER.replace('"version":1', '"version":0.5'), 'is damaged'],
  ])('%s is refused with words', (_, text, words) => {
    expect(() => readHeader(text)).toThrow(ImportFileError);
    expect(() => readHeader(text)).toThrow(words);
  });
});

describe('a line', () => {
  test('needs a content and nothing else', () => {
    expect(read('{"content":"Ann likes tea."}')).toEqual({
      line: 7,
      ok: true,
      entry: {
        id: null,
        content: 'Ann likes tea.',
        metadata: {},
        memoryType: '',
        created: null,
        updated: null,
        sourceStep: '',
        foreignId: null,
        vector: null,
      },
    });
  });

  test.each([
    ['{"id":"m1"}', 'It has no "content"'],
    ['{"content":7}', '"content" is no text'],
    ['{"content":null}', '"content" is no text'],
    ['{"content":"a","id":7}', 'The id 7 is not one of this lab'],
    ['{"content":"a","id":"m0"}', 'The id "m0" is not'],
    ['{"content":"a","id":"m01"}', 'is not one of this lab'],
    ['{"content":"a","id":"m900000001"}', 'a number up to 900,000,000'],
    ['{"content":"a","id":"__proto__"}', 'is not one of this lab'],
    ['{"content":"a","id":null}', 'The id null is not'],
    ['{"content":"a","metadata":[]}', '"metadata" is no object'],
    ['{"content":"a","metadata":null}', '"metadata" is no object'],
    ['{"content":"a","metadata":{"n":1e999}}', 'larger or longer'],
    [`{"content":"a","metadata":${'{"a":'.repeat(65)}1${'}'.repeat(65)}}`, 'nested deeper than 64'],
    ['{"content":"a","created":"yesterday"}', '"created" is no time'],
    ['{"content":"a","updated":1e17}', '"updated" is no time'],
    ['{"content":"a","memoryType":1}', '"memoryType" is no text'],
    ['{"content":"a","score":1}', 'There is no field "score"'],
    ['{"content":"a","__proto__":{}}', 'There is no field "__proto__"'],
    ['{"content":"a","content":"b"}', 'The key "content" stands twice'],
    ['["content"]', 'no JSON object'],
    ['"content"', 'no JSON object'],
    ['{"content":"a"', 'not valid JSON'],
  ])('%.60s is rejected with words', (text, words) => {
    expect(reason(text)).toContain(words);
  });

  test('that is not UTF-8 is rejected with words', () => {
    expect(readEntryLine({ number: 3, text: null }, null)).toMatchObject({ ok: false, line: 3 });
  });

  test('over a limit is rejected and told which', () => {
    const long = (length: number) => 'x'.repeat(length);
    expect(reason(`{"content":"${long(LIMITS.content)}"}`)).toBe('');
    expect(reason(`{"content":"${long(LIMITS.content + 1)}"}`)).toContain('an entry takes 16,777,216');
    expect(reason(`{"content":"a","metadata":{"a":"${long(LIMITS.metadata)}"}}`)).toContain(
      '1,048,576 are the limit',
    );
    expect(reason(`{"content":"a","sourceStep":"${long(10_001)}"}`)).toContain('10,000 are the limit');
  });
});

describe('a vector', () => {
  const [entry] = withVectors(createRandom('vector'), randomTexts(createRandom('text'), 1), EMBEDDER);
  const [, line] = writeJsonLines({ namespace: 'a', entries: 1, vectors: FACTS }, [
    { ...entry, content: 'tea' },
  ]);
  const vectorOf = (text: string, facts: typeof FACTS | null) => {
    const reading = read(text, facts);
    if (!reading.ok) throw new Error(reading.reason);
    return reading.entry.vector;
  };

  test('of an edited content is left aside', () => {
    expect(vectorOf(line, FACTS)).toEqual(entry.embedding);
    expect(vectorOf(line.replace('"tea"', '"ten"'), FACTS)).toBeNull();
  });

  test('of another length, or damaged, is left aside', () => {
    expect(vectorOf(line, { ...FACTS, dimension: 6 })).toBeNull();
    expect(vectorOf(line, null)).toBeNull();
    expect(vectorOf(line.replace(/"f32":"..../, '"f32":"$$$$'), FACTS)).toBeNull();
    expect(vectorOf(line.replace(/"f32":"..../, '"f32":"AAAA'), FACTS)).toBeNull();
    expect(vectorOf(line.replace(/"vector":\{[^}]*\}/, '"vector":[1,2]'), FACTS)).toBeNull();
  });
});
