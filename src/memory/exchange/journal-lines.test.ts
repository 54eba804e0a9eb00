import { describe, expect, test } from 'vitest';
import { createRandom } from '../../tasks/random';
import type { JournalRecord } from '../journal';
import type { EntryText } from '../memory';
import { ImportFileError } from './errors';
import { randomJournal, randomTexts } from './hostile.fixture';
import { checkJournal, readJournal, writeJournal } from './journal-lines';

const bytes = (lines: Iterable<string>) => new TextEncoder().encode([...lines].join(''));
const tea: EntryText = {
  id: 'm1',
  content: 'Ann likes tea.',
  metadata: { topic: 'drinks' },
  memoryType: 'fact',
  created: 1_767_225_600_000,
  updated: 1_767_225_600_000,
  sourceStep: 'e1/s4',
};
const coffee = { ...tea, content: 'Ann likes coffee.', updated: tea.updated + 5 };
const HISTORY: readonly JournalRecord[] = [
  {
    seq: 1,
    at: tea.created,
    by: { kind: 'policy', policy: 'bundled', adapter: 'a1', run: 'run3', episode: 'e1', step: 4 },
    why: 'She said so.',
    act: { id: 1, kind: 'add' },
    op: { kind: 'add', after: tea },
  },
  {
    seq: 2,
    at: coffee.updated,
    by: { kind: 'user' },
    why: '',
    act: { id: 2, kind: 'update' },
    op: { kind: 'update', before: tea, after: coffee },
  },
  {
    seq: 3,
    at: coffee.updated,
    by: { kind: 'user' },
    why: '',
    act: { id: 3, kind: 'retrieve' },
    op: { kind: 'retrieve', query: 'drinks?', topK: 3, hits: [{ id: 'm1', score: 0.75 }] },
  },
  {
    seq: 4,
    at: coffee.updated,
    by: { kind: 'lab' },
    why: 'expired',
    act: { id: 4, kind: 'undo', of: 2 },
    op: { kind: 'delete', before: coffee },
  },
];

test('the format, to the letter', () => {
  expect([...writeJournal(HISTORY)]).toMatchInlineSnapshot(`
    [
      "{"seq":1,"at":1767225600000,"by":{"kind":"policy","policy":"bundled","adapter":"a1","run":"run3","episode":"e1","step":4},"why":"She said so.","act":{"id":1,"kind":"add"},"op":{"kind":"add","after":{"id":"m1","content":"Ann likes tea.","metadata":{"topic":"drinks"},"memoryType":"fact","created":1767225600000,"updated":1767225600000,"sourceStep":"e1/s4"}}}
    ",
      "{"seq":2,"at":1767225600005,"by":{"kind":"user"},"why":"","act":{"id":2,"kind":"update"},"op":{"kind":"update","before":{"id":"m1","content":"Ann likes tea.","metadata":{"topic":"drinks"},"memoryType":"fact","created":1767225600000,"updated":1767225600000,"sourceStep":"e1/s4"},"after":{"id":"m1","content":"Ann likes coffee.","metadata":{"topic":"drinks"},"memoryType":"fact","created":1767225600000,"updated":1767225600005,"sourceStep":"e1/s4"}}}
    ",
      "{"seq":3,"at":1767225600005,"by":{"kind":"user"},"why":"","act":{"id":3,"kind":"retrieve"},"op":{"kind":"retrieve","query":"drinks?","topK":3,"hits":[{"id":"m1","score":0.75}]}}
    ",
      "{"seq":4,"at":1767225600005,"by":{"kind":"lab"},"why":"expired","act":{"id":4,"kind":"undo","of":2},"op":{"kind":"delete","before":{"id":"m1","content":"Ann likes coffee.","metadata":{"topic":"drinks"},"memoryType":"fact","created":1767225600000,"updated":1767225600005,"sourceStep":"e1/s4"}}}
    ",
    ]
  `);
});

test('histories come back as they were, and their lines to the byte', () => {
  for (let seed = 0; seed < (process.env.SOAK ? 500 : 60); seed++) {
    const entries = randomTexts(createRandom('journal-lines', seed), 10);
    const records = randomJournal(seed, entries);
    const file = bytes(writeJournal(records));
    const read = readJournal(file);
    expect(read).toEqual(records);
    expect(bytes(writeJournal(read))).toEqual(file);
    checkJournal(read, entries);
  }
});

describe('a history that is not whole is refused', () => {
  const refused = (records: readonly JournalRecord[], entries: readonly EntryText[], words: string) => {
    expect(() => checkJournal(records, entries)).toThrow(ImportFileError);
    expect(() => checkJournal(records, entries)).toThrow(words);
  };
  const [add, update, retrieve, remove] = HISTORY;

  test('records are missing or in another order', () => {
    checkJournal(HISTORY, []);
    checkJournal([], []);
    refused([add, retrieve], [tea], 'Record 2 has the number 3');
    refused(HISTORY.slice(1), [], 'Record 1 has the number 2');
    refused([add, update, remove, retrieve], [], 'Record 3 has the number 4');
  });

  test('time goes back', () => {
    refused([add, { ...update, at: add.at - 1 }], [coffee], 'is older');
  });

  test('an act is torn apart', () => {
    refused([add, { ...update, act: { id: 7, kind: 'update' } }], [coffee], 'belongs to an act');
    refused([add, update, { ...retrieve, act: { id: 1, kind: 'add' } }], [coffee], 'belongs to an act');
  });

  test('what it says was there was not', () => {
    refused(
      [add, { ...update, op: { kind: 'update', before: coffee, after: tea } }],
      [tea],
      'does not follow',
    );
    refused([add, { ...update, op: { kind: 'add', after: tea } }], [tea], 'does not follow');
    refused([{ ...remove, seq: 1, act: { id: 1, kind: 'delete' } }], [], 'does not follow');
    const other = { ...tea, id: 'm2' };
    refused(
      [add, { ...update, op: { kind: 'update', before: tea, after: other } }],
      [other],
      'does not follow',
    );
  });

  test('it ends in other entries', () => {
    refused(HISTORY, [tea], 'do not end in the entries');
    refused([add], [], 'do not end in the entries');
    refused([add], [coffee], 'do not end in the entries');
    refused([add], [{ ...tea, id: 'm2' }], 'do not end in the entries');
  });
});

describe('a line that is no record is refused with its number', () => {
  const [line] = writeJournal(HISTORY);
  test.each([
    ['no JSON', 'hello\n', 'not valid JSON'],
    ['no object', '[]\n', 'It is no record'],
    ['no number', line.replace('"seq":1', '"seq":0'), '"seq", "at" or "why"'],
    ['no time', line.replace(/"at":\d+/, '"at":1e99'), '"seq", "at" or "why"'],
    ['nobody', line.replace('"kind":"policy"', '"kind":"__proto__"'), '"by" names nobody'],
    ['a policy without a step', line.replace(',"step":4', ''), '"by" names nobody'],
    [
      'an unknown act',
      line.replace('"act":{"id":1,"kind":"add"', '"act":{"id":1,"kind":"toString"'),
      '"act" is none',
    ],
    ['an unknown change', line.replace('"op":{"kind":"add"', '"op":{"kind":"swap"'), 'no known kind'],
    ['an entry without a time', line.replace(/"updated":\d+,/, ''), 'An entry has no "updated"'],
    ['an entry with a strange id', line.replace('"m1"', '"x1"'), 'is not one of this lab'],
  ])('%s', (_, text, words) => {
    const file = bytes([line, text]);
    expect(() => readJournal(file)).toThrow(ImportFileError);
    expect(() => readJournal(file)).toThrow(`Line 2: `);
    expect(() => readJournal(file)).toThrow(words);
  });

  test('no UTF-8', () => {
    expect(() => readJournal(Uint8Array.of(0xff, 0xfe))).toThrow('Line 1: It is not text in UTF-8');
  });
});
