/** Tasks of the family: deterministic, done by who remembers, hardly by who does not; any text is a command. */
import { describe, expect, test } from 'vitest';
import { LADDER } from '../ladder';
import { containsPhrase } from '../phrase';
import { playByExpert } from '../play.fixture';
import { SPLITS, type Task } from '../task';
import { labInstance } from './environment';
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

  test.each(['Find the', 'with the longest life span', 'life stages of', 'Melt the', 'Freeze the'])(
    '%s: in every split who remembers does it, who does not clearly less often',
    (asked) => {
      for (const split of SPLITS) {
        const own = tasks.filter((task) => task.split === split && task.query.includes(asked));
        expect(own.length, split).toBeGreaterThan(SEEDS / 5);
        expect(mean(own.map((task) => play(task, told(task)))), split).toBeGreaterThanOrEqual(0.95);
        expect(mean(own.map((task) => play(task, []))), split).toBeLessThan(0.6);
      }
    },
  );

  test('what counts of a laboratory left half way is the score so far, at least 0, which ends as the score', () => {
    let partly = 0;
    for (const task of tasks.filter((_, i) => i % 40 === 0)) {
      const { soFar, score, metrics } = playByExpert(scienceFamily, task, told(task));
      expect([soFar.at(-1), Math.max(0, metrics.score)]).toEqual([score, score]);
      partly += Number(soFar.some((reached) => reached > 0 && reached < 1));
    }
    expect(partly).toBeGreaterThan(0);
  });

  test('no task needs more than 12 actions', () => {
    const limits = tasks.map((task) => scienceFamily.createEnvironment(task).actionLimit ?? Number.NaN);
    expect(Math.max(...limits)).toBeLessThanOrEqual(12 + 1);
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
      ({ difficulty, facts: [{ relation, value }] }) =>
        difficulty === 'revisions' && relation === 'melts at degrees' && Number(value) < 200,
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

  test('what freezes does so for good in the one cooler only: milder ones do not, in colder ones the other freezes too', () => {
    const freezing = tasks.filter(
      ({ query, difficulty }) => query.includes('Freeze') && difficulty !== 'tight-context',
    );
    for (const task of freezing) {
      const done = ['fridge', 'freezer', 'ultra low temperature freezer'].filter((cooler) => {
        const environment = scienceFamily.createEnvironment(task);
        environment.act(`put tin cup on ${cooler}`);
        while (!environment.done) environment.act('wait');
        return environment.metrics?.().success === 1;
      });
      expect(done, task.id).toHaveLength(1);
    }
  });

  test('a liquid stays in its cup, and what the cup holds is seen with its temperature', () => {
    const task = tasks.find(
      ({ query, difficulty }) => query.includes('Freeze') && difficulty === 'revisions',
    );
    if (!task) throw new Error('no such task');
    const environment = scienceFamily.createEnvironment(task);
    const liquid = labInstance(task).lab.things[1].name;
    const refusal = environment.act(`put ${liquid} on freezer`).observation ?? '';
    expect(refusal).toBe(`The liquid ${liquid} can only be moved with the tin cup.`);
    expect(scienceFamily.createExpert?.(task).refused?.(refusal)).toBe(true);
    environment.act('put tin cup on freezer');
    const picture = environment.picture?.();
    if (picture?.kind !== 'rooms') throw new Error('no rooms');
    const freezer = picture.places.find(({ name }) => name === 'freezer');
    expect(freezer).toMatchObject({ state: 'on, down to -18 °C' });
    expect(freezer?.things.map(({ name, state }) => [name, state])).toEqual([
      ['tin cup', '17 °C'],
      [`liquid ${liquid}`, '20 °C, in the tin cup'],
      [expect.stringMatching(/^liquid /), expect.stringContaining('in the tin cup')],
    ]);
  });

  test('an animal ages: its stages come one after the other, and who waits before the first has lost it', () => {
    for (const task of tasks.filter(({ query }) => query.includes('life stages of'))) {
      const { goal, lab } = labInstance(task);
      if (
        goal.kind !== 'focus' ||
        lab.things.some(({ name, room }) => name === goal.on[0] && room !== lab.lab)
      )
        continue;
      const first = goal.on[0];
      const late = scienceFamily.createEnvironment(task);
      const picture = late.picture?.();
      const places = picture?.kind === 'rooms' ? picture.places : [];
      expect(places[0].things).toContainEqual({ name: first, state: 'egg' });
      expect(late.act('wait').observation).toContain(` The ${first} is now a ${goal.on[1]}.`);
      expect(late.act(`focus on ${first}`).observation).toContain(`There is no ${first} here.`);
      const wrong = scienceFamily.createEnvironment(task);
      const other = lab.things.find(({ name }) => name !== first)?.name;
      expect(wrong.act(`focus on ${other}`).done).toBe(true);
      expect(wrong.metrics?.()).toEqual({ score: -1, success: 0 });
      expect([wrong.scoreSoFar?.(), wrong.act('wait').score]).toEqual([0, 0]);
    }
  });

  test('an expert told of a wrong device goes on to the right one', () => {
    for (const task of tasks.filter(
      ({ query, difficulty }) => query.includes('Freeze') && difficulty === 'revisions',
    )) {
      const environment = scienceFamily.createEnvironment(task);
      const expert = scienceFamily.createExpert?.(task);
      const meant = expert?.act(environment.observe(), told(task)) ?? '';
      const done = meant === 'put tin cup on fridge' ? 'put tin cup on freezer' : 'put tin cup on fridge';
      const { observation = '' } = environment.act(done);
      expert?.did?.(done);
      expect(expert?.act(observation, told(task))).toBe(meant);
    }
  });
});
