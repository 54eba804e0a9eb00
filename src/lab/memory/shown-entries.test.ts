import { describe, expect, test } from 'vitest';
import type { SearchView, ViewedEntry } from '../../worker/memory-protocol';
import { choicesOf, type Filters, filtersSet, NO_FILTERS, shownEntries } from './shown-entries';

const DAY = 86_400_000;
const MAY = new Date(2026, 4, 10, 12).getTime();

function entry(id: string, part: Partial<ViewedEntry> = {}): ViewedEntry {
  return {
    id,
    content: `content of ${id}`,
    metadata: {},
    memoryType: '',
    created: MAY,
    updated: MAY,
    sourceStep: '',
    retrievals: 0,
    lastRetrieved: null,
    by: { kind: 'user' },
    expires: null,
    decay: 1,
    ...part,
  };
}

const policy = { kind: 'policy', policy: 'bundled', adapter: '', run: 'r7', episode: 'e', step: 1 } as const;

const ENTRIES = [
  entry('m1', { metadata: { person: 'Rosa', age: 3 }, memoryType: 'fact' }),
  entry('m2', { metadata: { person: 'Botor', nested: { a: [1] } }, updated: MAY + DAY, retrievals: 2 }),
  entry('m10', { by: policy, content: 'a', updated: MAY - DAY, lastRetrieved: MAY + 3 * DAY }),
  entry('m3', { sourceStep: 'run3/k2/s4', content: 'the longest content of all of them' }),
];

const ids = (filters: Partial<Filters>, sort: Parameters<typeof shownEntries>[3] = 'oldest') =>
  shownEntries(ENTRIES, null, { ...NO_FILTERS, ...filters }, sort).map((shown) => shown.entry.id);

describe('filters', () => {
  test.each<[Partial<Filters>, string[]]>([
    [{}, ['m1', 'm2', 'm3', 'm10']],
    [{ key: 'person' }, ['m1', 'm2']],
    [{ key: 'person', value: 'Rosa' }, ['m1']],
    [{ key: 'age', value: '3' }, ['m1']],
    [{ key: 'nested', value: '{"a":[1]}' }, ['m2']],
    [{ key: 'constructor' }, []],
    [{ type: 'fact' }, ['m1']],
    [{ type: '' }, ['m2', 'm3', 'm10']],
    [{ source: 'policy' }, ['m10']],
    [{ source: 'run:r7' }, ['m10']],
    [{ source: 'run:run3' }, ['m3']],
    [{ from: '2026-05-11' }, ['m2']],
    [{ to: '2026-05-09' }, ['m10']],
    [{ from: '2026-05-10', to: '2026-05-10', type: 'fact' }, ['m1']],
  ])('%j', (filters, expected) => {
    expect(ids(filters)).toEqual(expected);
    expect(filtersSet({ ...NO_FILTERS, ...filters })).toBe(Object.keys(filters).length);
  });
});

test('orders; equal ones by number, so m2 comes before m10', () => {
  expect(ids({}, 'newest')).toEqual(['m2', 'm3', 'm1', 'm10']);
  expect(ids({}, 'retrieved')).toEqual(['m2', 'm1', 'm3', 'm10']);
  expect(ids({}, 'unused')).toEqual(['m1', 'm3', 'm2', 'm10']);
  expect(ids({}, 'longest')[0]).toBe('m3');
  expect(ids({}, 'alphabet')[0]).toBe('m10');
});

test('with a search every entry has its place among all, filters or not; one added since comes last', () => {
  const score = (id: string, cosine: number) => ({ id, score: cosine, cosine, lexical: 0 });
  const search: SearchView = {
    query: 'q',
    mode: 'dense',
    scores: [score('m10', 0.9), score('m2', 0.5), score('m1', 0.1)],
    theta: 0.4,
    topK: 3,
    ms: 1,
  };
  const shown = shownEntries(ENTRIES, search, { ...NO_FILTERS, type: '' }, 'match');
  expect(shown.map(({ entry, rank }) => [entry.id, rank])).toEqual([
    ['m10', 1],
    ['m2', 2],
    ['m3', null],
  ]);
  expect(shown[1].score?.cosine).toBe(0.5);
});

test('the fields offer what is there, frequent values first', () => {
  const more = [
    ...ENTRIES,
    entry('m4', { metadata: { person: 'Botor' } }),
    entry('m5', { metadata: { person: 'x'.repeat(1_000_000) } }),
  ];
  expect(choicesOf(more, 'person')).toEqual({
    keys: ['age', 'nested', 'person'],
    types: ['', 'fact'],
    runs: ['r7', 'run3'],
    values: ['Botor', 'Rosa'],
  });
});
