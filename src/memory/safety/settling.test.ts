import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Settling } from './settling';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function settling(times: ConstructorParameters<typeof Settling>[1], takes = 0) {
  const started: number[] = [];
  const failures: unknown[] = [];
  const begin = performance.now();
  let fails = false;
  let atOnce = 0;
  const work = new Settling(
    async () => {
      expect(++atOnce).toBe(1);
      started.push(performance.now() - begin);
      await new Promise((resolve) => setTimeout(resolve, takes));
      atOnce--;
      if (fails) throw new Error('no room');
    },
    times,
    (error) => failures.push(error),
  );
  return { work, started, failures, fail: (value: boolean) => (fails = value) };
}

test('many changes are one piece of work, when they have settled', async () => {
  const { work, started } = settling({ quiet: 100, patience: 1000 });
  for (let i = 0; i < 5; i++) {
    work.poke();
    await vi.advanceTimersByTimeAsync(50);
  }
  expect(started).toEqual([]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(started).toEqual([300]);
});

test('changes that never settle are not waited for beyond the patience', async () => {
  const { work, started } = settling({ quiet: 100, patience: 1000 });
  for (let i = 0; i < 50; i++) {
    work.poke();
    await vi.advanceTimersByTimeAsync(50);
  }
  expect(started).toEqual([1000, 2000]);
});

test('a change during the work leads to another, after the rest; long work rests longer', async () => {
  const short = settling({ quiet: 10, patience: 10, rest: 500 }, 5);
  short.work.poke();
  await vi.advanceTimersByTimeAsync(12);
  short.work.poke();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(short.started).toEqual([10, 515]);

  const long = settling({ quiet: 10, patience: 10, rest: 500, share: 1 / 21 }, 100);
  long.work.poke();
  await vi.advanceTimersByTimeAsync(50);
  long.work.poke();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(long.started).toEqual([10, 110 + 2000]);
});

test('work that fails is told, and done again with the next change', async () => {
  const { work, started, failures, fail } = settling({ quiet: 10, patience: 10 });
  fail(true);
  work.poke();
  await vi.advanceTimersByTimeAsync(1000);
  expect([started.length, failures.length]).toEqual([1, 1]);
  fail(false);
  work.poke();
  await vi.advanceTimersByTimeAsync(1000);
  expect([started.length, failures.length]).toEqual([2, 1]);
});

test('asked for now it is done now, not twice at once, and its failure is thrown', async () => {
  const { work, started, fail } = settling({ quiet: 10, patience: 10 }, 50);
  work.poke();
  await vi.advanceTimersByTimeAsync(20);
  const now = work.now();
  await vi.advanceTimersByTimeAsync(50);
  // Under way; this change is not in it.
  work.poke();
  await vi.advanceTimersByTimeAsync(2000);
  await now;
  expect(started.map((time) => Math.floor(time / 10))).toEqual([1, 6, 11]);
  fail(true);
  const failing = expect(work.now()).rejects.toThrow('no room');
  await vi.advanceTimersByTimeAsync(200);
  await failing;
});

test('stopped, nothing is done any more', async () => {
  const { work, started } = settling({ quiet: 10, patience: 10 });
  work.poke();
  work.stop();
  work.poke();
  await vi.advanceTimersByTimeAsync(1000);
  expect(started).toEqual([]);
});

test('what fails once it is stopped is told to nobody: what it wrote to may be gone', async () => {
  const told: unknown[] = [];
  let fail = (_: Error) => {};
  const under = () =>
    new Promise<void>((_, reject) => {
      fail = reject;
    });
  for (const stops of [false, true]) {
    const work = new Settling(under, { quiet: 10, patience: 10 }, (error) => told.push(error), Date.now);
    work.poke();
    await vi.advanceTimersByTimeAsync(20);
    if (stops) work.stop();
    fail(new Error(`stopped: ${stops}`));
    await vi.advanceTimersByTimeAsync(20);
    work.stop();
  }
  expect(told.map(String)).toEqual(['Error: stopped: false']);
});
