import { describe, expect, expectTypeOf, test } from 'vitest';
import type {
  ImportLine,
  ImportPreview,
  ExportFormat as PageExportFormat,
} from '../../worker/memory-protocol';
import type { EntryText } from '../memory';
import type { ExportFormat } from './export-memory';
import { readEntryLine } from './json-lines';
import { readMem0Item } from './mem0';
import { countOutcomes, type PlannedLine, planImport } from './plan-import';
import { type PreviewLine, previewLines } from './preview-lines';
import type { ImportFormat } from './read-import';

const NOW = 9_000;
const tea: EntryText = {
  id: 'm1',
  content: 'Ann likes tea.',
  metadata: { topic: 'drinks' },
  memoryType: 'fact',
  created: 1_000,
  updated: 2_000,
  sourceStep: 'e1/s4',
};
const cat: EntryText = {
  id: 'm4',
  content: 'The cat is called Tom.',
  metadata: {},
  memoryType: '',
  created: 1_500,
  updated: 1_500,
  sourceStep: '',
};

function plan(stored: readonly EntryText[], ...lines: readonly object[]): readonly PlannedLine[] {
  const read = lines.map((line, i) => readEntryLine({ number: i + 2, text: JSON.stringify(line) }, null));
  return planImport({ entries: stored, nextId: 6 }, read, NOW);
}

function planMem0(stored: readonly EntryText[], ...items: readonly object[]): readonly PlannedLine[] {
  const read = items.map((item, i) => readMem0Item(i + 1, JSON.stringify(item)));
  return planImport({ entries: stored, nextId: 6 }, read, NOW);
}

const outcomes = (lines: readonly PlannedLine[]) => lines.map(({ outcome, id }) => `${outcome} ${id}`.trim());

describe('a line with an id of ours', () => {
  test('is added under it where it is free, used before or not', () => {
    const [line] = plan([tea], cat);
    expect(line).toMatchObject({ line: 2, outcome: 'add', id: 'm4', entry: cat, current: null, reason: '' });
  });

  test('is the same where nothing differs, whatever the order of keys', () => {
    const two = { ...tea, metadata: { a: 1, b: { c: 2, d: 3 } } };
    expect(outcomes(plan([two], { ...two, metadata: { b: { d: 3, c: 2 }, a: 1 } }))).toEqual(['same m1']);
  });

  test('is an update where the file is newer', () => {
    const newer = { ...tea, content: 'Ann likes coffee.', updated: 2_001 };
    const [line] = plan([tea], newer);
    expect(line).toMatchObject({ outcome: 'update', id: 'm1', current: tea.content, entry: newer });
  });

  test('is in conflict where the stored one was changed since', () => {
    const [line] = plan([tea], { ...tea, content: 'Ann likes coffee.', updated: 1_999 });
    expect(line).toMatchObject({ outcome: 'conflict', id: 'm1', current: tea.content });
    expect(line.content).toBe('Ann likes coffee.');
    expect(line.reason).toContain('changed here after');
  });

  test('is in conflict where both say the same time and differ in any field', () => {
    for (const change of [{ content: 'x' }, { metadata: {} }, { memoryType: '' }, { sourceStep: '' }]) {
      const [line] = plan([tea], { ...tea, ...change });
      expect(line.outcome).toBe('conflict');
      expect(line.reason).toContain('at the same time');
    }
  });

  test('written by hand without times is an update of now', () => {
    const [line] = plan([tea], { id: 'm1', content: 'Ann likes coffee.' });
    expect(line).toMatchObject({ outcome: 'update', entry: { created: 1_000, updated: NOW } });
    const { created, updated, ...rest } = tea;
    expect(outcomes(plan([tea], rest))).toEqual(['same m1']);
  });

  test('that was created at another time is another entry and gets another id', () => {
    const other = { ...tea, content: 'Bob likes milk.', created: 5 };
    const [line, next] = plan([tea], other, { content: 'new' });
    expect(line).toMatchObject({ outcome: 'add', id: 'm6', entry: { ...other, id: 'm6' } });
    expect(line.reason).toContain('m1 is another entry here');
    expect(next.id).toBe('m7');
  });

  test('of another memory is not added again by a second import', () => {
    const other = { ...tea, content: 'Bob likes milk.', created: 5 };
    const [first] = plan([tea], other);
    expect(outcomes(plan([tea, first.entry as EntryText], other))).toEqual(['same m6']);
  });

  test('is rejected where the id stands twice', () => {
    const lines = plan([], tea, { ...tea, content: 'x' });
    expect(outcomes(lines)).toEqual(['add m1', 'reject']);
    expect(lines[1].reason).toContain('The id "m1" stands in line 2 already');
  });
});

describe('a line without an id', () => {
  test('gets one behind all in use, in the memory and in the file', () => {
    expect(outcomes(plan([tea], { content: 'a' }, { ...cat, id: 'm20' }, { content: 'b' }))).toEqual([
      'add m21',
      'add m20',
      'add m22',
    ]);
  });

  test('is the same where its content is stored, or stood in the file before', () => {
    expect(outcomes(plan([tea], { content: tea.content }, { content: 'a' }, { content: 'a' }))).toEqual([
      'same m1',
      'add m6',
      'same m6',
    ]);
  });

  test('is about the first of two entries that are alike', () => {
    expect(outcomes(plan([tea, { ...tea, id: 'm3' }], { content: tea.content }))).toEqual(['same m1']);
  });

  test('is another entry where its metadata differs', () => {
    const metadata = { topic: 'other' };
    expect(outcomes(plan([tea], { content: tea.content, metadata }))).toEqual(['add m6']);
    expect(outcomes(plan([tea], { content: tea.content, metadata: tea.metadata }))).toEqual(['same m1']);
  });

  test('has the time of the import', () => {
    expect(plan([], { content: 'a' })[0].entry).toMatchObject({ created: NOW, updated: NOW });
    expect(plan([], { content: 'a', created: 7 })[0].entry).toMatchObject({ created: 7, updated: 7 });
  });
});

describe('an item of Mem0', () => {
  const item = { id: 'x-1', memory: 'Likes tea', updated_at: '2025-03-01', created_at: '2025-02-01' };
  const [{ entry }] = planMem0([], item);

  test('is known again by its id', () => {
    expect(outcomes(planMem0([entry as EntryText], item))).toEqual(['same m6']);
    const newer = { ...item, memory: 'Likes coffee', updated_at: '2025-03-02' };
    expect(planMem0([entry as EntryText], newer)[0]).toMatchObject({
      outcome: 'update',
      id: 'm6',
      current: 'Likes tea',
    });
    const older = { ...item, memory: 'Likes milk', updated_at: '2025-02-02' };
    expect(outcomes(planMem0([entry as EntryText], older))).toEqual(['conflict m6']);
  });

  test('with the same text under another id is another item', () => {
    expect(outcomes(planMem0([entry as EntryText], { ...item, id: 'x-2' }))).toEqual(['add m6']);
  });

  test('twice in a list is rejected the second time', () => {
    expect(outcomes(planMem0([], item, { ...item, memory: 'other' }))).toEqual(['add m6', 'reject']);
  });
});

test('planning changes nothing it was given, and the same again gives the same', () => {
  const stored = [tea, cat];
  const copy = structuredClone(stored);
  const lines = [{ ...tea, content: 'x', updated: 5_000 }, { content: 'y' }, {}];
  expect(plan(stored, ...lines)).toEqual(plan(stored, ...lines));
  expect(stored).toEqual(copy);
  expect(countOutcomes(plan(stored, ...lines))).toEqual({
    add: 1,
    update: 1,
    conflict: 0,
    same: 0,
    reject: 1,
  });
});

describe('what a preview shows', () => {
  test('is what the page is told', () => {
    expectTypeOf<PreviewLine>().toEqualTypeOf<ImportLine>();
    expectTypeOf<ImportFormat>().toEqualTypeOf<ImportPreview['format']>();
    expectTypeOf<ExportFormat>().toEqualTypeOf<PageExportFormat>();
  });

  test('keeps rejects and conflicts when there is too much', () => {
    const lines = plan(
      [tea],
      ...Array.from({ length: 600 }, (_, i) => ({ content: `line ${i}` })),
      {},
      {
        ...tea,
        content: 'x',
        updated: 1,
      },
    );
    const shown = previewLines(lines);
    expect(shown).toHaveLength(500);
    expect(shown.slice(-2).map(({ outcome }) => outcome)).toEqual(['reject', 'conflict']);
    expect(shown.map(({ line }) => line)).toEqual(shown.map(({ line }) => line).sort((a, b) => a - b));
    expect(Object.keys(shown[0]).sort()).toEqual(['content', 'current', 'id', 'line', 'outcome', 'reason']);
  });

  test('cuts what is long, not between the halves of a pair', () => {
    const [long, pair] = previewLines(
      plan([], { content: 'x'.repeat(10_000_000) }, { content: `x${'😀'.repeat(2_000)}` }),
    );
    expect(long.content).toBe(`${'x'.repeat(2_000)}… (9,998,000 more characters)`);
    expect(pair.content).toBe(`x${'😀'.repeat(999)}… (2,002 more characters)`);
  });
});
