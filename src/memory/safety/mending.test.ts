import { describe, expect, test } from 'vitest';
import type { JournalOp, JournalRecord } from '../journal';
import type { EntryText } from '../memory';
import type { NamespaceRecord } from '../rows/rows';
import { differences, mendedHistory } from './mending';

const entry = (number: number, content: string): EntryText => ({
  id: `m${number}`,
  content,
  metadata: {},
  memoryType: '',
  created: 1,
  updated: 1,
  sourceStep: '',
});

const history = (...ops: readonly JournalOp[]): readonly JournalRecord[] =>
  ops.map((op, i) => ({
    seq: i + 1,
    at: 100 + i,
    by: { kind: 'user' },
    why: '',
    act: { id: i + 1, kind: 'add' },
    op,
  }));

const added = (...entries: readonly EntryText[]) =>
  history(...entries.map((after): JournalOp => ({ kind: 'add', after })));

/** What the journal leads to, by an implementation of its own. */
function replayed(journal: readonly JournalRecord[]): readonly EntryText[] {
  let entries: EntryText[] = [];
  for (const { op } of journal) {
    if (op.kind === 'retrieve') continue;
    const id = op.kind === 'delete' ? op.before.id : op.after.id;
    entries = entries.filter((known) => known.id !== id);
    if (op.kind !== 'delete') entries.push(op.after);
  }
  return entries.sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
}

const RECORD = { nextId: 4, revision: 3, embedderId: 'e', name: 'n' } as NamespaceRecord;
const [ONE, TWO, THREE] = [entry(1, 'one'), entry(2, 'two'), entry(10, 'three')];

test.each<[string, Parameters<typeof mendedHistory>[0], boolean, string]>([
  ['nothing is missing', { record: RECORD, entries: [ONE, TWO], journal: added(ONE, TWO) }, false, 'add add'],
  ['an entry is gone', { record: RECORD, entries: [TWO], journal: added(ONE, TWO) }, false, 'add add delete'],
  [
    'an entry says something else',
    { record: RECORD, entries: [ONE, { ...TWO, content: 'garbled' }], journal: added(ONE, TWO) },
    false,
    'add add update',
  ],
  [
    'the journal has a gap: it ends there, and what came after is told by what it led to',
    {
      record: RECORD,
      entries: [ONE, TWO, THREE],
      journal: added(ONE, TWO, THREE).filter(({ seq }) => seq !== 2),
    },
    false,
    'add add add',
  ],
  ['the journal is gone', { record: RECORD, entries: [ONE], journal: [] }, false, 'add'],
  [
    'everything is gone: the history of the backup, and that all of it went',
    { record: undefined, entries: [], journal: [] },
    true,
    'add add add delete delete delete',
  ],
  [
    'only its beginning is left: the history of the backup, and what went',
    { record: RECORD, entries: [ONE], journal: added(ONE) },
    true,
    'add add add delete delete',
  ],
  [
    'the journal has a gap that the backup fills',
    {
      record: RECORD,
      entries: [ONE, TWO, THREE, entry(11, 'four')],
      journal: added(ONE, TWO, THREE, entry(11, 'four')).filter(({ seq }) => seq !== 2),
    },
    true,
    'add add add add',
  ],
])('%s', (_, found, withBackup, kinds) => {
  const entries = [ONE, TWO, THREE];
  const saved = { record: { ...RECORD, nextId: 20 }, entries, journal: added(...entries) };
  const { journal, nextId } = mendedHistory(found, withBackup ? saved : undefined, 50);
  expect(journal.map(({ op }) => op.kind).join(' ')).toBe(kinds);
  expect(replayed(journal)).toEqual(found.entries);
  expect(journal.map(({ seq }) => seq)).toEqual(journal.map((__, i) => i + 1));
  const used = journal.flatMap(({ op }) => (op.kind === 'add' ? [Number(op.after.id.slice(1))] : []));
  expect(nextId).toBeGreaterThan(Math.max(...used));
  expect(nextId).toBeGreaterThanOrEqual(withBackup ? 20 : (found.record?.nextId ?? 1));
  for (let i = 1; i < journal.length; i++) expect(journal[i].at).toBeGreaterThanOrEqual(journal[i - 1].at);
  const losses = journal.filter(({ act }) => act.kind === 'loss');
  for (const { by, act } of losses) {
    expect(by).toEqual({ kind: 'lab' });
    expect(act.id).toBe(losses[0].seq);
  }
});

test('differences lead from one state to the other, and there is none between equal ones', () => {
  let state = 1;
  const random = (below: number) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  const some = () =>
    Array.from({ length: 12 }, (_, i) => i + 1)
      .filter(() => random(3) > 0)
      .map((number) => entry(number, `text ${random(3)}`));
  const mapOf = (entries: readonly EntryText[]) => new Map(entries.map((each) => [each.id, each]));
  for (let round = 0; round < 200; round++) {
    const [from, to] = [some(), some()];
    const ops = differences(mapOf(from), to);
    expect(replayed([...added(...from), ...history(...ops)])).toEqual(to);
    expect(differences(mapOf(to), to)).toEqual([]);
    expect(ops.length).toBeLessThanOrEqual(12);
  }
});

describe('written to after the loss', () => {
  const [own, later] = [entry(1, 'written since'), entry(2, 'this too')];
  const saved = { record: { ...RECORD, nextId: 20 }, entries: [ONE, TWO], journal: added(ONE, TWO) };

  test('and begun anew: the saved history to the letter, the loss, and what was written since under ids of its own', () => {
    const { journal, entries, nextId, newIds } = mendedHistory(
      {
        record: { ...RECORD, journal: 4 },
        entries: [later],
        journal: history(
          { kind: 'add', after: own },
          { kind: 'add', after: later },
          { kind: 'retrieve', query: 'q', topK: 1, hits: [{ id: 'm1', score: 1 }] },
          { kind: 'delete', before: own },
        ).map((record) => (record.seq < 4 ? record : { ...record, act: { id: 4, kind: 'undo', of: 1 } })),
      },
      saved,
      50,
    );
    expect(journal.slice(0, 2)).toEqual(saved.journal);
    expect(journal.map(({ act }) => act.kind)).toEqual([
      ...['add', 'add'],
      ...['loss', 'loss'],
      ...['add', 'add', 'add', 'undo'],
    ]);
    expect(journal.map(({ seq, act }) => [seq, act.id])).toEqual(
      [1, 2, 3, 3, 5, 6, 7, 8].map((id, i) => [i + 1, id]),
    );
    expect(journal[7].act.of).toBe(5);
    expect(journal[6].op).toMatchObject({ hits: [{ id: 'm20' }] });
    expect([...newIds]).toEqual([
      ['m1', 'm20'],
      ['m2', 'm21'],
    ]);
    expect(entries).toEqual([{ ...later, id: 'm21' }]);
    expect(replayed(journal)).toEqual(entries);
    expect(nextId).toBe(22);
    for (let i = 1; i < journal.length; i++) expect(journal[i].at).toBeGreaterThanOrEqual(journal[i - 1].at);
  });

  test('and gone back: what both histories tell keeps its ids, what came after it does not', () => {
    const [two, first] = [{ ...TWO, content: 'changed since' }, added(ONE)[0]];
    const { journal, entries, newIds } = mendedHistory(
      {
        record: { ...RECORD, journal: 3 },
        entries: [{ ...ONE, content: 'changed since' }, two],
        journal: [
          first,
          ...history(
            { kind: 'add', after: ONE },
            { kind: 'add', after: two },
            { kind: 'update', before: ONE, after: { ...ONE, content: 'changed since' } },
          ).slice(1),
        ],
      },
      saved,
      500,
    );
    expect([...newIds]).toEqual([['m2', 'm20']]);
    expect(entries.map(({ id, content }) => [id, content])).toEqual([
      ['m1', 'changed since'],
      ['m20', 'changed since'],
    ]);
    expect(journal.map(({ op }) => op.kind)).toEqual(['add', 'add', 'delete', 'add', 'update']);
    expect(replayed(journal)).toEqual(entries);
  });

  test('and begun anew over what is left of the old one: only what was written since gets new ids', () => {
    const { journal, entries, newIds } = mendedHistory(
      {
        record: { ...RECORD, journal: 1 },
        entries: [own, TWO],
        journal: [added(own)[0], added(ONE, TWO)[1]],
      },
      saved,
      500,
    );
    expect([...newIds]).toEqual([['m1', 'm20']]);
    expect(entries.map(({ id, content }) => [id, content])).toEqual([
      ['m2', 'two'],
      ['m20', 'written since'],
    ]);
    expect(replayed(journal)).toEqual(entries);
  });
});
