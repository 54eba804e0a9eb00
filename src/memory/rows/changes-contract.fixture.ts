/** What `MemoryRows.changes` must tell, for every kind of rows. */
import { describe, expect, test } from 'vitest';
import { UnknownNamespaceError } from '../errors';
import { random, randomUnit } from '../index/unit-vectors.fixture';
import type { MemoryRows, RowChange } from './rows';

const NAME = 'user/changes';
const embedder = { id: 'test', dimension: 8 };
const note = { by: { kind: 'user' }, why: '' } as const;

export function describeChanges(kind: string, make: () => Promise<MemoryRows>): void {
  const draw = random(3);
  const draft = (content: string) => ({
    content,
    embedding: randomUnit(draw, 8),
    embedderId: embedder.id,
    metadata: {},
    memoryType: '',
    created: 1,
    updated: 1,
    sourceStep: '',
  });
  const write = (rows: MemoryRows, changes: readonly RowChange[], at = 1) =>
    rows.write(NAME, { act: { kind: 'import' }, note, at, changes }, 'relaxed');
  const add = (content: string): RowChange => ({ kind: 'add', draft: draft(content) });
  const started = async () => {
    const rows = await make();
    const record = await rows.ensure(NAME, { embedder, created: 1 }, 'relaxed');
    return { rows, record };
  };

  describe(`${kind}: what has changed since`, () => {
    test('a copy of any earlier state becomes one of the newest', async () => {
      const { rows, record } = await started();
      const states = [{ record, copy: new Map<string, Float32Array>() }];
      for (let step = 0; step < 40; step++) {
        const ids = (await rows.texts(NAME)).entries.map(({ id }) => id);
        const id = ids[Math.floor(draw() * ids.length)];
        const { content, embedding, embedderId, metadata, updated, sourceStep } = draft(`step ${step}`);
        const action = draw();
        let changes: RowChange[] = [add('one'), add('two')];
        if (id && action < 0.3) changes = [{ kind: 'remove', id }];
        else if (id && action < 0.6) {
          const change = { content, embedding, embedderId, metadata, updated, sourceStep };
          changes = [{ kind: 'replace', id, change }, add('and one more')];
        } else if (action < 0.7) changes = [{ kind: 'retrieved', query: 'q', topK: 3, hits: [] }];
        await write(rows, changes, step);
        const all = await rows.vectors(NAME);
        const copy = new Map(all.ids.map((key, i) => [key, all.vectors.slice(i * 8, i * 8 + 8)]));
        states.push({ record: all.record, copy });
      }
      const newest = states[states.length - 1];
      for (const { record: since, copy } of states) {
        const changes = await rows.changes(NAME, since, 1000);
        for (const { id, embedding } of changes?.written ?? []) copy.set(id, embedding);
        for (const id of changes?.removed ?? []) copy.delete(id);
        expect(changes?.record).toEqual(newest.record);
        expect(copy).toEqual(newest.copy);
      }
    });

    test('nothing, where nothing but retrievals came', async () => {
      const { rows } = await started();
      const { record } = await write(rows, [add('one')]);
      await write(rows, [{ kind: 'retrieved', query: 'q', topK: 1, hits: [{ id: 'm1', score: 1 }] }]);
      const changes = await rows.changes(NAME, record, 0);
      expect(changes).toEqual({ record: { ...record, journal: 2 }, written: [], removed: [] });
    });

    test('is not told where there is too much of it, or any doubt', async () => {
      const { rows } = await started();
      const { record } = await write(rows, [add('one')], 5);
      await write(rows, [add('two'), add('three')], 6);
      expect((await rows.changes(NAME, record, 2))?.written.map(({ id }) => id)).toEqual(['m2', 'm3']);
      expect(await rows.changes(NAME, record, 1)).toBeUndefined();
      for (const doubt of [
        { incarnation: 'another' },
        { embedderId: 'another' },
        { dimension: 9 },
        { lastAt: 4 },
        { revision: record.revision + 9 },
        { journal: 99 },
        { revision: record.revision + 1, sum: 1 },
      ]) {
        expect(await rows.changes(NAME, { ...record, ...doubt }, 100)).toBeUndefined();
      }
    });

    test('of a memory that is gone is refused by name', async () => {
      const { rows, record } = await started();
      await rows.drop(NAME, 'relaxed');
      await expect(rows.changes(NAME, record, 10)).rejects.toThrow(UnknownNamespaceError);
    });
  });
}
