/**
 * How any `MemoryRows` gets from the vectors of one embedder to those of another while it is being written to, as
 * tests that each implementation runs. `make` gives fresh, empty rows.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { NgramEmbedder } from '../embedders/ngram-embedder';
import { EmbedderMismatchError, MemoryArgumentError, VectorError } from '../errors';
import { BY_USER } from '../journal';
import { openMemory } from '../long-term-memory';
import type { EntryText } from '../memory';
import { draft } from './acts.fixture';
import type { MemoryRows, RowChange } from './rows';

const NAME = 'user/pending';
const old = new NgramEmbedder({ dimension: 32 });
const fresh = new NgramEmbedder({ dimension: 48 });

export function describePending(name: string, make: () => Promise<MemoryRows>): void {
  let rows: MemoryRows;

  beforeEach(async () => {
    rows = await make();
    await rows.ensure(NAME, { embedder: old, created: 0 }, 'relaxed');
    await write(['one', 'two', 'three', 'four'].map((content) => ({ kind: 'add', draft: draft(content) })));
  });

  const write = (changes: readonly RowChange[]) =>
    rows.write(NAME, { act: { kind: 'import' }, note: BY_USER, at: 1, changes }, 'relaxed');
  const embed = (entries: readonly EntryText[], embedder = fresh) =>
    rows.putVectors(
      NAME,
      embedder,
      entries.map(({ id, content }) => ({ id, content, embedding: embedder.embedNow(content) })),
    );
  const missing = async (embedder = fresh, limit = 100) =>
    (await rows.unembedded(NAME, embedder, limit)).map(({ id }) => id);
  const change = (id: string, content: string): RowChange => {
    const { embedding, embedderId } = draft(content);
    return {
      kind: 'replace',
      id,
      change: { content, embedding, embedderId, metadata: {}, updated: 2, sourceStep: '' },
    };
  };
  const vectorsFit = async (embedder: NgramEmbedder) => {
    const { entries } = (await rows.read(NAME))!; // No known state is given.
    for (const { content, embedding, embedderId } of entries) {
      expect(embedderId).toBe(embedder.id);
      expect(embedding).toEqual(embedder.embedNow(content));
    }
    return entries.map(({ id }) => id);
  };

  describe(`${name}: vectors put aside`, () => {
    test('come into force when none is missing, not before, in one new revision', async () => {
      expect(await missing()).toEqual(['m1', 'm2', 'm3', 'm4']);
      const first = await rows.unembedded(NAME, fresh, 3);
      expect(await embed(first)).toBe(3);
      expect(await missing()).toEqual(['m4']);
      expect(await rows.adopt(NAME, fresh)).toBeUndefined();
      const before = await rows.record(NAME);
      expect(before).toMatchObject({ revision: 1, embedderId: old.id, pending: [fresh.id] });
      await vectorsFit(old);

      await embed(await rows.unembedded(NAME, fresh, 3));
      const record = await rows.adopt(NAME, fresh);
      expect(record).toMatchObject({ revision: 2, embedderId: fresh.id, dimension: 48, journal: 4 });
      expect(record).not.toHaveProperty('pending');
      expect(await rows.record(NAME)).toEqual(record);
      expect(await vectorsFit(fresh)).toEqual(['m1', 'm2', 'm3', 'm4']);
      expect((await rows.vectors(NAME)).vectors).toHaveLength(4 * 48);
      expect(await missing(old)).toEqual(['m1', 'm2', 'm3', 'm4']);
      await expect(write([{ kind: 'add', draft: draft('late') }])).rejects.toThrow(EmbedderMismatchError);
    });

    test('of what was changed, removed or added meanwhile are missing again', async () => {
      await embed(await rows.unembedded(NAME, fresh, 100));
      const again = { id: 'm4', ...draft('four, again') };
      await write([
        change('m2', 'zwei'),
        { kind: 'remove', id: 'm3' },
        { kind: 'put', entry: again },
        { kind: 'add', draft: draft('five') },
      ]);
      expect(await missing()).toEqual(['m2', 'm4', 'm5']);
      expect(await rows.adopt(NAME, fresh)).toBeUndefined();
      await vectorsFit(old);
      // An entry that comes back with its old content has no vector from before it went.
      await write([{ kind: 'put', entry: { id: 'm3', ...draft('drei') } }]);
      expect(await missing()).toEqual(['m2', 'm3', 'm4', 'm5']);
      await embed(await rows.unembedded(NAME, fresh, 100));
      expect(await rows.adopt(NAME, fresh)).toBeDefined();
      expect(await vectorsFit(fresh)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5']);
    });

    test('that come too late are dropped', async () => {
      const slow = await rows.unembedded(NAME, fresh, 100);
      await write([change('m1', 'eins'), { kind: 'remove', id: 'm2' }]);
      expect(await embed(slow)).toBe(2);
      expect(await missing()).toEqual(['m1']);
      const nobody = { id: 'm99', content: 'two', embedding: fresh.embedNow('two') };
      expect(await rows.putVectors(NAME, fresh, [nobody])).toBe(0);
      expect(await rows.putVectors(NAME, fresh, [])).toBe(0);
    });

    test('of an emptied namespace are gone; an empty one changes embedder at once', async () => {
      await embed(await rows.unembedded(NAME, fresh, 100));
      await write(['m1', 'm2', 'm3', 'm4'].map((id) => ({ kind: 'remove', id })));
      await write([{ kind: 'put', entry: { id: 'm1', ...draft('one') } }]);
      expect(await missing()).toEqual(['m1']);
      await write([{ kind: 'remove', id: 'm1' }]);
      expect(await rows.adopt(NAME, fresh)).toMatchObject({ embedderId: fresh.id, count: 0 });
      expect((await rows.vectors(NAME)).ids).toEqual([]);
    });

    test('of several embedders do not mix, and are dropped together', async () => {
      const third = new NgramEmbedder({ dimension: 64 });
      await embed(await rows.unembedded(NAME, fresh, 100));
      await embed(await rows.unembedded(NAME, third, 2), third);
      expect((await rows.record(NAME)).pending).toEqual([fresh.id, third.id]);
      expect(await rows.adopt(NAME, fresh)).toMatchObject({ pending: [third.id] });
      expect(await missing(third)).toEqual(['m3', 'm4']);
      await rows.dropPending(NAME);
      expect(await missing(third)).toEqual(['m1', 'm2', 'm3', 'm4']);
      expect(await rows.record(NAME)).not.toHaveProperty('pending');
      expect(await vectorsFit(fresh)).toHaveLength(4);
    });

    test('of the embedder in force are refused no id, and change nothing that is there', async () => {
      const before = await rows.read(NAME);
      expect(await missing(old)).toEqual([]);
      const other = { id: 'm1', content: 'one', embedding: old.embedNow('something else') };
      expect(await rows.putVectors(NAME, old, [other])).toBe(0);
      expect(await rows.adopt(NAME, old)).toEqual(before?.record);
      expect(await rows.read(NAME)).toEqual(before);
    });

    test('must be unit vectors, and one id stands for one length', async () => {
      const short = { id: 'm1', content: 'one', embedding: old.embedNow('one') };
      await expect(rows.putVectors(NAME, fresh, [short])).rejects.toThrow(VectorError);
      const impostor = { id: old.id, dimension: 48 };
      await expect(rows.putVectors(NAME, impostor, [])).rejects.toThrow(MemoryArgumentError);
      await expect(rows.unembedded(NAME, impostor, 1)).rejects.toThrow(MemoryArgumentError);
      await expect(rows.adopt(NAME, impostor)).rejects.toThrow(MemoryArgumentError);
      expect(await missing()).toHaveLength(4);
    });

    test('a part of a batch is kept by itself, whatever becomes of the batch', async () => {
      const batch = new Float32Array(2 * 32);
      batch.set(old.embedNow('five'), 32);
      await write([{ kind: 'add', draft: { ...draft('five'), embedding: batch.subarray(32) } }]);
      batch.fill(0);
      const entry = await rows.get(NAME, 'm5');
      expect(entry?.embedding).toEqual(old.embedNow('five'));
      expect(entry?.embedding.buffer.byteLength).toBe(32 * 4);
    });

    test('opening with another embedder goes on where it was left off, entries written meanwhile included', async () => {
      await embed(await rows.unembedded(NAME, fresh, 3));
      const asked: string[] = [];
      let late = true;
      const watched = {
        id: fresh.id,
        dimension: fresh.dimension,
        threshold: fresh.threshold,
        embed: async (texts: readonly string[]) => {
          asked.push(...texts);
          if (late) await write([{ kind: 'add', draft: draft('late') }, change('m1', 'eins')]);
          late = false;
          return texts.map((text) => fresh.embedNow(text));
        },
      };
      const memory = await openMemory({ rows, embedder: watched, namespace: NAME, reembed: true });
      expect(asked).toEqual(['four', 'eins', 'late']);
      expect(await vectorsFit(fresh)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5']);
      expect((await memory.search('late', { topK: 1 }))[0].entry.id).toBe('m5');
    });
  });
}
