import { describe, expect, test } from 'vitest';
import { StorageFullError } from '../../storage/errors';
import { FolderInMemory } from '../../storage/folder.fixture';
import { newRecord } from '../rows/records';
import type { NamespaceRecord } from '../rows/rows';
import { AHEAD, BEHIND, ClockWatch, judgeClock } from './clock-watch';

const NOW = Date.UTC(2026, 10, 26, 12);
const DAY = 86_400_000;
const recordAt = (lastAt: number): NamespaceRecord =>
  newRecord('user/a', 'x', { embedder: { id: 'e', dimension: 2 }, created: lastAt });

/** A start of the lab at this time, where `times` were kept. */
async function start(folder: FolderInMemory | null, now: number, ...times: readonly number[]) {
  const told: string[] = [];
  const failures: unknown[] = [];
  let time = now;
  const watch = await ClockWatch.open(
    {
      folder,
      now: () => time,
      tell: (trouble, message) => told.push(`${trouble}: ${message}`),
      trouble: (error) => failures.push(error),
    },
    times.map(recordAt),
  );
  return {
    watch,
    told,
    failures,
    setClock: (to: number) => {
      time = to;
    },
  };
}

test('a time is judged by the latest that is known', () => {
  expect(judgeClock(NOW, null)).toBeNull();
  expect(judgeClock(NOW, NOW)).toBeNull();
  expect(judgeClock(NOW, NOW + BEHIND)).toBeNull();
  expect(judgeClock(NOW, NOW + BEHIND + 1)).toBe('behind');
  expect(judgeClock(NOW + AHEAD, NOW)).toBeNull();
  expect(judgeClock(NOW + AHEAD + 1, NOW)).toBe('ahead');
});

describe('at the start', () => {
  test('nothing is said of a clock that goes on, and entries may expire', async () => {
    const folder = new FolderInMemory();
    for (const day of [0, 1, 20, 49]) {
      const { watch, told } = await start(folder, NOW + day * DAY, NOW);
      expect(told).toEqual([]);
      expect(watch.mayExpire(recordAt(NOW))).toBe(true);
    }
  });

  test('a clock far ahead is told once with both times, nothing expires; the next start believes it', async () => {
    const folder = new FolderInMemory();
    await start(folder, NOW, NOW - 5);
    const far = Date.UTC(2041, 2, 3);
    const { watch, told } = await start(folder, far, NOW - 5);
    expect(told).toEqual([
      expect.stringMatching(/^ahead: This computer's clock reads 2041-03-03, 52\d\d days after anything/),
    ]);
    expect(watch.mayExpire(recordAt(NOW))).toBe(false);
    watch.acted(recordAt(far + 5));
    expect(told).toHaveLength(1);
    expect((await start(folder, far + DAY, NOW - 5)).watch.mayExpire(recordAt(NOW))).toBe(true);
  });

  test('a clock that was ahead and is right again: told, and nothing of what was kept then expires', async () => {
    const folder = new FolderInMemory();
    await start(folder, NOW + 5000 * DAY, NOW);
    const back = await start(folder, NOW, NOW);
    expect(back.told).toEqual([expect.stringMatching(/^behind: .* reads 2026-11-26, .* 5000 days later/)]);
    expect(back.watch.mayExpire(recordAt(NOW))).toBe(false);
    // Nothing was kept while it was ahead, so it is forgotten.
    const next = await start(folder, NOW + DAY, NOW);
    expect(next.told).toEqual([]);
    expect(next.watch.mayExpire(recordAt(NOW))).toBe(true);
    // Of what was, it is said each time, and the others go their way.
    const later = await start(folder, NOW + 2 * DAY, NOW, NOW + 5000 * DAY);
    expect(later.told).toHaveLength(1);
    expect(later.watch.mayExpire(recordAt(NOW + 5000 * DAY))).toBe(false);
  });

  test('without files the times of what is kept must do, and files that fail are told', async () => {
    expect((await start(null, NOW, NOW - 2 * AHEAD)).told).toHaveLength(1);
    expect((await start(null, NOW)).told).toEqual([]);
    const folder = new FolderInMemory();
    folder.room = 0;
    const { failures, watch } = await start(folder, NOW, NOW);
    expect(failures).toEqual([expect.any(StorageFullError)]);
    expect(watch.mayExpire(recordAt(NOW))).toBe(true);
    folder.files.set('clock', new TextEncoder().encode('no time'));
    expect((await start(folder, NOW, NOW)).told).toEqual([]);
  });
});

test('a clock that jumps while the lab is open is told with the first act, once for each way', async () => {
  const { watch, told, setClock } = await start(new FolderInMemory(), NOW, NOW);
  watch.acted(recordAt(NOW + 1000));
  expect(told).toEqual([]);
  setClock(NOW + 400 * DAY);
  watch.acted(recordAt(NOW + 400 * DAY));
  watch.acted(recordAt(NOW + 401 * DAY));
  expect(told).toEqual([expect.stringMatching(/^ahead: .* 399 days after anything was last kept here/)]);
  // Set right again: the journal does not go back, so the record is stamped with the later time.
  setClock(NOW + 2000);
  watch.acted(recordAt(NOW + 401 * DAY));
  watch.acted(recordAt(NOW + 401 * DAY));
  expect(told.slice(1)).toEqual([expect.stringMatching(/^behind: /)]);
  expect(watch.mayExpire(recordAt(NOW + 401 * DAY))).toBe(false);
});
