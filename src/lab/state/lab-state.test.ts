import { beforeAll, expect, test } from 'vitest';
import type {
  AdapterNorm,
  GroupRun,
  News,
  Ready,
  TrainingMetrics,
  TrainingSettings,
  TrainingState,
} from '../../worker/protocol';
import { type Recorded, recordEpisode, recordGroup } from '../episode/recorded.fixture';
import { DEFAULT_ADDRESS } from './address';
import {
  type Change,
  canContinue,
  change,
  chosenSettings,
  initialState,
  type LabState,
  LogGapError,
  oneUpdateOf,
} from './lab-state';

let recorded: Recorded;
let group: GroupRun;

beforeAll(async () => {
  recorded = await recordEpisode({ seed: 3 });
  group = await recordGroup({ seed: 3 }, 2);
});

const SETTINGS: TrainingSettings = {
  preset: 'lab',
  steps: 3,
  tasksPerStep: 1,
  groupSize: 2,
  lr: 0.001,
  seed: 1,
  advantageMode: 'broadcast',
  reward: 'paper-appendix',
};
const NORMS: readonly AdapterNorm[] = [{ layer: 0, module: 'q_proj', frobenius: 0.5 }];

const after = (changes: readonly Change[], from = initialState(DEFAULT_ADDRESS)): LabState =>
  changes.reduce(change, from);
const news = (item: News): Change => ({ type: 'news', news: item });
// Only the step number matters to the state; the rest passes through untouched.
const metrics = (step: number) => ({ step }) as TrainingMetrics;
const trained = (step: number, saved = true): Change =>
  news({ kind: 'training-step', metrics: metrics(step), norms: NORMS, heldOut: null, group, saved });

test('batches of events, however cut, make the log of the worker', () => {
  for (const size of [1, 2, 7, 1000]) {
    const changes: Change[] = [];
    for (let at = 0; at < recorded.log.length; at += size) {
      changes.push(
        news({ kind: 'episode-events', episodeId: 'e1', events: recorded.log.slice(at, at + size) }),
      );
    }
    expect(after(changes).episode?.log).toEqual(recorded.log);
  }
});

test('a gap in the events is an error, not a wrong picture', () => {
  const first = after([news({ kind: 'episode-events', episodeId: 'e1', events: recorded.log.slice(0, 3) })]);
  expect(() =>
    change(first, news({ kind: 'episode-events', episodeId: 'e1', events: recorded.log.slice(4, 5) })),
  ).toThrow(LogGapError);
});

test('a new episode replaces the old one and is followed from its beginning', () => {
  const state = after([
    news({ kind: 'episode-events', episodeId: 'e1', events: recorded.log }),
    { type: 'played', done: true, reward: recorded.reward },
    { type: 'cursor', cursor: 1 },
    news({ kind: 'episode-events', episodeId: 'e2', events: recorded.log.slice(0, 2) }),
  ]);
  expect(state.episode).toMatchObject({ episodeId: 'e2', done: false, reward: null });
  expect(state.episode?.log).toHaveLength(2);
  expect(state.cursor).toBeNull();
});

test('tokens stream until their completion arrives; those of another episode are ignored', () => {
  const at = recorded.log.findIndex((event) => event.type === 'completion');
  const token = { id: 1, text: 'x', logprob: -0.1, entropy: 0.2, alternatives: [] };
  const streaming = after([
    news({ kind: 'episode-events', episodeId: 'e1', events: recorded.log.slice(0, at) }),
    news({ kind: 'token', episodeId: 'e1', step: 1, token }),
    news({ kind: 'token', episodeId: 'e0', step: 1, token }),
  ]);
  expect(streaming.episode?.streaming).toEqual([token]);
  const done = after(
    [news({ kind: 'episode-events', episodeId: 'e1', events: recorded.log.slice(at, at + 1) })],
    streaming,
  );
  expect(done.episode?.streaming).toEqual([]);
});

test('each saved step is a checkpoint; a run continued from it keeps its curves', () => {
  const stopped = after([
    { type: 'training-started', from: 'start', settings: SETTINGS },
    news({ kind: 'training-state', state: { kind: 'running' }, settings: SETTINGS }),
    trained(1),
    trained(2),
    news({ kind: 'training-state', state: { kind: 'stopped' }, settings: SETTINGS }),
  ]);
  expect(stopped.training.checkpoint).toMatchObject({ steps: 2, settings: SETTINGS });
  expect(stopped.group).toBe(group);
  expect(canContinue(stopped.training)).toBe(true);
  expect(stopped.training.trained).toBe(true);

  const on = after(
    [{ type: 'training-started', from: 'checkpoint', settings: SETTINGS }, trained(3)],
    stopped,
  );
  expect(on.training.metrics.map(({ step }) => step)).toEqual([1, 2, 3]);
  expect(canContinue(on.training)).toBe(false);

  const anew = after([{ type: 'training-started', from: 'start', settings: SETTINGS }], stopped);
  expect(anew.training).toMatchObject({ metrics: [], norms: [], checkpoint: null, trained: false });
});

test('a step that could not be saved leaves the last checkpoint standing', () => {
  const state = after([
    { type: 'training-started', from: 'start', settings: SETTINGS },
    trained(1),
    trained(2, false),
  ]);
  expect(state.training.checkpoint?.steps).toBe(1);
  expect(state.training.metrics).toHaveLength(2);
});

test('nothing can be continued while a run is under way', () => {
  const running = after([
    { type: 'training-started', from: 'start', settings: SETTINGS },
    news({ kind: 'training-state', state: { kind: 'running' }, settings: SETTINGS }),
    trained(1),
  ]);
  expect(canContinue(running.training)).toBe(false);
  const paused = after(
    [news({ kind: 'training-state', state: { kind: 'paused' }, settings: null })],
    running,
  );
  expect(canContinue(paused.training)).toBe(false);
  expect(paused.training.settings).toBe(SETTINGS);
});

test('a trained adapter is there when the worker says so, not when a checkpoint lies in the store', () => {
  const checkpoint = {
    savedAt: 1,
    settings: SETTINGS,
    steps: 3,
    metrics: [1, 2, 3].map(metrics),
    norms: NORMS,
    heldOut: [],
  };
  for (const hasTrainedAdapter of [true, false]) {
    const state = after([{ type: 'ready', ready: ready({ checkpoint, hasTrainedAdapter }) }]);
    expect(state.training.trained).toBe(hasTrainedAdapter);
    expect(canContinue(state.training)).toBe(false);
    expect(after([{ type: 'checkpoint-gone' }], state).training.trained).toBe(hasTrainedAdapter);
    expect(after([trained(1)], state).training.trained).toBe(true);
  }
  expect(after([{ type: 'ready', ready: ready({ checkpoint: null }) }]).training.trained).toBe(false);
});

test('a run that is opened takes the place of the one on view, and goes on from its own checkpoint', () => {
  const other = { ...SETTINGS, seed: 7, steps: 9 };
  const run = { savedAt: 5, settings: other, steps: 1, metrics: [metrics(1)], norms: NORMS, heldOut: [] };
  const before = after([
    { type: 'training-started', from: 'start', settings: SETTINGS },
    trained(1),
    trained(2),
    news({ kind: 'training-state', state: { kind: 'stopped' }, settings: SETTINGS }),
  ]);
  const opened = after([{ type: 'run-opened', run }], before);
  expect(opened.training).toMatchObject({
    state: { kind: 'idle' },
    settings: other,
    trained: true,
    phase: null,
  });
  expect(opened.training.metrics).toEqual(run.metrics);
  expect(opened.training.checkpoint).toBe(run);
  expect(canContinue(opened.training)).toBe(true);
  // What was found out of the one before is told apart, also where both made as many steps.
  expect(opened.training.nth).toBe(before.training.nth + 1);
  const on = after([{ type: 'training-started', from: 'checkpoint', settings: other }, trained(2)], opened);
  expect(on.training.metrics.map(({ step }) => step)).toEqual([1, 2]);
  expect(on.training.nth).toBe(opened.training.nth);
});

test('the settings of the next run are those of the preset on view, but for what the address says', () => {
  const opened = after([{ type: 'ready', ready: ready({ checkpoint: null }) }]);
  expect(chosenSettings(initialState(DEFAULT_ADDRESS))).toBeNull();
  expect(chosenSettings(opened)).toBe(SETTINGS);
  const chosen = after(
    [{ type: 'address', address: { ...DEFAULT_ADDRESS, advantage: 'last-step', runSeed: 0 } }],
    opened,
  );
  expect(chosenSettings(chosen)).toEqual({ ...SETTINGS, advantageMode: 'last-step', seed: 0 });
  const paper = after([{ type: 'address', address: { ...DEFAULT_ADDRESS, preset: 'paper' } }], chosen);
  expect(chosenSettings(paper)?.preset).toBe('paper');
});

test('one update goes on with a run of the settings on view, and begins one for any other', () => {
  const begun: Change = { type: 'training-started', from: 'start', settings: SETTINGS };
  const is = (kind: 'paused' | 'stopped' | 'finished') =>
    news({ kind: 'training-state', state: { kind } as TrainingState, settings: SETTINGS });
  const next = (changes: readonly Change[], part: Partial<TrainingSettings> = {}) =>
    oneUpdateOf(after(changes).training, { ...SETTINGS, ...part });
  expect(next([])).toBe('begin');
  expect(next([begun, trained(1), is('paused')])).toBe('resume');
  expect(next([begun, trained(1), is('stopped')])).toBe('continue');
  // What is left out is what it stands for.
  expect(next([begun, trained(1), is('stopped')], { evaluateEvery: 0, taskSet: '' })).toBe('continue');
  const others: Partial<TrainingSettings>[] = [{ taskSet: '3f~1' }, { lr: 0.1 }, { evaluateEvery: 2 }];
  for (const other of others) {
    expect(next([begun, trained(1), is('stopped')], other)).toBe('begin');
    expect(next([begun, trained(1), is('paused')], other)).toBe('begin');
    // Its last step could not be saved: nothing else could bring it back.
    expect(next([begun, trained(1), trained(2, false), is('paused')], other)).toBe('resume');
  }
  expect(next([begun, trained(1), trained(2), trained(3), is('finished')])).toBe('begin');
});

/** Only what the state looks at. */
function ready(given: { checkpoint: Ready['checkpoint']; hasTrainedAdapter?: boolean }): Ready {
  const presets = [SETTINGS, { ...SETTINGS, preset: 'paper' }].map((settings) => ({
    name: settings.preset,
    settings,
    fields: [],
  }));
  const model = { hasTrainedAdapter: given.hasTrainedAdapter ?? false };
  return { checkpoint: given.checkpoint, model, presets } as unknown as Ready;
}
