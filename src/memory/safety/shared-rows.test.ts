import { afterEach, describe, expect, test } from 'vitest';
import { UnknownNamespaceError } from '../errors';
import { BY_USER } from '../journal';
import { describeRows } from '../rows/rows-contract.fixture';
import { TransientRows } from '../rows/transient-rows';
import { type RowsWatch, SharedRows } from './shared-rows';
import { type MemoryChange, Tabs } from './tabs';

const EMBEDDER = { id: 'e', dimension: 2 };
const open: Tabs[] = [];

afterEach(() => {
  for (const tabs of open.splice(0)) tabs.close();
});

function tab(rows = new TransientRows(), scope = 'shared-rows-test') {
  const seen: string[] = [];
  const heard: MemoryChange[] = [];
  const watch: RowsWatch = {
    committed: async ({ name, revision }, fresh) =>
      void seen.push(`committed ${name} ${revision} +${fresh.length}`),
    changed: ({ name, revision }) => seen.push(`changed ${name} ${revision}`),
    opened: ({ name }) => seen.push(`opened ${name}`),
    leaving: async (names) => void seen.push(`leaving ${names}`),
    left: async (names) => void seen.push(`left ${names}`),
    stayed: (names) => seen.push(`stayed ${names}`),
    missing: (name) => seen.push(`missing ${name}`),
  };
  const tabs = Tabs.open(scope);
  open.push(tabs);
  tabs.onChange((change) => heard.push(change));
  return { rows: new SharedRows(rows, tabs, watch, (name) => name.startsWith('user/')), seen, heard };
}

const add = (content: string) =>
  ({
    kind: 'add',
    draft: {
      content,
      metadata: {},
      memoryType: '',
      created: 1,
      updated: 1,
      sourceStep: '',
      embedding: Float32Array.of(1, 0),
      embedderId: 'e',
    },
  }) as const;
const act = (...changes: readonly ReturnType<typeof add>[]) =>
  ({ act: { kind: 'add' }, note: BY_USER, at: 1, changes }) as const;

describeRows('shared rows', async () => tab().rows);

describe('what is told', () => {
  test('each committed change of a user memory, once, and nothing of a rollout', async () => {
    const { rows, seen, heard } = tab();
    for (const name of ['user/a', 'rollout/b']) {
      await rows.ensure(name, { embedder: EMBEDDER, created: 1 }, 'relaxed');
      await rows.write(name, act(add('x'), add('y')), 'relaxed');
      await rows.setAgeing(name, { expireAfter: 5, halfLife: null });
      await rows.drop(name, 'relaxed');
    }
    expect(seen).toEqual([
      'opened user/a',
      'committed user/a 1 +2',
      'changed user/a 1',
      'committed user/a 2 +0',
      'changed user/a 2',
      'leaving user/a',
      'left user/a',
    ]);
    expect(heard.map(({ name, state }) => [name, state?.revision])).toEqual([
      ['user/a', 1],
      ['user/a', 2],
      ['user/a', undefined],
    ]);
  });

  test('a write that fails is not told; a memory that is not there is', async () => {
    const { rows, seen, heard } = tab();
    await rows.ensure('user/a', { embedder: EMBEDDER, created: 1 }, 'relaxed');
    const wrong = { ...act(add('x')), expected: { incarnation: 'other', revision: 0 } };
    await expect(rows.write('user/a', wrong, 'relaxed')).rejects.toThrow();
    await expect(rows.texts('user/gone')).rejects.toThrow(UnknownNamespaceError);
    await expect(rows.write('user/gone', act(add('x')), 'relaxed')).rejects.toThrow(UnknownNamespaceError);
    await expect(rows.texts('rollout/gone')).rejects.toThrow(UnknownNamespaceError);
    expect(seen).toEqual(['opened user/a', 'missing user/gone', 'missing user/gone']);
    expect(heard).toEqual([]);
  });

  test('a deletion that fails is taken back', async () => {
    const failing = new TransientRows();
    failing.drop = () => Promise.reject(new Error('full'));
    const { rows, seen } = tab(failing);
    await rows.ensure('user/a', { embedder: EMBEDDER, created: 1 }, 'relaxed');
    await expect(rows.drop('user/a', 'relaxed')).rejects.toThrow('full');
    expect(seen).toEqual(['opened user/a', 'leaving user/a', 'stayed user/a']);
  });

  test('deleting by prefix parts with the memories of the user among them', async () => {
    const { rows, seen } = tab();
    for (const name of ['user/a', 'user/b', 'rollout/c']) {
      await rows.ensure(name, { embedder: EMBEDDER, created: 1 }, 'relaxed');
    }
    expect(await rows.dropPrefix('rollout/')).toEqual(['rollout/c']);
    expect(await rows.dropPrefix('user/')).toEqual(['user/a', 'user/b']);
    expect(seen.slice(2)).toEqual(['leaving user/a,user/b', 'left user/a,user/b']);
  });

  test('other tabs hear of it, tabs of another database do not', async () => {
    const shared = new TransientRows();
    const [one, two, stranger] = [tab(shared), tab(shared), tab(shared, 'another-database')];
    await one.rows.ensure('user/a', { embedder: EMBEDDER, created: 1 }, 'relaxed');
    const { record } = await one.rows.write('user/a', act(add('x')), 'relaxed');
    await one.rows.drop('user/a', 'relaxed');
    await expect.poll(() => two.heard.length).toBe(2);
    expect(two.heard).toEqual([
      {
        name: 'user/a',
        state: { incarnation: record.incarnation, revision: record.revision },
        elsewhere: true,
      },
      { name: 'user/a', state: null, elsewhere: true },
    ]);
    expect(one.heard.every(({ elsewhere }) => !elsewhere)).toBe(true);
    expect(stranger.heard).toEqual([]);
  });

  test('what another version says and this one does not understand is not heard', async () => {
    const { heard } = tab();
    const channel = new BroadcastChannel('agemem-lab/memoryshared-rows-test');
    for (const odd of [null, 1, 'x', {}, { name: 4 }, { name: 'a', state: 3 }, { name: 'a', state: {} }]) {
      channel.postMessage(odd);
    }
    channel.postMessage({ name: 'last', state: null });
    await expect.poll(() => heard.length).toBe(1);
    channel.close();
  });
});
