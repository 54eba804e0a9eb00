/**
 * Baselines on the task on view, through the real session with a tiny real model; and with the expert reader, where what
 * comes of it is known. A model that writes usable replies is a literal one.
 */
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { BUNDLED_EPISODE_CONFIG } from '../../agent/config';
import type { Policy } from '../../agent/policy';
import { saying } from '../../baselines/baselines.fixture';
import { BASELINE_IDS } from '../../baselines/methods';
import { NgramEmbedder } from '../../memory/embedders/ngram-embedder';
import { KESTREL } from '../../tasks/own/own.fixture';
import { ownTask } from '../../tasks/own/own-task';
import { openTaskFamily } from '../../tasks/registry';
import type { Task } from '../../tasks/task';
import type { BaselineRun, BaselineSetting } from '../baselines-protocol';
import type { AskedModels } from '../judge/asked-model';
import { toLabError } from '../lab-errors';
import { LabSession } from '../lab-session';
import type { News, OpenedEpisode } from '../protocol';
import { type ServedSite, serveTinyPolicy } from '../served-policy.fixture';
import { playBaseline } from './beside-policy';

const SETTING: Omit<BaselineSetting, 'method'> = {
  adapter: 'none',
  dice: 3,
  replies: 'rules',
  placement: 'as-looked-up',
};

/** The seat of a model with this policy. */
function seat(policy: Policy, window = 100_000): AskedModels {
  return {
    policy: () => policy,
    play: { episode: BUNDLED_EPISODE_CONFIG, temperature: 0, maxNewTokens: 64 },
    size: { window },
    active: { title: 'Literal', setup: { contextTokens: window, thinking: false } },
  };
}

function played(
  method: BaselineSetting['method'],
  task: Task,
  part: Partial<BaselineSetting> = {},
  {
    policy = saying('').policy,
    window = 100_000,
    signal = new AbortController().signal,
    news = [] as News[],
  } = {},
): Promise<BaselineRun> {
  const rooms = {
    models: seat(policy, window),
    embedder: new NgramEmbedder(),
    tell: (item: News) => void news.push(item),
  };
  return playBaseline(rooms, { ...SETTING, ...part, method, task }, signal);
}

const made = async (family: string): Promise<Task> =>
  (await openTaskFamily(family)).generate(1, 'evaluation', 'revisions');
const OWN = ownTask(KESTREL, { set: 'a1', index: 0, split: 'train' });
const MOVED = ownTask(
  {
    question: 'Where does Zorvane live?',
    answers: ['Ulm'],
    messages: [
      {
        says: 'Zorvane lives in Kelp.',
        states: [{ id: 'home', about: 'Zorvane', value: 'Kelp', needed: true }],
      },
      { says: 'Correction: Zorvane lives in Ulm.', corrects: [{ id: 'home', value: 'Ulm' }] },
    ],
  },
  { set: 'a1', index: 0, split: 'train' },
);
const corrected = ({ messages }: Task): string =>
  messages.find(({ kind }) => kind === 'revision')?.content ?? '';

describe.each(BASELINE_IDS)('%s, read by the expert', (method) => {
  test.each([
    ['people', made('qa')],
    ['a world', made('alfworld')],
    ['a task of one’s own', Promise.resolve(OWN)],
  ])('on %s: each message written, the question read, all of it plain data', async (_, making) => {
    const task = await making;
    const news: News[] = [];
    const run = await played(method, task, { player: 'demonstrator' }, { news });
    const { log, score } = run.result;
    const written = log.flatMap((event) => (event.type === 'written' ? [event] : []));
    const said = written.map(({ trace }) => trace.message).filter((message) => message !== '');
    expect(said).toEqual([...task.messages, ...task.distractors].map(({ content }) => content));
    const [read] = log.flatMap((event) => (event.type === 'read' ? [event.trace] : []));
    expect(read.query).toBe(task.query);
    expect(structuredClone(run)).toEqual(run);
    expect(run.facts).toMatchObject({ policyId: 'expert-reader', window: null });
    if (method === 'no-memory') expect([run.view.entries, read.entries]).toEqual([[], []]);
    else expect(run.view.entries.length).toBeGreaterThan(0);
    // Nothing is made up for a family whose questions it reads; words of one's own it cannot.
    if (task !== OWN && method !== 'no-memory') expect(score).toBe(1);
    const progress = news.flatMap((item) => (item.kind === 'rollouts' ? [item.finished / item.total] : []));
    expect(progress[0]).toBe(0);
    expect(progress).toHaveLength(task.messages.length + task.distractors.length + 1);
    expect([...progress].sort((a, b) => a - b)).toEqual(progress);
  });
});

test.each([
  ['langmem', 'UPDATE'],
  ['a-mem', 'EVOLVE'],
  ['mem0', 'UPDATE'],
  ['mem0-graph', 'DELETE'],
] as const)('%s meets a correction with %s, for a reason that is told', async (method, kind) => {
  for (const task of [await made('qa'), await made('alfworld'), MOVED]) {
    const { result } = await played(method, task, { player: 'demonstrator' });
    const trace = result.log.find(
      (event) => event.type === 'written' && event.trace.message === corrected(task),
    );
    const operations = trace?.type === 'written' ? trace.trace.operations : [];
    const decided = operations.find((operation) => operation.kind === kind);
    expect(decided, `${method} on ${task.id}`).toMatchObject({ before: expect.any(String) });
    expect(decided?.why).not.toBe('');
  }
});

describe('replies of the model that acts', () => {
  const facts = '{"facts":["Mira lives in Oslo"]}';

  it('are asked for, used where they fit, and told as its own', async () => {
    const { policy } = saying(
      facts,
      '{"memory":[{"id":"0","event":"ADD","text":"Mira lives in Oslo"}]}',
      'no',
    );
    const { result, facts: told } = await played('mem0', await made('qa'), { replies: 'model' }, { policy });
    const [first, second] = result.log.flatMap((event) => (event.type === 'written' ? [event.trace] : []));
    expect(first.calls.map(({ by }) => by)).toEqual(['model', 'model']);
    expect(first.operations).toMatchObject([{ kind: 'ADD', after: 'Mira lives in Oslo' }]);
    expect(second.calls[0]).toMatchObject({ by: 'rule', calls: 2 });
    expect(told.window).toBe(100_000);
  });

  it('do not fit into a small window: nothing is asked, the rules reply, and the numbers are told', async () => {
    const { policy } = saying('never asked for a reply');
    const { result } = await played('mem0', await made('qa'), { replies: 'model' }, { policy, window: 272 });
    const calls = result.log.flatMap((event) => (event.type === 'written' ? event.trace.calls : []));
    expect(calls.length).toBeGreaterThan(0);
    for (const call of calls) {
      expect(call).toMatchObject({ by: 'rule', calls: 0 });
      expect(call.failures[0].reason).toMatch(/^the prompt needs \d+ of 272 tokens$/);
    }
  });

  it('are those of rules for the demonstrator, who is a script', async () => {
    const { policy, asked } = saying(facts);
    const part = { replies: 'model', player: 'demonstrator' } as const;
    const { facts: told } = await played('mem0', await made('qa'), part, { policy });
    expect(asked).toEqual([]);
    expect(told.window).toBeNull();
  });
});

test('a prompt that does not fit the policy ends it, with its length', async () => {
  const task = await made('alfworld');
  const policy: Policy = { ...saying('never').policy, countTokens: () => 200 };
  const { result } = await played('rag', task, {}, { policy });
  expect(result).toMatchObject({ end: 'hard-context', steps: 0, answer: null });
  expect(result.log.at(-1)).toMatchObject({ type: 'ended', tokens: expect.any(Number) });
});

test('aborted between messages or in the answer: refused as cancelled', async () => {
  const code = (run: Promise<BaselineRun>) =>
    run.then(
      () => 'answered',
      (error: unknown) => toLabError(error).code,
    );
  expect(await code(played('mem0', OWN, {}, { signal: AbortSignal.abort() }))).toBe('cancelled');
  const abort = new AbortController();
  const { policy } = saying('{"facts":[]}');
  const stopping: Policy = {
    ...policy,
    generate: (requests, options) => {
      abort.abort();
      return policy.generate(requests, options);
    },
  };
  const run = played('mem0', OWN, { replies: 'model' }, { policy: stopping, signal: abort.signal });
  expect(await code(run)).toBe('cancelled');
});

describe('through the session', () => {
  let served: ServedSite;
  let call: LabSession['handlers'];
  let opened: OpenedEpisode;

  beforeAll(async () => {
    served = await serveTinyPolicy();
    call = new LabSession(() => undefined).handlers;
    await call.init({ site: served.address, backend: 'wasm' });
    opened = await call.openEpisode({
      task: { family: 'qa', split: 'train', difficulty: 'one-fact', seed: 5 },
      options: { adapter: 'none', dice: 3, reward: 'paper-appendix' },
    });
  }, 60_000);
  afterAll(() => served.close());

  it('the model that acts plays it, the same each time, and the episode on view stays open', async () => {
    const args = { ...SETTING, method: 'mem0', task: opened.task } as const;
    const { facts: first, ...run } = await call.playBaseline(args);
    const { facts: _, ...again } = await call.playBaseline(args);
    expect(again).toEqual(run);
    expect(first.policyId).toBe('bundled');
    expect(run.result.promptTokens).toBeGreaterThan(0);
    expect((await call.stepEpisode({ episodeId: opened.episodeId })).done).toBe(false);
  });

  it('an adapter that is not there is refused', async () => {
    const args = { ...SETTING, adapter: 'trained', method: 'rag', task: opened.task } as const;
    await expect(call.playBaseline(args)).rejects.toMatchObject({ code: 'no-adapter' });
  });
});
