import { expect, test } from 'vitest';
import type { EntryText, JournalOp, JournalRecord } from '../../worker/memory-protocol';
import { actorWords, actsOf, actTitle, canUndo, opWords, undoneActs } from './acts';

const entry = (id: string): EntryText => ({
  id,
  content: `content of ${id}`,
  metadata: {},
  memoryType: '',
  created: 1,
  updated: 1,
  sourceStep: '',
});

function record(seq: number, act: JournalRecord['act'], op: JournalOp): JournalRecord {
  return { seq, at: seq * 10, by: { kind: 'user' }, why: '', act, op };
}

const RECORDS: readonly JournalRecord[] = [
  record(5, { id: 5, kind: 'undo', of: 2 }, { kind: 'delete', before: entry('m3') }),
  record(4, { id: 2, kind: 'import' }, { kind: 'add', after: entry('m3') }),
  record(3, { id: 2, kind: 'import' }, { kind: 'update', before: entry('m1'), after: entry('m1') }),
  record(2, { id: 2, kind: 'import' }, { kind: 'add', after: entry('m2') }),
  record(1, { id: 1, kind: 'add' }, { kind: 'add', after: entry('m1') }),
];

test('records of one act stand together', () => {
  const acts = actsOf(RECORDS);
  expect(acts.map(({ act, records }) => [act.id, records.map(({ seq }) => seq)])).toEqual([
    [5, [5]],
    [2, [4, 3, 2]],
    [1, [1]],
  ]);
  expect(acts.map(actTitle)).toEqual(['Undid act 2: 1 deleted', 'Imported: 2 added, 1 changed', 'Added']);
});

test('a restore says which state; a retrieval cannot be undone', () => {
  const restored = { act: { id: 9, kind: 'restore', of: 0 } as const, records: [RECORDS[0]] };
  expect(actTitle(restored)).toBe('Restored the empty memory: 1 deleted');
  expect(canUndo(restored)).toBe(true);
  expect(canUndo({ act: { id: 3, kind: 'retrieve' }, records: [RECORDS[0]] })).toBe(false);
});

test('who did it is told with all that is known, and no more', () => {
  expect(actorWords({ kind: 'user' })).toBe('you');
  const policy = { kind: 'policy', policy: 'bundled', adapter: '', run: '', episode: 'e1', step: 3 } as const;
  expect(actorWords(policy)).toBe('policy bundled · episode e1 · step 3');
  expect(actorWords({ ...policy, policy: 'bundled+shipped', adapter: 'shipped' })).toBe(
    'policy bundled+shipped · episode e1 · step 3',
  );
  expect(actorWords({ ...policy, adapter: 'shipped', run: 'r7' })).toBe(
    'policy bundled with adapter shipped · run r7 · episode e1 · step 3',
  );
});

test('a retrieval is told as the entry saw it', () => {
  const hits = [
    { id: 'm2', score: 0.81 },
    { id: 'm1', score: 0.5 },
  ];
  const op: JournalOp = { kind: 'retrieve', query: 'boss?', topK: 3, hits };
  expect(opWords(op, 'm1')).toBe('m1 retrieved, place 2 of 2, cosine 0.5');
  expect(opWords(op)).toBe('found 2 entries');
  expect(opWords({ ...op, hits: [] })).toBe('nothing was found');
});

test('an act undone is known as undone until the undoing is undone', () => {
  const undo = (seq: number, of: number) =>
    record(seq, { id: seq, kind: 'undo', of }, { kind: 'delete', before: entry('m1') });
  const [, , , , first] = RECORDS;
  expect([...undoneActs(actsOf([undo(2, 1), first]))]).toEqual([1]);
  expect([...undoneActs(actsOf([undo(3, 2), undo(2, 1), first]))]).toEqual([2]);
  expect([...undoneActs(actsOf([undo(4, 3), undo(3, 2), undo(2, 1), first]))]).toEqual([3, 1]);
});

test('an act all of whose texts were erased cannot be undone; one that has others still can', () => {
  const act = { id: 1, kind: 'import' } as const;
  const gone = RECORDS.map((record) => {
    const { op } = record;
    return op.kind === 'add' ? { ...record, op: { ...op, after: { ...op.after, erased: 5 } } } : record;
  }).filter(({ op }) => op.kind === 'add');
  const stays = RECORDS.filter(({ op }) => op.kind === 'add');
  expect(gone.length).toBeGreaterThan(0);
  expect(canUndo({ act, records: gone })).toBe(false);
  expect(canUndo({ act, records: [...gone, ...stays] })).toBe(true);
});
