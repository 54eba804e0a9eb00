import { describe, expect, it } from 'vitest';
import { stopsAmong, WorkClock } from './work-clock';

describe('gaps between signs of life', () => {
  it.each([
    ['one night among quick beats', [100, 120, 28_800_000, 90, 110], [2]],
    ['two naps of unlike length in a long step', [...Array(100).fill(100), 8000, 4000], [100, 101]],
    ['a slow device, whose every gap is long', [9000, 11_000, 8000, 10_000, 12_000], []],
    ['quick rollouts, then an update in long pieces', [...Array(50).fill(100), 9000, 9500, 10_000], []],
    ['two nights with one beat between', [...Array(300).fill(100), 28_800_000, 90, 30_000_000], [300, 302]],
    ['a hiccup', [100, 100, 1900, 100], []],
    ['nothing', [], []],
  ])('%s', (_, gaps, stops) => {
    expect([...stopsAmong(gaps)]).toEqual(stops);
  });
});

describe('a clock', () => {
  it('divides all of the time between its marks into work and stops', () => {
    let time = 5;
    const clock = new WorkClock(() => time);
    clock.stop();
    const work = (milliseconds: number) => {
      for (let i = 0; i < milliseconds / 100; i++) {
        time += 100;
        clock.beat();
      }
    };
    work(3000);
    time += 60_000;
    clock.beat();
    const played = clock.mark();
    work(2000);
    const done = clock.mark();
    expect(clock.between(0, played)).toEqual({ working: 3000, away: 60_000 });
    expect(clock.between(played, done)).toEqual({ working: 2000, away: 0 });
    expect(clock.between(0, done)).toEqual({ working: 5000, away: 60_000 });
  });

  it('hears its own timer', async () => {
    const clock = new WorkClock();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(clock.mark()).toBeGreaterThan(1);
    clock.stop();
  });
});
