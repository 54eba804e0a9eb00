import { expect, test } from 'vitest';
import type { EntryText, Metadata } from '../../worker/memory-protocol';
import { differencesOf } from './differences';

const entry = (id: string, content: string, metadata: Metadata = {}): EntryText => ({
  id,
  content,
  metadata,
  memoryType: '',
  created: 1,
  updated: 1,
  sourceStep: '',
});

test('what is gone, what came, what changed; the order of metadata keys is no change', () => {
  const then = [entry('m1', 'a', { x: 1, y: { b: 1, a: 2 } }), entry('m2', 'b'), entry('m3', 'c')];
  const now = [entry('m1', 'a', { y: { a: 2, b: 1 }, x: 1 }), entry('m3', 'C'), entry('m4', 'd')];
  const found = differencesOf(then, now);
  expect(found).toEqual({
    onlyLeft: [then[1]],
    onlyRight: [now[2]],
    changed: [{ left: then[2], right: now[1] }],
    same: 1,
  });
});

test('metadata and type count as content', () => {
  const one = entry('m1', 'a', { tags: ['x', 'y'] });
  expect(differencesOf([one], [{ ...one, memoryType: 'fact' }]).changed).toHaveLength(1);
  expect(differencesOf([one], [{ ...one, metadata: { tags: ['y', 'x'] } }]).changed).toHaveLength(1);
  expect(differencesOf([one], [{ ...one, updated: 9 }]).same).toBe(1);
});
