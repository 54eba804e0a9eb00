import { expect, test } from 'vitest';
import type { MemoryHome } from '../../worker/memory-protocol';
import { RecordedLine } from './memory-worker.fixture';
import { inOrder, titleOf } from './names';

const home: MemoryHome = new RecordedLine().home();
const [facts] = home.namespaces;
const whole = { state: 'whole', checked: 1 } as const;
const stored = (name: string) => ({ name, count: 1, revision: 1 });

test('the personal memory stands first, the others by name, everywhere', () => {
  const ordered = inOrder({
    ...home,
    namespaces: [
      { ...facts, name: 'user/Work 10', title: 'Work 10' },
      { ...facts, name: 'user/Work 9', title: 'Work 9' },
      { ...facts, name: 'user/default', title: 'Personal' },
    ],
    backups: [
      { id: 'b', made: 1, bytes: 1, namespaces: ['user/Work 9', 'user/Art', 'user/default'].map(stored) },
    ],
    health: { 'user/Work 9': whole, 'user/gone': whole, 'user/default': whole },
  });
  expect(ordered.namespaces.map(({ title }) => title)).toEqual(['Personal', 'Work 9', 'Work 10']);
  expect(ordered.backups[0].namespaces.map(({ name }) => name)).toEqual([
    'user/default',
    'user/Art',
    'user/Work 9',
  ]);
  expect(Object.keys(ordered.health)).toEqual(['user/default', 'user/gone', 'user/Work 9']);
});

test('a memory that is in no list any more has the name it had', () => {
  expect(titleOf({ ...home, namespaces: [] }, 'user/default')).toBe('Personal');
  expect(titleOf({ ...home, namespaces: [] }, 'user/Work')).toBe('Work');
});
