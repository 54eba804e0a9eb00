import { describe, expect, test } from 'vitest';
import { readMem0, readMem0Item } from './mem0';

const ITEM = {
  id: '3c90c3cc-0d44-4b50-8888-8dd25736052a',
  memory: 'Likes tea',
  hash: 'a1b2',
  metadata: { topic: 'drinks' },
  score: 0.8,
  created_at: '2025-03-01T10:00:00.490548-08:00',
  updated_at: null,
  user_id: 'ann',
  agent_id: null,
  categories: ['food'],
};

function entry(item: unknown) {
  const line = readMem0Item(1, JSON.stringify(item));
  if (!line.ok) throw new Error(line.reason);
  return line.entry;
}

test('an item keeps all that it says', () => {
  expect(entry(ITEM)).toEqual({
    id: null,
    content: 'Likes tea',
    metadata: {
      topic: 'drinks',
      hash: 'a1b2',
      user_id: 'ann',
      categories: ['food'],
      mem0_id: '3c90c3cc-0d44-4b50-8888-8dd25736052a',
    },
    memoryType: '',
    created: Date.UTC(2025, 2, 1, 18, 0, 0, 490),
    updated: Date.UTC(2025, 2, 1, 18, 0, 0, 490),
    sourceStep: '',
    foreignId: '3c90c3cc-0d44-4b50-8888-8dd25736052a',
    vector: null,
  });
});

describe('lists are found', () => {
  const contents = (text: string) =>
    readMem0(text).map((line) => (line.ok ? line.entry.content : line.reason));

  test.each([
    ['alone', JSON.stringify([ITEM, ITEM])],
    ['under results', JSON.stringify({ results: [ITEM, ITEM], relations: [] }, null, 2)],
    ['under memories, behind other things', JSON.stringify({ total: 2, next: null, memories: [ITEM, ITEM] })],
  ])('%s', (_, text) => {
    expect(contents(text)).toEqual(['Likes tea', 'Likes tea']);
  });

  test('of texts, and under other names for the text', () => {
    expect(contents('["a", {"text":"b"}, {"content":"c"}, {"data":"d"}]')).toEqual(['a', 'b', 'c', 'd']);
    expect(contents('[]')).toEqual([]);
  });

  test('one bad item is one bad item', () => {
    const lines = readMem0('[{"memory":"a"}, {"memory":}, 7, {"memory":"b","memory":"c"}, {"memory":"d"}]');
    expect(lines.map(({ line, ok }) => [line, ok])).toEqual([
      [1, true],
      [2, false],
      [3, false],
      [4, false],
      [5, true],
    ]);
  });

  test.each([
    ['{"user":"ann"}', 'without a list of memories'],
    ['[{"memory":"a"}, {"memory":"b', 'broken at character'],
    ['[{"memory":"a"}', 'broken at character 16'],
    ['[{"memory":"a"}] and more', 'broken at character 18'],
    ['{"results"', 'broken at character'],
    ['{"results":[1}', 'broken at character'],
  ])('%s is refused as a whole', (text, words) => {
    expect(() => readMem0(text)).toThrow(words);
  });

  test('a million brackets break no stack', () => {
    expect(() => readMem0('['.repeat(1_000_000))).toThrow('broken');
    expect(readMem0(`[${'['.repeat(100_000)}${']'.repeat(100_000)}]`)[0].ok).toBe(false);
  });
});

describe('an item', () => {
  test.each([
    [{ ...ITEM, memory: undefined }, 'It has no text'],
    [{ ...ITEM, memory: '  ' }, 'Its text is empty'],
    [{ ...ITEM, memory: { text: 'x' } }, 'It has no text'],
    [{ ...ITEM, id: {} }, '"id" is neither'],
    [{ ...ITEM, created_at: 'soon' }, '"created_at" is no time'],
    [{ ...ITEM, updated_at: '2025-99-99' }, '"updated_at" is no time'],
    [{ ...ITEM, metadata: 'none' }, '"metadata" is no object'],
    [{ ...ITEM, metadata: { mem0_id: 'other' } }, 'a key "mem0_id" already'],
    [null, 'neither an object nor a text'],
  ])('that is %j is rejected with words', (item, words) => {
    const line = readMem0Item(4, JSON.stringify(item));
    expect(line).toMatchObject({ line: 4, ok: false });
    expect(line.ok ? '' : line.reason).toContain(words);
  });

  test('tells times as text or number', () => {
    const created = (value: unknown) => entry({ memory: 'a', created_at: value }).created;
    expect(created('2025-03-01')).toBe(Date.UTC(2025, 2, 1));
    expect(created(1_740_823_200)).toBe(1_740_823_200_000);
    expect(created(1_740_823_200_123)).toBe(1_740_823_200_123);
    expect(created(null)).toBeNull();
  });

  test('with a number for an id is known by it as text', () => {
    expect(entry({ id: 7, memory: 'a' })).toMatchObject({ foreignId: '7', metadata: { mem0_id: '7' } });
  });

  test('whose metadata has a key of ours keeps both', () => {
    const { metadata } = entry({
      id: 'x',
      memory: 'a',
      user_id: 'ann',
      metadata: { user_id: 'bob', mem0_id: 'x' },
    });
    expect(metadata).toEqual({ user_id: 'bob', mem0_user_id: 'ann', mem0_id: 'x' });
  });

  test('with keys that objects inherit has them as its own', () => {
    const line = readMem0Item(
      1,
      '{"memory":"a","__proto__":"p","metadata":{"constructor":1,"__proto__":{"x":1}}}',
    );
    if (!line.ok) throw new Error(line.reason);
    expect(Object.keys(line.entry.metadata).sort()).toEqual(['__proto__', 'constructor', 'mem0___proto__']);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});
