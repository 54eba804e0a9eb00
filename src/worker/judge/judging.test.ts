/**
 * The calls of judging on the real session, with a tiny real model that was never taught to judge: what it writes is
 * told as it is. What a judge that can do it leads to is tested with judges by rule, on the same functions.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUNDLED_EPISODE_CONFIG } from '../../agent/config';
import { textPolicy } from '../../agent/playing.fixture';
import type { Policy } from '../../agent/policy';
import { createTransientMemory } from '../../memory/long-term-memory';
import { fallibleJudge, ruleJudge, score } from '../../reward/judge/judge.fixture';
import { sampleTask } from '../../tasks/ladder';
import { toLabError } from '../lab-errors';
import { LabSession } from '../lab-session';
import type { EventLog, News, OpenedEpisode, RewardBreakdown } from '../protocol';
import { type ServedSite, serveTinyPolicy } from '../served-policy.fixture';
import { type JudgeRooms, judgeAgreement } from './judging';
import { WrittenParts } from './written-parts';

const TASK = { family: 'qa', split: 'train', difficulty: 'one-fact', seed: 5 } as const;
const PLAY = { adapter: 'none', dice: 3, reward: 'paper-appendix' } as const;
const SETTING = { by: 'none', prompts: 'fitting', constrained: false } as const;
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: unknown) => toLabError(error).code,
  );

describe('through the session', () => {
  let served: ServedSite;
  let call: LabSession['handlers'];
  let opened: OpenedEpisode;
  let news: News[] = [];
  let log: EventLog = [];
  let reward: RewardBreakdown;

  beforeAll(async () => {
    served = await serveTinyPolicy();
    const session = new LabSession((item) => {
      news.push(item);
      if (item.kind === 'episode-events') log = [...log, ...item.events];
    });
    call = session.handlers;
    await call.init({ site: served.address, backend: 'wasm' });
    opened = await call.openEpisode({ task: TASK, options: PLAY });
    const status = await call.runEpisode({ episodeId: opened.episodeId });
    if (!status.reward) throw new Error('not paid');
    reward = status.reward;
  }, 60_000);
  afterAll(() => served.close());

  it('judges the episode on view: what was written, what failed, and the reward of the rules beside it', async () => {
    news = [];
    const { judgement, facts } = await call.judgeEpisode({
      ...SETTING,
      task: opened.task,
      log,
      weights: reward.weights,
    });
    expect(facts).toMatchObject({ policyId: 'bundled', prompts: 'short', constrained: false });
    expect(facts.model).not.toBe('');
    expect(judgement.ruled).toEqual(reward);
    expect(judgement.parts.map(({ part }) => part)).toEqual(['task', 'relevance', 'storage']);
    const items = judgement.parts.flatMap((part) => part.items);
    const asked = items.flatMap((item) => item.attempts).filter(({ failure }) => failure !== 'too-long');
    expect(judgement.cost.calls).toBe(asked.length);
    // Cloned to say its protocol and nothing else.
    expect(items.every((item) => item.score === null)).toBe(true);
    expect(judgement.judged).toEqual(reward);
    if (items.length > 0) expect(news.some(({ kind }) => kind === 'rollouts')).toBe(true);
  });

  it('refuses an episode that is not over, an adapter that is not there, and a number that is none', async () => {
    const args = { ...SETTING, task: opened.task, weights: reward.weights };
    expect(await code(call.judgeEpisode({ ...args, log: log.slice(0, -1) }))).toBe('unfinished');
    expect(await code(call.judgeEpisode({ ...args, log, by: 'trained' }))).toBe('no-adapter');
    for (const episodes of [0, 1, 65, 2.5, Number.NaN]) {
      expect(await code(call.judgeAgreement({ ...SETTING, player: 'model', episodes }))).toBe('episodes');
    }
  });

  it('measures agreement over held-out episodes of the demonstrator, and is cancelled by `cancel`', async () => {
    const run = await call.judgeAgreement({ ...SETTING, player: 'demonstrator', episodes: 4 });
    expect(run).toMatchObject({ episodes: 4, player: 'demonstrator' });
    for (const part of run.parts) expect(part.pairs.length + part.failed + part.left).toBe(4);
    expect(run.failures.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(
      run.parts.reduce((sum, { failed }) => sum + failed, 0),
    );
    const cancelled = code(call.judgeAgreement({ ...SETTING, player: 'demonstrator', episodes: 64 }));
    await call.cancel({});
    expect(await cancelled).toBe('cancelled');
    // Nothing of it is left behind.
    expect(await code(call.stepEpisode({ episodeId: opened.episodeId }))).toBe('answered');
  });

  it('plays an episode with summaries and distractors of the model; what breaks rules is replaced and told', async () => {
    const written = { summaries: 'model', distractors: 'model' } as const;
    const other = await call.openEpisode({ task: TASK, options: { ...PLAY, written } });
    expect(other.task.id).toBe(`${opened.task.id}~written`);
    expect(other.distractors?.model).toBe('bundled');
    expect(other.distractors?.tried).toHaveLength(opened.task.distractors.length);
    // It can write no message in tags, so all of them are the task's own.
    expect(other.task.distractors).toEqual(opened.task.distractors);
    expect(other.distractors?.tried.every(({ failure }) => failure !== null)).toBe(true);
    const { reward: paid } = await call.runEpisode({ episodeId: other.episodeId });
    expect(paid?.explanation.length).toBe(reward.explanation.length);
    const group = await call.runGroup({
      task: TASK,
      options: { ...PLAY, written },
      groupSize: 2,
      preset: 'lab',
      advantageMode: 'broadcast',
    });
    expect(group.task).toEqual(other.task);
  });
});

describe('with judges by rule', () => {
  const rooms = (policy: Policy): JudgeRooms => ({
    models: {
      policy: () => policy,
      play: { episode: BUNDLED_EPISODE_CONFIG, temperature: 1, maxNewTokens: 64 },
      size: { window: 8192 },
      active: { title: 'By rule', setup: { contextTokens: 4096, thinking: null } },
    },
    memories: { open: (namespace) => createTransientMemory({ namespace }), drop: async () => undefined },
    tell: () => undefined,
  });
  const agreement = (policy: Policy, setting = {}) =>
    judgeAgreement(
      rooms(policy),
      { ...SETTING, prompts: 'short', player: 'demonstrator', episodes: 32, ...setting },
      new AbortController().signal,
    );

  it('one that never errs agrees on the answers wherever they are right or wrong', async () => {
    const { parts, failures } = await agreement(fallibleJudge({ wrong: 0, garbled: 0 }));
    const [task] = parts;
    expect(failures).toEqual([]);
    expect(task.failed).toBe(0);
    expect(task.pairs.length).toBeGreaterThan(16);
    expect(task.confusion?.bothRight).toBeGreaterThan(0);
    expect(task.confusion?.bothWrong).toBeGreaterThan(0);
    expect(task.kappa?.value).toBe(1);
  });

  it('one that says yes to all has no kappa worth the name, and the difference shows it', async () => {
    const [task] = (await agreement(ruleJudge(() => score(1)))).parts;
    expect(task.kappa?.value).toBe(0);
    expect(task.pearson).toBeNull();
    expect(task.difference?.mean).toBeGreaterThan(0);
  });

  it('garbled replies are counted by their kind, with one as it came, and full prompts are used where there is room', async () => {
    const prompts: string[] = [];
    const run = await agreement(
      ruleJudge((request) => {
        prompts.push(request.messages[0].content);
        return prompts.length % 2 === 0 ? 'Hm.' : '<score>9</score>';
      }),
      { prompts: 'fitting' },
    );
    expect(run.facts.prompts).toBe('full');
    expect(prompts[0]).toContain('strict and fair judge');
    expect(new Set(run.failures.map(({ failure }) => failure))).toEqual(
      new Set(['no-score', 'out-of-range']),
    );
    expect(run.failures.reduce((sum, { count }) => sum + count, 0)).toBe(run.cost.calls);
    expect(run.totals.judged).toEqual(run.totals.ruled);
  });

  it('a judge held to scores is asked for nothing else', async () => {
    const forms: unknown[] = [];
    const rule = ruleJudge(() => score(0.5));
    await agreement(
      {
        ...rule,
        generate: (requests, options) => {
          forms.push(options.form);
          return rule.generate(requests, options);
        },
      },
      { constrained: true, episodes: 2 },
    );
    expect(new Set(forms)).toEqual(new Set(['score']));
  });

  it('distractors are written once for a task', async () => {
    let asked = 0;
    const policy = textPolicy((request) => {
      asked++;
      const place = request.messages[0].content.length;
      return `<message>Quentin hums tune ${place} at dusk.</message>`;
    });
    const { models, tell } = rooms(policy);
    const parts = new WrittenParts(models, tell);
    const task = sampleTask(4, 'evaluation');
    const options = { ...PLAY, written: { distractors: 'model' } } as const;
    const { signal } = new AbortController();
    const first = await parts.task(task, options, signal);
    expect(first.task.distractors.some(({ content }) => content.startsWith('Quentin'))).toBe(true);
    expect(await parts.task(task, options, signal)).toBe(first);
    expect(asked).toBe(task.distractors.length);
    expect(await parts.task(task, PLAY, signal)).toEqual({ task, written: null });
  });
});
