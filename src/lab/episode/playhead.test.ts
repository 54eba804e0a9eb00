import { beforeAll, describe, expect, test } from 'vitest';
import type { EventLog } from '../../worker/protocol';
import { viewFrame } from './frame-view';
import { framesOf } from './frames';
import { viewMoment } from './moment-view';
import { back, forward, type Playhead, type Reel, reelOf, UNITS } from './playhead';
import { recordEpisode } from './recorded.fixture';

let log: EventLog;
let reel: Reel;
/** Scripted policies write no tokens; the reel is given some, as many as a real policy might. */
beforeAll(async () => {
  ({ log } = await recordEpisode({ seed: 2, perfect: true }));
  const plain = reelOf(log);
  reel = {
    ...plain,
    tokens: plain.frames.map(({ kind, acted }, index) => (kind === 'step' && acted ? 3 + index : 0)),
  };
});

const start: Playhead = { frame: 0, token: null };

function walk(from: Playhead, move: typeof forward, unit: (typeof UNITS)[number]): Playhead[] {
  const places = [from];
  for (let next = move(reel, from, unit); next; next = move(reel, next, unit)) {
    places.push(next);
    if (places.length > 1000) throw new Error('no end');
  }
  return places;
}

describe.each(UNITS)('by %s', (unit) => {
  test('forward comes to the end and back to the beginning', () => {
    const there = walk(start, forward, unit);
    expect(there[there.length - 1]).toEqual({ frame: reel.frames.length - 1, token: null });
    const home = walk(there[there.length - 1], back, unit);
    const first = home[home.length - 1];
    expect(first.frame).toBe(0);
    expect(unit === 'token' ? first.token : 0).toBe(0);
  });

  test('back goes through the places of forward, in reverse', () => {
    const there = walk(unit === 'token' ? { frame: 0, token: 0 } : start, forward, unit);
    const home = walk(there[there.length - 1], back, unit);
    // Stages are entered at their first moment; the end is a place of its own.
    expect(home).toEqual([...there].reverse());
  });
});

test('token by token every token of every step is on view once', () => {
  const places = walk({ frame: 0, token: 0 }, forward, 'token');
  const total = reel.tokens.reduce((sum, count) => sum + count, 0);
  expect(places.filter(({ token }) => token !== null)).toHaveLength(total);
  expect(places).toHaveLength(total + reel.frames.length);
});

test('in the middle of a step nothing is seen of what the step goes on to change', () => {
  let checked = 0;
  for (const frame of framesOf(log)) {
    const written = log.find(
      (event) => event.type === 'completion' && event.seq >= frame.from && event.seq < frame.to,
    );
    if (!written) continue;
    const middle = viewMoment(log, frame, 0);
    expect(middle.action).toBeNull();
    expect(middle.calls).toEqual([]);
    expect(middle.context.filter(({ mark }) => mark === 'written')).toEqual([]);
    expect(viewMoment(log, frame, null)).toEqual(viewFrame(log, frame));
    checked++;
  }
  expect(checked).toBeGreaterThan(3);
});
