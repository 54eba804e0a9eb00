/** What is read out of runs: messages, lives, corrections. Checked against the runs themselves, on several worlds. */
import { describe, expect, test } from 'vitest';
import { openTaskFamily } from '../../tasks/registry';
import type { Task } from '../../worker/protocol';
import {
  answeringCost,
  answerSteps,
  deletedOf,
  heldCount,
  lives,
  readsOf,
  takenMessages,
} from './beside-side';
import { comparedRun } from './compared.fixture';
import { correctionsIn, decisionOn } from './corrections';
import { METHOD_IDS } from './method-words';

const made = async (family: string, difficulty: 'revisions' | 'one-fact' = 'revisions'): Promise<Task> =>
  (await openTaskFamily(family)).generate(1, 'evaluation', difficulty);

describe.each(METHOD_IDS)('%s', (method) => {
  test.each(['qa', 'alfworld', 'errands'])(
    'on %s: its messages in order, each life ends as the store has it',
    async (family) => {
      const task = await made(family);
      const run = await comparedRun(method, task);
      const taken = takenMessages(run);
      expect(taken.map(({ trace }) => trace.message)).toEqual(
        [...task.messages, ...task.distractors].map(({ content }) => content),
      );
      expect(new Set(taken.map(({ key }) => key)).size).toBe(taken.length);
      const held = new Set([
        ...run.view.entries.map(({ id }) => id),
        ...(run.view.graph?.edges ?? []).map(({ id }) => id),
      ]);
      expect(held.size).toBe(heldCount(run.view));
      const gone = deletedOf(run);
      for (const { id } of gone) expect(held.has(id)).toBe(false);
      for (const id of held) expect(lives(run).get(id)?.[0].operation.kind).toBe('ADD');
      expect(readsOf(run)).toHaveLength(1);
      const steps = answerSteps(run);
      expect(steps).toHaveLength(run.result.steps);
      expect(answeringCost(run)).toMatchObject({
        calls: run.result.steps,
        promptTokens: run.result.promptTokens,
      });
      expect(steps.every(({ completion }) => completion !== null)).toBe(true);
    },
  );
});

test('corrections are found with what they correct; a task without any has none', async () => {
  for (const family of ['qa', 'rooms', 'babyai', 'errands']) {
    const task = await made(family);
    const corrections = correctionsIn(task);
    expect(corrections.map(({ text }) => text)).toEqual(
      task.messages.filter(({ kind }) => kind === 'revision').map(({ content }) => content),
    );
    for (const { before } of corrections) expect(before).toHaveLength(1);
  }
  expect(correctionsIn(await made('qa', 'one-fact'))).toEqual([]);
});

test('the decision on a correction: old and new, how alike they were, what is left of the old', async () => {
  const task = await made('qa');
  const [correction] = correctionsIn(task);
  const mem0 = decisionOn(await comparedRun('mem0', task), correction);
  expect(mem0.operations).toMatchObject([
    {
      operation: {
        kind: 'UPDATE',
        id: 'm1',
        before: 'Warisa lives in Milan',
        after: 'Warisa lives in Nelby',
      },
    },
  ]);
  expect(mem0.operations[0].similarity).toBeCloseTo(0.575, 3);
  expect(mem0.left).toEqual([]);

  const graph = decisionOn(await comparedRun('mem0-graph', task), correction);
  expect(graph.operations.map(({ operation }) => operation.kind)).toEqual(['UPDATE', 'DELETE', 'ADD']);
  expect(graph.operations[1].similarity).toBeCloseTo(1, 6);

  const rag = decisionOn(await comparedRun('rag', task), correction);
  expect(rag.operations).toMatchObject([{ operation: { kind: 'ADD' }, similarity: null }]);
  expect(rag.left).toEqual([{ id: 'm1', content: correction.before[0].text, remark: null }]);

  const notes = decisionOn(await comparedRun('a-mem', task), correction);
  expect(notes.left).toMatchObject([{ id: 'm1', remark: 'superseded by m2' }]);

  const nothing = decisionOn(await comparedRun('no-memory', task), correction);
  expect(nothing).toMatchObject({ operations: [], left: [] });
});
