import { describe, expect, test } from 'vitest';
import { NgramEmbedder } from './embedders/ngram-embedder';
import { MemoryArgumentError } from './errors';
import { voyIndex } from './index/voy-index';
import { BY_USER } from './journal';
import { createTransientMemory, dropNamespace, openMemory } from './long-term-memory';
import type { Metadata } from './memory';
import { describeActs } from './rows/acts.fixture';
import { describeMade } from './rows/made-contract.fixture';
import { describePending } from './rows/pending-vectors.fixture';
import type { Durability } from './rows/rows';
import { describeRows } from './rows/rows-contract.fixture';
import { TransientRows } from './rows/transient-rows';

describeRows('transient rows', async () => new TransientRows());
describeActs('transient rows', async () => new TransientRows(), process.env.SOAK ? 1000 : 6);
describeMade('transient rows', async () => new TransientRows());
describePending('transient rows', async () => new TransientRows());
describeRows('transient rows with voy', async () => new TransientRows(), await voyIndex());

test('two transient memories of the same name share nothing', async () => {
  const [a, b] = [await createTransientMemory(), await createTransientMemory()];
  expect(a.namespace).toBe(b.namespace);
  await a.add({ content: 'one' });
  expect(await b.list()).toEqual([]);
  expect(a.indexStatus).toMatchObject({ kind: 'exact', degraded: undefined });
});

describe('a copy of the rows', () => {
  const embedder = new NgramEmbedder();
  const open = (rows: TransientRows) => openMemory({ rows, embedder, namespace: 'user/default' });
  const contents = async (memory: Awaited<ReturnType<typeof open>>) =>
    (await memory.list()).map(({ id, content }) => `${id} ${content}`);

  test('is not taken for new after a write that changed nothing', async () => {
    const rows = new TransientRows();
    const [here, there] = [await open(rows), await open(rows)];
    const entry = await here.add({ content: 'one' });
    await there.add({ content: 'two' });
    // Nothing is new but the retrieval; the revision is one further by the other's doing.
    await here.write({
      act: { kind: 'retrieve' },
      note: BY_USER,
      changes: [
        { kind: 'retrieved', query: 'q', topK: 1, hits: [] },
        { kind: 'put', entry },
      ],
    });
    expect(await contents(here)).toEqual(['m1 one', 'm2 two']);
  });

  test('follows acts of many changes, in order of creation', async () => {
    const rows = new TransientRows();
    const [here, there] = [await open(rows), await open(rows)];
    const [one, two] = await here.addAll([{ content: 'one' }, { content: 'two' }], 'import', BY_USER);
    await here.deleteAll(['m1', 'm2']);
    await here.add({ content: 'three' });
    await here.write({
      act: { kind: 'restore', of: 2 },
      note: BY_USER,
      changes: [
        { kind: 'put', entry: two },
        { kind: 'put', entry: one },
        { kind: 'remove', id: 'm3' },
        { kind: 'put', entry: { ...one, id: 'm7', content: 'one' } },
        { kind: 'add', draft: { ...two, content: 'two' } },
      ],
    });
    expect(await contents(here)).toEqual(['m1 one', 'm2 two', 'm7 one', 'm8 two']);
    expect(await contents(there)).toEqual(await contents(here));
    const found = async (memory: typeof here) =>
      (await memory.search('one', { topK: 3 })).map(({ entry: { id }, score }) => ({ id, score }));
    expect((await found(here)).map(({ id }) => id)).toEqual(['m1', 'm7', 'm2']);
    expect(await found(there)).toEqual(await found(here));
  });

  test('is emptied by one act, an entry written in between included', async () => {
    const rows = new TransientRows();
    const [here, there] = [await open(rows), await open(rows)];
    await here.addAll([{ content: 'one' }, { content: 'two' }], 'import', BY_USER);
    const texts = rows.texts.bind(rows);
    let meanwhile: (() => Promise<unknown>) | undefined = () => there.add({ content: 'three' });
    rows.texts = async (...args) => {
      const read = await texts(...args);
      await meanwhile?.();
      meanwhile = undefined;
      return read;
    };
    await here.clear();
    expect(await contents(here)).toEqual([]);
    const journal = await rows.journal('user/default');
    expect(journal.map(({ seq, act, op }) => `${seq} ${act.id} ${act.kind} ${op.kind}`)).toEqual([
      '1 1 import add',
      '2 1 import add',
      '3 3 add add',
      '4 4 clear delete',
      '5 4 clear delete',
      '6 4 clear delete',
    ]);
  });

  test('searched with a note leaves a trace; without one it does not', async () => {
    const rows = new TransientRows();
    const memory = await open(rows);
    await memory.addAll([{ content: 'Mira lives in Oslo.' }, { content: 'Rolf bakes.' }], 'import', BY_USER);
    await memory.search('Mira', { topK: 1 });
    expect(await rows.journal('user/default')).toHaveLength(2);
    const note = { by: { kind: 'user' }, why: 'to see' } as const;
    const [{ entry, score }] = await memory.search('Mira', { topK: 1, note });
    expect(await rows.journal('user/default', 3)).toMatchObject([
      {
        ...note,
        act: { id: 3, kind: 'retrieve' },
        op: { kind: 'retrieve', query: 'Mira', topK: 1, hits: [{ id: entry.id, score }] },
      },
    ]);
  });

  test.each([
    ['a number that is none', { n: Number.POSITIVE_INFINITY }],
    ['something missing', { n: undefined }],
    ['a function', { n: () => 1 }],
    ['a date', { n: new Date(0) }],
    ['a map', new Map([['n', 1]])],
    ['a list', ['n']],
  ])('metadata with %s is refused before anything is written', async (_, metadata) => {
    const rows = new TransientRows();
    const memory = await open(rows);
    const given = metadata as unknown as Metadata;
    await expect(memory.add({ content: 'x', metadata: given })).rejects.toThrow(MemoryArgumentError);
    const draft = {
      content: 'x',
      metadata: given,
      memoryType: '',
      created: 0,
      updated: 0,
      sourceStep: '',
      embedding: embedder.embedNow('x'),
      embedderId: embedder.id,
    };
    const failing = memory.write({
      act: { kind: 'add' },
      note: BY_USER,
      changes: [{ kind: 'add', draft }],
    });
    await expect(failing).rejects.toThrow(/cannot be stored/);
    expect(await rows.record('user/default')).toMatchObject({ count: 0, journal: 0 });
  });
});

describe('durability', () => {
  test.each([
    ['rollout/a', undefined, 'relaxed'],
    ['user/default', undefined, 'strict'],
    ['rollout/a', 'strict', 'strict'],
  ] as const)(
    '%s opened as %s writes %s, its namespace included',
    async (namespace, durability, expected) => {
      const asked: [string, Durability][] = [];
      const rows = new Proxy(new TransientRows(), {
        get: (target, name) => {
          const method = Reflect.get(target, name) as (...args: readonly unknown[]) => unknown;
          return (...args: readonly unknown[]) => {
            const last = args.at(-1);
            if (last === 'strict' || last === 'relaxed') asked.push([String(name), last]);
            return Reflect.apply(method, target, args);
          };
        },
      });
      const memory = await openMemory({ rows, embedder: new NgramEmbedder(), namespace, durability });
      await memory.add({ content: 'Mira lives in Oslo.' });
      await memory.update('m1', { content: 'Mira lives in Rome.' });
      await memory.delete('m1');
      await memory.add({ content: 'Mira lives in Bath.' });
      await memory.clear();
      expect(asked).toEqual(
        ['ensure', 'write', 'write', 'write', 'write', 'write'].map((name) => [name, expected]),
      );
      asked.length = 0;
      await dropNamespace(rows, namespace);
      expect(asked).toEqual([['drop', namespace.startsWith('rollout/') ? 'relaxed' : 'strict']]);
    },
  );
});
