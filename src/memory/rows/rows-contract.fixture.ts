/**
 * What any `MemoryRows` must do, as tests that each implementation runs: in Node for the transient one, in
 * a real browser for IndexedDB. `make` gives fresh, empty rows.
 */
import { describe, expect, test } from 'vitest';
import { NgramEmbedder } from '../embedders/ngram-embedder';
import {
  EmbedderMismatchError,
  MemoryArgumentError,
  UnknownMemoryError,
  UnknownNamespaceError,
} from '../errors';
import type { IndexFactory } from '../index/exact-index';
import { cosine } from '../index/unit-vectors';
import { dropNamespace, dropRollouts, listNamespaces, openMemory, USER_NAMESPACE } from '../long-term-memory';
import type { MemoryRows } from './rows';

export function describeRows(name: string, make: () => Promise<MemoryRows>, index?: IndexFactory): void {
  const embedder = new NgramEmbedder();
  const open = async (rows: MemoryRows, namespace = USER_NAMESPACE) => {
    let time = 1000;
    return openMemory({ rows, embedder, index, namespace, now: () => time++ });
  };

  describe(`${name}: entries`, () => {
    test('an entry comes back as it was written', async () => {
      const rows = await make();
      const memory = await open(rows);
      const entry = await memory.add({
        content: 'Rolf lives in Kiel.',
        metadata: { subject: 'Rolf', tags: ['home', 'city'], weight: 0.5, none: null },
        memoryType: 'fact',
        sourceStep: 'run1/k2/s3',
      });
      expect(entry).toMatchObject({
        id: 'm1',
        content: 'Rolf lives in Kiel.',
        metadata: { subject: 'Rolf', tags: ['home', 'city'], weight: 0.5, none: null },
        memoryType: 'fact',
        sourceStep: 'run1/k2/s3',
        embedderId: embedder.id,
        created: 1001,
        updated: 1001,
      });
      expect(entry.embedding).toEqual(embedder.embedNow('Rolf lives in Kiel.'));
      expect(await memory.get('m1')).toEqual(entry);
      expect(await memory.list()).toEqual([entry]);
      expect(await (await open(rows)).get('m1')).toEqual(entry);
    });

    test('an update replaces content and vector, merges metadata, keeps id, type and time of creation', async () => {
      const memory = await open(await make());
      const first = await memory.add({
        content: 'Rolf lives in Kiel.',
        metadata: { a: 1, b: 2 },
        memoryType: 'fact',
      });
      const { before, after } = await memory.update('m1', {
        content: 'Rolf lives in Oslo.',
        metadata: { b: 3, c: 4 },
        sourceStep: 's9',
      });
      const { embedding: _, embedderId: __, ...text } = first;
      expect(before).toEqual(text);
      expect(after).toMatchObject({
        id: 'm1',
        content: 'Rolf lives in Oslo.',
        metadata: { a: 1, b: 3, c: 4 },
        memoryType: 'fact',
        created: first.created,
        sourceStep: 's9',
      });
      expect(after.updated).toBeGreaterThan(first.updated);
      expect(after.embedding).toEqual(embedder.embedNow('Rolf lives in Oslo.'));
      expect(await memory.get('m1')).toEqual(after);
      const [hit] = await memory.search('Rolf lives in Oslo.', { topK: 1 });
      expect(hit.score).toBeCloseTo(1, 5);
    });

    test('ids go on after deletion and clearing', async () => {
      const rows = await make();
      const memory = await open(rows);
      for (const content of ['one', 'two', 'three']) await memory.add({ content });
      expect((await memory.delete('m3')).content).toBe('three');
      expect((await memory.add({ content: 'four' })).id).toBe('m4');
      await memory.clear();
      expect(await memory.list()).toEqual([]);
      expect(await memory.search('one', { topK: 3 })).toEqual([]);
      expect((await memory.add({ content: 'five' })).id).toBe('m5');
      expect((await (await open(rows)).add({ content: 'six' })).id).toBe('m6');
    });

    test('lists in order of creation beyond ten', async () => {
      const rows = await make();
      const memory = await open(rows);
      for (let i = 1; i <= 12; i++) await memory.add({ content: `entry ${i}` });
      await memory.update('m2', { content: 'changed' });
      const ids = Array.from({ length: 12 }, (_, i) => `m${i + 1}`);
      expect((await memory.list()).map((entry) => entry.id)).toEqual(ids);
      expect((await (await open(rows)).list()).map((entry) => entry.id)).toEqual(ids);
    });

    test('an unknown id changes nothing and says so', async () => {
      const rows = await make();
      const memory = await open(rows);
      await memory.add({ content: 'one' });
      const before = await listNamespaces(rows);
      for (const id of ['m2', 'm0', '', 'm', '__proto__', 'M1', 'm1 ']) {
        await expect(memory.update(id, { content: 'x' })).rejects.toThrow(UnknownMemoryError);
        await expect(memory.delete(id)).rejects.toThrow(UnknownMemoryError);
        expect(await memory.get(id)).toBeUndefined();
      }
      expect(await listNamespaces(rows)).toEqual(before);
      expect((await memory.list()).map((entry) => entry.content)).toEqual(['one']);
    });

    test('metadata is a copy', async () => {
      const memory = await open(await make());
      const metadata = { tags: ['a'] };
      await memory.add({ content: 'one', metadata });
      metadata.tags.push('b');
      expect((await memory.get('m1'))?.metadata).toEqual({ tags: ['a'] });
    });
  });

  describe(`${name}: search`, () => {
    test('best first, exact cosines, ties by id', async () => {
      const memory = await open(await make());
      for (const content of [
        'Mira lives in Oslo.',
        'Rolf lives in Kiel.',
        'The weather is lovely.',
        'Rolf lives in Kiel.',
      ]) {
        await memory.add({ content });
      }
      const hits = await memory.search('Where does Rolf live?', { topK: 3 });
      expect(hits.slice(0, 2).map(({ entry }) => entry.id)).toEqual(['m2', 'm4']);
      const query = embedder.embedNow('Where does Rolf live?');
      for (const { entry, score } of hits) expect(score).toBe(cosine(query, entry.embedding));
      expect(await memory.search('anything', { topK: 100 })).toHaveLength(4);
      await expect(memory.search('anything', { topK: 0 })).rejects.toThrow(MemoryArgumentError);
    });

    test('a filter looks at every entry, not at the best k', async () => {
      const memory = await open(await make());
      for (let i = 0; i < 20; i++)
        await memory.add({ content: `Rolf lives in Kiel ${i}.`, metadata: { about: 'Rolf' } });
      await memory.add({
        content: 'Something else',
        metadata: { about: 'Mira', place: { city: 'Oslo', zip: [0, 1] } },
      });
      const search = (filter: Parameters<typeof memory.search>[1]['filter']) =>
        memory.search('Rolf lives in Kiel', { topK: 3, filter });
      expect((await search({ about: 'Mira' })).map(({ entry }) => entry.id)).toEqual(['m21']);
      expect((await search({ place: { zip: [0, 1], city: 'Oslo' } })).map(({ entry }) => entry.id)).toEqual([
        'm21',
      ]);
      expect(await search({ place: { zip: [1, 0], city: 'Oslo' } })).toEqual([]);
      expect(await search({ about: 'Mira', missing: null })).toEqual([]);
      expect(await search({ about: 'Rolf' })).toHaveLength(3);
      expect(await search({})).toHaveLength(3);
    });

    test('sees what another handle wrote', async () => {
      const rows = await make();
      const [here, there] = [await open(rows), await open(rows)];
      await there.add({ content: 'Rolf lives in Kiel.' });
      expect((await here.search('Rolf', { topK: 1 }))[0].entry.id).toBe('m1');
      await here.add({ content: 'Mira lives in Oslo.' });
      await there.update('m2', { content: 'Mira lives in Rome.' });
      await here.delete('m1');
      await there.add({ content: 'Ada lives in Bath.' });
      for (const memory of [here, there]) {
        expect((await memory.list()).map((entry) => entry.content)).toEqual([
          'Mira lives in Rome.',
          'Ada lives in Bath.',
        ]);
        expect((await memory.search('Mira', { topK: 5 })).map(({ entry }) => entry.id)).toEqual(['m2', 'm3']);
      }
    });
  });

  describe(`${name}: namespaces`, () => {
    test('do not see one another', async () => {
      const rows = await make();
      const [user, rollout] = [await open(rows), await open(rows, 'rollout/1/2')];
      await user.add({ content: 'mine' });
      await rollout.add({ content: 'theirs' });
      await rollout.add({ content: 'theirs too' });
      expect((await user.list()).map((entry) => entry.content)).toEqual(['mine']);
      expect(await user.search('theirs', { topK: 5 })).toHaveLength(1);
      expect((await rollout.get('m1'))?.content).toBe('theirs');
      await rollout.clear();
      expect(await user.list()).toHaveLength(1);
    });

    test('dropping rollouts leaves everything else', async () => {
      const rows = await make();
      const names = [
        'user/default',
        'user/rollout/1',
        'rollout',
        'rollout-like/1',
        'rollout/',
        'rollout/1',
        'rollout/2/3',
      ];
      for (const namespace of names) await (await open(rows, namespace)).add({ content: namespace });
      expect(await dropRollouts(rows)).toEqual(['rollout/', 'rollout/1', 'rollout/2/3']);
      const left = await listNamespaces(rows);
      expect(left.map((record) => record.name)).toEqual([
        'rollout',
        'rollout-like/1',
        'user/default',
        'user/rollout/1',
      ]);
      expect(left.map((record) => record.count)).toEqual([1, 1, 1, 1]);
      for (const { name: namespace } of left)
        expect(await (await open(rows, namespace)).list()).toHaveLength(1);
    });

    test('a dropped one refuses its old handles and starts again from m1 when opened', async () => {
      const rows = await make();
      const old = await open(rows, 'user/a');
      await old.add({ content: 'one' });
      await open(rows, 'user/ab');
      await dropNamespace(rows, 'user/a');
      await dropNamespace(rows, 'user/never-there');
      await expect(old.add({ content: 'two' })).rejects.toThrow(UnknownNamespaceError);
      await expect(old.search('one', { topK: 1 })).rejects.toThrow(UnknownNamespaceError);
      expect((await listNamespaces(rows)).map((record) => record.name)).toEqual(['user/ab']);
      const fresh = await open(rows, 'user/a');
      expect((await fresh.add({ content: 'other' })).id).toBe('m1');
      // Same name, same revision, other contents: the old handle must notice.
      expect((await old.list()).map((entry) => entry.content)).toEqual(['other']);
    });

    test('need a name', async () => {
      const rows = await make();
      await expect(open(rows, '')).rejects.toThrow(MemoryArgumentError);
      await expect(open(rows, 'x'.repeat(201))).rejects.toThrow(MemoryArgumentError);
    });

    test('vectors of another embedder are refused, or made anew on request', async () => {
      const rows = await make();
      const memory = await open(rows);
      await memory.add({ content: 'Rolf lives in Kiel.', metadata: { kept: true } });
      await memory.add({ content: 'Mira lives in Oslo.' });
      const other = new NgramEmbedder({ dimension: 96 });
      const options = { rows, embedder: other, index, namespace: USER_NAMESPACE, now: () => 1 };
      await expect(openMemory(options)).rejects.toThrow(EmbedderMismatchError);
      const renewed = await openMemory({ ...options, reembed: true });
      const entries = await renewed.list();
      expect(entries.map((entry) => entry.embedding.length)).toEqual([96, 96]);
      expect(entries.map((entry) => entry.embedderId)).toEqual([other.id, other.id]);
      expect(entries[0].metadata).toEqual({ kept: true });
      expect((await renewed.search('Mira', { topK: 1 }))[0].entry.id).toBe('m2');
      await expect(memory.add({ content: 'late' })).rejects.toThrow(EmbedderMismatchError);
      expect(await renewed.list()).toHaveLength(2);
    });
  });

  describe(`${name}: concurrency`, () => {
    test('writes that overlap get ids of their own and all arrive', async () => {
      const rows = await make();
      const handles = [await open(rows), await open(rows), await open(rows)];
      const entries = await Promise.all(
        Array.from({ length: 60 }, (_, i) => handles[i % 3].add({ content: `fact ${i}` })),
      );
      expect(new Set(entries.map((entry) => entry.id)).size).toBe(60);
      for (const handle of handles) {
        expect((await handle.list()).map((entry) => entry.id)).toEqual(
          Array.from({ length: 60 }, (_, i) => `m${i + 1}`),
        );
        expect(await handle.search('fact 7', { topK: 100 })).toHaveLength(60);
      }
    });

    test('updates of one entry that overlap merge their metadata', async () => {
      const rows = await make();
      const handles = [await open(rows), await open(rows)];
      await handles[0].add({ content: 'start' });
      await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          handles[i % 2].update('m1', { content: `c${i}`, metadata: { [`k${i}`]: i } }),
        ),
      );
      const [entry] = await handles[0].list();
      expect(Object.keys(entry.metadata)).toHaveLength(20);
      expect(entry.embedding).toEqual(embedder.embedNow(entry.content));
    });

    test('any sequence of operations leaves what a plain map would hold', async () => {
      const rows = await make();
      const handles = [await open(rows), await open(rows)];
      const model = new Map<string, string>();
      let state = 7;
      const draw = (n: number) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return (state >>> 8) % n;
      };
      let next = 1;
      for (let step = 0; step < 120; step++) {
        const memory = handles[draw(2)];
        const ids = [...model.keys()];
        const content = `fact ${draw(30)} about thing ${draw(30)}`;
        const action = draw(10);
        if (action < 5 || ids.length === 0) {
          const { id } = await memory.add({ content });
          expect(id).toBe(`m${next++}`);
          model.set(id, content);
        } else if (action < 7) {
          const id = ids[draw(ids.length)];
          await memory.update(id, { content });
          model.set(id, content);
        } else if (action < 8) {
          const id = ids[draw(ids.length)];
          await memory.delete(id);
          model.delete(id);
        } else {
          const hits = await memory.search(content, { topK: 4 });
          const query = embedder.embedNow(content);
          const scores = [...model.values()].map((text) => cosine(query, embedder.embedNow(text)));
          const expected = scores.sort((a, b) => b - a).slice(0, 4);
          expect(hits.map(({ score }) => score)).toEqual(expected);
        }
      }
      for (const memory of handles) {
        expect(new Map((await memory.list()).map((entry) => [entry.id, entry.content]))).toEqual(model);
      }
      const [record] = await listNamespaces(rows);
      expect(record).toMatchObject({ count: model.size, nextId: next });
    });
  });
}
