import { describe, expect, test } from 'vitest';
import { checkAgeing, decayAt, expiredEntries, expiresAt, inWords, NO_AGEING } from './ageing';
import { MemoryArgumentError } from './errors';
import { expireEntries } from './expiry';
import { NAMESPACE, openScene } from './history/history.fixture';
import { type EntryUse, JournalUse } from './history/use';
import type { EntryText } from './memory';

const HOUR = 3_600_000;
const entry: EntryText = {
  id: 'm1',
  content: 'x',
  metadata: {},
  memoryType: '',
  created: 0,
  updated: 10 * HOUR,
  sourceStep: '',
};

const used = (use: Partial<EntryUse>): EntryUse => ({ ...new JournalUse().of('m1'), ...use });

describe('rules', () => {
  test('off, they do nothing', () => {
    expect(expiresAt(entry, used({}), NO_AGEING)).toBeNull();
    expect(decayAt(entry, NO_AGEING, 1e15)).toBe(1);
    expect(expiredEntries([entry], new JournalUse(), NO_AGEING, 1e15)).toEqual([]);
  });

  test('an entry expires after its last use, be it writing or retrieval', () => {
    const ageing = { expireAfter: 2 * HOUR, halfLife: null };
    expect(expiresAt(entry, used({}), ageing)).toBe(12 * HOUR);
    expect(expiresAt(entry, used({ lastRetrieved: 15 * HOUR }), ageing)).toBe(17 * HOUR);
    expect(expiresAt(entry, used({ lastRetrieved: 5 * HOUR }), ageing)).toBe(12 * HOUR);
    // Imported with its old times, or brought back.
    expect(expiresAt(entry, used({ lastWritten: 20 * HOUR }), ageing)).toBe(22 * HOUR);
    expect(expiredEntries([entry], new JournalUse(), ageing, 12 * HOUR - 1)).toEqual([]);
    expect(expiredEntries([entry], new JournalUse(), ageing, 12 * HOUR)).toEqual([entry]);
  });

  test('decay halves with each half-life; a clock set back makes nothing older', () => {
    const ageing = { expireAfter: null, halfLife: HOUR };
    expect([10, 11, 13].map((hour) => decayAt(entry, ageing, hour * HOUR))).toEqual([1, 0.5, 0.125]);
    expect(decayAt(entry, ageing, 0)).toBe(1);
  });

  test.each([0, -HOUR, Number.NaN, Number.POSITIVE_INFINITY, 59_999])('%d ms is no rule', (value) => {
    expect(() => checkAgeing({ expireAfter: value, halfLife: null })).toThrow(MemoryArgumentError);
    expect(() => checkAgeing({ expireAfter: null, halfLife: value })).toThrow(MemoryArgumentError);
    expect(() => checkAgeing(NO_AGEING)).not.toThrow();
  });

  test('times in words', () => {
    expect([0, 60_000, 119 * 60_000, 2 * HOUR, 47 * HOUR, 48 * HOUR].map(inWords)).toEqual([
      '0 minutes',
      '1 minute',
      '119 minutes',
      '2 hours',
      '47 hours',
      '2 days',
    ]);
  });
});

describe('expiry', () => {
  test('removes in one act of the lab what nobody has used, and can be undone; off, it does nothing', async () => {
    const scene = await openScene();
    scene.at(0);
    for (const content of ['kept by a retrieval', 'left alone', 'also left'])
      await scene.memory.add({ content });
    scene.at(3 * HOUR);
    await scene.memory.search('kept by a retrieval', { topK: 1, note: { by: { kind: 'user' }, why: '' } });
    expect(await expireEntries(scene, 100 * HOUR)).toBeNull();
    await scene.rows.setAgeing(NAMESPACE, { expireAfter: 4 * HOUR, halfLife: null });
    expect(await expireEntries(scene, 3 * HOUR)).toBeNull();
    const written = await expireEntries(scene, 6 * HOUR);
    expect(written?.journal).toHaveLength(2);
    expect(written?.journal[0]).toMatchObject({
      act: { kind: 'expire' },
      by: { kind: 'lab' },
      why: 'neither written nor retrieved for 4 hours, the rule of this memory',
    });
    expect((await scene.entries()).map(({ id }) => id)).toEqual(['m1']);
  });
});
