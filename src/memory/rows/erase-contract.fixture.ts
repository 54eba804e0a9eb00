/**
 * What erasing for good must do in any `MemoryRows`, as tests that each implementation runs. `make` gives fresh, empty
 * rows; `histories` is how many random ones are tried.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { createRandom } from '../../tasks/random';
import { NgramEmbedder } from '../embedders/ngram-embedder';
import { UnknownMemoryError } from '../errors';
import { exportMemory } from '../exchange/export-memory';
import { applyImport, previewImport } from '../exchange/import-memory';
import { checkJournal } from '../exchange/journal-lines';
import { readImport } from '../exchange/read-import';
import { restoreMoment, undoAct } from '../history/acts';
import { NAMESPACE, openScene, randomAct, type Scene } from '../history/history.fixture';
import { entriesAt } from '../history/past';
import { UndoError } from '../history/undo';
import { openMemory } from '../long-term-memory';
import { sumOfEntries } from './entry-sum';
import type { MemoryRows } from './rows';

const SECRET = 'The door of the cellar opens with magpie';
const THEN = Date.UTC(2026, 10, 26, 12);
const MARK = 'erased on 2026-11-26';
const POLICY = { kind: 'policy', policy: 'p', adapter: 'a', run: 'r', episode: 'e', step: 1 } as const;

export function describeErasing(name: string, make: () => Promise<MemoryRows>, histories = 6): void {
  let rows: MemoryRows;
  let scene: Scene;

  /** Everything that these rows hold, as one text. */
  const allOf = async () =>
    JSON.stringify([
      await rows.list(),
      await rows.texts(NAMESPACE),
      await rows.journal(NAMESPACE),
      [...(await rows.vectors(NAMESPACE)).ids],
    ]);

  /** Counters, sums, numbers and the way of the journal to the entries. */
  async function sound(): Promise<void> {
    const { record, entries } = await rows.texts(NAMESPACE);
    const journal = await rows.journal(NAMESPACE);
    expect(record.count).toBe(entries.length);
    expect(record.sum).toBe(sumOfEntries(entries));
    expect(record.journal).toBe(journal.length);
    expect((await rows.vectors(NAMESPACE)).ids).toEqual(entries.map(({ id }) => id));
    checkJournal(journal, entries);
    expect(entriesAt(journal, journal.length)).toEqual(entries);
    expect(entries.every(({ erased }) => erased === undefined)).toBe(true);
  }

  beforeEach(async () => {
    rows = await make();
    scene = await openScene(rows);
  });

  describe(`${name}: erasing`, () => {
    test('an entry that is there goes from rows, vectors and every record; the others stay as they are', async () => {
      const { memory } = scene;
      await memory.add({ content: 'Ann likes tea' });
      await memory.add({ content: SECRET, metadata: { code: 'magpie' }, memoryType: 'secret' });
      await memory.update('m2', { content: `${SECRET}!`, note: { by: POLICY, why: 'because of magpie' } });
      await memory.search('cellar magpie', { topK: 2, note: { by: POLICY, why: 'to open it' } });
      await memory.add({ content: 'Bo', note: { by: POLICY, why: `I was told: ${SECRET}. And of Bo.` } });
      const before = await rows.record(NAMESPACE);
      const { record, ids, rewritten } = await rows.erase(NAMESPACE, { ids: ['m2'], at: THEN });
      expect({ ids, rewritten }).toEqual({ ids: ['m2'], rewritten: 4 });
      expect(record).toEqual(await rows.record(NAMESPACE));
      expect(record.revision).toBe(before.revision + 1);
      expect(await allOf()).not.toMatch(/magpie|cellar|secret/);
      await sound();
      const journal = await rows.journal(NAMESPACE);
      expect(journal.map(({ why, op }) => [why, op.kind])).toEqual([
        ['', 'add'],
        ['', 'add'],
        [MARK, 'update'],
        [MARK, 'retrieve'],
        [MARK, 'add'],
        ['', 'delete'],
      ]);
      expect(journal[3].op).toMatchObject({ query: MARK, hits: [{ id: 'm2' }, { id: 'm1' }] });
      expect(journal[5]).toMatchObject({ at: THEN, by: { kind: 'user' }, act: { id: 6, kind: 'erase' } });
      // A past state shows that there was something.
      expect(entriesAt(journal, 3)).toMatchObject([
        { id: 'm1', content: 'Ann likes tea' },
        { id: 'm2', content: MARK, metadata: {}, memoryType: '', erased: THEN },
      ]);
      expect((await memory.search('cellar', { topK: 5 })).map(({ entry }) => entry.id).sort()).toEqual([
        'm1',
        'm3',
      ]);
    });

    test('all deleted entries, and only those', async () => {
      const { memory } = scene;
      for (const content of [SECRET, 'Ann likes tea', 'Omar has boss Lin']) await memory.add({ content });
      await memory.deleteAll(['m1', 'm3']);
      const before = await rows.record(NAMESPACE);
      const { ids, record } = await rows.erase(NAMESPACE, { ids: 'deleted', at: THEN });
      expect(ids).toEqual(['m1', 'm3']);
      expect(record).toEqual({ ...before, revision: before.revision + 1, erasures: 1 });
      expect(await allOf()).not.toMatch(/magpie|Omar/);
      expect(await allOf()).toMatch('Ann likes tea');
      await sound();
      // Again: nothing is left to do, and nothing happens.
      expect(await rows.erase(NAMESPACE, { ids: 'deleted', at: THEN + 9e9 })).toEqual({
        record,
        ids: [],
        rewritten: 0,
      });
      expect((await rows.erase(NAMESPACE, { ids: ['m1'], at: THEN + 9e9 })).ids).toEqual([]);
      await expect(rows.erase(NAMESPACE, { ids: ['m2', 'm9'], at: THEN })).rejects.toThrow(
        UnknownMemoryError,
      );
      expect(await rows.record(NAMESPACE)).toEqual(record);
    });

    test('nothing brings it back: neither an undo nor an earlier state', async () => {
      const { memory } = scene;
      const acting = { rows, memory };
      for (const content of ['Ann likes tea', SECRET]) await memory.add({ content });
      await memory.deleteAll(['m1', 'm2']);
      await rows.erase(NAMESPACE, { ids: ['m2'], at: THEN });
      await expect(undoAct(acting, 2)).rejects.toThrow(UndoError);
      await expect(undoAct(acting, 2)).rejects.toThrow(/erased for good/);
      await undoAct(acting, 3);
      expect(await scene.entries()).toMatchObject([{ id: 'm1', content: 'Ann likes tea' }]);
      await restoreMoment(acting, 2);
      expect(await scene.entries()).toMatchObject([{ id: 'm1', content: 'Ann likes tea' }]);
      expect(await memory.add({ content: 'new' })).toMatchObject({ id: 'm3' });
      await sound();
    });

    test('vectors of an embedder being made go too', async () => {
      const other = new NgramEmbedder({ dimension: 64 });
      await scene.memory.add({ content: SECRET });
      await scene.memory.add({ content: 'Ann likes tea' });
      const texts = ['m1', 'm2'] as const;
      const contents = [SECRET, 'Ann likes tea'];
      await rows.putVectors(
        NAMESPACE,
        other,
        texts.map((id, i) => ({ id, content: contents[i], embedding: other.embedNow(contents[i]) })),
      );
      await rows.erase(NAMESPACE, { ids: ['m1'], at: THEN });
      expect(await rows.adopt(NAMESPACE, other)).toBeDefined();
      expect((await rows.vectors(NAMESPACE)).ids).toEqual(['m2']);
    });

    test('whatever was done before: no text is left, all of it adds up, and it goes out and in again', async () => {
      for (let seed = 0; seed < histories; seed++) {
        rows = await make();
        scene = await openScene(rows);
        const random = createRandom('erasing', seed);
        for (let i = 0; i < 20; i++) await randomAct(scene, random);
        const secrets: string[] = [];
        for (let i = 0; i < 4; i++) {
          secrets.push(`secret ${seed}-${i} ${'x'.repeat(random.int(20))}`);
          const { id } = await scene.memory.add({
            content: secrets[i],
            metadata: { secret: `secret ${seed}-${i}` },
          });
          if (random.chance(0.5)) await scene.memory.update(id, { content: `${secrets[i]}, changed` });
          if (random.chance(0.5)) await randomAct(scene, random);
        }
        const told = (await rows.journal(NAMESPACE)).flatMap(({ op }) =>
          op.kind === 'add' && op.after.content.startsWith('secret') ? [op.after.id] : [],
        );
        const others = (await scene.entries()).filter(({ id }) => !told.includes(id));
        await rows.erase(NAMESPACE, { ids: told, at: THEN });
        expect(await allOf()).not.toContain('secret');
        await sound();
        expect(await scene.entries()).toEqual(others);
        // Life goes on, and the journal with it.
        for (let i = 0; i < 5; i++) await randomAct(scene, random);
        await sound();

        const options = { format: 'zip', theta: 0.5 } as const;
        const { bytes } = await exportMemory(rows, NAMESPACE, options);
        const empty = await make();
        const memory = await openMemory({
          rows: empty,
          embedder: scene.memory.embedder,
          namespace: NAMESPACE,
        });
        const plan = await previewImport(empty, {
          namespace: NAMESPACE,
          file: 'memory.zip',
          read: readImport(bytes, { asText: false }),
          now: THEN,
        });
        await applyImport(empty, plan, { conflicts: 'keep mine', embedder: memory.embedder });
        expect((await exportMemory(empty, NAMESPACE, options)).bytes).toEqual(bytes);
      }
    });
  });
}
