import { beforeAll, describe, expect, test } from 'vitest';
import { replay } from '../../agent/replay';
import { longDay, readsOf } from '../../policies/long-day.fixture';
import type { Difficulty, EventLog } from '../../worker/protocol';
import { viewFrame } from './frame-view';
import { followedFrame, frameAt, framesOf } from './frames';
import { recordEpisode } from './recorded.fixture';

const DIFFICULTIES: readonly Difficulty[] = ['one-fact', 'several', 'revisions', 'two-hops', 'tight-context'];
const COUNT = process.env.SOAK ? 40 : 3;
const logs: EventLog[] = [];

beforeAll(async () => {
  for (const difficulty of DIFFICULTIES) {
    for (let seed = 1; seed <= COUNT; seed++) {
      for (const perfect of [false, true]) {
        logs.push((await recordEpisode({ seed, dice: seed, difficulty, perfect })).log);
      }
    }
  }
  logs.push((await recordEpisode({ seed: 1, family: 'rooms', difficulty: 'one-fact' })).log);
  logs.push((await recordEpisode({ seed: 5, config: { wipeMemoryAtReset: true } })).log);
  logs.push((await recordEpisode({ seed: 6, config: { resetBetweenStages: false } })).log);
  logs.push((await recordEpisode({ seed: 7, config: { introspection: 'kept' } })).log);
  logs.push((await recordEpisode({ seed: 8, config: { hardPromptTokens: 60 } })).log);
});

describe('frames', () => {
  test('cover the log without gap or overlap', () => {
    for (const log of logs) {
      const frames = framesOf(log);
      expect(frames[0].from).toBe(0);
      expect(frames[frames.length - 1].to).toBe(log.length);
      for (const [index, frame] of frames.entries()) {
        expect(frame.index).toBe(index);
        expect(frame.to).toBeGreaterThan(frame.from);
        if (index > 0) expect(frame.from).toBe(frames[index - 1].to);
      }
    }
  });

  test('hold one call of the policy each, in order; the reset is a frame of its own', () => {
    for (const log of logs) {
      const frames = framesOf(log);
      const calls = log.filter((event) => event.type === 'completion').length;
      expect(frames.filter(({ kind, acted }) => kind === 'step' && acted)).toHaveLength(calls);
      const steps = frames.filter(({ kind, acted }) => kind === 'step' && acted).map(({ step }) => step);
      expect(steps).toEqual(Array.from({ length: calls }, (_, index) => index + 1));
      const resets = log.some((event) => event.type === 'context-reset' || event.type === 'memory-wiped')
        ? 1
        : 0;
      expect(frames.filter(({ kind }) => kind === 'reset')).toHaveLength(resets);
      expect(frames.filter(({ last }) => last)).toHaveLength(1);
    }
  });

  test('do not change when the log grows: only the newest frame of a prefix may differ', () => {
    for (const log of logs) {
      const whole = framesOf(log);
      for (let length = 1; length < log.length; length++) {
        const part = framesOf(log.slice(0, length));
        expect(part.slice(0, -1)).toEqual(whole.slice(0, part.length - 1));
      }
    }
  });

  test('what the policy did last is looked at, unless it is acting', () => {
    expect(followedFrame([], false)).toBe(-1);
    for (const log of logs) {
      for (let length = 1; length <= log.length; length++) {
        const part = log.slice(0, length);
        const frames = framesOf(part);
        expect(followedFrame(frames, true)).toBe(frames.length - 1);
        const followed = frames[followedFrame(frames, false)];
        const did = part.findLast((event) => event.type === 'completion');
        // Wherever a step leaves the log, at a reset, at the next prompt or at the end, its own moment is on view.
        if (did) expect(followed).toMatchObject({ kind: 'step', acted: true, step: did.step });
        else expect(followed.index).toBe(frames.length - 1);
      }
    }
  });

  test('are found by the events in them', () => {
    for (const log of logs) {
      const frames = framesOf(log);
      for (const event of log) {
        const frame = frameAt(frames, event.seq);
        expect(frame && frame.from <= event.seq && event.seq < frame.to).toBe(true);
      }
      expect(frameAt(frames, log.length)).toBeUndefined();
    }
  });
});

describe('the view of a frame', () => {
  test("is the agent's own state there: same context, same memory, same step", () => {
    for (const log of logs) {
      for (const frame of framesOf(log)) {
        const view = viewFrame(log, frame);
        const state = replay(log, frame.to - 1);
        const present = view.context.filter(({ mark }) => mark !== 'removed').map(({ message }) => message);
        expect(present).toEqual(state.context);
        expect(view.tokens).toBe(state.contextTokens);
        const held = view.memory.filter(({ mark }) => mark !== 'deleted').map(({ entry }) => entry);
        expect(held).toEqual(state.memory);
        expect(view.limits).toEqual(state.started?.limits);
        if (frame.kind === 'step' && frame.acted) {
          expect(view.completion).toBe(state.completion);
          expect(view.calls).toEqual(state.toolCalls);
          expect(view.prompt?.messages.length).toBeGreaterThan(0);
        }
      }
    }
  });

  test('says what changed: marks lead from the state before to the state after', () => {
    let changes = 0;
    for (const log of logs) {
      const frames = framesOf(log);
      for (const frame of frames.slice(1)) {
        const before = viewFrame(log, frames[frame.index - 1]);
        const view = viewFrame(log, frame);
        const old = before.context.filter(({ mark }) => mark !== 'removed').map(({ message }) => message.id);
        const known = view.context
          .filter(({ message }) => old.includes(message.id))
          .map(({ message }) => message.id);
        expect(known).toEqual(old);
        for (const { message, mark } of view.context) {
          if (mark === 'kept') expect(old).toContain(message.id);
          if (mark === 'arrived' || mark === 'written') expect(old).not.toContain(message.id);
        }
        const entries = before.memory.filter(({ mark }) => mark !== 'deleted');
        for (const line of view.memory) {
          const earlier = entries.find(({ entry }) => entry.id === line.entry.id);
          if (line.mark === 'added') expect(earlier).toBeUndefined();
          if (line.mark === 'updated') expect(line.before).toBe(earlier?.entry.content);
          if (line.mark === 'kept') expect(line.entry).toEqual(earlier?.entry);
          if (line.mark !== 'kept') changes++;
        }
        expect(view.tokensBefore).toBe(before.tokens);
      }
    }
    expect(changes).toBeGreaterThan(20);
  });

  test('is the same on the way back as on the way forward', () => {
    for (const log of logs) {
      const frames = framesOf(log);
      const forward = frames.map((frame) => viewFrame(log, frame));
      const back = [...frames].reverse().map((frame) => viewFrame(log, frame));
      expect(back.reverse()).toEqual(forward);
    }
  });

  test('shows a wiped memory as deleted entries', () => {
    const log = logs.find((one) => one.some((event) => event.type === 'memory-wiped'));
    if (!log) throw new Error('no wiped episode was recorded');
    const frame = framesOf(log).find(({ kind }) => kind === 'reset');
    if (!frame) throw new Error('the wipe made no frame');
    const { memory } = viewFrame(log, frame);
    expect(memory.length).toBeGreaterThan(0);
    expect(memory.every(({ mark }) => mark === 'deleted')).toBe(true);
  });
});

test('a log is cut in as many reads as in step with its events, of a day with more than a hundred calls too', async () => {
  const [small, large] = await Promise.all([longDay('revisions'), longDay('tight-context')]);
  const reads = [small, large].map(({ log }) => readsOf(log, framesOf));
  expect(reads[0]).toBeGreaterThan(small.log.length);
  expect(large.calls / small.calls).toBeGreaterThan(3);
  expect(reads[1] / reads[0]).toBeLessThan((1.5 * large.calls) / small.calls);
});
