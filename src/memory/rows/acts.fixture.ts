/**
 * What `write` and the journal of any `MemoryRows` must do, as tests that each implementation runs. `make` gives
 * fresh, empty rows; `sequences` is how many random sequences of acts are tried.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { NgramEmbedder } from '../embedders/ngram-embedder';
import {
  EmbedderMismatchError,
  MemoryArgumentError,
  MemoryChangedError,
  UnknownMemoryError,
  UnknownNamespaceError,
  VectorError,
} from '../errors';
import { BY_USER, type JournalRecord, type Note } from '../journal';
import type { EntryText, MemoryEntry, Metadata } from '../memory';
import { inOrder } from './entry-ids';
import { sumOfEntries } from './entry-sum';
import type { EntryDraft, MemoryRows, RowChange, RowWrite, Written } from './rows';

const NAME = 'user/acts';
const BAD_IDS = ['', 'm', 'm0', 'm01', 'M1', 'm1 ', 'm-1', 'm1.5', 'm1e3', 'm1000000001', '__proto__', '7'];
type Fault = readonly [
  what: string,
  write: Partial<RowWrite> & Pick<RowWrite, 'changes'>,
  error: new (...args: never[]) => Error,
];
const embedder = new NgramEmbedder({ dimension: 32 });

export function draft(content: string, metadata: Metadata = {}): EntryDraft {
  return {
    content,
    metadata,
    memoryType: 'fact',
    created: 5,
    updated: 5,
    sourceStep: '',
    embedding: embedder.embedNow(content),
    embedderId: embedder.id,
  };
}

const entry = (id: string, content: string): MemoryEntry => ({ id, ...draft(content) });
const add = (content: string, metadata?: Metadata): RowChange => ({
  kind: 'add',
  draft: draft(content, metadata),
});
const put = (id: string, content: string): RowChange => ({ kind: 'put', entry: entry(id, content) });
const remove = (id: string): RowChange => ({ kind: 'remove', id });
const retrieved = (query: string): RowChange => ({
  kind: 'retrieved',
  query,
  topK: 3,
  hits: [{ id: 'm1', score: 0.5 }],
});
const replace = (id: string, content: string, metadata: Metadata = {}): RowChange => ({
  kind: 'replace',
  id,
  change: {
    content,
    metadata,
    embedding: embedder.embedNow(content),
    embedderId: embedder.id,
    updated: 9,
    sourceStep: 's9',
  },
});

/** The entries that a journal leads to. */
export function replayed(journal: readonly JournalRecord[]): readonly EntryText[] {
  const entries = new Map<string, EntryText>();
  for (const { op } of journal) {
    if (op.kind === 'add' || op.kind === 'update') entries.set(op.after.id, op.after);
    if (op.kind === 'delete') entries.delete(op.before.id);
  }
  return inOrder(entries.values());
}

export function describeActs(name: string, make: () => Promise<MemoryRows>, sequences = 6): void {
  let rows: MemoryRows;
  let time = 0;

  beforeEach(async () => {
    rows = await make();
    time = 1000;
    await rows.ensure(NAME, { embedder, created: time }, 'relaxed');
  });

  const write = (changes: readonly RowChange[], more: Partial<RowWrite> = {}): Promise<Written> =>
    rows.write(NAME, { act: { kind: 'import' }, note: BY_USER, at: ++time, changes, ...more }, 'relaxed');

  /** All there is, and that it fits together. */
  async function everything() {
    const content = (await rows.read(NAME))!; // No known state is given.
    const texts = await rows.texts(NAME);
    const journal = await rows.journal(NAME);
    const { ids, vectors } = await rows.vectors(NAME);
    const { record, entries } = content;
    expect(texts).toEqual({
      record,
      entries: entries.map(({ embedding: _, embedderId: __, ...text }) => text),
    });
    expect(record.count).toBe(entries.length);
    expect(record.sum).toBe(sumOfEntries(entries));
    expect(record.journal).toBe(journal.length);
    expect(record.lastAt).toBe(journal.at(-1)?.at ?? record.created);
    expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_, i) => i + 1));
    expect(replayed(journal)).toEqual(texts.entries);
    expect(ids).toEqual(entries.map(({ id }) => id));
    expect(vectors).toEqual(new Float32Array(entries.flatMap(({ embedding }) => [...embedding])));
    for (const { content: text, embedding } of entries) expect(embedding).toEqual(embedder.embedNow(text));
    return { ...content, journal };
  }

  describe(`${name}: acts`, () => {
    test('are one revision, one record a change, and say who, when and why', async () => {
      const note: Note = {
        by: { kind: 'policy', policy: 'p', adapter: 'a', run: 'r', episode: 'e', step: 4 },
        why: 'it matters',
      };
      await write([add('one'), add('two')]);
      const { record, journal, entries } = await write(
        [replace('m1', 'uno', { n: 1 }), remove('m2'), add('three'), retrieved('what?')],
        { act: { kind: 'merge', of: 1 }, note, at: 2000 },
      );
      expect(record).toMatchObject({ revision: 2, journal: 6, count: 2, nextId: 4, lastAt: 2000 });
      const [one, two] = [entry('m1', 'one'), entry('m2', 'two')].map(textOf);
      const uno = { ...one, content: 'uno', metadata: { n: 1 }, updated: 9, sourceStep: 's9' };
      const three = textOf(entry('m3', 'three'));
      expect(entries).toEqual([
        { before: one, after: uno },
        { before: two, after: null },
        { before: null, after: three },
        { before: null, after: null },
      ]);
      const act = { id: 3, kind: 'merge', of: 1 };
      expect(journal).toEqual([
        { seq: 3, at: 2000, ...note, act, op: { kind: 'update', before: one, after: uno } },
        { seq: 4, at: 2000, ...note, act, op: { kind: 'delete', before: two } },
        { seq: 5, at: 2000, ...note, act, op: { kind: 'add', after: three } },
        {
          seq: 6,
          at: 2000,
          ...note,
          act,
          op: { kind: 'retrieve', query: 'what?', topK: 3, hits: [{ id: 'm1', score: 0.5 }] },
        },
      ]);
      expect((await rows.journal(NAME)).slice(2)).toEqual(journal);
      expect(await rows.record(NAME)).toEqual(record);
      await everything();
    });

    const faults: readonly Fault[] = [
      ['an id that is not there', { changes: [replace('m99', 'x')] }, UnknownMemoryError],
      ['the second removal of an entry', { changes: [remove('m2'), remove('m2')] }, UnknownMemoryError],
      ['a change of what was removed', { changes: [remove('m2'), replace('m2', 'x')] }, UnknownMemoryError],
      [
        'a vector of another embedder',
        { changes: [{ kind: 'add', draft: { ...draft('x'), embedderId: 'other' } }] },
        EmbedderMismatchError,
      ],
      [
        'a vector of another length',
        { changes: [{ kind: 'put', entry: { ...entry('m1', 'x'), embedding: new Float32Array([1]) } }] },
        VectorError,
      ],
      [
        'a vector that holds NaN',
        { changes: [{ kind: 'add', draft: { ...draft('x'), embedding: new Float32Array(32).fill(NaN) } }] },
        VectorError,
      ],
      ['metadata that is no JSON', { changes: [add('x', { n: Number.NaN })] }, MemoryArgumentError],
      [
        'metadata without end',
        { changes: [add('x', JSON.parse(`{"a":${'['.repeat(80)}${']'.repeat(80)}}`))] },
        MemoryArgumentError,
      ],
      ['a time that is none', { changes: [], at: Number.NaN }, MemoryArgumentError],
      ...BAD_IDS.map(
        (id): Fault => [`the id ${JSON.stringify(id)}`, { changes: [put(id, 'x')] }, MemoryArgumentError],
      ),
    ];

    test.each(faults)('with %s at their end change nothing', async (_, fault, expected) => {
      await write([add('one'), add('two'), add('three')]);
      const before = await everything();
      const sound = [
        add('four'),
        put('m1', 'changed'),
        remove('m3'),
        put('m50', 'far'),
        replace('m2', 'new'),
      ];
      const failing = write([...sound, ...fault.changes], fault.at === undefined ? {} : { at: fault.at });
      await expect(failing).rejects.toBeInstanceOf(expected);
      expect(await everything()).toEqual(before);
    });

    test('go ahead only from the state they expect', async () => {
      const { record: first } = await write([add('one')]);
      await write([retrieved('leaves no new state')]);
      const { record: second } = await write([add('two')], { expected: first });
      const before = await everything();
      await expect(write([add('three')], { expected: first })).rejects.toThrow(MemoryChangedError);
      const other = { ...second, incarnation: 'another' };
      await expect(write([add('three')], { expected: other })).rejects.toThrow(MemoryChangedError);
      expect(await everything()).toEqual(before);
      await rows.drop(NAME, 'relaxed');
      await expect(write([add('three')])).rejects.toThrow(UnknownNamespaceError);
    });

    test('that change nothing leave nothing', async () => {
      await write([add('one', { b: 1, a: [1, { c: null }] })]);
      const before = await everything();
      const [{ embedding, ...same }] = before.entries;
      const again = { ...same, embedding, metadata: { a: [1, { c: null }], b: 1 } };
      const { record, journal, entries } = await write([{ kind: 'put', entry: again }]);
      expect({ record, journal }).toEqual({ record: before.record, journal: [] });
      expect(entries).toEqual([{ before: textOf(again), after: textOf(again) }]);
      expect((await write([])).record).toEqual(before.record);
      expect(await everything()).toEqual(before);
    });

    test('may write one entry several times', async () => {
      await write([put('m3', 'three')]);
      const { record } = await write([
        remove('m3'),
        put('m3', 'again'),
        add('four'),
        replace('m4', 'vier'),
        add('five'),
        remove('m5'),
        put('m9', 'nine'),
        add('ten'),
      ]);
      expect(record).toMatchObject({ nextId: 11, count: 4, revision: 2, journal: 9 });
      const { entries } = await everything();
      expect(entries.map(({ id, content }) => `${id} ${content}`)).toEqual([
        'm3 again',
        'm4 vier',
        'm9 nine',
        'm10 ten',
      ]);
    });

    test('put entries under their own ids, in order, and ids go on after them', async () => {
      await write([put('m12', 'twelve'), put('m3', 'three'), put('m1000000000', 'last')]);
      const { record } = await write([add('next')]);
      expect(record.nextId).toBe(1_000_000_002);
      const { entries } = await everything();
      expect(entries.map(({ id }) => id)).toEqual(['m3', 'm12', 'm1000000000', 'm1000000001']);
    });

    test('hold metadata with any key there is', async () => {
      const metadata = JSON.parse(
        '{"__proto__":{"polluted":true},"constructor":1,"toString":"text","":[],"\\ud800":"\\udfff","\\u0000":-0.5}',
      ) as Metadata;
      const content = '<script>\u0000\u202e\ud800 ﷽';
      await write([add(content, metadata)]);
      await write([replace('m1', content, JSON.parse('{"hasOwnProperty":null}'))]);
      const { entries } = await everything();
      expect(Object.keys(entries[0].metadata).sort()).toEqual(
        [...Object.keys(metadata), 'hasOwnProperty'].sort(),
      );
      expect(JSON.stringify(entries[0].metadata)).toContain('"__proto__":{"polluted":true}');
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
      expect(entries[0].content).toBe(content);
    });
  });

  describe(`${name}: the journal`, () => {
    test('never goes back in time, whatever the clock does', async () => {
      for (const at of [5000, 4000, 6000, -1, 0, 6001]) await write([add(`at ${at}`)], { at });
      expect((await rows.journal(NAME)).map(({ at }) => at)).toEqual([5000, 5000, 6000, 6000, 6000, 6001]);
      await everything();
    });

    test('is read in parts', async () => {
      for (let i = 1; i <= 12; i++) await write([add(`entry ${i}`)]);
      const seqs = async (from?: number, to?: number) =>
        (await rows.journal(NAME, from, to)).map(({ seq }) => seq);
      expect(await seqs(3, 5)).toEqual([3, 4, 5]);
      expect(await seqs(11)).toEqual([11, 12]);
      expect(await seqs(undefined, 2)).toEqual([1, 2]);
      expect(await seqs(12, 12)).toEqual([12]);
      expect(await seqs(5, 4)).toEqual([]);
      expect(await seqs(0, 1)).toEqual([1]);
      expect(await seqs(13, 99)).toEqual([]);
      await rows.drop(NAME, 'relaxed');
      await expect(rows.journal(NAME)).rejects.toThrow(UnknownNamespaceError);
    });

    test('notes retrievals without a new revision: copies stay good', async () => {
      await write([add('one')]);
      const { record } = (await rows.read(NAME))!;
      await write([retrieved('one'), retrieved('two')], { act: { kind: 'retrieve' } });
      expect(await rows.read(NAME, record)).toBeUndefined();
      expect(await rows.record(NAME)).toMatchObject({ revision: 1, journal: 3 });
    });

    test('is gone with its namespace', async () => {
      await write([add('one')]);
      const { incarnation } = await rows.record(NAME);
      await rows.ensure(`${NAME}2`, { embedder, created: 0 }, 'relaxed');
      await rows.drop(NAME, 'relaxed');
      const record = await rows.ensure(NAME, { embedder, created: 7 }, 'relaxed');
      expect(record).toMatchObject({ journal: 0, sum: 0, revision: 0, nextId: 1, lastAt: 7 });
      expect(record.incarnation).not.toBe(incarnation);
      expect(await rows.journal(NAME)).toEqual([]);
      await write([add('new')]);
      await everything();
    });
  });

  describe(`${name}: reading`, () => {
    test('texts of some ids are those that there are, in order of creation', async () => {
      await write(Array.from({ length: 30 }, (_, i) => add(`entry ${i + 1}`)));
      const ids = async (wanted: readonly string[]) =>
        (await rows.texts(NAME, wanted)).entries.map(({ id }) => id);
      expect(await ids(['m12', 'm2', 'm99', 'm2'])).toEqual(['m2', 'm12']);
      expect(await ids([])).toEqual([]);
      const many = Array.from({ length: 25 }, (_, i) => `m${25 - i}`);
      expect(await ids([...many, 'nothing'])).toEqual([...many].reverse());
    });

    test('ageing is kept, is a new revision, and must be a time', async () => {
      await write([add('one')]);
      const record = await rows.setAgeing(NAME, { expireAfter: 1000, halfLife: null });
      expect(record).toMatchObject({ revision: 2, ageing: { expireAfter: 1000, halfLife: null } });
      for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
        await expect(rows.setAgeing(NAME, { expireAfter: null, halfLife: bad })).rejects.toThrow(
          MemoryArgumentError,
        );
      }
      expect(await rows.record(NAME)).toEqual(record);
    });
  });

  describe(`${name}: any sequence of acts`, () => {
    test('hundreds of removals take nothing with them that stays or comes in the same act', async () => {
      const before = await write(Array.from({ length: 300 }, (_, i) => add(`fact ${i}`)));
      const other = new NgramEmbedder({ dimension: 16 });
      await rows.putVectors(
        NAME,
        other,
        before.journal.map((_, i) => ({
          id: `m${i + 1}`,
          content: `fact ${i}`,
          embedding: other.embedNow(`fact ${i}`),
        })),
      );
      const stays = new Set([1, 10, 100, 101, 199, 200, 299]);
      const gone = Array.from({ length: 300 }, (_, i) => i + 1).filter((number) => !stays.has(number));
      await write([add('new'), put('m1000', 'far'), ...gone.map((number) => remove(`m${number}`))]);
      const { entries } = await everything();
      expect(entries.map(({ id }) => Number(id.slice(1)))).toEqual([...stays, 301, 1000]);
      await rows.putVectors(
        NAME,
        other,
        ['new', 'far'].map((content, i) => ({
          id: ['m301', 'm1000'][i],
          content,
          embedding: other.embedNow(content),
        })),
      );
      // The others' vectors that were put aside are still there, and none of those that went.
      expect(await rows.adopt(NAME, other)).toMatchObject({ count: 9 });
      expect((await rows.vectors(NAME)).ids).toHaveLength(9);
    });

    test.each(Array.from({ length: sequences }, (_, seed) => seed))(
      'leaves what a plain model holds (seed %i)',
      async (seed) => {
        const model = new Map<string, EntryText>();
        let next = 1;
        const draw = drawing(seed);
        for (let act = 0; act < 25; act++) {
          const changes: RowChange[] = [];
          for (let left = draw(6); left >= 0; left--) {
            const ids = [...model.keys()];
            const known = ids[draw(ids.length || 1)];
            const content = `fact ${draw(40)}`;
            const kind = draw(5);
            if (kind === 0 || known === undefined) {
              changes.push(add(content, { n: draw(9) }));
              model.set(`m${next}`, textOf({ id: `m${next}`, ...draft(content, lastMetadata(changes)) }));
              next++;
            } else if (kind === 1) {
              changes.push(replace(known, content, { [`k${draw(3)}`]: draw(9) }));
              const before = model.get(known)!; // One of its keys.
              const metadata = { ...before.metadata, ...lastMetadata(changes) };
              model.set(known, { ...before, content, metadata, updated: 9, sourceStep: 's9' });
            } else if (kind === 2) {
              const id = draw(2) === 0 ? known : `m${1 + draw(next + 5)}`;
              changes.push(put(id, content));
              model.set(id, textOf(entry(id, content)));
              next = Math.max(next, Number(id.slice(1)) + 1);
            } else if (kind === 3) {
              changes.push(remove(known));
              model.delete(known);
            } else changes.push(retrieved(content));
          }
          await write(changes, { at: draw(5000) });
          if (draw(3) > 0) continue;
          const { record, entries } = await everything();
          expect(entries.map(textOf)).toEqual(inOrder(model.values()));
          expect(record.nextId).toBe(next);
        }
      },
    );
  });
}

function textOf({ embedding: _, embedderId: __, ...text }: MemoryEntry): EntryText {
  return text;
}

function lastMetadata(changes: readonly RowChange[]): Metadata {
  const change = changes.at(-1);
  if (change?.kind === 'add') return change.draft.metadata;
  return change?.kind === 'replace' ? change.change.metadata : {};
}

function drawing(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % below;
  };
}
