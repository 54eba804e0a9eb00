import { expect, test } from 'vitest';
import { BUNDLED_EPISODE_CONFIG, LARGE_WORLD_CONFIG } from '../agent/config';
import { calling, MIRA_TASK } from '../agent/playing.fixture';
import { formatCompletion } from '../agent/protocol';
import { ExpertReader } from '../policies/expert-reader';
import { sampleTask } from '../tasks/ladder';
import { taskFamily } from '../tasks/registry';
import '../tasks/worlds';
import { BY_RULE, saying } from './baselines.fixture';
import { createMem0 } from './mem0';
import { BASELINES } from './methods';
import { type BaselineStart, type Placement, playBaselines } from './play-baseline';

const OPTIONS = { temperature: 0, maxNewTokens: 64 };

const mira = (placement?: Placement): BaselineStart => ({
  task: MIRA_TASK,
  environment: taskFamily('qa').createEnvironment(MIRA_TASK),
  controller: createMem0(BY_RULE),
  config: BUNDLED_EPISODE_CONFIG,
  seed: 1,
  placement,
});

test('messages of stages 1 and 2 are written, the query is read once, and what it brought is in the prompt', async () => {
  const { policy, asked } = saying(formatCompletion('', { kind: 'answer', text: 'Oslo' }));
  const [result] = await playBaselines([mira()], policy, OPTIONS);
  expect(result).toMatchObject({ method: 'mem0', end: 'answered', score: 1, answer: 'Oslo', steps: 1 });
  expect(asked).toEqual([
    [
      { role: 'system', content: 'You manage your memory.' },
      {
        role: 'tool',
        content: 'm1: Mira lives in Oslo\nm3: In a novel, Mira lives in Paris\nm2: Tom plays the cello',
      },
      { role: 'user', content: 'Where does Mira live?' },
    ],
  ]);
  expect(result.log.map(({ type }) => type)).toEqual([
    ...['written', 'written', 'written', 'written', 'context-emptied', 'written', 'read'],
    ...['prompt', 'completion', 'parsed', 'acted', 'ended'],
  ]);
  // Five messages, of which the weather is no fact: one call for each message and one for each fact.
  expect(result.writeCost.calls).toBe(9);
  expect(result.readCost.calls).toBe(0);
  expect(JSON.parse(JSON.stringify(result.log))).toEqual(result.log);
});

test('it can stand behind the query, as if the policy had looked it up', async () => {
  const { policy, asked } = saying(formatCompletion('', { kind: 'answer', text: 'Oslo' }));
  const [result] = await playBaselines([mira('as-looked-up')], policy, OPTIONS);
  expect(asked[0].map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool']);
  const prompt = result.log.find(({ type }) => type === 'prompt');
  // What was read can be told from the rest without looking at its text.
  expect(prompt?.type === 'prompt' && prompt.messages.map(({ origin }) => origin)).toEqual([
    ...['system', 'query', 'assistant', 'retrieval'],
  ]);
  expect(asked[0][2].content).toContain('"Retrieve_memory","arguments":{"query":"Where does Mira live?"}');
});

test('tool calls are refused in words and cost a round; the last one ends it', async () => {
  const { policy, asked } = saying(calling('Retrieve_memory', { query: 'Mira' }));
  const [result] = await playBaselines([mira()], policy, OPTIONS);
  expect(result).toMatchObject({ end: 'hard-rounds', score: null, answer: null, steps: 6 });
  expect(asked[1].at(-1)).toEqual({
    role: 'tool',
    content: 'error: there are no tools here, write your answer',
  });
});

test('on call: the controller answers the look-ups of the policy, and no other call', async () => {
  const { policy, asked } = saying(
    calling('Add_memory', { content: 'x' }),
    calling('Retrieve_memory', { query: 'Mira lives in' }),
    formatCompletion('', { kind: 'answer', text: 'Oslo' }),
  );
  const [result] = await playBaselines([mira('on-call')], policy, OPTIONS);
  expect(result).toMatchObject({ score: 1, steps: 3 });
  expect(asked[0].map(({ role }) => role)).toEqual(['system', 'user']);
  expect(asked[2].slice(2).map(({ role, content }) => (role === 'tool' ? content : role))).toEqual([
    'assistant',
    'error: there are no tools here, write your answer',
    'assistant',
    'm1: Mira lives in Oslo\nm3: In a novel, Mira lives in Paris\nm2: Tom plays the cello',
  ]);
});

test('a prompt that does not fit ends it and says how long it was', async () => {
  const { policy, asked } = saying('never asked');
  const start = { ...mira(), config: { ...BUNDLED_EPISODE_CONFIG, hardPromptTokens: 10 } };
  const [result] = await playBaselines([start], policy, OPTIONS);
  expect(result).toMatchObject({ end: 'hard-context', steps: 0, promptTokens: 0 });
  expect(asked).toEqual([]);
  expect(result.log.at(-1)).toMatchObject({ type: 'ended', tokens: expect.any(Number) });
});

test.each([
  ['what was reached where a limit cuts a world off', () => 0.4, 0.4],
  ['nothing where that does not count', undefined, null],
] as const)('its score is %s', async (_, scoreSoFar, score) => {
  const world = {
    interactive: true,
    done: false,
    observe: () => 'Goal',
    act: () => ({ done: false, observation: 'You see '.repeat(100) }),
    scoreSoFar,
  };
  const acting = formatCompletion('', { kind: 'answer', text: 'look' });
  const { policy } = saying(acting, acting, acting, acting, acting, acting, acting, acting);
  const [result] = await playBaselines([{ ...mira(), environment: world }], policy, OPTIONS);
  expect(result).toMatchObject({ end: 'hard-context', score });
});

test('aborted: no further prompt, and the result says so', async () => {
  const { policy } = saying(formatCompletion('', { kind: 'answer', text: 'Oslo' }));
  const [result] = await playBaselines([mira()], policy, { ...OPTIONS, signal: AbortSignal.abort() });
  expect(result.end).toBe('aborted');
});

test('with the expert reading, every memory beats none by far: qa, hotpotqa, alfworld at fixed seeds', async () => {
  const policy = new ExpertReader();
  for (const family of ['qa', 'hotpotqa', 'alfworld'].map(taskFamily)) {
    const scores: Record<string, number> = {};
    for (const [id, create] of Object.entries(BASELINES)) {
      const starts = Array.from({ length: 30 }, (_, i) => {
        const task = sampleTask(i + 1, 'evaluation', undefined, family);
        const environment = family.createEnvironment(task);
        return { task, environment, controller: create(BY_RULE), config: LARGE_WORLD_CONFIG, seed: i };
      });
      const results = await playBaselines(starts, policy, OPTIONS);
      scores[id] = results.reduce((sum, { score }) => sum + (score ?? 0), 0) / results.length;
    }
    console.info(family.id, scores);
    for (const [id, score] of Object.entries(scores)) {
      if (id !== 'no-memory')
        expect(score, `${id} on ${family.id}`).toBeGreaterThan(scores['no-memory'] + 0.5);
    }
  }
});
