import { describe, expect, test } from 'vitest';
import { createRandom } from '../../tasks/random';
import type { JournalRecord } from '../journal';
import { TransientRows } from '../rows/transient-rows';
import { asPlanned, restoreMoment, undoAct } from './acts';
import { NAMESPACE, openScene, randomAct, randomHistory, type Scene } from './history.fixture';
import { entriesAt, lifeOf, UnknownMomentError } from './past';
import { UndoError } from './undo';
import { JournalUse } from './use';

const SEEDS = Array.from({ length: process.env.SOAK ? 300 : 20 }, (_, seed) => seed);
const journalOf = ({ rows }: Scene) => rows.journal(NAMESPACE);
const actsOf = (journal: readonly JournalRecord[]) => [...new Set(journal.map(({ act }) => act.id))];
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof UndoError ? error.code : Promise.reject(error)),
  );

describe('the past, over random histories', () => {
  test.each(SEEDS)('the state after the last record is what the rows hold (%i)', async (seed) => {
    const scene = await openScene();
    const random = createRandom('past', seed);
    const states = [await scene.entries()];
    for (let i = 0; i < 30; i++) {
      await randomAct(scene, random);
      const journal = await journalOf(scene);
      expect(entriesAt(journal, journal.length)).toEqual(await scene.entries());
      states[journal.length] = await scene.entries();
    }
    // And every earlier moment at which an act had ended is still there.
    const journal = await journalOf(scene);
    for (const [seq, state] of states.entries()) if (state) expect(entriesAt(journal, seq)).toEqual(state);
  });

  test.each(SEEDS)(
    'undoing act by act from the last reaches every earlier state, and undoing those comes back (%i)',
    async (seed) => {
      const scene = await randomHistory(seed, 15);
      const original = await journalOf(scene);
      const last = await scene.entries();
      const undone: number[] = [];
      for (const act of actsOf(original).reverse()) {
        const before = entriesAt(original, act - 1);
        const changes = original.some((record) => record.act.id === act && record.op.kind !== 'retrieve');
        if (!changes) expect(await codeOf(undoAct(scene, act))).toBe('nothing-to-undo');
        else {
          const written = await undoAct(scene, act);
          expect(written?.journal[0].act).toMatchObject({ kind: 'undo', of: act });
          undone.push(written?.journal[0].act.id ?? 0);
        }
        expect(await scene.entries()).toEqual(before);
      }
      expect(await scene.entries()).toEqual([]);
      for (const act of undone.reverse()) await undoAct(scene, act);
      expect(await scene.entries()).toEqual(last);
      // Search goes by the vectors made anew.
      for (const { id, content } of last) {
        const [best] = await scene.memory.search(content, { topK: 1 });
        expect(best.score).toBeCloseTo(1, 5);
        expect((await scene.memory.get(id))?.content).toBe(content);
      }
    },
  );

  test.each(SEEDS)(
    'restoring any moment makes the memory what it was, as one act that can be undone (%i)',
    async (seed) => {
      const scene = await randomHistory(seed, 15);
      const original = await journalOf(scene);
      const random = createRandom('restore', seed);
      for (let i = 0; i < 5; i++) {
        const seq = random.int(original.length + 1);
        const before = await scene.entries();
        const written = await restoreMoment(scene, seq);
        expect(await scene.entries()).toEqual(entriesAt(original, seq));
        if (!written) continue;
        expect(new Set(written.journal.map(({ act }) => act.id)).size).toBe(1);
        expect(written.journal[0].act).toMatchObject({ kind: 'restore', of: seq });
        if (random.chance(0.5)) continue;
        await undoAct(scene, written.journal[0].act.id);
        expect(await scene.entries()).toEqual(before);
      }
      const journal = await journalOf(scene);
      expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_, i) => i + 1));
      expect(journal.slice(0, original.length)).toEqual(original);
    },
  );

  test.each(SEEDS)(
    'an act in the middle is undone if nothing has touched its entries since, else refused by name (%i)',
    async (seed) => {
      const scene = await randomHistory(seed, 20);
      const original = await journalOf(scene);
      for (const act of actsOf(original)) {
        const before = await scene.entries();
        const touched = new Set(
          original.flatMap(({ act: { id }, op }) =>
            id !== act || op.kind === 'retrieve' ? [] : [op.kind === 'delete' ? op.before.id : op.after.id],
          ),
        );
        try {
          await undoAct(scene, act);
          const now = await scene.entries();
          // Entries the act had no part in are as they were.
          const others = (list: typeof now) => list.filter(({ id }) => !touched.has(id));
          expect(others(now)).toEqual(others(before));
          const earlier = entriesAt(original, act - 1);
          for (const id of touched) {
            expect(now.find((entry) => entry.id === id)).toEqual(earlier.find((entry) => entry.id === id));
          }
        } catch (error) {
          if (!(error instanceof UndoError)) throw error;
          expect(await scene.entries()).toEqual(before);
          if (error.code === 'changed-since')
            expect([...touched].some((id) => error.message.includes(id))).toBe(true);
        }
      }
    },
  );
});

describe('undo in words', () => {
  test('a later change is named with what to do', async () => {
    const scene = await openScene();
    await scene.memory.add({ content: 'Rolf lives in Kiel.' });
    await scene.memory.update('m1', { content: 'Rolf lives in Oslo.' });
    await expect(undoAct(scene, 1)).rejects.toThrow(
      'Act 1 cannot be undone by itself: act 2 (update) has changed m1 since; it now says "Rolf lives in Oslo.". Undo act 2 first, or restore the memory as it was after record 0.',
    );
    await scene.memory.delete('m1');
    await expect(undoAct(scene, 1)).rejects.toThrow(/act 3 \(delete\) has changed m1 since; it is deleted/);
  });

  test('twice, unknown, and of a search', async () => {
    const scene = await openScene();
    await scene.memory.add({ content: 'a' });
    await scene.memory.search('a', { topK: 1, note: { by: { kind: 'user' }, why: '' } });
    expect(await codeOf(undoAct(scene, 2))).toBe('nothing-to-undo');
    await undoAct(scene, 1);
    await expect(undoAct(scene, 1)).rejects.toThrow(
      'Act 1 was undone by act 3 already. To do it again, undo act 3.',
    );
    for (const act of [0, 4, -1, 1.5, Number.NaN])
      expect(await codeOf(undoAct(scene, act))).toBe('unknown-act');
    await undoAct(scene, 3);
    expect((await scene.entries()).map(({ id }) => id)).toEqual(['m1']);
  });

  test('the second record of an act is no act', async () => {
    const scene = await openScene();
    await scene.memory.addAll([{ content: 'a' }, { content: 'b' }], 'import', {
      by: { kind: 'user' },
      why: '',
    });
    expect(await codeOf(undoAct(scene, 2))).toBe('unknown-act');
    await undoAct(scene, 1);
    expect(await scene.entries()).toEqual([]);
  });

  test('an act that touches an entry more than once is undone to what was before all of it', async () => {
    const scene = await openScene();
    const first = await scene.memory.add({ content: 'first' });
    const [embedding] = await scene.memory.embedder.embed(['x']);
    const put = (id: string, content: string) =>
      ({ kind: 'put', entry: { ...first, id, content, embedding } }) as const;
    await scene.memory.write({
      act: { kind: 'import' },
      note: { by: { kind: 'user' }, why: '' },
      changes: [put('m1', 'second'), put('m1', 'third'), put('m2', 'passing'), { kind: 'remove', id: 'm2' }],
    });
    const after = await scene.entries();
    expect(after.map(({ content }) => content)).toEqual(['third']);
    const written = await undoAct(scene, 2);
    expect((await scene.entries()).map(({ content }) => content)).toEqual(['first']);
    await undoAct(scene, written?.journal[0].act.id ?? 0);
    expect(await scene.entries()).toEqual(after);
  });

  test('a moment the journal does not have', async () => {
    const scene = await openScene();
    await scene.memory.add({ content: 'a' });
    for (const seq of [-1, 2, 0.5])
      await expect(restoreMoment(scene, seq)).rejects.toThrow(UnknownMomentError);
    expect(await restoreMoment(scene, 1)).toBeNull();
  });
});

describe('others write meanwhile', () => {
  test('a plan that is out of date is made anew; nothing of theirs is lost', async () => {
    const rows = new TransientRows();
    const scene = await openScene(rows);
    const other = (await openScene(rows)).memory;
    await scene.memory.add({ content: 'a' });
    await scene.memory.add({ content: 'b' });
    let plans = 0;
    const written = await asPlanned(
      scene,
      { kind: 'clean' },
      { by: { kind: 'user' }, why: '' },
      async (_, current) => {
        if (++plans < 3) await other.add({ content: `meanwhile ${plans}` });
        return { put: [], remove: current.map(({ id }) => id) };
      },
    );
    expect(plans).toBe(3);
    expect(written?.journal).toHaveLength(4);
    expect(await scene.entries()).toEqual([]);
  });
});

test('the life of an entry and its use', async () => {
  const scene = await openScene();
  const note = { by: { kind: 'lab' }, why: 'a rule' } as const;
  await scene.memory.search('x', { topK: 1, note });
  await scene.memory.add({ content: 'Rolf lives in Kiel.' });
  await scene.memory.add({ content: 'Mira is a pilot.' });
  scene.at(5000);
  await scene.memory.search('Rolf', { topK: 1, note });
  await scene.memory.update('m1', { content: 'Rolf lives in Oslo.', note });
  await scene.memory.delete('m2');
  const journal = await journalOf(scene);
  expect(lifeOf(journal, 'm1').map(({ op }) => op.kind)).toEqual(['add', 'retrieve', 'update']);
  expect(lifeOf(journal, 'm2').map(({ op }) => op.kind)).toEqual(['add', 'delete']);
  const use = new JournalUse();
  use.take(journal.slice(0, 3));
  use.take(journal);
  expect(use.last).toBe(6);
  expect(use.of('m1')).toEqual({
    retrievals: 1,
    lastRetrieved: 5000,
    lastWritten: 5001,
    by: { kind: 'lab' },
    retrievalsBefore: 1,
  });
  expect(use.of('m9')).toMatchObject({ retrievals: 0, lastRetrieved: null, retrievalsBefore: 2 });
});
