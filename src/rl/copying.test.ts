import { describe, expect, it } from 'vitest';
import { answering, calling, countTokens, MIRA_TASK, play, sayingPolicy } from '../agent/playing.fixture';
import { formatCompletion } from '../agent/protocol';
import { ScriptedPolicy } from '../policies/scripted';
import { PERFECT } from '../policies/scripted-noise';
import { sampleTask } from '../tasks/ladder';
import type { Fact, Task } from '../tasks/task';
import { copiedExactly, copyCounts } from './copying';

/** Plays the texts on a task and counts. */
async function counted(texts: readonly string[], task: Task = MIRA_TASK) {
  const { log } = await play(sayingPolicy(texts), { task });
  return copyCounts({ log, task });
}

const add = (content: string) => calling('Add_memory', { content });
const ok = answering('ok');

/** One fact told in one message; later values in further messages. */
function telling(fact: Omit<Fact, 'id' | 'worthKeeping'>, ...contents: readonly string[]): Task {
  return {
    ...MIRA_TASK,
    id: 'literal/telling',
    messages: contents.map((content, i) => ({
      content,
      kind: i === 0 ? 'fact' : 'revision',
      factIds: ['f'],
    })),
    facts: [{ ...fact, id: 'f', worthKeeping: true }],
    neededFactIds: ['f'],
  };
}

describe('what counts as copied', () => {
  it('subject and value letter for letter, in any wording and letter case', async () => {
    for (const content of ['Mira lives in Rome', 'home of mira: ROME', 'Rome is where Mira is']) {
      expect(await counted([add(content)]), content).toEqual({ stored: 1, exact: 1 });
    }
  });

  it('a wrong letter in either is no copy, nor is a part of a word', async () => {
    for (const content of ['Mira lives in Rone', 'Mora lives in Rome', 'Miras lives in Romeo', 'Rome', '']) {
      expect((await counted([add(content || 'x')])).exact, content).toBe(0);
    }
  });

  it('an entry about small talk or a distractor says nothing of copying', async () => {
    expect(await counted([ok, add('Lovely weather')])).toEqual({ stored: 0, exact: 0 });
    expect(await counted([ok, ok, ok, ok, add('Mira lives in Paris')])).toEqual({ stored: 0, exact: 0 });
  });

  it('calls that fail store nothing', async () => {
    const update = calling('Update_memory', { memory_id: 'm9', content: 'Mira lives in Rome' });
    expect(await counted([update])).toEqual({ stored: 0, exact: 0 });
  });

  it('each entry is held against the newest message, not against another', async () => {
    expect(await counted([ok, ok, add('Mira lives in Rome')])).toEqual({ stored: 1, exact: 0 });
    expect(await counted([ok, ok, add('Tom plays the cello')])).toEqual({ stored: 1, exact: 1 });
  });

  it('several words are one value: in order and side by side', async () => {
    const birthday = { subject: 'Mira', relation: 'was born on', value: '12 May', superseded: [] };
    const task = telling(birthday, 'Mira was born on 12 May.');
    expect((await counted([add('Mira was born on 12 May')], task)).exact).toBe(1);
    for (const wrong of ['May 12', '12 of May', '2 May', '12 Mayo', '112 May']) {
      expect((await counted([add(`Mira was born on ${wrong}`)], task)).exact, wrong).toBe(0);
    }
  });
});

describe('a revision', () => {
  const moving = { subject: 'Mira', relation: 'lives in', value: 'Oslo', superseded: ['Rome'] };
  const task = telling(moving, 'Mira lives in Rome.', 'Mira moved from Rome to Oslo.');
  const update = (content: string) => calling('Update_memory', { memory_id: 'm1', content });

  it('by Update and by Add alike: the value that is new', async () => {
    expect(await counted([add('Mira lives in Rome'), update('Mira lives in Oslo')], task)).toEqual({
      stored: 2,
      exact: 2,
    });
    expect(await counted([ok, add('Mira lives in Oslo')], task)).toEqual({ stored: 1, exact: 1 });
  });

  it('the old value is no copy of it, though the message names it', async () => {
    expect(await counted([ok, add('Mira lives in Rome')], task)).toEqual({ stored: 1, exact: 0 });
    expect(await counted([add('Mira lives in Rome'), update('Mira lives in Rome')], task)).toEqual({
      stored: 2,
      exact: 1,
    });
  });

  it('before it, the old value is the right one', async () => {
    expect(await counted([add('Mira lives in Oslo')], task)).toEqual({ stored: 1, exact: 0 });
  });

  it('Delete and Add in one step count once', async () => {
    const replace = formatCompletion('', {
      kind: 'tool-calls',
      calls: [
        { name: 'Delete_memory', arguments: { memory_id: 'm1', confirmation: true } },
        { name: 'Add_memory', arguments: { content: 'Mira lives in Oslo' } },
      ],
    });
    expect(await counted([add('Mira lives in Rome'), replace], task)).toEqual({ stored: 2, exact: 2 });
  });
});

describe('the share', () => {
  it('is pooled over episodes, and 0 where nothing was stored', async () => {
    const task = MIRA_TASK;
    const log = async (...texts: string[]) => ({ task, log: (await play(sayingPolicy(texts))).log });
    const both = await log(add('Mira lives in Rome'), ok, add('Tom plays the cello'));
    const wrong = await log(add('Mira lives in Bonn'));
    expect(copiedExactly([both, wrong])).toBeCloseTo(2 / 3, 12);
    expect(copiedExactly([await log(ok)])).toBe(0);
    expect(copiedExactly([])).toBe(0);
  });

  it('is 1 for one who writes down each fact as told, on names never seen in training too', async () => {
    const policy = new ScriptedPolicy({ errors: PERFECT, countTokens });
    for (const split of ['train', 'unseen-names', 'unseen-patterns'] as const) {
      const episodes = [];
      for (let seed = 0; seed < 40; seed++) {
        const task = sampleTask(seed, split);
        episodes.push({ task, log: (await play(policy, { task, seed })).log });
      }
      expect(copiedExactly(episodes), split).toBe(1);
    }
  });
});
