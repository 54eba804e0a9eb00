/**
 * What export and import must do over any rows, as tests that run in Node over the transient ones and in a
 * real browser over IndexedDB.
 */
import { describe, expect, test } from 'vitest';
import { createRandom, type Random } from '../../tasks/random';
import { NgramEmbedder } from '../embedders/ngram-embedder';
import { EmbedderMismatchError, MemoryArgumentError, MemoryChangedError, VectorError } from '../errors';
import { BY_USER } from '../journal';
import type { Embedder, MemoryEntry } from '../memory';
import { sumOfEntries } from '../rows/entry-sum';
import type { MemoryRows, RowChange } from '../rows/rows';
import { ImportChangedError, ImportFileError } from './errors';
import { type ExportFormat, exportMemory } from './export-memory';
import { randomJournal, randomMetadata, randomText, randomTexts, withVectors } from './hostile.fixture';
import { applyImport, type ConflictChoice, previewImport } from './import-memory';
import { checkJournal } from './journal-lines';
import { readImport } from './read-import';

const NAME = 'user/default';
const NOW = 1_790_000_000_000;
const embedder = new NgramEmbedder({ dimension: 32 });

export function describeExchange(
  name: string,
  make: () => Promise<MemoryRows>,
  rounds: { readonly histories: number; readonly mutants: number },
): void {
  const ensure = (rows: MemoryRows) => rows.ensure(NAME, { embedder, created: 1_000 }, 'relaxed');

  /** Empty rows with the namespace in them. */
  async function empty(): Promise<MemoryRows> {
    const rows = await make();
    await ensure(rows);
    return rows;
  }

  const bytesOf = async (rows: MemoryRows, format: ExportFormat) =>
    (await exportMemory(rows, NAME, { format, theta: embedder.threshold })).bytes;

  async function preview(rows: MemoryRows, bytes: Uint8Array, asText = false) {
    const read = readImport(bytes, { asText });
    return previewImport(rows, { namespace: NAME, file: 'memory.jsonl', read, now: NOW });
  }

  async function importInto(rows: MemoryRows, bytes: Uint8Array, conflicts: ConflictChoice = 'keep mine') {
    return applyImport(rows, await preview(rows, bytes), { conflicts, embedder });
  }

  const text = (lines: string) => new TextEncoder().encode(lines);
  const contents = async (rows: MemoryRows) =>
    (await rows.texts(NAME)).entries.map(({ id, content }) => `${id} ${content}`);

  /** Counters, sums and journal agree with the entries. */
  async function expectWhole(rows: MemoryRows): Promise<void> {
    const { record, entries } = await rows.texts(NAME);
    const journal = await rows.journal(NAME);
    expect(record).toMatchObject({
      count: entries.length,
      sum: sumOfEntries(entries),
      journal: journal.length,
    });
    checkJournal(journal, entries);
    expect((await rows.vectors(NAME)).ids).toEqual(entries.map(({ id }) => id));
  }

  describe(`${name}: out and in again`, () => {
    test.each(['jsonl', 'jsonl-vectors', 'zip'] as const)(
      '%s: the same bytes, whatever is in them',
      async (format) => {
        for (let seed = 0; seed < rounds.histories; seed++) {
          const rows = await empty();
          await live(rows, createRandom('history', seed));
          const bytes = await bytesOf(rows, format);
          const [record, journal] = [await rows.record(NAME), await rows.journal(NAME)];
          await rows.drop(NAME, 'relaxed');
          await ensure(rows);
          await importInto(rows, bytes);
          expect(await bytesOf(rows, format)).toEqual(bytes);
          await expectWhole(rows);
          if (format === 'zip') {
            expect(await rows.journal(NAME)).toEqual(journal);
            const { incarnation: _, revision: __, ...kept } = record;
            expect(await rows.record(NAME)).toMatchObject(kept);
          }
          // A second time there is nothing to do.
          const before = await rows.record(NAME);
          const again = await preview(rows, bytes);
          expect(again.counts).toEqual({
            add: 0,
            update: 0,
            conflict: 0,
            reject: 0,
            same: again.lines.length,
          });
          await applyImport(rows, again, { conflicts: 'take theirs', embedder });
          expect(await rows.record(NAME)).toEqual(before);
        }
      },
    );

    test('after "forget all" too: entries come back, the history goes on', async () => {
      const rows = await empty();
      await live(rows, createRandom('clear'));
      const [lines, zip] = [await bytesOf(rows, 'jsonl'), await bytesOf(rows, 'zip')];
      const { record, entries } = await rows.texts(NAME);
      const changes = entries.map(({ id }): RowChange => ({ kind: 'remove', id }));
      await rows.write(NAME, { act: { kind: 'clear' }, note: BY_USER, at: NOW, changes }, 'relaxed');
      const plan = await preview(rows, zip);
      expect(plan.journal).toEqual([]);
      expect(plan.notes.join()).toContain('has a history of its own');
      await applyImport(rows, plan, { conflicts: 'keep mine', embedder });
      expect(await bytesOf(rows, 'jsonl')).toEqual(lines);
      expect((await rows.record(NAME)).journal).toBe(record.journal + 2 * entries.length);
      await expectWhole(rows);
    });

    test('a zip is the state of one moment, whoever writes meanwhile', async () => {
      const rows = await empty();
      await live(rows, createRandom('moment'));
      const [bytes] = await Promise.all([
        bytesOf(rows, 'zip'),
        ...Array.from({ length: 5 }, (_, i) => addContent(rows, `meanwhile ${i}`)),
      ]);
      // Reading replays the journal against the entries.
      expect(readImport(bytes, { asText: false }).format).toBe('zip');
    });

    test('ten million characters', async () => {
      const rows = await empty();
      const content = `<script>${'\0"\\\ud83d'.repeat(2_500_000)}`;
      const bytes =
        text(`{"format":"agemem-memory","version":1,"namespace":"${NAME}","entries":1,"vectors":null}
{"id":"m1","content":${JSON.stringify(content)},"metadata":{},"memoryType":"","created":1,"updated":1,"sourceStep":""}
`);
      await importInto(rows, bytes);
      const [entry] = (await rows.texts(NAME)).entries;
      expect(entry.content === content).toBe(true);
      const out = await bytesOf(rows, 'jsonl');
      expect(out.length).toBe(bytes.length);
      expect(out.every((byte, i) => byte === bytes[i])).toBe(true);
      const over = text(JSON.stringify([{ memory: 'x'.repeat(20_000_000) }]));
      const [line] = (await preview(rows, over)).lines;
      expect(line).toMatchObject({ outcome: 'reject' });
      expect(line.reason).toContain('an entry takes 16,777,216');
    });
  });

  describe(`${name}: an import`, () => {
    test('is one act of the user, that says which file', async () => {
      const rows = await empty();
      await importInto(rows, text('Ann likes tea.\n\nThe cat is called Tom.\nAnn likes tea.\n'));
      expect(await contents(rows)).toEqual(['m1 Ann likes tea.', 'm2 The cat is called Tom.']);
      const journal = await rows.journal(NAME);
      expect(journal.map(({ act, by, why, at }) => ({ act, by, why, at }))).toEqual(
        [1, 2].map(() => ({
          act: { id: 1, kind: 'import' },
          by: { kind: 'user' },
          why: 'Import of memory.jsonl',
          at: NOW,
        })),
      );
      expect((await rows.read(NAME))?.entries[0].embedding).toEqual(embedder.embedNow('Ann likes tea.'));
    });

    test('keeps mine or takes theirs where there is a conflict', async () => {
      for (const [choice, expected] of [
        ['keep mine', 'm1 newer'],
        ['take theirs', 'm1 older'],
      ] as const) {
        const rows = await empty();
        await importInto(rows, text(entryFile([{ id: 'm1', content: 'older', created: 1, updated: 1 }])));
        const file = await bytesOf(rows, 'jsonl');
        await importInto(rows, text(entryFile([{ id: 'm1', content: 'newer', created: 1, updated: 2 }])));
        expect((await preview(rows, file)).counts).toMatchObject({ conflict: 1 });
        await importInto(rows, file, choice);
        expect(await contents(rows)).toEqual([expected]);
        await expectWhole(rows);
      }
    });

    test('uses vectors of the embedder in force and makes others', async () => {
      const rows = await empty();
      const [entry] = withVectors(createRandom('v'), randomTexts(createRandom('t'), 1), embedder);
      await put(rows, [entry]);
      const file = await bytesOf(rows, 'jsonl-vectors');
      const renamed = text(new TextDecoder().decode(file).replace(embedder.id, 'somebody-else'));
      for (const [bytes, expected] of [
        [file, entry.embedding],
        [renamed, embedder.embedNow(entry.content)],
      ] as const) {
        const other = await empty();
        await importInto(other, bytes);
        expect((await other.read(NAME))?.entries[0].embedding).toEqual(expected);
      }
    });

    test('is all or nothing: one vector that is none, and nothing has changed', async () => {
      const rows = await empty();
      await addContent(rows, 'before');
      const before = await bytesOf(rows, 'zip');
      const broken: Embedder = {
        ...{ id: embedder.id, dimension: 32, threshold: 0 },
        embed: async (texts) =>
          texts.map((content) => (content === 'line 99' ? new Float32Array(32) : embedder.embedNow(content))),
      };
      const lines = Array.from({ length: 100 }, (_, i) => `line ${i}`).join('\n');
      const plan = await preview(rows, text(lines));
      await expect(applyImport(rows, plan, { conflicts: 'keep mine', embedder: broken })).rejects.toThrow(
        VectorError,
      );
      expect(await bytesOf(rows, 'zip')).toEqual(before);
      await applyImport(rows, plan, { conflicts: 'keep mine', embedder });
      expect((await rows.record(NAME)).count).toBe(101);
    });

    test('goes on where a change in between touches none of it', async () => {
      const rows = await empty();
      await importInto(rows, text(entryFile([{ id: 'm7', content: 'seven', created: 1, updated: 1 }])));
      const plan = await preview(rows, text(entryFile([{ id: 'm3', content: 'three' }])));
      await addContent(rows, 'meanwhile');
      await applyImport(rows, plan, { conflicts: 'keep mine', embedder });
      expect(await contents(rows)).toEqual(['m3 three', 'm7 seven', 'm8 meanwhile']);
      await expectWhole(rows);
    });

    test('asks again where it would now do something else, and changes nothing', async () => {
      const rows = await empty();
      const plan = await preview(rows, text('Ann likes tea.'));
      await addContent(rows, 'takes the id m1');
      const before = await bytesOf(rows, 'zip');
      const applied = applyImport(rows, plan, { conflicts: 'keep mine', embedder });
      await expect(applied).rejects.toThrow(ImportChangedError);
      expect(await bytesOf(rows, 'zip')).toEqual(before);
      const again = await preview(rows, text('Ann likes tea.'));
      await applyImport(rows, again, { conflicts: 'keep mine', embedder });
      expect(await contents(rows)).toEqual(['m1 takes the id m1', 'm2 Ann likes tea.']);
    });

    test('of another memory keeps both, and a second time adds nothing', async () => {
      const [mine, theirs] = [await empty(), await empty()];
      await addContent(mine, 'mine', 5);
      await addContent(theirs, 'theirs', 6);
      const file = await bytesOf(theirs, 'zip');
      await importInto(mine, file);
      await importInto(mine, file);
      expect(await contents(mine)).toEqual(['m1 mine', 'm2 theirs']);
    });

    test('leaves out a journal from the future, which would be the time of all to come', async () => {
      const rows = await empty();
      await addContent(rows, 'later', NOW + 3 * 86_400_000);
      const file = await bytesOf(rows, 'zip');
      const other = await empty();
      const plan = await preview(other, file);
      expect(plan.notes.join()).toContain('reaches into the future');
      await applyImport(other, plan, { conflicts: 'keep mine', embedder });
      expect((await other.record(NAME)).lastAt).toBe(NOW);
    });

    test('of mutated files never breaks the memory, whatever it takes of them', async () => {
      const source = await empty();
      await live(source, createRandom('source'));
      const files = await Promise.all(
        (['jsonl', 'jsonl-vectors', 'zip'] as const).map((format) => bytesOf(source, format)),
      );
      const rows = await empty();
      await live(rows, createRandom('target'));
      const random = createRandom('mutants');
      for (let round = 0; round < rounds.mutants; round++) {
        const bytes = random.pick(files).slice();
        for (let times = random.int(6); times > 0; times--) bytes[random.int(bytes.length)] = random.int(256);
        const before = await rows.record(NAME);
        try {
          const plan = await preview(rows, bytes);
          expect(await rows.record(NAME)).toEqual(before);
          await applyImport(rows, plan, { conflicts: random.pick(['keep mine', 'take theirs']), embedder });
        } catch (error) {
          if (!(error instanceof ImportFileError)) throw error;
          expect(await rows.record(NAME)).toEqual(before);
        }
        if (round % 20 === 0) await expectWhole(rows);
      }
      await expectWhole(rows);
    });
  });

  describe(`${name}: restore puts a history in place`, () => {
    async function history(seed: string) {
      const texts = randomTexts(createRandom(seed), 8);
      const entries = withVectors(createRandom(seed), texts, embedder);
      return { entries, journal: randomJournal(seed, texts) };
    }

    test('as it is, and ids go on behind every one that was given', async () => {
      const rows = await empty();
      const { entries, journal } = await history('whole');
      const record = await rows.restore(
        NAME,
        { entries, journal, expected: await rows.record(NAME) },
        'strict',
      );
      expect(await rows.record(NAME)).toEqual(record);
      expect(await rows.journal(NAME)).toEqual(journal);
      expect((await rows.read(NAME))?.entries).toEqual(entries);
      await expectWhole(rows);
      const last = Number(entries[entries.length - 1].id.slice(1));
      const [added] = await addContent(rows, 'next');
      expect(added.after?.id).toBe(`m${last + 1}`);
      expect((await rows.journal(NAME)).at(-1)?.seq).toBe(journal.length + 1);
      await expectWhole(rows);
    });

    test('of an entry that was deleted, whose id is not given again', async () => {
      const source = await empty();
      await addContent(source, 'one');
      await addContent(source, 'two');
      await write(source, [{ kind: 'remove', id: 'm2' }]);
      const rows = await empty();
      await importInto(rows, await bytesOf(source, 'zip'));
      const [added] = await addContent(rows, 'three');
      expect(added.after?.id).toBe('m3');
    });

    test('or changes nothing', async () => {
      const rows = await empty();
      const { entries, journal } = await history('refused');
      const expected = await rows.record(NAME);
      const [first, ...rest] = entries;
      const attempts = [
        [{ entries, journal: journal.slice(1), expected }, MemoryArgumentError],
        [{ entries: [...entries, first], journal, expected }, MemoryArgumentError],
        [{ entries: [...rest, { ...first, id: 'x' }], journal, expected }, MemoryArgumentError],
        [
          {
            entries,
            journal: [...journal.slice(0, -1), { ...journal[journal.length - 1], at: 0 }],
            expected,
          },
          MemoryArgumentError,
        ],
        [{ entries: [...rest, { ...first, embedderId: 'other' }], journal, expected }, EmbedderMismatchError],
        [
          { entries: [...rest, { ...first, embedding: new Float32Array(32) }], journal, expected },
          VectorError,
        ],
        [{ entries, journal, expected: { ...expected, revision: 7 } }, MemoryChangedError],
      ] as const;
      for (const [attempt, error] of attempts) {
        await expect(rows.restore(NAME, attempt, 'strict')).rejects.toThrow(error);
        expect(await rows.record(NAME)).toEqual(expected);
        expect(await rows.journal(NAME)).toEqual([]);
        expect(await contents(rows)).toEqual([]);
      }
      await addContent(rows, 'mine');
      await write(rows, [{ kind: 'remove', id: 'm1' }]);
      const late = { entries, journal, expected: await rows.record(NAME) };
      await expect(rows.restore(NAME, late, 'strict')).rejects.toThrow(MemoryChangedError);
      await expectWhole(rows);
    });
  });
}

async function write(rows: MemoryRows, changes: readonly RowChange[], at = NOW) {
  const { entries } = await rows.write(
    NAME,
    { act: { kind: 'copy' }, note: BY_USER, at, changes },
    'relaxed',
  );
  return entries;
}

const put = (rows: MemoryRows, entries: readonly MemoryEntry[]) =>
  write(
    rows,
    entries.map((entry) => ({ kind: 'put', entry })),
  );

function addContent(rows: MemoryRows, content: string, at = NOW) {
  const draft = {
    content,
    metadata: {},
    memoryType: '',
    created: at,
    updated: at,
    sourceStep: '',
    embedding: embedder.embedNow(content),
    embedderId: embedder.id,
  };
  return write(rows, [{ kind: 'add', draft }], at);
}

/** Writes hostile entries into empty rows, then changes, deletes and retrieves some. */
async function live(rows: MemoryRows, random: Random): Promise<void> {
  const entries = withVectors(random, randomTexts(random, 4 + random.int(10)), embedder);
  await put(rows, entries);
  for (const { id } of random.shuffle(entries).slice(0, 4)) {
    const content = randomText(random);
    const embedding = embedder.embedNow(content);
    const hits = [{ id, score: random.next() }];
    await write(rows, [
      { kind: 'retrieved', query: randomText(random), topK: 3, hits },
      random.chance(0.3)
        ? { kind: 'remove', id }
        : {
            kind: 'replace',
            id,
            change: {
              content,
              embedding,
              embedderId: embedder.id,
              metadata: randomMetadata(random),
              updated: random.int(1_000_000),
              sourceStep: '',
            },
          },
    ]);
  }
}

function entryFile(entries: readonly object[]): string {
  const header = {
    format: 'agemem-memory',
    version: 1,
    namespace: NAME,
    entries: entries.length,
    vectors: null,
  };
  return [header, ...entries].map((line) => `${JSON.stringify(line)}\n`).join('');
}
