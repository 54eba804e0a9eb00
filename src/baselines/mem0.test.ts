import { expect, test } from 'vitest';
import { BY_RULE, byModel, embedder, held, saying, story } from './baselines.fixture';
import { costOf } from './controller';
import { createMem0 } from './mem0';

test('a story: new, said again, corrected, taken back, small talk', async () => {
  const mem0 = createMem0(BY_RULE);
  const told = await story(mem0, [
    'Mira lives in Rome.',
    'By the way, Mira has a flat in Rome.',
    'Good morning!',
    'Correction: Mira lives in Oslo.',
    'Tom is no longer a baker but a waiter.',
    'Mira does not live in Oslo any more.',
  ]);
  expect(told).toEqual([
    [{ kind: 'ADD', before: null, after: 'Mira lives in Rome' }],
    [{ kind: 'NONE', before: 'Mira lives in Rome', after: 'Mira lives in Rome' }],
    [],
    [{ kind: 'UPDATE', before: 'Mira lives in Rome', after: 'Mira lives in Oslo' }],
    [{ kind: 'ADD', before: null, after: 'Tom is a waiter' }],
    [{ kind: 'DELETE', before: 'Mira lives in Oslo', after: null }],
  ]);
  expect(held(mem0)).toEqual(['Tom is a waiter']);
  const { history } = mem0.view();
  expect(history.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
    'ADD m1',
    'NONE m1',
    'UPDATE m1',
    'ADD m2',
    'DELETE m1',
  ]);
  expect(history[2].why).toBe('same subject and topic, "Oslo" for "Rome"');
});

test('what is told of elsewhere corrects nothing here', async () => {
  const mem0 = createMem0(BY_RULE);
  await story(mem0, ['Mira lives in Rome.', 'In a novel, Mira lives in Paris.']);
  expect(held(mem0)).toEqual(['Mira lives in Rome', 'In a novel, Mira lives in Paris']);
});

test('costs: one call without facts, two with them; reading costs none', async () => {
  const mem0 = createMem0(BY_RULE);
  const chat = await mem0.write('Good morning!');
  // A call is a system and a user message, one token each here, and a reply.
  expect(costOf([chat])).toEqual({ calls: 1, promptTokens: 2, replyTokens: 1, failures: 0 });
  const fact = await mem0.write('Mira lives in Rome.');
  expect(costOf([chat, fact])).toEqual({ calls: 3, promptTokens: 6, replyTokens: 3, failures: 0 });
  expect(fact.calls.map(({ purpose, by }) => `${purpose} by ${by}`)).toEqual([
    'extract facts by rule',
    'bring the store up to date by rule',
  ]);
  const read = await mem0.read('Where does Mira live?');
  expect(costOf([read]).calls).toBe(0);
  expect(read.entries).toEqual([{ id: 'm1', content: 'Mira lives in Rome' }]);
});

test('a model decides: its numbers are memories, and one that is not there changes nothing', async () => {
  const { policy, asked } = saying(
    '{"facts":["Likes tea"]}',
    '{"memory":[{"id":"0","event":"ADD","text":"Likes tea"}]}',
    '{"facts":["Prefers coffee"]}',
    '{"memory":[{"id":"0","event":"UPDATE","text":"Likes coffee"},{"id":"7","event":"DELETE","text":"?"}]}',
  );
  const mem0 = createMem0({ embedder, caller: byModel(policy) });
  const told = await story(mem0, ['I like tea.', 'I now prefer coffee.']);
  expect(told[1]).toEqual([
    { kind: 'UPDATE', before: 'Likes tea', after: 'Likes coffee' },
    { kind: 'NONE', before: null, after: null },
  ]);
  expect(held(mem0)).toEqual(['Likes coffee']);
  expect(asked[3][1].content).toBe('{"memories":[{"id":"0","text":"Likes tea"}],"facts":["Prefers coffee"]}');
});
