/** The log of acts: what any of its prefixes tells, what it does with damage, other tabs and rows that went back. */
import { afterEach, describe, expect, test } from 'vitest';
import { FolderInMemory } from '../../storage/folder.fixture';
import { exportMemory } from '../exchange/export-memory';
import type { MemoryRows } from '../rows/rows';
import { TransientRows } from '../rows/transient-rows';
import { FILE_HEADER, type Frame, readFrames } from './act-frames';
import { replayActs } from './act-replay';
import type { SavedNamespace } from './backup-file';
import { act, add, closeTabs, embedder, LOGGED, logged, logOver, randomActs } from './logged-acts.fixture';

/** 56: ageing is set before anything is written. */
const SEEDS = [...Array.from({ length: process.env.SOAK ? 56 : 6 }, (_, seed) => seed), 56, 57, 58, 59];
const FILE = 'acts-1.log';

afterEach(closeTabs);

const framesOf = (bytes: Uint8Array): readonly Frame[] =>
  readFrames(bytes.subarray(FILE_HEADER), FILE_HEADER).frames;

/** The one log, and what it leads to from a backup or from nothing. */
async function recovered(
  { folder, rows }: { readonly folder: FolderInMemory; readonly rows: MemoryRows },
  base?: SavedNamespace,
) {
  const [log] = await logOver(folder, rows).list();
  return replayActs(log.frames, base);
}

async function exported(rows: MemoryRows): Promise<string> {
  const { bytes } = await exportMemory(rows, LOGGED, { format: 'jsonl', theta: 0.5 });
  return new TextDecoder().decode(bytes);
}

/** Rows of another browser, into which this state was brought. */
async function rowsWith({ record, entries, journal }: SavedNamespace): Promise<MemoryRows> {
  const rows = new TransientRows();
  const made = await rows.ensure(LOGGED, { embedder, created: record.created });
  const whole = entries.map((entry) => ({
    ...entry,
    embedding: embedder.embedNow(entry.content),
    embedderId: embedder.id,
  }));
  await rows.restore(LOGGED, { entries: whole, journal, expected: made });
  return rows;
}

describe('what was logged', () => {
  test.each(SEEDS)(
    'brings back exactly what was acknowledged, from any backup and from none (seed %i)',
    async (seed) => {
      const memory = await logged();
      await randomActs(memory.rows, seed, 40);
      const last = memory.states[memory.states.length - 1];
      for (const base of [undefined, ...memory.states]) {
        const replayed = await recovered(memory, base);
        expect(replayed?.saved).toEqual(last);
        expect(replayed?.left).toBe(0);
      }
      expect((await recovered(memory, last))?.acts).toBe(0);
      expect((await recovered(memory))?.acts).toBe(memory.states.length);
      expect(await exported(await rowsWith(last))).toBe(await exported(memory.rows));
    },
  );

  test('cut at any byte, leads to the state after the last act that is whole', async () => {
    const memory = await logged();
    await randomActs(memory.rows, 7, 12);
    const bytes = memory.folder.files.get(FILE)!;
    const whole = framesOf(bytes);
    expect(whole).toHaveLength(memory.states.length);
    for (let length = FILE_HEADER; length <= bytes.length; length++) {
      const { frames, beyond } = readFrames(bytes.subarray(FILE_HEADER, length), FILE_HEADER);
      const expected = whole.filter((frame) => frame.at + frame.length <= length).length;
      expect(frames.length).toBe(expected);
      expect(beyond).toEqual([]);
      expect(replayActs(frames, undefined)?.saved).toEqual(memory.states[expected - 1]);
    }
  });

  test('cut at any byte and written on, leads to what was written then', async () => {
    const memory = await logged();
    await randomActs(memory.rows, 8, 6);
    const bytes = memory.folder.files.get(FILE)!;
    for (let length = 0; length < bytes.length; length += 41) {
      const folder = new FolderInMemory();
      folder.files.set(FILE, bytes.slice(0, length));
      const written = await act(memory.rows, [add(`after a cut at ${length}`)]);
      await logOver(folder, memory.rows).keep(written.record, written.journal, 'strict');
      const replayed = await recovered({ folder, rows: memory.rows });
      expect(replayed?.saved).toEqual(memory.states[memory.states.length - 1]);
    }
  });

  test('with a flipped bit anywhere, never leads to a state that was not', async () => {
    const memory = await logged();
    await randomActs(memory.rows, 9, 10);
    const bytes = memory.folder.files.get(FILE)!;
    const known = new Set(memory.states.map((state) => JSON.stringify(state)));
    const count = memory.states.length;
    for (let at = FILE_HEADER; at < bytes.length; at += 3) {
      const { frames, beyond } = readFrames(
        bytes.with(at, bytes[at] ^ (1 << (at & 7))).subarray(FILE_HEADER),
        16,
      );
      // One frame is gone; those before and behind it are seen.
      expect(frames.length + beyond.length).toBe(count - 1);
      const replayed = replayActs(frames, undefined);
      if (replayed) expect(known).toContain(JSON.stringify(replayed.saved));
      // Those behind it do not pass for what follows, unless all that is missing is told by them.
      const further = replayActs([...frames, ...beyond], undefined);
      if (further) expect(known).toContain(JSON.stringify(further.saved));
    }
  });

  test('begins later than a backup ends: what does not follow is left, and the backup is what it was', async () => {
    const memory = await logged();
    await randomActs(memory.rows, 3, 10);
    const [log] = await memory.log.list();
    const [early] = memory.states;
    const later = log.frames.slice(5);
    expect(replayActs(later, early)).toEqual({ saved: early, acts: 0, left: later.length });
    expect(replayActs(later, undefined)).toBeUndefined();
    const other = { ...early, record: { ...early.record, incarnation: 'another' } };
    expect(replayActs(log.frames, other)).toMatchObject({ acts: 0, left: log.frames.length });
  });

  test('that does not add up is not carried out', async () => {
    const memory = await logged();
    await randomActs(memory.rows, 4, 8);
    const [log] = await memory.log.list();
    const wrong = log.frames.map((frame, i) =>
      i === 4 ? { ...frame, record: { ...frame.record, sum: frame.record.sum ^ 1 } } : frame,
    );
    expect(replayActs(wrong, undefined)).toMatchObject({ saved: memory.states[3], left: 4 });
  });
});

describe('writing', () => {
  test('an act is on disk before it is acknowledged, once; a retrieval is written without waiting for the disk', async () => {
    const memory = await logged();
    await act(memory.rows, [add('one')]);
    const { flushed } = memory.folder;
    expect(flushed).toEqual([memory.folder.files.get(FILE)!.length]);
    await act(memory.rows, [{ kind: 'retrieved', query: 'one', topK: 1, hits: [] }]);
    expect(flushed).toHaveLength(1);
    expect((await recovered(memory))?.saved.journal).toHaveLength(2);
    await act(memory.rows, [add('two'), add('three')]);
    expect(flushed).toHaveLength(2);
    expect(flushed[1]).toBe(memory.folder.files.get(FILE)!.length);
  });

  test('an import is written once, in one frame', async () => {
    const memory = await logged();
    const contents = Array.from({ length: 3000 }, (_, i) => `entry ${i} ${'x'.repeat(100)}`);
    await act(memory.rows, contents.map(add));
    const bytes = memory.folder.files.get(FILE)!;
    expect(framesOf(bytes)).toHaveLength(1);
    const text = new TextDecoder().decode(bytes);
    expect(text.split('entry 1234 ')).toHaveLength(2);
    expect((await recovered(memory))?.saved).toEqual(memory.states[0]);
  });

  test('two tabs in turn leave one history', async () => {
    const memory = await logged();
    const other = logOver(memory.folder, memory.rows);
    for (let i = 0; i < 20; i++) {
      await act(memory.rows, [add(`one ${i}`)]);
      // The second tab: the same rows, a log of its own opening.
      const { record } = memory.states[memory.states.length - 1];
      await other.keep(record, [], 'strict');
      await memory.rows.setAgeing(LOGGED, { expireAfter: 60_000 * (i + 1), halfLife: null });
    }
    expect(framesOf(memory.folder.files.get(FILE)!)).toHaveLength(40);
    expect((await recovered(memory))?.saved).toEqual(memory.states[39]);
  });

  test('what could not be written, for want of room, is written with the next act', async () => {
    const memory = await logged();
    await act(memory.rows, [add('one')]);
    const { folder } = memory;
    folder.room = folder.files.get(FILE)!.length + 5;
    await expect(act(memory.rows, [add('two')])).rejects.toThrow(/no room/);
    await expect(act(memory.rows, [add('three')])).rejects.toThrow(/no room/);
    expect((await recovered(memory))?.saved).toEqual(memory.states[0]);
    folder.room = Number.POSITIVE_INFINITY;
    await act(memory.rows, [add('four')]);
    const replayed = await recovered(memory);
    expect(replayed?.saved.entries.map(({ content }) => content)).toEqual(['one', 'two', 'three', 'four']);
    expect(replayed?.saved).toEqual(memory.states[1]);
  });

  test('a memory older than its log: all of its journal is written, or what two backups do not hold', async () => {
    for (const backedUp of [0, 6]) {
      const before = await logged();
      await randomActs(before.rows, 11, 20);
      const base = before.states.find(({ record }) => record.journal >= backedUp)!;
      const folder = new FolderInMemory();
      const log = logOver(folder, before.rows, [], base.record.journal * Number(backedUp > 0));
      const written = await act(before.rows, [add('the first that is logged')]);
      await log.keep(written.record, written.journal, 'strict');
      const replayed = await recovered({ folder, rows: before.rows }, backedUp > 0 ? base : undefined);
      expect(replayed?.saved).toEqual(before.states[before.states.length - 1]);
      if (backedUp > 0) expect(await recovered({ folder, rows: before.rows })).toBeUndefined();
    }
  });
});

describe('made short', () => {
  test.each(SEEDS)(
    'up to a state that a backup holds: with it the log leads where it led before (seed %i)',
    async (seed) => {
      const memory = await logged();
      await randomActs(memory.rows, seed, 30);
      const { states, log, folder } = memory;
      const base = states[11 + (seed % 7)];
      const before = folder.files.get(FILE)!.length;
      await log.trim('1', base.record);
      expect(folder.files.get(FILE)!.length).toBeLessThan(before);
      expect((await recovered(memory, base))?.saved).toEqual(states[states.length - 1]);
      expect(await recovered(memory)).toBeUndefined();
      // And it goes on.
      await randomActs(memory.rows, seed + 100, 5);
      expect((await recovered(memory, base))?.saved).toEqual(states[states.length - 1]);
      await log.trim('1', states[states.length - 1].record);
      const short = folder.files.get(FILE)!;
      await log.trim('1', states[states.length - 1].record);
      expect(folder.files.get(FILE)).toBe(short);
      expect((await recovered(memory, states[20]))?.left).toBeGreaterThan(0);
      await randomActs(memory.rows, seed + 200, 5);
      expect((await recovered(memory, states[34]))?.saved).toEqual(states[states.length - 1]);
    },
  );
});

describe('damage', () => {
  test('in the middle is told and put by; the log goes on whole, and nothing readable is lost', async () => {
    const memory = await logged();
    await randomActs(memory.rows, 5, 12);
    const { folder, states, damaged } = memory;
    const bytes = folder.files.get(FILE)!;
    const place = framesOf(bytes)[6].at + 40;
    folder.files.set(FILE, bytes.with(place, bytes[place] ^ 4));
    // Another tab finds it: this one knows that it wrote what is there.
    const finder = logOver(folder, memory.rows, damaged);
    const written = await act(memory.rows, [add('after the damage')]).catch(() => undefined);
    expect(written).toBeDefined();
    const { record } = states[states.length - 1];
    await finder.keep(record, [], 'strict');
    expect(damaged).toHaveLength(1);
    expect(folder.files.get(damaged[0])?.subarray(0, bytes.length)).toEqual(
      bytes.with(place, bytes[place] ^ 4),
    );
    expect((await recovered(memory))?.saved).toEqual(states[states.length - 1]);
  });

  test('of a file that is no log any more: it is put by and begun anew', async () => {
    const memory = await logged();
    await randomActs(memory.rows, 6, 5);
    memory.folder.files.set(FILE, new Uint8Array(100).fill(0xa5));
    await act(memory.rows, [add('anew')]);
    expect(memory.damaged).toHaveLength(1);
    expect((await recovered(memory))?.saved).toEqual(memory.states[memory.states.length - 1]);
  });
});

describe('rows that went back', () => {
  test('and are written to again: both histories are kept, until it is settled', async () => {
    const memory = await logged();
    for (const content of ['one', 'two', 'three']) await act(memory.rows, [add(content)]);
    // The browser brought an older state of the database back, under the same incarnation.
    const older = new TransientRows();
    await older.ensure(LOGGED, { embedder, created: 1 });
    for (const content of ['one', 'two']) await act(older, [add(content)]);
    const log = logOver(memory.folder, older);
    const written = await act(older, [add('another third')]);
    await log.keep(written.record, written.journal, 'strict');
    const [now, lost] = await log.list();
    const contents = (frames: readonly Frame[]) =>
      replayActs(frames, undefined)?.saved.entries.map(({ content }) => content);
    expect([now.lost, lost.lost]).toEqual([false, true]);
    expect(contents(now.frames)).toEqual(['one', 'two', 'another third']);
    expect(contents(lost.frames)).toEqual(['one', 'two', 'three']);
    await log.remove(LOGGED, '1');
    expect((await log.list()).map(({ file }) => file)).toEqual([FILE]);
    await log.remove(LOGGED);
    expect(await log.list()).toEqual([]);
  });
});

test('is made anew after an erasure, and after rows that went back, only when all that is to stand in it has been read', async () => {
  const folder = new FolderInMemory();
  const lengths: (number | undefined)[] = [];
  class WatchedRows extends TransientRows {
    override journal(...range: Parameters<TransientRows['journal']>) {
      lengths.push(folder.files.get(FILE)?.length);
      return super.journal(...range);
    }
  }
  const rows = new WatchedRows();
  const memory = await logged(folder, rows);
  await act(memory.rows, [add('to be erased')]);
  await act(memory.rows, [add('to stay')]);
  const length = folder.files.get(FILE)?.length;
  lengths.length = 0;
  const { record } = await rows.erase(LOGGED, { ids: ['m1'], at: 20 });
  await memory.log.keep(record, [], 'strict');
  expect(lengths).toEqual([length]);
  const text = new TextDecoder().decode(folder.files.get(FILE));
  expect(text).toContain('to stay');
  expect(text).not.toContain('to be erased');

  const erased = folder.files.get(FILE)?.length;
  lengths.length = 0;
  // A record of earlier than what is in the log: the rows have gone back.
  await memory.log.keep({ ...record, revision: record.revision - 1 }, [], 'strict');
  expect(lengths).toEqual([erased]);
});
