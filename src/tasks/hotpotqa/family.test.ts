/** Tasks of the family: deterministic, answerable from what is remembered and hardly from nothing, readable as HotpotQA. */
import { describe, expect, test } from 'vitest';
import { LADDER } from '../ladder';
import { readHotpot } from '../own/hotpot';
import { containsPhrase } from '../phrase';
import { SPLITS, type Task } from '../task';
import { answerFigures } from './evaluator';
import { hotpotFamily, hotpotJson } from './family';

const SEEDS = process.env.SOAK ? 1000 : 60;
const tasks = SPLITS.flatMap((split) =>
  LADDER.flatMap((difficulty) =>
    Array.from({ length: SEEDS }, (_, seed) => hotpotFamily.generate(seed, split, difficulty)),
  ),
);

function play(task: Task, remembered: readonly string[]) {
  const environment = hotpotFamily.createEnvironment(task);
  environment.act(hotpotFamily.createExpert?.(task).act(environment.observe(), remembered) ?? '');
  return environment.metrics?.() as { em: number; f1: number };
}

const told = (task: Task) => task.messages.map(({ content }) => content);
const share = (own: readonly Task[], texts: (task: Task) => readonly string[]) =>
  own.filter((task) => play(task, texts(task)).em === 1).length / own.length;

describe('hotpotqa family', () => {
  test('the same arguments give the same task', () => {
    for (const { seed, split, difficulty } of tasks.filter((_, i) => i % 50 === 0)) {
      expect(hotpotFamily.generate(seed, split, difficulty)).toEqual(
        hotpotFamily.generate(seed, split, difficulty),
      );
    }
  });

  test('who remembers answers at least 95 in 100, who does not none', () => {
    for (const difficulty of LADDER) {
      const own = tasks.filter((task) => task.difficulty === difficulty);
      expect(share(own, told), difficulty).toBeGreaterThanOrEqual(0.95);
      expect(
        share(own, () => []),
        difficulty,
      ).toBe(0);
    }
  });

  test('of two hops neither paragraph alone is enough; an old value is not the answer', () => {
    for (const task of tasks.filter(
      ({ difficulty }) => difficulty === 'two-hops' || difficulty === 'revisions',
    )) {
      for (const text of told(task)) expect(play(task, [text]).em).toBe(0);
      const old = task.facts.flatMap(({ superseded }) => superseded);
      for (const value of old) expect(answerFigures(value, task.answers[0]).em).toBe(0);
    }
  });

  test('facts stand in their messages as whole words', () => {
    for (const task of tasks) {
      for (const { id, subject, value } of task.facts) {
        const said = task.messages.filter(({ factIds }) => factIds.includes(id)).at(-1)?.content ?? '';
        expect(containsPhrase(said, subject) && containsPhrase(said, value), said).toBe(true);
      }
    }
  });

  test('in the schema of the data set it is read again, with the same answer and supporting paragraphs', () => {
    for (const task of tasks.filter((_, i) => i % 20 === 0)) {
      const { task: read } = readHotpot(hotpotJson(task));
      expect(read?.answers).toEqual(task.answers);
      expect(read?.messages).toHaveLength(task.facts.length);
      expect(read?.distractors).toEqual(task.distractors.map(({ content }) => content));
    }
  });

  test('the picture shows every paragraph and what supports the answer', () => {
    const picture = hotpotFamily.createEnvironment(tasks[0]).picture?.();
    if (picture?.kind !== 'page') throw new Error('no page');
    expect(picture.paragraphs.flatMap(({ sentences }) => sentences.filter((s) => s.supporting))).toHaveLength(
      1,
    );
  });
});
