import { describe, expect, test } from 'vitest';
import type { NamespaceRecord } from '../rows/rows';
import { type Evidence, judge, type Stored } from './judge';
import { type Witness, witnessOf } from './sentinel';

const record = (change: Partial<NamespaceRecord> = {}): NamespaceRecord => ({
  name: 'user/default',
  incarnation: 'first',
  embedderId: 'ngram',
  dimension: 512,
  nextId: 12,
  revision: 20,
  count: 9,
  sum: 123,
  journal: 40,
  lastAt: 1000,
  ageing: { expireAfter: null, halfLife: null },
  created: 1,
  ...change,
});
const witness = (change: Partial<Witness> = {}): Witness => ({ ...witnessOf(record()), ...change });
const counted = (change: Partial<Stored> = {}): Stored => ({
  entries: 9,
  journal: 40,
  vectors: 9,
  ...change,
});
const read = (change: Partial<NonNullable<Stored['read']>> = {}): Stored =>
  counted({ read: { sum: 123, withoutVector: 0, ...change } });

function verdict(change: Partial<Evidence> = {}) {
  return judge({
    name: 'user/default',
    sentinel: 'kept',
    witness: witness(),
    record: record(),
    stored: read(),
    ...change,
  });
}

describe('whole', () => {
  test.each<[string, Partial<Evidence>]>([
    ['all three agree', {}],
    ['it was only counted so far', { stored: counted() }],
    ['the sentinel does not know it yet', { witness: undefined }],
    ['there is no sentinel yet', { witness: undefined, sentinel: 'none yet' }],
    [
      'the sentinel is behind',
      {
        record: record({ revision: 21, count: 10, sum: 7, journal: 41, nextId: 13 }),
        stored: { ...read({ sum: 7 }), entries: 10, vectors: 10, journal: 41 },
      },
    ],
    [
      'retrievals were journaled since: they change no entry',
      { record: record({ journal: 45 }), stored: { ...read(), journal: 45 } },
    ],
    ['it was being deleted, and was not', { witness: witness({ leaving: true }) }],
    [
      'it was deleted on purpose and begun anew',
      { witness: witness({ leaving: true, incarnation: 'earlier', revision: 99, journal: 99 }) },
    ],
  ])('%s', (_, change) => {
    expect(verdict(change)).toEqual({ state: 'whole' });
  });
});

describe('nothing to say', () => {
  test.each<[string, Partial<Evidence>]>([
    ['never there', { witness: undefined }],
    ['deleted on purpose', { witness: witness({ leaving: true }) }],
    ['never there, and no sentinel either', { witness: undefined, sentinel: 'unavailable' }],
  ])('%s', (_, change) => {
    expect(verdict({ record: undefined, stored: undefined, ...change })).toBeUndefined();
  });
});

describe('lost', () => {
  test.each<[string, Partial<Evidence>, RegExp, number, number]>([
    ['gone', { record: undefined, stored: undefined }, /is gone: 9 entries and 40 journal records/, 9, 0],
    [
      'begun anew in silence',
      {
        record: record({ incarnation: 'second', revision: 1, count: 1, journal: 1, nextId: 2 }),
        stored: { ...read(), entries: 1, vectors: 1, journal: 1 },
      },
      /begun anew: it held 9 entries, and holds 1 entry written since/,
      9,
      1,
    ],
    [
      'begun anew, and by now with more changes than it had',
      { record: record({ incarnation: 'second', revision: 50, journal: 90 }) },
      /begun anew/,
      9,
      9,
    ],
    [
      'older by a change',
      {
        record: record({ revision: 19, count: 8, journal: 39 }),
        stored: { ...read(), entries: 8, vectors: 8, journal: 39 },
      },
      /is older than it was: it is at change 19 .* was at change 20/,
      9,
      8,
    ],
    [
      'older by a journal record only',
      { record: record({ journal: 39 }), stored: { ...read(), journal: 39 } },
      /with 39 journal records and was at change 20 with 40/,
      9,
      9,
    ],
  ])('%s', (_, change, finding, expected, found) => {
    const result = verdict(change);
    expect(result).toMatchObject({ state: 'lost', expected, found });
    expect(result).toHaveProperty('finding', expect.stringMatching(finding));
  });
});

describe('damaged', () => {
  test.each<[string, Partial<Evidence>, RegExp]>([
    ['an entry is missing', { stored: counted({ entries: 8 }) }, /8 entries are stored, 9 by its count/],
    ['one too many', { stored: counted({ entries: 10, vectors: 10 }) }, /10 entries are stored/],
    [
      'a journal record is missing',
      { stored: counted({ journal: 39 }) },
      /39 journal records are stored, 40/,
    ],
    ['a vector is missing', { stored: counted({ vectors: 8 }) }, /8 vectors are stored for 9 entries/],
    ['a vector is not usable', { stored: read({ withoutVector: 2 }) }, /2 vectors are not usable/],
    ['a text was changed', { stored: read({ sum: 124 }) }, /do not fit their checksum/],
    [
      'another count at the same change',
      { record: record({ count: 8 }), stored: undefined },
      /number of memories is 8 and was 9/,
    ],
    [
      'another sum at the same change',
      { record: record({ sum: 1 }), stored: undefined },
      /checksum is 1 and was 123/,
    ],
    [
      'another embedder at the same change',
      { record: record({ embedderId: 'x' }), stored: undefined },
      /embedder is x and was ngram/,
    ],
    [
      'another length at the same change',
      { record: record({ dimension: 8 }), stored: undefined },
      /vector length is 8/,
    ],
    [
      'ids that would be given twice',
      { record: record({ revision: 30, nextId: 3 }), stored: undefined },
      /next id is m3 and was m12/,
    ],
  ])('%s', (_, change, finding) => {
    for (const sentinel of ['kept', 'unavailable', 'damaged', 'none yet'] as const) {
      const result = verdict({ sentinel, ...change });
      expect(result?.state).toBe('damaged');
      expect(result).toHaveProperty('finding', expect.stringMatching(finding));
    }
  });

  test('is told without a sentinel too, as far as the store contradicts itself', () => {
    const result = verdict({
      sentinel: 'unavailable',
      witness: undefined,
      stored: counted({ entries: 0, vectors: 0 }),
    });
    expect(result).toMatchObject({ state: 'damaged', expected: 9, found: 0 });
  });
});

describe('unchecked', () => {
  test.each([
    ['unavailable', /may keep no files/],
    ['damaged', /the file to compare it with was damaged/],
    ['unreadable', /could not read the file to compare it with/],
  ] as const)('with a sentinel that is %s', (sentinel, message) => {
    const result = verdict({ sentinel, witness: undefined });
    expect(result?.state).toBe('unchecked');
    expect(result).toHaveProperty('message', expect.stringMatching(message));
  });
});

test('a memory that went back and was written to again is lost, however far it has come since', () => {
  const wentBack = witness({ revision: 15, count: 7, journal: 30 });
  expect(verdict({ wentBack })).toMatchObject({ state: 'lost', expected: 7, found: 9 });
  expect(verdict({ wentBack })).toHaveProperty(
    'finding',
    expect.stringMatching(/went back: it was at change 15 with 7 entries and 30 journal records, lost some/),
  );
  // Gone altogether is the plainer word.
  expect(verdict({ wentBack, record: undefined, stored: undefined })).toHaveProperty(
    'finding',
    expect.stringMatching(/is gone/),
  );
});
