import { describe, expect, test } from 'vitest';
import { estimateTokens } from '../policies/scripted';
import { sampleTask } from '../tasks/ladder';
import { openTaskFamily } from '../tasks/registry';
import { BY_RULE, byModel, embedder, held, saying, story } from './baselines.fixture';
import { costOf } from './controller';
import { createLangMem } from './langmem';
import { createMem0 } from './mem0';
import { sentencesOf } from './sentence-lead';
import { tokensOf } from './written-call';

test('a story: new, said again, corrected, taken back, small talk', async () => {
  const langmem = createLangMem(BY_RULE);
  const told = await story(langmem, [
    'Mira lives in Rome.',
    'Remember: Mira lives in Rome.',
    'Good morning!',
    'Mira has moved to Oslo.',
    'Mira does not live in Oslo any more.',
  ]);
  expect(told).toEqual([
    [{ kind: 'ADD', before: null, after: 'Mira lives in Rome' }],
    [],
    [],
    [{ kind: 'UPDATE', before: 'Mira lives in Rome', after: 'Mira lives in Oslo' }],
    [{ kind: 'DELETE', before: 'Mira lives in Oslo', after: null }],
  ]);
  expect(held(langmem)).toEqual([]);
  expect(langmem.view().history[1].why).toBe('same subject and topic, "Oslo" for "Rome"');
});

test('two facts of one message, the second about the first: the later word is stored', async () => {
  const langmem = createLangMem(BY_RULE);
  const told = await story(langmem, ['Mira lives in Rome. No, Mira lives in Oslo.']);
  expect(told).toEqual([[{ kind: 'ADD', before: null, after: 'Mira lives in Oslo' }]]);
});

test('every message costs two calls, small talk too; a summary one more; reading none', async () => {
  const langmem = createLangMem({ ...BY_RULE, threadTokens: 2, summaryTokens: 9 });
  const writes = [];
  for (const message of ['Mira lives in Rome.', 'Good morning!', 'Tom likes tea.']) {
    writes.push(await langmem.write(message));
  }
  // One token a message: the third makes a thread of three, and the two older ones are summarised.
  expect(writes.map((trace) => costOf([trace]).calls)).toEqual([2, 2, 3]);
  expect(writes[2].operations.at(-1)).toEqual({
    kind: 'SUMMARISE',
    id: 's1',
    before: '',
    after: 'Mira lives in Rome.',
    why: 'the thread had 3 tokens',
  });
  const read = await langmem.read('Where does Mira live?');
  expect(read.entries.map(({ id }) => id)).toEqual(['m1', 'm2', 's1']);
  expect(costOf([read]).calls).toBe(0);
});

test('a summary is extended, corrected by what comes later, and outlives the thread', async () => {
  const langmem = createLangMem({ ...BY_RULE, threadTokens: 1, summaryTokens: 9 });
  await story(langmem, ['Mira lives in Rome.', 'Tom likes tea.', 'Mira has moved to Oslo.', 'Good morning!']);
  expect(langmem.view().summary).toBe('Tom likes tea. Mira has moved to Oslo.');
  await langmem.endOfStage?.();
  await langmem.write('Ann likes tea.');
  expect(langmem.view().summary).toBe('Tom likes tea. Mira has moved to Oslo.');
});

test('a model may change only what it was shown', async () => {
  const { policy } = saying(
    '{"queries":["Mira"]}',
    '{"insert":["Mira is here"],"update":[{"id":"m9","content":"x"}],"remove":["m8"]}',
  );
  const told = await story(createLangMem({ embedder, caller: byModel(policy) }), ['Mira is here.']);
  expect(told[0].map(({ kind }) => kind)).toEqual(['NONE', 'NONE', 'ADD']);
});

describe('on generated episodes, by rule', () => {
  const caller = { kind: 'rules', countTokens: estimateTokens } as const;
  const seeds = Array.from({ length: process.env.SOAK ? 200 : 20 }, (_, seed) => seed);

  test.each(['qa', 'hotpotqa', 'alfworld', 'scienceworld', 'pddl', 'babyai'])(
    '%s: a summary is written now and then, is read, and what it leaves out it says',
    async (id) => {
      const family = await openTaskFamily(id);
      let summarised = 0;
      for (const seed of seeds) {
        const task = sampleTask(seed, 'evaluation', undefined, family);
        const [langmem, mem0] = [createLangMem({ embedder, caller }), createMem0({ embedder, caller })];
        for (const part of [task.messages, task.distractors]) {
          for (const { content } of part) {
            await langmem.write(content);
            await mem0.write(content);
          }
          await langmem.endOfStage?.();
        }
        const { summary = '', history } = langmem.view();
        const read = await langmem.read(task.query);
        expect(read.entries.some((entry) => entry.content === summary && entry.id === 's1')).toBe(
          summary !== '',
        );
        if (summary !== '') {
          summarised++;
          expect(read.entries).not.toEqual((await mem0.read(task.query)).entries);
          expect(tokensOf(caller, summary) <= 32 || sentencesOf(summary).length === 1, summary).toBe(true);
        }
        // A sentence that the summary had and has no more was replaced, or counted as left out.
        for (const { kind, before, after, why } of history) {
          if (kind !== 'SUMMARISE') continue;
          const gone = sentencesOf(before ?? '').filter(
            (one) => !(after ?? '').includes(one.replace(/\.$/, '')),
          );
          const leftOut = Number(/left out, the oldest: (\d+)/.exec(why)?.[1] ?? 0);
          expect(gone.length - leftOut, `${before} -> ${after}`).toBeLessThanOrEqual(1);
        }
      }
      expect(summarised / seeds.length).toBeGreaterThan(0.3);
    },
  );
});
