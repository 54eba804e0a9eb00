import { describe, expect, test } from 'vitest';
import { NgramEmbedder } from './embedders/ngram-embedder';
import { voyIndex } from './index/voy-index';
import { createTransientMemory, dropNamespace, openMemory } from './long-term-memory';
import type { Durability } from './rows/rows';
import { describeRows } from './rows/rows-contract.fixture';
import { TransientRows } from './rows/transient-rows';

describeRows('transient rows', async () => new TransientRows());
describeRows('transient rows with voy', async () => new TransientRows(), await voyIndex());

test('two transient memories of the same name share nothing', async () => {
  const [a, b] = [await createTransientMemory(), await createTransientMemory()];
  expect(a.namespace).toBe(b.namespace);
  await a.add({ content: 'one' });
  expect(await b.list()).toEqual([]);
  expect(a.indexStatus).toMatchObject({ kind: 'exact', degraded: undefined });
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
