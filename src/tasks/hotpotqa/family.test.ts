/** Tasks of the family: deterministic, answerable from what is remembered and hardly from nothing, readable as HotpotQA. */
import { describe, expect, test } from 'vitest';
import { LADDER } from '../ladder';
import { readHotpot } from '../own/hotpot';
import { containsPhrase } from '../phrase';
import type { PageSentence } from '../picture';
import { SPLITS, type Task } from '../task';
import type { Article } from './article';
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

/** Sentences of the picture that stand so. */
function standing(task: Task, how: PageSentence['standing']): readonly string[] {
  const picture = hotpotFamily.createEnvironment(task).picture?.();
  if (picture?.kind !== 'page') throw new Error('no page');
  return picture.paragraphs.flatMap(({ sentences }) =>
    sentences.flatMap((one) => (one.standing === how ? [one.text] : [])),
  );
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
    expect(standing(tasks[0], 'supporting')).toHaveLength(1);
    expect(picture.paragraphs.map(({ title }) => title)).toEqual(
      (tasks[0].world as Article).paragraphs.map(({ title }) => title),
    );
  });

  test('of a fact that changed the last word supports the answer in the picture, and the old one is superseded', () => {
    const revised = tasks.filter(({ difficulty }) => difficulty === 'revisions');
    expect(revised).toHaveLength(SPLITS.length * SEEDS);
    for (const task of revised) {
      const supporting = standing(task, 'supporting');
      const superseded = standing(task, 'superseded');
      const old = task.facts.flatMap((fact) => fact.superseded);
      expect(old).toHaveLength(1);
      for (const { value } of task.facts) {
        expect(supporting.filter((text) => containsPhrase(text, value)).length, value).toBeGreaterThan(0);
      }
      expect(supporting.some((text) => containsPhrase(text, task.answers[0]))).toBe(true);
      expect(supporting.filter((text) => containsPhrase(text, old[0]))).toEqual([]);
      expect(superseded).toHaveLength(1);
      expect(containsPhrase(superseded[0], old[0]), superseded[0]).toBe(true);
    }
    for (const task of tasks.filter(({ difficulty }) => difficulty !== 'revisions')) {
      expect(standing(task, 'superseded')).toEqual([]);
      expect(standing(task, 'supporting')).toHaveLength(task.facts.length);
    }
  });
});
