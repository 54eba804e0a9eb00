import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { newest } from './loaded';
import { MemoryController } from './memory-controller';
import { NEW } from './memory-state';
import { RecordedLine } from './memory-worker.fixture';
import { MetadataTextError } from './metadata-text';

let line: RecordedLine;
let memory: MemoryController;
const saved: string[] = [];

/** Until everything asked for has been answered. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
const contents = () => newest(memory.state().parts.view)?.entries.map(({ content }) => content);

async function add(content: string): Promise<void> {
  memory.activate(NEW);
  memory.draft(NEW, { content, memoryType: '', metadata: '' });
  await memory.save(NEW);
  await settled();
}

beforeEach(async () => {
  line = new RecordedLine();
  saved.length = 0;
  memory = new MemoryController(line, { save: (file) => saved.push(file) });
  await memory.open();
});

test('opens the first memory of the user and reads what its first tab shows', () => {
  expect(memory.state().name).toBe('user');
  expect(memory.state().parts.view.state).toBe('ready');
  expect(memory.state().parts.map.state).toBe('ready');
});

test('a look at what changes by itself, while the page still opens, leaves it open', async () => {
  memory = new MemoryController(line, { save: (file) => saved.push(file) });
  let answers = 0;
  vi.spyOn(line, 'call').mockImplementation(async (name, args) => {
    if (name === 'memoryHome' && ++answers > 1) await settled();
    return RecordedLine.prototype.call.call(line, name, args) as never;
  });
  const [, looked] = await Promise.all([memory.open(), memory.glance()]);
  await settled();
  expect(looked).toBe(true);
  expect(memory.state().name).toBe('user');
  expect(memory.state().parts.view.state).toBe('ready');
});

test('told while it opens that a backup was made, it opens all the same', async () => {
  memory = new MemoryController(line, { save: (file) => saved.push(file) });
  let asked = 0;
  vi.spyOn(line, 'call').mockImplementation(async (name, args) => {
    if (name === 'memoryHome' && ++asked > 1) await settled();
    return RecordedLine.prototype.call.call(line, name, args) as never;
  });
  const opening = memory.open();
  line.tell({ kind: 'keeping-changed' });
  await opening;
  await settled();
  expect(asked).toBeGreaterThan(1);
  expect(memory.state().name).toBe('user');
  expect(memory.state().parts.view.state).toBe('ready');
});

test('add, change and undo; each act says how to undo it', async () => {
  await add('Rosa has boss Hana');
  expect(contents()).toEqual(['Rosa has boss Hana']);
  expect(memory.state().active).toBe('m1');
  expect(newest(memory.state().parts.life)).toHaveLength(1);
  memory.draft('m1', { content: 'Rosa has boss Botor', memoryType: 'fact', metadata: '{"person": "Rosa"}' });
  await memory.save('m1');
  expect(newest(memory.state().parts.view)?.entries[0]).toMatchObject({
    content: 'Rosa has boss Botor',
    memoryType: 'fact',
    metadata: { person: 'Rosa' },
  });
  expect(memory.state().drafts).toEqual({});
  const undo = memory.state().said?.undo ?? 0;
  await memory.undo(undo, 'Undone.');
  expect(contents()).toEqual(['Rosa has boss Hana']);
  await memory.undo(memory.state().said?.undo ?? 0, 'Done again.');
  expect(contents()).toEqual(['Rosa has boss Botor']);
});

test('metadata that is none is named, nothing is asked, and every word stays', async () => {
  memory.activate(NEW);
  const draft = { content: 'Rosa', memoryType: '', metadata: '{"person": ' };
  memory.draft(NEW, draft);
  await expect(memory.save(NEW)).rejects.toThrow(MetadataTextError);
  expect(line.count('editMemory')).toBe(0);
  expect(Object.values(memory.state().drafts)).toEqual([draft]);
});

test('a worker that refuses keeps the draft and is told; the next attempt goes through', async () => {
  line.failing = 'editMemory';
  await add('Rosa');
  expect(memory.state().trouble?.message).toBe('editMemory is broken.');
  expect(memory.state().busy).toBeNull();
  expect(Object.values(memory.state().drafts)).toHaveLength(1);
  line.failing = null;
  await memory.save(NEW);
  expect(contents()).toEqual(['Rosa']);
  expect(memory.state().trouble).toBeNull();
});

test('typing asks for the newest text only; an emptied field shows no late answer', async () => {
  await add('Rosa has boss Hana');
  for (const query of ['b', 'bo', 'bos', 'boss']) memory.ask({ query });
  await settled();
  const asked = line.asked.filter(({ name }) => name === 'searchMemory').map(({ args }) => args);
  expect(asked).toMatchObject([{ query: 'b' }, { query: 'boss' }]);
  expect(newest(memory.state().parts.search)?.query).toBe('boss');
  memory.ask({ query: 'rosa' });
  memory.ask({ query: '' });
  await settled();
  expect(memory.state().parts.search.state).toBe('none');
});

test('a memory switched while its answer is under way shows nothing of the one before', async () => {
  await add('mine');
  await memory.keeping.create('Work');
  expect(memory.state().name).toBe('Work');
  const first = memory.choose('user');
  await memory.choose('Work');
  await first;
  await settled();
  expect(memory.state().name).toBe('Work');
  expect(contents()).toEqual([]);
});

describe('the journal', () => {
  test('any moment can be looked at and restored, and that undone', async () => {
    for (const content of ['one', 'two', 'three']) await add(content);
    await memory.go('journal');
    memory.look(1);
    memory.look(2);
    await settled();
    expect(newest(memory.state().parts.past)).toMatchObject({
      seq: 2,
      record: { seq: 2 },
      entries: [{ content: 'one' }, { content: 'two' }],
    });
    await memory.restore(2);
    expect(contents()).toEqual(['one', 'two']);
    expect(memory.state().moment).toBeNull();
    await memory.undo(memory.state().said?.undo ?? 0, 'Undone.');
    expect(contents()).toEqual(['one', 'two', 'three']);
  });

  test('is read in pages; what was read stays when something new happens', async () => {
    const text = line.text('user', 'x');
    for (let i = 0; i < 120; i++) {
      line.act('user', 'retrieve', [{ kind: 'retrieve', query: `q${i}`, topK: 3, hits: [] }]);
    }
    await memory.go('journal');
    const seqs = () => newest(memory.state().parts.journal)?.records.map(({ seq }) => seq) ?? [];
    expect(seqs()).toHaveLength(50);
    await memory.older();
    expect(seqs()).toHaveLength(100);
    line.act('user', 'add', [{ kind: 'add', after: text }]);
    line.tell({ kind: 'memory-changed', name: 'user', elsewhere: true });
    await settled();
    expect(seqs()).toEqual(Array.from({ length: 101 }, (_, i) => 121 - i));
    await memory.older();
    expect(seqs()).toHaveLength(121);
    expect(newest(memory.state().parts.journal)?.complete).toBe(true);
  });
});

test('what another tab writes is read, once however often it is told', async () => {
  const before = line.count('viewNamespace');
  line.act('user', 'add', [{ kind: 'add', after: line.text('user', 'from elsewhere') }]);
  for (let i = 0; i < 5; i++) line.tell({ kind: 'memory-changed', name: 'user', elsewhere: true });
  line.tell({ kind: 'memory-changed', name: 'other', elsewhere: true });
  await settled();
  expect(contents()).toEqual(['from elsewhere']);
  expect(line.count('viewNamespace') - before).toBeLessThanOrEqual(2);
  memory.close();
  line.tell({ kind: 'memory-changed', name: 'user', elsewhere: true });
  await settled();
  expect(line.count('viewNamespace') - before).toBeLessThanOrEqual(2);
});

test('how it is kept is read after a change, and when it has changed by itself', async () => {
  const before = line.count('memoryHome');
  await add('one');
  expect(line.count('memoryHome')).toBe(before + 1);
  for (let i = 0; i < 5; i++) line.tell({ kind: 'keeping-changed' });
  await settled();
  expect(line.count('memoryHome')).toBeGreaterThan(before + 1);
  expect(line.count('memoryHome')).toBeLessThanOrEqual(before + 3);
});

test('mending all of a kind deletes in one act, and one undo brings everything back', async () => {
  for (const content of ['same', 'same', 'other', 'same']) await add(content);
  await memory.go('audit');
  const report = newest(memory.state().parts.audit);
  expect(report?.junkShare).toBe(0.5);
  await memory.mend(report?.findings ?? []);
  await settled();
  expect(contents()).toEqual(['same', 'other']);
  expect(newest(memory.state().parts.audit)?.findings).toEqual([]);
  await memory.undo(memory.state().said?.undo ?? 0, 'Undone.');
  expect(contents()).toHaveLength(4);
});

test('an import changes nothing until it is applied; a preview left is forgotten', async () => {
  await add('mine');
  await memory.files.preview('notes.txt', new Blob(['x']), false);
  expect(newest(memory.state().parts.preview)?.file).toBe('notes.txt');
  expect(contents()).toEqual(['mine']);
  memory.files.forget();
  expect(memory.state().parts.preview.state).toBe('none');
  await memory.files.preview('notes.txt', new Blob(['x']), true);
  await memory.files.apply('take theirs');
  expect(line.asked[line.asked.length - 1]).toBeDefined();
  expect(line.asked.find(({ name }) => name === 'applyImport')?.args).toMatchObject({
    name: 'user',
    conflicts: 'take theirs',
  });
  expect(contents()).toEqual(['mine', 'A new line']);
  expect(memory.state().parts.preview.state).toBe('none');
});

test('exports are handed to the browser', async () => {
  await memory.files.export('zip');
  expect(saved).toEqual(['user.jsonl']);
  expect(memory.state().said?.words).toBe('Wrote user.jsonl.');
});

describe('forgetting for good', () => {
  const told = () => JSON.stringify([memory.state().parts.journal, memory.state().parts.life]);

  test('cannot be undone, and what was read of the journal before is not shown any more', async () => {
    await add('Rosa has boss Hana');
    await memory.go('journal');
    expect(told()).toContain('Hana');
    expect(await memory.erasure(['m1'])).toMatchObject({ ids: ['m1'], entries: 1, records: 1 });
    await memory.forgetForGood(['m1']);
    await settled();
    expect(contents()).toEqual([]);
    expect(memory.state().said).toEqual({ words: 'Forgot m1 for good.', undo: null });
    expect(told()).not.toContain('Hana');
    expect(newest(memory.state().parts.journal)?.records).toHaveLength(2);
  });

  test('another tab’s is followed', async () => {
    await add('Rosa has boss Hana');
    await memory.go('journal');
    await line.call('eraseForGood', { name: 'user', ids: ['m1'] });
    line.tell({ kind: 'memory-changed', name: 'user', elsewhere: true });
    await settled();
    expect(told()).not.toContain('Hana');
  });

  test('refused, it leaves everything on view', async () => {
    await add('Rosa has boss Hana');
    await memory.go('journal');
    line.failing = 'eraseForGood';
    await memory.forgetForGood(['m1']);
    expect(memory.state().trouble?.message).toBe('eraseForGood is broken.');
    expect(told()).toContain('Hana');
  });
});

test('a profile deleted while it is on view gives way to one that is left', async () => {
  await memory.keeping.create('Work');
  await memory.keeping.drop('Work', 'Work');
  expect(memory.state().name).toBe('user');
  expect(memory.state().said?.words).toBe('Deleted “Work”.');
});

test('re-embedding shows its progress beside everything else, and a stop is no failure', async () => {
  const running = memory.keeping.reembed('policy-2-mean', 'The policy itself');
  line.tell({ kind: 'reembedding', name: 'user', embedder: 'policy-2-mean', done: 3, total: 9 });
  expect(memory.state().reembedding).toEqual({ embedder: 'policy-2-mean', done: 3, total: 9 });
  expect(memory.state().busy).toBeNull();
  await running;
  expect(memory.state().reembedding).toBeNull();
  expect(memory.state().said?.words).toBe('The policy itself is in force.');
});

test('a large act shows how far it is, until it is done', async () => {
  const told: unknown[] = [];
  memory.subscribe(() => told.push(memory.state().acting));
  const removing = add('Rosa has boss Hana');
  line.tell({ kind: 'acting', name: 'user', done: 3, total: 5 });
  line.tell({ kind: 'acting', name: 'user/other', done: 4, total: 5 });
  await removing;
  expect(told).toContainEqual({ done: 3, total: 5 });
  expect(told).not.toContainEqual({ done: 4, total: 5 });
  expect(memory.state().acting).toBeNull();
  line.tell({ kind: 'acting', name: 'user', done: 5, total: 5 });
  expect(memory.state().acting).toBeNull();
});

test('a part that fails has its words and a way to try again; the rest of the page stands', async () => {
  line.failing = 'mapMemory';
  await memory.map();
  const { map, view } = memory.state().parts;
  expect(map).toMatchObject({ state: 'failed', error: { message: 'mapMemory is broken.' } });
  expect(view.state).toBe('ready');
  line.failing = null;
  await memory.map();
  expect(memory.state().parts.map.state).toBe('ready');
});

describe('the browser’s promise is asked for by itself after the first thing that is kept', () => {
  const asked = vi.fn(async () => true);
  beforeEach(() => {
    const kept = new Map<string, string>();
    asked.mockClear();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    });
    vi.stubGlobal('navigator', { storage: { persist: asked, persisted: async () => false } });
  });
  afterEach(() => vi.unstubAllGlobals());

  test('an entry by hand: the answer joins what is said, the undo stays, “Kept safe” knows', async () => {
    await memory.remove([]);
    expect(asked).not.toHaveBeenCalled();
    await add('Rosa has boss Hana');
    expect(memory.state().said).toEqual({
      words: 'Added an entry. The browser has promised to keep what this site stores.',
      undo: 1,
    });
    expect(newest(memory.state().parts.home)?.storage.persisted).toBe('yes');
    await add('Omar has boss Lin');
    expect(memory.state().said?.words).toBe('Added an entry.');
    expect(asked).toHaveBeenCalledTimes(1);
  });

  test('an import, and a refusal in words', async () => {
    asked.mockResolvedValueOnce(false);
    await memory.files.preview('facts.txt', new Blob(['Rosa has boss Hana']), true);
    await memory.files.apply('keep mine');
    await settled();
    expect(memory.state().said?.words).toMatch(/^Imported facts\.txt\. The browser has made no promise/);
    expect(memory.state().said?.undo).not.toBeNull();
  });

  test('a copy of an episode’s memory is something kept', async () => {
    await memory.keeping.copy('user', 'Work');
    await settled();
    expect(asked).toHaveBeenCalledTimes(1);
    expect(memory.state().said?.words).toMatch(/^Copied to “Work”\. The browser has promised/);
  });
});

test('it is the page that asks the browser to keep this site, then the worker says what came of it', async () => {
  const order: string[] = [];
  const persist = async () => {
    order.push(`asked, worker asked ${line.count('persistStorage')} times`);
    return true;
  };
  vi.stubGlobal('navigator', { storage: { persist } });
  try {
    await memory.keeping.persist();
  } finally {
    vi.unstubAllGlobals();
  }
  expect(order).toEqual(['asked, worker asked 0 times']);
  expect(line.count('persistStorage')).toBe(1);
});
