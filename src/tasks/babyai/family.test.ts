import { describe, expect, it } from 'vitest';
import { isEvaluationStatement, isUnseenWord } from '../inventory';
import { LADDER } from '../ladder';
import { containsPhrase } from '../phrase';
import { qaFamily } from '../qa/family';
import { createRandom } from '../random';
import { SPLITS, type Split, type Task } from '../task';
import { BabyAiWorldError, babyAiWorld } from './environment';
import { createExpert } from './expert';
import { babyAiFamily } from './family';
import { readLevel } from './level-file';
import { BEHIND } from './patterns';

/** Seeds for each split and rung. */
const SEEDS = process.env.SOAK ? 1000 : 60;
const tasksOf = (split: Split): Task[] =>
  LADDER.flatMap((difficulty) =>
    Array.from({ length: SEEDS }, (_, seed) => babyAiFamily.generate(seed, split, difficulty)),
  );
const BY_SPLIT = new Map(SPLITS.map((split) => [split, tasksOf(split)]));
const TASKS = [...BY_SPLIT.values()].flat();

function play(task: Task, remembered: readonly string[]): number {
  const environment = babyAiFamily.createEnvironment(task);
  const expert = createExpert();
  let observation = environment.observe();
  for (;;) {
    const outcome = environment.act(expert.act(observation, remembered));
    if (outcome.done) return outcome.score ?? Number.NaN;
    observation = outcome.observation ?? '';
  }
}

const statements = ({ facts }: Task, which: (id: string) => boolean = () => true): string[] =>
  facts
    .filter(({ id }) => which(id))
    .map(({ subject, relation, value }) => `The ${subject} ${relation} ${value}.`);
const neededOf = (task: Task): string[] => statements(task, (id) => task.neededFactIds.includes(id));
const mean = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
const round = (number: number) => Math.round(number * 100) / 100;

describe('babyai tasks', () => {
  it('are solved by an expert who remembers the needed facts, and by one who remembers all of stage 1', () => {
    const needed = TASKS.map((task) => play(task, neededOf(task)));
    const all = TASKS.map((task) =>
      play(
        task,
        [...task.messages].reverse().map(({ content }) => content),
      ),
    );
    expect(mean(needed)).toBeGreaterThanOrEqual(0.95);
    expect(mean(all)).toBeGreaterThanOrEqual(0.95);
  });

  it('are mostly lost by an expert who remembers nothing, or what was revised, or another maze', () => {
    const scores = (tasks: readonly Task[], remembered: (task: Task) => readonly string[]): number[] =>
      LADDER.map((difficulty) => {
        const some = tasks.filter((task) => task.difficulty === difficulty);
        return some.length === 0 ? 0 : round(mean(some.map((task) => play(task, remembered(task)))));
      });
    const revised = TASKS.filter(({ facts }) => facts.some(({ superseded }) => superseded.length > 0));
    const few = TASKS.filter((_, i) => i % 6 === 0);
    const nothing = scores(TASKS, () => []);
    const stale = scores(revised, ({ facts }) =>
      facts.flatMap(({ subject, superseded }) =>
        superseded.map((value) => `The ${subject} ${BEHIND} ${value}.`),
      ),
    );
    const others = scores(few, ({ distractors }) => distractors.map(({ content }) => content));
    console.info(`babyai, success by rung: ${nothing} with nothing, ${stale} with superseded facts only`);
    for (const [i, score] of nothing.entries()) expect(score, LADDER[i]).toBeLessThan(0.5);
    expect(mean(nothing)).toBeLessThan(0.35);
    expect(mean(nothing)).toBeGreaterThan(0.1);
    // Whoever goes where the thing was is worse off than one who searches.
    for (const rung of [2, 4]) expect(stale[rung], LADDER[rung]).toBeLessThan(nothing[rung]);
    expect(others).toEqual(scores(few, () => []));
  });

  it('are the same for the same arguments, and their worlds too', () => {
    for (const task of TASKS.filter((_, i) => i % 17 === 0)) {
      const again = babyAiFamily.generate(task.seed, task.split, task.difficulty);
      expect(again).toEqual(task);
      const [a, b] = [task, again].map((one) => babyAiFamily.createEnvironment(one));
      const random = createRandom('actions', task.id);
      while (!a.done) {
        const action = random.pick(['turn left', 'move forward', 'toggle', 'check', '', 'sing']);
        expect(a.act(action)).toEqual(b.act(action));
        expect(a.metrics?.()).toEqual(b.metrics?.());
      }
    }
  });

  it('say every fact in whole words, revise it later, and never name its doors in distractors', () => {
    for (const { messages, distractors, facts, neededFactIds, keyItems } of TASKS) {
      for (const { id, subject, value, superseded } of facts) {
        const told = messages.filter(({ factIds }) => factIds.includes(id));
        const values = [...superseded, value];
        expect(told.map(({ kind }) => kind)).toEqual(values.map((_, i) => (i === 0 ? 'fact' : 'revision')));
        told.forEach(({ content }, i) => {
          expect(containsPhrase(content, subject) && containsPhrase(content, values[i]), content).toBe(true);
        });
        for (const { content } of distractors) {
          for (const door of values) expect(containsPhrase(content, door), content).toBe(false);
        }
      }
      expect(neededFactIds.length).toBeGreaterThan(0);
      expect(keyItems).toEqual(neededFactIds.map((id) => facts.find((fact) => fact.id === id)?.value));
    }
  });

  it('keep the splits apart: names, statements, patterns', () => {
    for (const split of SPLITS) {
      for (const { facts, id } of BY_SPLIT.get(split) ?? []) {
        for (const { subject, value, superseded } of facts) {
          for (const door of [value, ...superseded]) {
            const words = [subject, door].map((phrase) => phrase.split(' ')[0]);
            expect(words.map(isUnseenWord), id).toEqual(words.map(() => split === 'unseen-names'));
            if (split === 'unseen-names') continue;
            expect(isEvaluationStatement(subject, BEHIND, door), id).toBe(split === 'evaluation');
          }
        }
      }
    }
    const sentences = (split: Split) =>
      new Set(
        (BY_SPLIT.get(split) ?? []).flatMap(({ messages, distractors, query }) => [
          query,
          ...[...messages, ...distractors].map(({ content }) => content),
        ]),
      );
    const train = sentences('train');
    expect([...sentences('unseen-patterns')].filter((sentence) => train.has(sentence))).toEqual([]);
  });

  it('are short on the easiest rung: messages in 15 words, the opening in 60, all that the expert reads in 70', () => {
    const words = (text: string) => text.split(/\s+/).length;
    for (const task of TASKS.filter(({ difficulty }) => difficulty === 'one-fact')) {
      for (const { content } of [...task.messages, ...task.distractors]) {
        expect(words(content)).toBeLessThanOrEqual(15);
      }
      const environment = babyAiFamily.createEnvironment(task);
      const expert = createExpert();
      let observation = environment.observe();
      expect(words(observation)).toBeLessThanOrEqual(60);
      while (!environment.done) {
        expect(words(observation)).toBeLessThanOrEqual(70);
        observation = environment.act(expert.act(observation, neededOf(task))).observation ?? '';
      }
    }
  });

  it('carry levels that people could have written', () => {
    for (const task of TASKS) expect(readLevel(babyAiWorld(task).level).width).toBeGreaterThanOrEqual(13);
  });
});

describe('the environment of babyai', () => {
  const task = babyAiFamily.generate(0, 'train', 'one-fact');

  it('never throws, whatever is typed, and ends', () => {
    const random = createRandom('anything');
    const pieces = [
      'go to',
      'toggle',
      'constructor',
      '__proto__',
      'check',
      '🗝️',
      '\n',
      'red',
      '  ',
      '1',
      'DROP',
    ];
    for (const some of TASKS.filter((_, i) => i % 11 === 0)) {
      const environment = babyAiFamily.createEnvironment(some);
      let actions = 0;
      while (!environment.done) {
        const action = Array.from({ length: random.int(5) }, () => random.pick(pieces)).join(' ');
        const { done, observation, score } = environment.act(action);
        expect(done ? score : observation).toBeDefined();
        actions++;
      }
      expect(actions).toBeLessThanOrEqual(babyAiWorld(some).limit);
      expect(environment.act('turn left').done).toBe(true);
    }
  });

  it('counts as the original: success, progress, reward, share of valid actions', () => {
    const environment = babyAiFamily.createEnvironment(task);
    const expert = createExpert();
    expect(environment.metrics?.()).toEqual({ success: 0, progress: 0, reward: 0, grounding: 0 });
    environment.act('dance');
    let observation = environment.observe();
    const progress: number[] = [];
    for (let done = false; !done; ) {
      const outcome = environment.act(expert.act(observation, neededOf(task)));
      observation = outcome.observation ?? '';
      progress.push(environment.metrics?.().progress ?? Number.NaN);
      done = outcome.done;
    }
    const { success, reward, grounding } = environment.metrics?.() ?? {};
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect([success, progress.at(-1)]).toEqual([1, 1]);
    expect(reward).toBeGreaterThan(0.5);
    expect(grounding).toBeCloseTo(progress.length / (progress.length + 1), 12);
  });

  it('is over when no end could count any more', () => {
    const environment = babyAiFamily.createEnvironment(task);
    let turns = 0;
    while (!environment.done) {
      environment.act('turn left');
      turns++;
    }
    expect(turns).toBeLessThanOrEqual(babyAiWorld(task).limit);
    expect(environment.metrics?.().success).toBe(0);
  });

  it('draws the grid, the agent and what it sees', () => {
    const environment = babyAiFamily.createEnvironment(task);
    const picture = environment.picture?.();
    if (picture?.kind !== 'grid') throw new Error('no grid');
    expect([picture.width, picture.height]).toEqual([13, 9]);
    expect(picture.cells.filter(({ what }) => what === 'door').map(({ state }) => state)).toEqual([
      'closed',
      'closed',
      'closed',
    ]);
    expect(picture.seen.length).toBe(9);
    expect(picture.seen[picture.agent.y][picture.agent.x]).toBe(true);
    expect(picture.seen.flat().filter(Boolean).length).toBeLessThan(49);
    expect(task.query).toContain(picture.goal);
    environment.act('turn right');
    const turned = environment.picture?.();
    expect(turned?.kind === 'grid' && turned.agent.facing).toBe((picture.agent.facing + 1) % 4);
  });

  it('refuses a task without a level', () => {
    expect(() => babyAiFamily.createEnvironment(qaFamily.generate(1, 'train', 'several'))).toThrow(
      BabyAiWorldError,
    );
  });
});
