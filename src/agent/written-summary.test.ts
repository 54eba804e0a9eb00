/** Summaries by a model: taken with the sources of their sentences, or replaced by the extractive one, and told. */
import { describe, expect, test } from 'vitest';
import { createTransientMemory } from '../memory/long-term-memory';
import { qaFamily } from '../tasks/qa/family';
import { BUNDLED_EPISODE_CONFIG } from './config';
import { Episode } from './episode';
import type { ContextMessage, EventLog, MessageOrigin } from './events';
import { forkEpisode } from './fork';
import {
  answering,
  calling,
  countTokens,
  MIRA_TASK,
  play,
  sayingPolicy,
  textPolicy,
} from './playing.fixture';
import type { Policy } from './policy';
import { replay } from './replay';
import { extractiveSummariser, summaryText } from './summary';
import { summaryPrompt, writtenSummariser } from './written-summary';

const message = (id: string, content: string, origin: MessageOrigin): ContextMessage => ({
  id,
  role: 'user',
  content,
  tokens: countTokens({ role: 'user', content }),
  origin,
});
const MESSAGES = [
  message('c1', 'Mira lives in Oslo and works as a nurse.', { kind: 'task', index: 0 }),
  message('c2', 'Tom plays the cello on Sundays.', { kind: 'task', index: 1 }),
  message('c3', 'In a novel, Bob lives in Paris.', { kind: 'distractor', index: 0 }),
];
const INPUT = {
  messages: MESSAGES,
  tokenBudget: 40,
  cost: (parts: Parameters<typeof summaryText>[0]) =>
    countTokens({ role: 'tool', content: summaryText(parts) }),
};
const written = (policy: Policy, options: { window?: number; signal?: AbortSignal } = {}) =>
  writtenSummariser({ policy, window: null, seed: 1, ...options }).summarise(INPUT);
const said = (text: string) => textPolicy(() => `<summary>${text}</summary>`);

describe('taken', () => {
  test('sentences know what they come from', async () => {
    const summary = await written(
      said('Mira is a nurse in Oslo. Tom plays cello, Mira works in Oslo. Bob lives in Paris.'),
    );
    expect(summary).toEqual({
      parts: [
        { text: 'Mira is a nurse in Oslo.', messageId: 'c1', origin: 'task' },
        { text: 'Tom plays cello, Mira works in Oslo.', messageId: 'c2', origin: 'task' },
        { text: 'Bob lives in Paris.', messageId: 'c3', origin: 'distractor' },
      ],
      asked: { model: 'text', failure: null },
    });
  });

  test('what is mixed or made up is evidence for nothing', async () => {
    const { parts } = await written(said('Mira lives in Oslo, Bob in Paris. Ann is in Kiel.'));
    expect(parts.map(({ origin }) => origin)).toEqual(['assistant', 'assistant']);
  });

  test('the sources of an older summary are passed on', async () => {
    const older = message('c9', 'summary: …', {
      kind: 'summary',
      step: 1,
      call: 0,
      parts: [
        { text: 'Mira lives in Oslo.', messageId: 'c1', origin: 'task' },
        { text: 'Bob lives in Paris.', messageId: 'c3', origin: 'distractor' },
      ],
    });
    const { parts } = await writtenSummariser({
      policy: said('Mira: Oslo. Bob: Paris.'),
      window: null,
      seed: 1,
    }).summarise({ ...INPUT, messages: [older] });
    expect(parts.map(({ messageId, origin }) => [messageId, origin])).toEqual([
      ['c1', 'task'],
      ['c3', 'distractor'],
    ]);
  });

  test('the model reads sentences, not who said them, and has its share of tokens', async () => {
    const prompts: string[] = [];
    const limits: number[] = [];
    const policy: Policy = {
      ...said('Mira: Oslo.'),
      async generate(requests, { maxNewTokens }) {
        prompts.push(requests[0].messages[0].content);
        limits.push(maxNewTokens);
        return [{ text: '<summary>Mira: Oslo.</summary>', promptIds: [], tokens: [], finish: 'stop' }];
      },
    };
    await written(policy);
    expect(prompts[0].split('\n').slice(1, 4)).toEqual(MESSAGES.map(({ content }) => `- ${content}`));
    expect(limits).toEqual([56]);
    expect(summaryPrompt([]).length).toBe(1);
  });
});

describe('not taken: the extractive one, and the event says why', () => {
  test.each([
    ['nothing', textPolicy(() => ''), 'format'],
    ['an empty one', said(' '), 'format'],
    ['no tags', textPolicy(() => 'Mira lives in Oslo.'), 'format'],
    ['text beside the tags', textPolicy(() => 'Sure! <summary>Mira: Oslo.</summary>'), 'format'],
    ['cut off', textPolicy(() => ({ text: '<summary>Mira', finish: 'length' as const })), 'cut-off'],
    ['too dear', said('Mira lives in Oslo. '.repeat(20)), 'over-budget'],
    ['cancelled', textPolicy(() => ({ text: '', finish: 'aborted' as const })), 'cancelled'],
    ['the model failed', { ...said(''), generate: () => Promise.reject(new Error('lost')) }, 'model-failed'],
  ] as const)('%s', async (_, policy, failure) => {
    expect(await written(policy)).toEqual({
      parts: (await extractiveSummariser.summarise(INPUT)).parts,
      asked: { model: 'text', failure },
    });
  });

  test('messages that do not fit the window are not put to it', async () => {
    const policy = textPolicy(() => {
      throw new Error('asked all the same');
    });
    expect((await written(policy, { window: 60 })).asked).toEqual({
      model: 'text',
      failure: 'prompt-too-long',
    });
  });
});

describe('in an episode', () => {
  const agent = sayingPolicy([
    calling('Add_memory', { content: 'Mira lives in Rome' }),
    answering('ok'),
    calling('Summary_context', { span: 'all' }),
    answering('ok'),
    answering('ok'),
    answering('Oslo'),
  ]);
  const summaries = (log: EventLog) =>
    log.flatMap((event) =>
      event.type === 'tool-called' && event.outcome.ok && event.outcome.effect.kind === 'summarised'
        ? [event.outcome.effect.asked]
        : [],
    );
  const summariser = (text: string) =>
    writtenSummariser({ policy: { ...said(text), id: 'llm' }, window: null, seed: 1 });

  test('the event tells who was asked; the extractive default tells nothing', async () => {
    expect(summaries((await play(agent, { summariser: summariser('Mira: Rome.') })).log)).toEqual([
      { model: 'llm', failure: null },
    ]);
    expect(summaries((await play(agent, { summariser: summariser('') })).log)).toEqual([
      { model: 'llm', failure: 'format' },
    ]);
    const plain = (await play(agent)).log;
    expect(summaries(plain)).toEqual([undefined]);
    expect(JSON.stringify(plain)).not.toContain('asked');
  });

  test('a fork keeps the summaries of its past, though the model would write others now', async () => {
    const { log } = await play(agent, { summariser: summariser('Mira lives in Rome.') });
    const fork = await forkEpisode(
      log,
      5,
      {
        task: MIRA_TASK,
        environment: qaFamily.createEnvironment(MIRA_TASK),
        memory: await createTransientMemory(),
        countTokens,
        config: BUNDLED_EPISODE_CONFIG,
        episodeId: 'fork',
        seed: 7,
        policyId: 'text',
      },
      99,
    );
    expect(fork).toBeInstanceOf(Episode);
    expect(summaries(fork.log)).toEqual([{ model: 'llm', failure: null }]);
    const before = log.find((event) => event.type === 'prompt' && event.step === 4);
    expect(replay(fork.log, before?.seq).context).toEqual(replay(log, before?.seq).context);
  });
});
