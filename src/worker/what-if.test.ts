/** What-if through the session, and every scripted exhibit of the page carried out by the real tools. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXHIBITS } from '../lab/what-if/exhibits';
import { readRecording } from '../lab/what-if/recording';
import { LabSession } from './lab-session';
import type { EventLog, OpenedEpisode, RewardBreakdown } from './protocol';
import { type ServedSite, serveTinyPolicy } from './served-policy.fixture';
import type { Script, WhatIf } from './what-if-protocol';

const PLAY = {
  task: { family: 'qa', split: 'train', difficulty: 'one-fact', seed: 5 },
  options: { adapter: 'none', dice: 3, reward: 'paper-appendix' },
} as const;

let served: ServedSite;
let call: LabSession['handlers'];
let opened: OpenedEpisode;
let log: EventLog = [];
let reward: RewardBreakdown;

beforeAll(async () => {
  served = await serveTinyPolicy();
  const session = new LabSession((news) => {
    if (news.kind === 'episode-events') log = [...log, ...news.events];
  });
  call = session.handlers;
  await call.init({ site: served.address, backend: 'wasm' });
  opened = await call.openEpisode(PLAY);
  const status = await call.runEpisode({ episodeId: opened.episodeId });
  if (!status.reward) throw new Error('not paid');
  reward = status.reward;
}, 60_000);
afterAll(() => served.close());

const asItWas = (): WhatIf => ({
  interventions: [],
  messages: [],
  maxContextTokens: null,
  resetBetweenStages: true,
  weights: reward.weights,
  maintenance: 'meaningful',
});
const branch = (part: Partial<WhatIf>) =>
  call.branchEpisode({ task: opened.task, log, adapter: 'none', whatIf: { ...asItWas(), ...part } });
const texts = (events: EventLog) =>
  events.flatMap((event) => (event.type === 'completion' ? [event.text] : []));
const effects = (events: EventLog) =>
  events.flatMap((event) => (event.type === 'tool-called' && event.outcome.ok ? [event.outcome.effect] : []));

describe('branchEpisode', () => {
  it('unchanged, is the episode and its reward', async () => {
    const same = await branch({});
    expect(texts(same.log)).toEqual(texts(log));
    expect(same.reward).toEqual(reward);
  });

  it('with another budget or other weights the policy does the same and is paid otherwise', async () => {
    const budget = await branch({ maxContextTokens: 1000 });
    expect(texts(budget.log)).toEqual(texts(log));
    expect(budget.reward.context.compression.value).toBeGreaterThan(reward.context.compression.value);
    const weights = { task: 1, context: 0, memory: 0, penalty: 0 };
    expect((await branch({ weights })).reward.total).toBeCloseTo(reward.task.value, 12);
    const again = await call.payAgain({ task: opened.task, log, weights, maintenance: 'meaningful' });
    expect(again.total).toBeCloseTo(reward.task.value, 12);
  });

  it('with a right answer written by hand in its last step is paid for it', async () => {
    const step = texts(log).length;
    const text = `<think></think><answer>${opened.task.answers[0]}</answer>`;
    const changed = await branch({ interventions: [{ kind: 'write', step, text }] });
    expect(texts(changed.log).slice(0, -1)).toEqual(texts(log).slice(0, -1));
    expect(changed.reward.task.value).toBe(1);
  });

  it('with another message is told it, under a name of its own', async () => {
    const changed = await branch({ messages: [{ stage: 1, index: 0, content: 'Nothing new today.' }] });
    expect(changed.task.id).not.toBe(opened.task.id);
    const said = changed.log.flatMap((event) =>
      event.type === 'message-added' ? [event.message.content] : [],
    );
    expect(said).toContain('Nothing new today.');
    expect(said).not.toContain(opened.task.messages[0].content);
  });

  it('refuses an episode that is not over', async () => {
    const whatIf = asItWas();
    const unfinished = { task: opened.task, log: log.slice(0, -1), adapter: 'none', whatIf } as const;
    await expect(call.branchEpisode(unfinished)).rejects.toThrow(/that is over/);
  });
});

describe('playVariant', () => {
  const variant = { resetBetweenStages: true, distractorsShared: true, sameDice: true };
  it('with the same dice and shared distractors has no spread; with its own distractors each reads others', async () => {
    const shared = await call.playVariant({ ...PLAY, size: 3, variant });
    expect(shared.statistics.zeroSpread).toBe(true);
    const own = await call.playVariant({
      ...PLAY,
      size: 3,
      variant: { ...variant, distractorsShared: false },
    });
    const read = own.episodes.map(({ log: events }) =>
      events
        .flatMap((event) =>
          event.type === 'message-added' && event.message.origin.kind === 'distractor'
            ? [event.message.content]
            : [],
        )
        .join('|'),
    );
    expect(new Set(read).size).toBe(3);
  });

  it('without the reset keeps what was said', async () => {
    const run = await call.playVariant({
      ...PLAY,
      size: 2,
      variant: { ...variant, resetBetweenStages: false },
    });
    for (const { log: events } of run.episodes) {
      expect(events.some(({ type }) => type === 'context-reset')).toBe(false);
    }
  });
});

describe('exhibits', () => {
  const scripts = new Map(
    EXHIBITS.flatMap((exhibit) => (exhibit.kind === 'script' ? [[exhibit.id, exhibit.script] as const] : [])),
  );
  const played = async (id: string) => {
    const script = scripts.get(id) as Script;
    const episode = await call.playScript({ script });
    const refused = episode.log.filter((event) => event.type === 'tool-called' && !event.outcome.ok);
    expect(refused).toEqual([]);
    expect(texts(episode.log)).toEqual(script.completions);
    return episode;
  };

  it('have names of their own', () => {
    expect(new Set(EXHIBITS.map(({ id }) => id)).size).toBe(EXHIBITS.length);
    expect(EXHIBITS.length).toBeGreaterThanOrEqual(9);
  });

  it('case study 1: updated, then replaced; the answer follows the revision', async () => {
    const { log: events, reward: paid } = await played('case-updating');
    expect(effects(events).map(({ kind }) => kind)).toEqual([
      'added',
      'added',
      'updated',
      'retrieved',
      'deleted',
      'added',
      'retrieved',
    ]);
    expect([paid.task.value, paid.memory.maintenance.value, paid.memory.relevance.value]).toEqual([1, 1, 1]);
  });

  it('case study 2: each filter removes what it is meant to and nothing of the course', async () => {
    const { log: events, reward: paid } = await played('case-filtering');
    const added = events.flatMap((event) => (event.type === 'message-added' ? [event.message] : []));
    const removed = events.flatMap((event) =>
      event.type === 'message-removed' && event.by === 'Filter_context' ? [event.messageId] : [],
    );
    const gone = added.filter(({ id }) => removed.includes(id)).map(({ origin }) => origin.kind);
    expect(gone.filter((kind) => kind === 'distractor').length).toBeGreaterThanOrEqual(2);
    expect(effects(events).map(({ kind }) => kind)).toContain('summarised');
    expect([paid.task.value, paid.context.preventive.value, paid.context.preservation.value]).toEqual([
      1, 1, 1,
    ]);
  });

  it('case study 3: three entries are found, and all that is needed is among them', async () => {
    const { log: events, reward: paid } = await played('case-answering');
    const found = effects(events).find(({ kind }) => kind === 'retrieved');
    expect(found?.kind === 'retrieved' && found.results).toHaveLength(3);
    expect([paid.task.value, paid.memory.relevance.value, paid.memory.storage.value]).toEqual([1, 1, 1]);
  });

  it('the useless update is paid under eq. 24 and only there', async () => {
    const { task, log: events, reward: paid } = await played('useless-update');
    expect(paid.memory.maintenance.value).toBe(0);
    const any = await call.payAgain({ task, log: events, weights: paid.weights, maintenance: 'any' });
    expect(any.memory.maintenance.value).toBe(1);
    expect(any.total).toBeGreaterThan(paid.total);
  });

  it('recordings are whole, of the same seed, and differ in the one switch', async () => {
    for (const exhibit of EXHIBITS) {
      if (exhibit.kind !== 'recording') continue;
      const [usual, other] = (await exhibit.load()).map(readRecording);
      expect(usual.steps.map(({ step }) => step)).toEqual(other.steps.map(({ step }) => step));
      expect(usual.before).toEqual(other.before);
      const words = (command: string) => command.split(' --').map((word) => word.trim());
      const more = words(other.command).filter((word) => !words(usual.command).includes(word));
      expect(more, exhibit.id).toHaveLength(1);
      for (const { value } of exhibit.curves) {
        for (const step of [...usual.steps, ...other.steps]) expect(Number.isFinite(value(step))).toBe(true);
      }
    }
  });
});
