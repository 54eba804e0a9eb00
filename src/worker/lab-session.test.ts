/**
 * The calls of the protocol on the real session: real engine, episodes, rewards and training; the model is
 * a tiny one trained in the test and served from this process, memory lasts as long as the test.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { TransientRows } from '../memory/rows/transient-rows';
import { PRESETS } from '../rl/presets';
import { TINY_CONFIG } from '../rl/tiny-policy.fixture';
import { toLabError } from './lab-errors';
import { LabSession } from './lab-session';
import type {
  EpisodeEvent,
  EventLog,
  FastPathTexts,
  News,
  PlayOptions,
  TaskAddress,
  TrainingSettings,
} from './protocol';
import { type ServedSite, serveTinyPolicy } from './served-policy.fixture';

let served: ServedSite;
let site = '';

beforeAll(async () => {
  served = await serveTinyPolicy();
  site = served.address;
});

afterAll(() => served.close());

const TASK: TaskAddress = { family: 'qa', split: 'train', difficulty: 'one-fact', seed: 5 };
const PLAY: PlayOptions = { adapter: 'none', dice: 0, reward: 'paper-appendix' };
const GROUP = {
  task: TASK,
  options: PLAY,
  groupSize: 4,
  preset: 'lab',
  advantageMode: 'broadcast',
} as const;
const SETTINGS: TrainingSettings = {
  preset: 'lab',
  steps: 2,
  tasksPerStep: 1,
  groupSize: 2,
  lr: 1e-2,
  seed: 1,
  advantageMode: 'broadcast',
  reward: 'paper-appendix',
};

let news: News[] = [];
let session: LabSession;
let listeners: (() => void)[] = [];

beforeEach(async () => {
  news = [];
  listeners = [];
  session = new LabSession((item) => {
    news.push(item);
    for (const listener of listeners) listener();
  });
});

/** Names and states of the faster ways after `init` with these words, and what it told. */
async function waysOf(fastPaths: FastPathTexts) {
  const { backend } = await session.handlers.init({ site, backend: 'wasm', fastPaths });
  const told = news.flatMap((item) => (item.kind === 'trouble' ? [item.error] : []));
  return { states: Object.fromEntries(backend.fastPaths.map(({ name, state }) => [name, state])), told };
}

async function opened(): Promise<LabSession['handlers']> {
  await session.handlers.init({ site, backend: 'wasm' });
  return session.handlers;
}

/** Resolves once some news satisfies the condition. */
function until(condition: (item: News) => boolean): Promise<News> {
  return new Promise((resolve) => {
    const look = () => {
      const found = news.find(condition);
      if (found) resolve(found);
    };
    listeners.push(look);
    look();
  });
}

const inState = (kind: string) => until((item) => item.kind === 'training-state' && item.state.kind === kind);
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: unknown) => toLabError(error).code,
  );
const eventsOf = (id: string): EpisodeEvent[] =>
  news.flatMap((item) => (item.kind === 'episode-events' && item.episodeId === id ? item.events : []));
const said = (log: EventLog) =>
  log.flatMap((event) => (event.type === 'completion' ? [event.tokens.map(({ id }) => id)] : []));

describe('opening', () => {
  it('refuses every call before it', async () => {
    expect(await code(session.handlers.openEpisode({ task: TASK, options: PLAY }))).toBe('not-ready');
    expect(await code(session.handlers.pauseTraining({}))).toBe('not-ready');
    expect(await code(session.handlers.listMemory({ namespace: 'user' }))).toBe('not-ready');
  });

  it('says what it found: device, model, presets, no adapter, storage that does not last', async () => {
    const ready = await session.handlers.init({ site, backend: 'wasm' });
    expect(ready.backend.name).toBe('wasm');
    expect(ready.model).toMatchObject({
      vocabulary: TINY_CONFIG.vocabSize,
      layers: TINY_CONFIG.layers,
      window: TINY_CONFIG.maxPositions,
      hasShippedAdapter: false,
      base: null,
    });
    expect(ready.presets.map(({ name }) => name)).toEqual(['lab', 'paper', 'official', 'trl']);
    for (const { fields } of ready.presets) {
      for (const { value, source } of fields) expect(value && source).toBeTruthy();
    }
    expect(ready.checkpoint).toBeNull();
    expect(ready.storage).toMatch(/as long as this tab/);
    expect(news.filter(({ kind }) => kind === 'loading').length).toBeGreaterThan(3);
  });

  it.each([
    ['is no JSON', { 'adapter/adapter_config.json': '{', 'adapter/adapter_model.safetensors': 'x' }],
    [
      'is for other layers',
      { 'adapter/adapter_config.json': '{"peft_type": "LORA"}', 'adapter/adapter_model.safetensors': 'x' },
    ],
  ])('a shipped adapter that %s is told of and left out', async (_, files: Record<string, string>) => {
    for (const [path, content] of Object.entries(files)) await served.add(path, content);
    try {
      const ready = await session.handlers.init({ site, backend: 'wasm' });
      expect(ready.model.hasShippedAdapter).toBe(false);
      const troubles = news.filter((item) => item.kind === 'trouble');
      expect(troubles).toMatchObject([
        { fatal: false, error: { whatToDo: expect.stringMatching(/Reload/) } },
      ]);
      expect(troubles[0].error.message).toMatch(
        /^The adapter shipped with this site cannot be used: adapter/,
      );
      const { episodeId } = await session.handlers.openEpisode({ task: TASK, options: PLAY });
      expect((await session.handlers.runEpisode({ episodeId })).done).toBe(true);
    } finally {
      await served.remove('adapter');
    }
  });

  it('faster ways are as the address asks', async () => {
    expect(await waysOf({ simd: 'off' })).toEqual({ states: { 'relaxed SIMD': 'off' }, told: [] });
    // Node 20 refuses the module, later versions run it.
    expect((await waysOf({ simd: 'auto' })).states).toEqual({
      'relaxed SIMD': expect.stringMatching(/^(on|refused)$/) as string,
    });
  });

  it('a word for a faster way that does not exist is told with the right ones, and left out', async () => {
    const { states, told } = await waysOf({ simd: 'fastest', decode: 'plain', products: 'tubes' });
    expect(states).toEqual({ 'relaxed SIMD': 'off' });
    expect(told.map(({ code, message }) => [code, /Known: [^.]*/.exec(message)?.[0]])).toEqual([
      ['fast-path-choice', 'Known: off, auto, on'],
      ['fast-path-choice', 'Known: quads, direct, tiles'],
    ]);
  });

  it('without a model there is an error in words, and the session can be opened later', async () => {
    const failed = session.handlers.init({ site: `${site}nowhere/`, backend: 'wasm' });
    await expect(failed).rejects.toThrow(/404/);
    expect((await session.handlers.init({ site, backend: 'wasm' })).model.layers).toBe(2);
  });
});

describe('an episode', () => {
  it('is played step by step, its events told once each and in order', async () => {
    const call = await opened();
    const { episodeId } = await call.openEpisode({ task: TASK, options: PLAY });
    expect(eventsOf(episodeId).at(-1)?.type).toBe('prompt');
    const first = await call.stepEpisode({ episodeId });
    expect(first).toMatchObject({ done: false, reward: null });
    const last = await call.runEpisode({ episodeId });
    expect(last.done).toBe(true);
    const log = eventsOf(episodeId);
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, i) => i));
    expect(log.at(-1)?.type).toBe('episode-ended');
    expect(last.reward?.explanation.reduce((sum, part) => sum + part.contribution, 0)).toBeCloseTo(
      last.reward?.total ?? Number.NaN,
      9,
    );
    const told = news.flatMap((item) => (item.kind === 'token' ? [item.token.id] : []));
    expect(told).toEqual(said(log).flat());
    expect(news.some((item) => item.kind === 'token' && item.token.alternatives.length === 10)).toBe(true);
  });

  it('is the same for the same dice; an older one is no longer open', async () => {
    const call = await opened();
    const one = await call.openEpisode({ task: TASK, options: PLAY });
    await call.runEpisode({ episodeId: one.episodeId });
    const two = await call.openEpisode({ task: TASK, options: PLAY });
    await call.runEpisode({ episodeId: two.episodeId });
    expect(said(eventsOf(two.episodeId))).toEqual(said(eventsOf(one.episodeId)));
    expect(await code(call.stepEpisode({ episodeId: one.episodeId }))).toBe('no-episode');
  });

  it('is the first of a group with the same dice; other dice share no rollout with it', async () => {
    const call = await opened();
    const { episodeId } = await call.openEpisode({ task: TASK, options: PLAY });
    await call.runEpisode({ episodeId });
    const group = (dice: number) => call.runGroup({ ...GROUP, options: { ...PLAY, dice } });
    const zero = await group(0);
    expect(said(zero.rollouts[0].log)).toEqual(said(eventsOf(episodeId)));
    expect(zero.rollouts.map(({ k }) => k)).toEqual([0, 1, 2, 3]);
    expect(zero.rollouts.reduce((sum, { advantage }) => sum + advantage, 0)).toBeCloseTo(0, 9);
    const seeds = ({ rollouts }: typeof zero) =>
      rollouts.map(({ log }) => log[0].type === 'episode-started' && log[0].seed);
    const one = await group(1);
    expect(new Set([...seeds(zero), ...seeds(one)]).size).toBe(8);
  });

  it('in a group is credited as the settings of training say', async () => {
    const call = await opened();
    const broadcast = await call.runGroup(GROUP);
    expect(broadcast.options).toEqual(PRESETS.lab.config.advantage);
    for (const { advantage, stepAdvantages } of broadcast.rollouts) {
      expect(stepAdvantages).toEqual(stepAdvantages.map(() => advantage));
    }
    const last = await call.runGroup({ ...GROUP, preset: 'paper', advantageMode: 'last-step' });
    expect(last.options).toEqual({ ...PRESETS.paper.config.advantage, mode: 'last-step' });
    expect(last.rollouts.map(({ log }) => said(log))).toEqual(broadcast.rollouts.map(({ log }) => said(log)));
    for (const { advantage, stepAdvantages } of last.rollouts) {
      expect(stepAdvantages.at(-1)).toBe(advantage);
      expect(stepAdvantages.slice(0, -1)).toEqual(stepAdvantages.slice(1).map(() => 0));
    }
  });

  it('an adapter that does not exist is refused with what to do', async () => {
    const call = await opened();
    for (const adapter of ['trained', 'shipped'] as const) {
      const run = call.openEpisode({ task: TASK, options: { ...PLAY, adapter } });
      expect(await code(run)).toBe('no-adapter');
    }
  });
});

describe('one call at a time', () => {
  it('a second one is refused, a cancelled one says so, and then the model is free', async () => {
    const call = await opened();
    const group = code(call.runGroup(GROUP));
    expect(await code(call.openEpisode({ task: TASK, options: PLAY }))).toBe('busy');
    expect(await call.listMemory({ namespace: 'user' })).toEqual([]);
    await call.cancel({});
    expect(await group).toBe('cancelled');
    expect((await call.openEpisode({ task: TASK, options: PLAY })).task.difficulty).toBe('one-fact');
  });

  it('an episode that is cancelled stays open where it is', async () => {
    const call = await opened();
    const { episodeId } = await call.openEpisode({ task: TASK, options: PLAY });
    const run = call.runEpisode({ episodeId });
    await until(({ kind }) => kind === 'token');
    await call.cancel({});
    const stopped = await run;
    expect(stopped.done).toBe(false);
    expect((await call.runEpisode({ episodeId })).done).toBe(true);
    const fresh = await call.openEpisode({ task: TASK, options: PLAY });
    await call.runEpisode({ episodeId: fresh.episodeId });
    expect(said(eventsOf(episodeId))).toEqual(said(eventsOf(fresh.episodeId)));
  });
});

describe('memory', () => {
  it('of the user takes what is kept by hand and lets it go again', async () => {
    const call = await opened();
    // Of these dice some episode stores something.
    for (let dice = 0; ; dice++) {
      const { episodeId } = await call.openEpisode({ task: TASK, options: { ...PLAY, dice } });
      await call.runEpisode({ episodeId });
      if ((await call.listMemory({ namespace: 'episode' })).length > 0) break;
      expect(dice).toBeLessThan(20);
    }
    const [entry] = await call.listMemory({ namespace: 'episode' });
    const write = vi.spyOn(TransientRows.prototype, 'write');
    const kept = await call.keepEntries({ ids: [entry.id] });
    expect(kept.map(({ content }) => content)).toEqual([entry.content]);
    expect(write.mock.calls).toMatchObject([
      [
        'user/default',
        { act: { kind: 'copy' }, note: { by: { kind: 'user' }, why: 'kept from the episode on view' } },
        'strict',
      ],
    ]);
    // One that does not exist among several: nothing is kept, nothing forgotten.
    expect(await code(call.keepEntries({ ids: [entry.id, 'm99'] }))).toBe('unknown-entry');
    expect(await code(call.forgetEntries({ ids: [kept[0].id, 'm99'] }))).toBe('unknown-entry');
    expect(await call.listMemory({ namespace: 'user' })).toEqual(kept);
    const both = await call.keepEntries({ ids: [entry.id] });
    write.mockClear();
    expect(await call.forgetEntries({ ids: both.map(({ id }) => id) })).toEqual([]);
    expect(write.mock.calls).toMatchObject([
      [
        'user/default',
        { act: { kind: 'delete' }, changes: both.map(({ id }) => ({ kind: 'remove', id })) },
        'strict',
      ],
    ]);
    write.mockRestore();
    await call.keepEntries({ ids: [entry.id] });
    await call.openEpisode({ task: TASK, options: PLAY });
    expect(await call.listMemory({ namespace: 'episode' })).toEqual([]);
    expect(await call.listMemory({ namespace: 'user' })).toHaveLength(1);
    expect(await call.forgetEntries({ ids: 'all' })).toEqual([]);
  });
});

describe('the memory page', () => {
  const add = (content: string) => ({ kind: 'add', content, metadata: {}, memoryType: '' }) as const;
  const name = 'user/default';

  it('is served while an episode plays, and told of changes', async () => {
    const call = await opened();
    const { episodeId } = await call.openEpisode({ task: TASK, options: PLAY });
    const playing = call.runEpisode({ episodeId });
    await call.memoryHome({});
    const view = await call.editMemory({ name, edit: add('Rolf lives in Kiel.') });
    expect(view.entries).toHaveLength(1);
    const { namespaces } = await call.memoryHome({});
    expect(namespaces.map(({ title }) => title)).toEqual(['Episode on view', 'Personal']);
    expect((await playing).done).toBe(true);
    const told = news.flatMap((item) => (item.kind === 'memory-changed' ? [item.name] : []));
    expect(new Set(told)).toEqual(new Set([name, 'rollout/episode']));
    const log = eventsOf(episodeId).filter(({ type }) => type === 'tool-called');
    const records = await call.readJournal({ name: 'rollout/episode', before: null, limit: 100, id: null });
    expect(records.every(({ by }) => by.kind === 'policy')).toBe(true);
    expect(records.length).toBeLessThanOrEqual(log.length);
  });

  it('memories of a group are looked at after it', async () => {
    const call = await opened();
    await call.runGroup(GROUP);
    const { namespaces } = await call.memoryHome({});
    expect(namespaces.filter(({ kind }) => kind === 'rollout').map(({ title }) => title)).toEqual(
      [1, 2, 3, 4].map((k) => `Group, rollout ${k}`),
    );
  });

  it('embeds a memory anew with the hidden states of the policy at play', async () => {
    const call = await opened();
    const { embedders } = await call.memoryHome({});
    const policy = embedders.find(({ id, state }) => id.startsWith('policy-') && state === 'ready');
    expect(policy?.dimension).toBe(TINY_CONFIG.hiddenSize);
    for (const content of ['Rolf lives in Kiel.', 'Mira likes tea.']) {
      await call.editMemory({ name, edit: add(content) });
    }
    const view = await call.reembed({ name, embedder: policy?.id ?? '' });
    expect(view.facts.embedderId).toBe(policy?.id);
    expect(news).toContainEqual({ kind: 'reembedding', name, embedder: policy?.id, done: 2, total: 2 });
    const { scores } = await call.searchMemory({ name, query: 'Rolf lives in Kiel.', mode: 'dense' });
    expect(scores[0].id).toBe('m1');
    expect(scores[0].cosine).toBeCloseTo(1, 4);
    // What the episode panel keeps goes on from there.
    expect(await call.listMemory({ namespace: 'user' })).toHaveLength(2);
  });
});

describe('training', () => {
  it('runs to its end, tells each step, and leaves an adapter to play with', async () => {
    const call = await opened();
    await call.train({ from: 'start', settings: SETTINGS });
    expect(await code(call.openEpisode({ task: TASK, options: PLAY }))).toBe('busy');
    expect(await code(call.deleteStored({ kind: 'checkpoints' }))).toBe('busy');
    await inState('finished');
    // This test keeps none; a browser that does deletes them now.
    expect(await code(call.deleteStored({ kind: 'checkpoints' }))).toBe('nothing-stored');
    const steps = news.flatMap((item) => (item.kind === 'training-step' ? [item] : []));
    expect(steps.map(({ metrics }) => metrics.step)).toEqual([1, 2]);
    for (const { group, saved, norms } of steps) {
      expect(group.rollouts).toHaveLength(SETTINGS.groupSize);
      expect(group.task.split).toBe('train');
      expect(saved).toBe(false);
      expect(norms).toHaveLength(TINY_CONFIG.layers * 7);
    }
    expect(steps[1].norms.some(({ frobenius }) => frobenius > 0)).toBe(true);
    const runs = await call.compareAdapters({
      task: TASK,
      dice: 0,
      reward: 'paper-appendix',
      adapters: ['none', 'trained'],
    });
    expect(runs.map(({ adapter }) => adapter)).toEqual(['none', 'trained']);
    expect(await code(call.train({ from: 'checkpoint' }))).toBe('no-checkpoint');
  });

  it('pauses between steps, lets others use the model, and goes on', async () => {
    const call = await opened();
    await call.train({ from: 'start', settings: { ...SETTINGS, steps: 3 } });
    await call.pauseTraining({});
    await inState('paused');
    const { episodeId } = await call.openEpisode({ task: TASK, options: { ...PLAY, adapter: 'trained' } });
    const running = call.runEpisode({ episodeId });
    expect(await code(call.resumeTraining({}))).toBe('busy');
    expect((await running).done).toBe(true);
    await call.resumeTraining({});
    await inState('finished');
    expect(news.filter(({ kind }) => kind === 'training-step')).toHaveLength(3);
  });

  it('says at once that a pause is wanted, and takes it back', async () => {
    const call = await opened();
    await call.train({ from: 'start', settings: SETTINGS });
    await call.pauseTraining({});
    await call.pauseTraining({});
    await call.resumeTraining({});
    await inState('finished');
    const states = news.flatMap((item) => (item.kind === 'training-state' ? [item.state] : []));
    expect(states).toEqual([
      { kind: 'running' },
      { kind: 'running', pausing: true },
      { kind: 'running' },
      { kind: 'finished' },
    ]);
  });

  it('an episode opened with the trained adapter goes on with the one of a later run', async () => {
    const call = await opened();
    await call.train({ from: 'start', settings: { ...SETTINGS, steps: 1 } });
    await inState('finished');
    const { episodeId } = await call.openEpisode({ task: TASK, options: { ...PLAY, adapter: 'trained' } });
    await call.stepEpisode({ episodeId });
    news = [];
    await call.train({ from: 'start', settings: { ...SETTINGS, steps: 1, seed: 2 } });
    await inState('finished');
    expect((await call.runEpisode({ episodeId })).done).toBe(true);
  });

  it('stops at once; settings that cannot work leave what was trained', async () => {
    const call = await opened();
    await call.train({ from: 'start', settings: { ...SETTINGS, steps: 50 } });
    await until((item) => item.kind === 'training-step' && item.norms.some(({ frobenius }) => frobenius > 0));
    await call.stopTraining({});
    expect(news.findLast(({ kind }) => kind === 'training-state')).toMatchObject({
      state: { kind: 'stopped' },
    });
    const trained = async () => {
      const adapters = ['trained'] as const;
      const [run] = await call.compareAdapters({ task: TASK, dice: 0, reward: 'paper-appendix', adapters });
      return run.log.flatMap((event) => (event.type === 'completion' ? event.tokens : []));
    };
    const before = await trained();
    const wrong = call.train({ from: 'start', settings: { ...SETTINGS, groupSize: 1 } });
    expect(await code(wrong)).toBe('TrainingConfigError');
    expect(await trained()).toEqual(before);
  });

  it('stopped while it is paused, it never says that it runs again', async () => {
    const call = await opened();
    await call.train({ from: 'start', settings: SETTINGS });
    await call.pauseTraining({});
    await inState('paused');
    await call.stopTraining({});
    const states = news.flatMap((item) => (item.kind === 'training-state' ? [item.state.kind] : []));
    expect(states).toEqual(['running', 'running', 'paused', 'stopped']);
  });
});
