import { expect, test } from 'vitest';
import type { EntryText } from '../../memory/memory';
import { mended, type Proposal } from './mending';

const entry = (id: string): EntryText => ({
  id,
  content: `content of ${id}`,
  metadata: { of: id },
  memoryType: '',
  created: 1,
  updated: 1,
  sourceStep: '',
});
const ENTRIES = ['m1', 'm2', 'm3', 'm4'].map(entry);

const remove = (...ids: string[]): Proposal => ({ kind: 'delete', ids });
const merge = (content: string, ...ids: string[]): Proposal => ({ kind: 'merge', ids, content });

test('deletions and merges of many findings are one change', () => {
  expect(mended(ENTRIES, [remove('m4'), { kind: 'none' }, merge('both', 'm1', 'm2')], 9)).toEqual({
    put: [{ ...ENTRIES[0], content: 'both', updated: 9 }],
    remove: ['m4', 'm2'],
  });
});

test('a merge that keeps the text writes nothing but removes the others', () => {
  expect(mended(ENTRIES, [merge('content of m1', 'm1', 'm3', 'm3', 'm1')], 9)).toEqual({
    put: [],
    remove: ['m3'],
  });
});

test('proposals about what an earlier one removed or rewrote do no harm', () => {
  expect(mended(ENTRIES, [remove('m1', 'm1'), remove('m1'), merge('x', 'm1', 'm2')], 9)).toEqual({
    put: [],
    remove: ['m1'],
  });
  const twice = mended(ENTRIES, [merge('a', 'm1', 'm2'), merge('b', 'm1', 'm3'), merge('c', 'm4', 'm1')], 9);
  expect(twice).toEqual({ put: [{ ...ENTRIES[0], content: 'a', updated: 9 }], remove: ['m2'] });
  expect(mended(ENTRIES, [merge('a', 'm1', 'm2'), remove('m1')], 9)).toEqual({
    put: [],
    remove: ['m2', 'm1'],
  });
  expect(mended(ENTRIES, [remove('m99')], 9)).toEqual({ put: [], remove: [] });
});
