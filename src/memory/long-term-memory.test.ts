import { expect, test } from 'vitest';
import { createTransientMemory } from './long-term-memory';
import { describeRows } from './rows-contract';
import { TransientRows } from './transient-rows';
import { voyIndex } from './voy-index';

describeRows('transient rows', async () => new TransientRows());
describeRows('transient rows with voy', async () => new TransientRows(), await voyIndex());

test('two transient memories of the same name share nothing', async () => {
  const [a, b] = [await createTransientMemory(), await createTransientMemory()];
  expect(a.namespace).toBe(b.namespace);
  await a.add({ content: 'one' });
  expect(await b.list()).toEqual([]);
  expect(a.indexStatus).toEqual({ kind: 'exact' });
});
