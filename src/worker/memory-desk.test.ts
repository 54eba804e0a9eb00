/** The calls of the memory page on real memories that last as long as the test, with a clock of the test. */
import { beforeEach, describe, expect, test } from 'vitest';
import { USER_NAMESPACE } from '../memory/long-term-memory';
import { toLabError } from './lab-errors';
import { LabMemories } from './memories';
import { MemoryDesk } from './memory-desk';
import type { MemoryEdit, MemoryNews } from './memory-protocol';

const DAY = 24 * 60 * 60 * 1000;
const ME = USER_NAMESPACE;
let memories: LabMemories;
let desk: MemoryDesk;
let time = 0;
let changed: string[] = [];
let news: MemoryNews[] = [];

beforeEach(async () => {
  time = 1_000_000;
  changed = [];
  news = [];
  memories = LabMemories.transient('In the test.', undefined, null, () => time++);
  memories.onChange((name) => changed.push(name));
  desk = new MemoryDesk(
    () => memories,
    (item) => news.push(item),
    () => time++,
  );
  await call.memoryHome({});
});

const call = new Proxy({} as MemoryDesk['handlers'], {
  get: (_, name: keyof MemoryDesk['handlers']) => desk.handlers[name],
});
const edit = (change: MemoryEdit, name = ME) => call.editMemory({ name, edit: change });
const add = (content: string, metadata = {}, name = ME) =>
  edit({ kind: 'add', content, metadata, memoryType: '' }, name);
const code = (work: Promise<unknown>) =>
  work.then(
    () => 'answered',
    (error: unknown) => toLabError(error).code,
  );
const contents = async (name = ME) =>
  (await call.viewNamespace({ name })).entries.map(({ id, content }) => `${id} ${content}`);
const journal = (name = ME) => call.readJournal({ name, before: null, limit: 1000, id: null });

describe('before the lab is open', () => {
  test('every call says so', async () => {
    const closed = new MemoryDesk(
      () => {
        throw new Error('not open');
      },
      () => undefined,
    );
    for (const name of Object.keys(closed.handlers) as (keyof MemoryDesk['handlers'])[]) {
      const handler = closed.handlers[name] as (args: unknown) => Promise<unknown>;
      await expect(handler({ name: ME, from: ME, left: ME })).rejects.toThrow('not open');
    }
  });
});

describe('home', () => {
  test('has the user’s memory from the first look on, and says where it is kept', async () => {
    const home = await call.memoryHome({});
    expect(home.namespaces).toMatchObject([
      { name: ME, kind: 'user', title: 'Personal', count: 0, journal: 0, bytes: 0 },
    ]);
    expect(home.where).toBe('In the test.');
    expect(home.embedders[0]).toMatchObject({ id: memories.embedder.id, state: 'ready' });
  });

  test('where nothing is kept, nothing is vouched for, backed up or deleted', async () => {
    const { health, backups, storage } = await call.memoryHome({});
    expect(health[ME]).toMatchObject({
      state: 'unchecked',
      message: expect.stringContaining('In the test.'),
    });
    expect([backups, storage.kinds]).toEqual([[], []]);
    expect(await code(call.backUpNow({}))).toBe('nothing-kept');
    expect(await code(call.restoreBackup({ id: 'x', name: ME }))).toBe('nothing-kept');
    expect(await code(call.acceptLoss({ name: ME }))).toBe('nothing-kept');
    expect(await code(call.deleteStored({ kind: 'backups' }))).toBe('nothing-stored');
    expect(await call.persistStorage({})).toMatchObject({ persisted: 'unknown' });
  });

  test('bytes are those of texts, vectors and journal', async () => {
    await add('Rolf lives in Kiel.');
    const [{ bytes }] = (await call.memoryHome({})).namespaces;
    expect(bytes).toBeGreaterThan(4 * memories.embedder.dimension + 2 * 'Rolf lives in Kiel.'.length);
    expect(bytes).toBeLessThan(4 * memories.embedder.dimension + 1000);
  });

  test('another tab’s rollouts are neither shown nor to be had', async () => {
    const { id, dimension } = memories.embedder;
    await memories.rows.ensure(
      'rollout/tab9/episode',
      { embedder: { id, dimension }, created: 1 },
      'relaxed',
    );
    const other = LabMemories.transient(
      'Other.',
      undefined,
      null,
      () => time++,
      memories.rows,
      'rollout/tab1/',
    );
    const theirs = new MemoryDesk(
      () => other,
      () => undefined,
    );
    expect((await theirs.handlers.memoryHome({})).namespaces.map(({ name }) => name)).toEqual([ME]);
    expect(await code(theirs.handlers.viewNamespace({ name: 'rollout/tab9/episode' }))).toBe(
      'unknown-namespace',
    );
  });
});

describe('editing', () => {
  test('adds, changes, merges, deletes, empties; each an act of the user that is told and can be undone', async () => {
    await add('Rolf lives in Kiel.', { subject: 'Rolf' });
    await add('Mira is a pilot.');
    await add('Mira works as a pilot.');
    await edit({
      kind: 'change',
      id: 'm1',
      content: 'Rolf lives in Oslo.',
      metadata: { n: 1 },
      memoryType: 'fact',
    });
    const view = await edit({ kind: 'merge', ids: ['m3', 'm2'], content: 'Mira is a pilot' });
    expect(view.entries).toMatchObject([
      {
        id: 'm1',
        content: 'Rolf lives in Oslo.',
        metadata: { n: 1 },
        memoryType: 'fact',
        by: { kind: 'user' },
      },
      { id: 'm3', content: 'Mira is a pilot' },
    ]);
    expect(view.entries[0].updated).toBeGreaterThan(view.entries[0].created);
    await edit({ kind: 'delete', ids: ['m1'], why: 'audit' });
    await edit({ kind: 'clear' });
    expect(await contents()).toEqual([]);
    const records = await journal();
    expect(records.map(({ act, op }) => `${act.kind}:${op.kind}`).reverse()).toEqual([
      'add:add',
      'add:add',
      'add:add',
      'update:update',
      'merge:delete',
      'merge:update',
      'clean:delete',
      'clear:delete',
    ]);
    expect(new Set(changed)).toEqual(new Set([ME]));
    expect(changed).toHaveLength(7);
    for (const act of [8, 7, 5, 4]) await edit({ kind: 'undo', act });
    expect(await contents()).toEqual([
      'm1 Rolf lives in Kiel.',
      'm2 Mira is a pilot.',
      'm3 Mira works as a pilot.',
    ]);
    await edit({ kind: 'restore', seq: 6 });
    expect(await contents()).toEqual(['m1 Rolf lives in Oslo.', 'm3 Mira is a pilot']);
    await edit({ kind: 'restore', seq: 0 });
    expect(await contents()).toEqual([]);
  });

  test('what cannot be is refused with words, and nothing has changed', async () => {
    await add('a');
    const before = await journal();
    expect(await code(add('  '))).toBe('empty-entry');
    expect(await code(edit({ kind: 'delete', ids: ['m1', 'm9'], why: 'user' }))).toBe('unknown-memory');
    expect(await code(edit({ kind: 'merge', ids: ['m1', 'm1'], content: 'x' }))).toBe('merge');
    expect(await code(edit({ kind: 'undo', act: 7 }))).toBe('unknown-act');
    expect(await code(edit({ kind: 'restore', seq: 7 }))).toBe('unknown-moment');
    expect(await code(edit({ kind: 'ageing', ageing: { expireAfter: 1, halfLife: null } }))).toBe('ageing');
    const odd = { kind: 'add', content: 'x', metadata: { n: Number.NaN }, memoryType: '' } as const;
    expect(await code(edit(odd))).toBe('metadata');
    expect(await code(call.viewNamespace({ name: 'user/none' }))).toBe('unknown-namespace');
    expect(await journal()).toEqual(before);
    const refused = await edit({ kind: 'undo', act: 7 }).catch(toLabError);
    expect(refused).toMatchObject({ whatToDo: expect.stringContaining('Nothing was changed') });
  });

  test('an entry made by a step and changed by hand is by hand', async () => {
    const user = await memories.user();
    await user.add({
      content: 'a',
      sourceStep: 'run/s1',
      note: {
        by: { kind: 'policy', policy: 'p', adapter: 'none', run: 'r', episode: 'e', step: 1 },
        why: 'it matters',
      },
    });
    const [before] = (await call.viewNamespace({ name: ME })).entries;
    expect(before.by).toMatchObject({ kind: 'policy', step: 1 });
    const { entries } = await edit({ kind: 'change', id: 'm1', content: 'b', metadata: {}, memoryType: '' });
    expect(entries[0]).toMatchObject({ by: { kind: 'user' }, sourceStep: '' });
  });
});

describe('looking', () => {
  beforeEach(async () => {
    for (const content of [
      'Rolf lives in Kiel.',
      'Mira lives in Oslo.',
      'Rolf likes tea.',
      'Good morning!',
    ]) {
      await add(content);
    }
  });

  test.each(['dense', 'lexical', 'hybrid'] as const)('scores every entry, %s', async (mode) => {
    const found = await call.searchMemory({ name: ME, query: 'Who is in Kiel?', mode });
    expect(found.scores).toHaveLength(4);
    expect(found.scores[0]).toMatchObject({ id: 'm1' });
    expect(found.scores.map(({ score }) => score)).toEqual(
      found.scores.map(({ score }) => score).sort((a, b) => b - a),
    );
    const good = found.scores.find(({ id }) => id === 'm4');
    expect(good?.lexical).toBe(0);
    expect(found).toMatchObject({ theta: memories.embedder.threshold, topK: 3, mode });
    // The cosine is the one that retrieval goes by.
    const [best] = await (await memories.user()).search('Who is in Kiel?', { topK: 1 });
    expect(found.scores.find(({ id }) => id === best.entry.id)?.cosine).toBe(best.score);
  });

  test('looking leaves no trace; a change is seen at once', async () => {
    const before = await journal();
    await call.searchMemory({ name: ME, query: 'tea', mode: 'hybrid' });
    await call.neighbours({ name: ME, id: 'm1', count: 3 });
    await call.mapMemory({ name: ME });
    await call.auditMemory({ name: ME });
    expect(await journal()).toEqual(before);
    await add('Kemal likes tea.');
    const { scores } = await call.searchMemory({ name: ME, query: 'Kemal', mode: 'lexical' });
    expect(scores[0]).toMatchObject({ id: 'm5' });
  });

  test('decay lets newer entries pass, and shows the cosine beside', async () => {
    await edit({ kind: 'ageing', ageing: { expireAfter: null, halfLife: DAY } });
    time += 2 * DAY;
    await add('Rolf lives in Rome.');
    const view = await call.viewNamespace({ name: ME });
    expect(view.entries[0].decay).toBeCloseTo(0.25, 3);
    expect(view.entries[4].decay).toBeCloseTo(1, 3);
    const { scores } = await call.searchMemory({ name: ME, query: 'Rolf lives in Kiel.', mode: 'dense' });
    expect(scores[0].id).toBe('m5');
    const old = scores.find(({ id }) => id === 'm1');
    expect(old?.cosine).toBeCloseTo(1, 5);
    expect(old?.score).toBeCloseTo(0.25, 3);
  });

  test('neighbours, nearest first, without the entry itself', async () => {
    const near = await call.neighbours({ name: ME, id: 'm1', count: 2 });
    expect(near.map(({ id }) => id)).toEqual(['m3', 'm2']);
    expect(await call.neighbours({ name: ME, id: 'm1', count: 99 })).toHaveLength(3);
    expect(await code(call.neighbours({ name: ME, id: 'm9', count: 1 }))).toBe('unknown-memory');
  });

  test('the map has every entry within its frame', async () => {
    const { points, explained } = await call.mapMemory({ name: ME });
    expect(points.map(({ id }) => id)).toEqual(['m1', 'm2', 'm3', 'm4']);
    for (const { x, y } of points) expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(1);
    expect(explained).toBeGreaterThan(0.5);
  });

  test('the journal page by page, and the life of one entry', async () => {
    await edit({ kind: 'change', id: 'm2', content: 'Mira lives in Rome.', metadata: {}, memoryType: '' });
    await (await memories.user()).search('Mira', { topK: 1, note: { by: { kind: 'lab' }, why: 'a test' } });
    const page = (before: number | null, id: string | null = null) =>
      call.readJournal({ name: ME, before, limit: 2, id });
    expect((await page(null)).map(({ seq }) => seq)).toEqual([6, 5]);
    expect((await page(5)).map(({ seq }) => seq)).toEqual([4, 3]);
    expect(await page(1)).toEqual([]);
    expect((await page(null, 'm2')).map(({ op }) => op.kind)).toEqual(['retrieve', 'update']);
    expect((await page(5, 'm2')).map(({ op }) => op.kind)).toEqual(['add']);
    const [entry] = (await call.viewNamespace({ name: ME })).entries.filter(({ id }) => id === 'm2');
    expect(entry).toMatchObject({ retrievals: 1, lastRetrieved: expect.any(Number) });
  });

  test('the past, at every record', async () => {
    expect(await call.memoryAt({ name: ME, seq: 0 })).toEqual([]);
    expect((await call.memoryAt({ name: ME, seq: 2 })).map(({ id }) => id)).toEqual(['m1', 'm2']);
    expect(await code(call.memoryAt({ name: ME, seq: 5 }))).toBe('unknown-moment');
  });

  test('an audit names what is junk', async () => {
    const report = await call.auditMemory({ name: ME });
    expect(report).toMatchObject({ entries: 4, counts: { junk: 1 }, junkShare: 0.25 });
  });

  test('when entries expire is told', async () => {
    const { entries } = await edit({ kind: 'ageing', ageing: { expireAfter: DAY, halfLife: null } });
    const [first] = await journal().then((records) =>
      records.filter(({ op }) => op.kind === 'add').reverse(),
    );
    expect(entries[0].expires).toBe(first.at + DAY);
  });
});

describe('ageing when the lab opens', () => {
  test('what has expired goes in one act of the lab, told, and can be brought back', async () => {
    await add('old');
    await add('used');
    await edit({ kind: 'ageing', ageing: { expireAfter: DAY, halfLife: null } });
    await call.createNamespace({ name: 'other' });
    await add('without a rule', {}, 'user/other');
    time += DAY / 2;
    await (await memories.user()).search('used', { topK: 1, note: { by: { kind: 'lab' }, why: '' } });
    time += DAY * 0.6;
    changed = [];
    await desk.begin();
    expect(changed).toEqual([ME]);
    expect(await contents()).toEqual(['m2 used']);
    expect(await contents('user/other')).toHaveLength(1);
    const [{ act, by, why }] = await journal();
    expect([act.kind, by.kind, why]).toEqual([
      'expire',
      'lab',
      'neither written nor retrieved for 24 hours, the rule of this memory',
    ]);
    await edit({ kind: 'undo', act: act.id });
    await desk.begin();
    expect(await contents()).toEqual(['m1 old', 'm2 used']);
  });
});

describe('memories as wholes', () => {
  test('made, copied, compared, dropped', async () => {
    await add('Rolf lives in Kiel.', { subject: 'Rolf' });
    await add('Mira is a pilot.');
    await edit({ kind: 'delete', ids: ['m1'], why: 'user' });
    await add('Ada likes tea.');
    await call.createNamespace({ name: ' work ' });
    await call.copyNamespace({ from: ME, to: 'copy' });
    const home = await call.memoryHome({});
    expect(home.namespaces.map(({ name, title, count }) => [name, title, count])).toEqual([
      ['user/copy', 'copy', 2],
      [ME, 'Personal', 2],
      ['user/work', 'work', 0],
    ]);
    expect(await contents('user/copy')).toEqual(await contents());
    const [record] = await journal('user/copy');
    expect(record).toMatchObject({ act: { kind: 'copy', id: 1 }, why: 'copied from Personal' });
    await add('new there', {}, 'user/copy');
    await edit({ kind: 'delete', ids: ['m2'], why: 'user' }, 'user/copy');
    const { onlyLeft, onlyRight, same } = await call.compareNamespaces({ left: ME, right: 'user/copy' });
    expect([onlyLeft.map(({ id }) => id), onlyRight.map(({ id }) => id), same]).toEqual([['m2'], ['m4'], 1]);
    await call.dropNamespace({ name: 'user/copy' });
    expect(await code(call.viewNamespace({ name: 'user/copy' }))).toBe('unknown-namespace');
    // The user's own comes back empty, with a new journal.
    await call.dropNamespace({ name: ME });
    expect((await call.viewNamespace({ name: ME })).facts).toMatchObject({ count: 0, journal: 0 });
    expect((await add('first again')).entries.map(({ id }) => id)).toEqual(['m1']);
  });

  test.each(['', '   ', 'user/', 'a\u0000b', 'a\u202eb', 'x'.repeat(81)])('%j is no name', async (name) => {
    expect(await code(call.createNamespace({ name }))).toBe('namespace-name');
    expect(await code(call.copyNamespace({ from: ME, to: name }))).toBe('namespace-name');
  });

  test('a name that is taken is refused, and nothing is written over', async () => {
    await add('mine');
    expect(await code(call.createNamespace({ name: 'default' }))).toBe('namespace-taken');
    expect(await code(call.copyNamespace({ from: ME, to: 'user/default' }))).toBe('namespace-taken');
    expect(await code(call.copyNamespace({ from: 'user/none', to: 'other' }))).toBe('unknown-namespace');
    expect((await call.memoryHome({})).namespaces).toHaveLength(1);
    expect(await contents()).toEqual(['m1 mine']);
  });
});

describe('embedders', () => {
  test('a memory whose embedder cannot be had is shown all the same, and embedded anew with another', async () => {
    const name = 'user/elsewhere';
    const gone = { id: 'policy-of-other-weights', dimension: 2 };
    await memories.rows.ensure(name, { embedder: gone, created: 1 }, 'strict');
    const draft = {
      content: 'Rolf lives in Kiel.',
      metadata: {},
      memoryType: '',
      created: 1,
      updated: 1,
      sourceStep: '',
      embedding: Float32Array.of(1, 0),
      embedderId: gone.id,
    };
    const note = { by: { kind: 'user' }, why: '' } as const;
    const changes = [{ kind: 'add', draft }] as const;
    await memories.rows.write(name, { act: { kind: 'add' }, note, at: 1, changes }, 'strict');
    const view = await call.viewNamespace({ name });
    expect(view.entries).toMatchObject([{ id: 'm1', content: 'Rolf lives in Kiel.' }]);
    expect(view.index).toMatchObject({ kind: 'none', degraded: expect.stringMatching(/\w/) });
    expect(await code(call.searchMemory({ name, query: 'Kiel', mode: 'dense' }))).toBe(
      'embedder-unavailable',
    );
    expect(await code(call.reembed({ name, embedder: 'nothing' }))).toBe('embedder-unavailable');
    const { id } = memories.embedder;
    const after = await call.reembed({ name, embedder: id });
    expect([after.facts.embedderId, after.index.kind]).toEqual([id, 'exact']);
    expect(news.at(-1)).toEqual({ kind: 'reembedding', name, embedder: id, done: 1, total: 1 });
    const { scores } = await call.searchMemory({ name, query: 'Kiel', mode: 'dense' });
    expect(scores[0].cosine).toBeGreaterThan(0.3);
    expect(await call.cancelReembedding({})).toBeNull();
  });
});

describe('files', () => {
  const preview = (text: string, name = ME, asText = false) =>
    call.previewImport({ name, file: 'a file', data: new Blob([text]), asText });

  test.each(['jsonl', 'jsonl-vectors', 'zip'] as const)(
    'out as %s, into a new memory, out again: the same',
    async (format) => {
      await add('Rolf lives in Kiel.', { subject: 'Rolf' });
      await edit({
        kind: 'change',
        id: 'm1',
        content: 'Rolf lives in Oslo.',
        metadata: {},
        memoryType: 'fact',
      });
      const { data, file } = await call.exportMemory({ name: ME, format });
      expect(file).toMatch(format === 'zip' ? /\.zip$/ : /\.jsonl$/);
      const before = await journal();
      await call.dropNamespace({ name: ME });
      const { token, counts } = await call.previewImport({ name: ME, file, data, asText: false });
      expect(counts).toMatchObject({ add: 1, reject: 0 });
      const view = await call.applyImport({ name: ME, token, conflicts: 'keep mine' });
      expect(view.entries).toMatchObject([{ id: 'm1', content: 'Rolf lives in Oslo.' }]);
      if (format === 'zip') expect(await journal()).toEqual(before);
      const again = await call.exportMemory({ name: ME, format });
      expect(new Uint8Array(await again.data.arrayBuffer())).toEqual(
        new Uint8Array(await data.arrayBuffer()),
      );
    },
  );

  test('an import is previewed, carried out once, told, and undone as one act', async () => {
    await add('a');
    const { token, format, counts } = await preview('one\ntwo\n');
    expect([format, counts.add]).toEqual(['plain text', 2]);
    expect(await contents()).toEqual(['m1 a']);
    changed = [];
    await call.applyImport({ name: ME, token, conflicts: 'keep mine' });
    expect(changed).toEqual([ME]);
    expect(await contents()).toEqual(['m1 a', 'm2 one', 'm3 two']);
    expect(await code(call.applyImport({ name: ME, token, conflicts: 'keep mine' }))).toBe('no-preview');
    await edit({ kind: 'undo', act: 2 });
    expect(await contents()).toEqual(['m1 a']);
  });

  test('a preview is of one memory, and of the last file', async () => {
    await call.createNamespace({ name: 'other' });
    const { token: first } = await preview('one');
    expect(await code(call.applyImport({ name: 'user/other', token: first, conflicts: 'keep mine' }))).toBe(
      'no-preview',
    );
    await preview('two');
    expect(await code(call.applyImport({ name: ME, token: first, conflicts: 'keep mine' }))).toBe(
      'no-preview',
    );
    expect(await code(preview(''))).toBe('import-empty');
    expect(await contents()).toEqual([]);
  });
});

describe('memories of rollouts', () => {
  const play = async (name: string, content: string) => {
    const memory = await memories.rollouts.open(name);
    await memory.add({ content });
    await memories.rollouts.drop(name);
  };
  const shown = async () =>
    (await call.memoryHome({})).namespaces.flatMap(({ title, kind }) => (kind === 'user' ? [] : [title]));

  test('of the last group stay until the next, and are looked at but not changed', async () => {
    await (await memories.open('episode')).add({ content: 'of the episode' });
    for (const k of [0, 1, 2]) await play(`group/t0k${k}`, `by ${k}`);
    expect(await shown()).toEqual([
      'Episode on view',
      'Group, rollout 1',
      'Group, rollout 2',
      'Group, rollout 3',
    ]);
    const name = `${memories.prefix}group/t0k1`;
    expect(await contents(name)).toEqual(['m1 by 1']);
    expect(await code(add('x', {}, name))).toBe('memory-of-episode');
    expect(await code(call.dropNamespace({ name }))).toBe('memory-of-episode');
    await call.copyNamespace({ from: name, to: 'kept' });
    await play('group/t0k0', 'anew');
    expect(await shown()).toEqual(['Episode on view', 'Group, rollout 1']);
    expect(await contents(`${memories.prefix}group/t0k0`)).toEqual(['m1 anew']);
    expect(await contents('user/kept')).toEqual(['m1 by 1']);
  });

  test('of a training step those of its first task stay until the next step', async () => {
    for (const task of [0, 1]) for (const k of [0, 1]) await play(`training/s0/t${task}k${k}`, 'x');
    expect(await shown()).toEqual(['Training step 1, rollout 1', 'Training step 1, rollout 2']);
    await play('training/s1/t0k0', 'x');
    expect(await shown()).toEqual(['Training step 2, rollout 1']);
  });
});
