import { describe, expect, it } from 'vitest';
import { containsPhrase } from '../phrase';
import { createRandom } from '../random';
import { taskFamily } from '../registry';
import type { OwnTask } from './form';
import { KESTREL, randomTask } from './own.fixture';
import { LENT_DISTRACTORS, ownTask } from './own-task';

const PLACE = { set: '0123456789abcdef', index: 4, split: 'train' } as const;

describe('a task of one’s own', () => {
  it('has the facts with what they became, and needs those that were ticked', () => {
    const task = ownTask(KESTREL, PLACE);
    expect(task.facts).toEqual([
      {
        id: 'kestrel',
        subject: 'Zorvane',
        relation: 'has a kestrel called',
        value: 'Umlo',
        superseded: ['Ibbo'],
        worthKeeping: true,
      },
    ]);
    expect(task.neededFactIds).toEqual(['kestrel']);
    expect(task.keyItems).toEqual(['Umlo']);
    expect(task.messages.map(({ kind, factIds }) => [kind, factIds])).toEqual([
      ['fact', ['kestrel']],
      ['chatter', []],
      ['revision', ['kestrel']],
    ]);
    expect(task).toMatchObject({
      id: 'own/0123456789abcdef/5',
      family: 'qa',
      difficulty: 'revisions',
      query: KESTREL.question,
      answers: ['Umlo'],
    });
  });

  it('asks its question in the world of its family and scores the answer there', () => {
    const task = ownTask(KESTREL, PLACE);
    const world = taskFamily(task.family).createEnvironment(task);
    expect(world.observe()).toBe(KESTREL.question);
    expect(world.act('umlo.')).toEqual({ done: true, score: 1 });
  });

  it('is lent distractors that name nothing of it, the same wherever it lies', () => {
    const task = ownTask(KESTREL, PLACE);
    expect(task.distractors).toHaveLength(LENT_DISTRACTORS);
    expect(ownTask(KESTREL, { ...PLACE, set: 'f'.repeat(16), index: 0 }).distractors).toEqual(
      task.distractors,
    );
    const [lent] = task.distractors;
    const name = lent.content.match(/\p{Lu}\p{L}+(?=[^\p{L}]*$)|\p{L}+(?=[^\p{L}]*$)/u)?.[0] ?? '';
    const named: OwnTask = {
      ...KESTREL,
      messages: [
        { says: `Ede has ${name}.`, states: [{ id: 'f1', about: 'Ede', value: name, needed: true }] },
      ],
    };
    for (const { content } of ownTask(named, PLACE).distractors) {
      expect(containsPhrase(content, name)).toBe(false);
    }
  });

  it('keeps its own distractors and key items, none included', () => {
    const task = ownTask({ ...KESTREL, distractors: [], key: ['kestrel'] }, PLACE);
    expect(task.distractors).toEqual([]);
    expect(task.keyItems).toEqual(['kestrel']);
  });

  it('whatever it says, every fact ends with the last value and messages name facts there are', () => {
    for (let seed = 0; seed < 300; seed++) {
      const form = randomTask(createRandom('own-task', seed));
      const task = ownTask(form, PLACE);
      const last = new Map<string, string>();
      for (const { states = [], corrects = [] } of form.messages) {
        for (const { id, value } of [...states, ...corrects]) last.set(id, value);
      }
      expect(new Map(task.facts.map(({ id, value }) => [id, value]))).toEqual(last);
      const ids = new Set(task.facts.map(({ id }) => id));
      for (const { factIds } of task.messages) for (const id of factIds) expect(ids.has(id)).toBe(true);
      expect(task.neededFactIds.length).toBeGreaterThan(0);
    }
  });
});
