import { expect, test } from 'vitest';
import type { NamespaceView, ViewedEntry } from '../../worker/memory-protocol';
import { NONE } from './loaded';
import { changeMemory, draftOf, INITIAL, type MemoryChange, type MemoryState, NEW } from './memory-state';

const after = (...changes: readonly MemoryChange[]): MemoryState => changes.reduce(changeMemory, INITIAL);

const ERROR = { code: 'x', message: 'It failed.', whatToDo: 'Try again.' };
const DRAFT = { content: 'begun', memoryType: '', metadata: '{' };

function view(...ids: string[]): NamespaceView {
  const entries = ids.map((id) => ({ id, content: id, metadata: {}, memoryType: '' }) as ViewedEntry);
  return { entries, facts: { kind: 'user' } } as unknown as NamespaceView;
}

const loaded = (...ids: string[]): MemoryChange => ({ type: 'loaded', part: 'view', value: view(...ids) });

test('a value stays on view while a newer one is read, and when that fails', () => {
  const first = after(loaded('m1'));
  const reading = changeMemory(first, { type: 'loading', part: 'view' });
  expect(reading.parts.view).toEqual({ state: 'loading', value: view('m1') });
  const failed = changeMemory(reading, { type: 'failed', part: 'view', error: ERROR });
  expect(failed.parts.view).toEqual({ state: 'failed', error: ERROR, value: view('m1') });
  expect(failed.parts.home).toBe(NONE);
});

test('what is gone is not chosen any more, but a text begun on it is kept', () => {
  const chosen = after(
    loaded('m1', 'm2'),
    { type: 'selected', ids: new Set(['m1', 'm2']) },
    { type: 'active', id: 'm2' },
  );
  const gone = changeMemory(chosen, loaded('m1'));
  expect([...gone.selected]).toEqual(['m1']);
  expect(gone.active).toBeNull();
  const begun = changeMemory(chosen, { type: 'draft', id: 'm2', draft: DRAFT });
  const kept = changeMemory(begun, loaded('m1'));
  expect(kept.active).toBe('m2');
  expect(draftOf(kept, 'm2', null)).toEqual(DRAFT);
});

test('drafts belong to the memory they were begun in and wait there', () => {
  const begun = after({ type: 'chosen', name: 'user' }, { type: 'draft', id: NEW, draft: DRAFT });
  const other = changeMemory(begun, { type: 'chosen', name: 'Work' });
  expect(draftOf(other, NEW, null).content).toBe('');
  expect(draftOf(changeMemory(other, { type: 'chosen', name: 'user' }), NEW, null)).toEqual(DRAFT);
});

test('a search begins in the order of its matches and leaves in the order before searches', () => {
  const asked = after({ type: 'asked', part: { query: 'r' } });
  expect(asked.sort).toBe('match');
  const other = changeMemory(asked, { type: 'asked', part: { sort: 'oldest' } });
  expect(changeMemory(other, { type: 'asked', part: { query: 'ro' } }).sort).toBe('oldest');
  const ended = changeMemory(asked, { type: 'asked', part: { query: '' } });
  expect(ended.sort).toBe('newest');
  expect(ended.parts.search).toBe(NONE);
});

test('another memory begins without anything of the one before', () => {
  const state = after(
    loaded('m1'),
    { type: 'active', id: 'm1' },
    { type: 'asked', part: { query: 'q' } },
    { type: 'moment', seq: 3 },
    { type: 'tab', tab: 'journal' },
    { type: 'chosen', name: 'Work' },
  );
  expect(state).toEqual({ ...INITIAL, name: 'Work', tab: 'journal' });
});

test('leaving a moment of the past forgets it', () => {
  const past = { seq: 2, record: null, entries: [] };
  const state = after({ type: 'moment', seq: 2 }, { type: 'loaded', part: 'past', value: past });
  expect(changeMemory(state, { type: 'moment', seq: null }).parts.past).toBe(NONE);
});
