/** Tasks of the family: deterministic, done by who remembers, hardly by who does not; any text is a command. */
import { describe, expect, test } from 'vitest';
import { LADDER } from '../ladder';
import { containsPhrase } from '../phrase';
import { playByExpert } from '../play.fixture';
import { SPLITS, type Task } from '../task';
import { scienceFamily } from './family';

const SEEDS = process.env.SOAK ? 400 : 40;
const tasks = SPLITS.flatMap((split) =>
  LADDER.flatMap((difficulty) =>
    Array.from({ length: SEEDS }, (_, seed) => scienceFamily.generate(seed, split, difficulty)),
  ),
);

const play = (task: Task, remembered: readonly string[]): number =>
  playByExpert(scienceFamily, task, remembered).metrics.success;

const told = (task: Task) => task.messages.map(({ content }) => content);
const mean = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

describe('scienceworld family', () => {
  test('the same arguments give the same task', () => {
    for (const { seed, split, difficulty } of tasks.filter((_, i) => i % 40 === 0)) {
      expect(scienceFamily.generate(seed, split, difficulty)).toEqual(
        scienceFamily.generate(seed, split, difficulty),
      );
    }
  });

  test.each(LADDER)('%s: who remembers does at least 95 in 100, who does not clearly fewer', (difficulty) => {
    const own = tasks.filter((task) => task.difficulty === difficulty);
    expect(mean(own.map((task) => play(task, told(task))))).toBeGreaterThanOrEqual(0.95);
    expect(mean(own.map((task) => play(task, [])))).toBeLessThan(0.5);
  });

  test('facts stand in their messages as whole words', () => {
    for (const task of tasks) {
      for (const { id, subject, value } of task.facts) {
        const said = task.messages.filter(({ factIds }) => factIds.includes(id)).at(-1)?.content ?? '';
        expect(containsPhrase(said, subject) && containsPhrase(said, value), said).toBe(true);
      }
    }
  });

  test('any text is an action: answered, never thrown', () => {
    const texts = [
      '',
      'go to',
      'go to nowhere',
      'put x on y',
      'activate',
      'focus on',
      '🙂',
      'x'.repeat(9999),
    ];
    for (const task of tasks.slice(0, 30)) {
      const environment = scienceFamily.createEnvironment(task);
      for (const text of texts) {
        const { observation, done, score } = environment.act(text);
        expect(done ? score : observation).toBeDefined();
      }
    }
  });

  test('what melts in a device that is too hot boils, and the task has failed', () => {
    const task = tasks.find(
      ({ difficulty, facts }) => difficulty === 'revisions' && Number(facts[0].value) < 200,
    );
    if (!task) throw new Error('no such task');
    const environment = scienceFamily.createEnvironment(task);
    const [{ subject }] = task.facts;
    environment.act(`put ${subject} on blast furnace`);
    environment.act('activate blast furnace');
    for (let i = 0; i < 9 && !environment.done; i++) environment.act('wait');
    expect(environment.metrics?.()).toMatchObject({ success: 0 });
    const picture = environment.picture?.();
    if (picture?.kind !== 'rooms') throw new Error('no rooms');
    expect(picture.places.find(({ name }) => name === 'blast furnace')?.things[0].name).toMatch(subject);
  });
});
