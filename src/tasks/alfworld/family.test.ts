/** Tasks of the family: deterministic, done by who remembers, hardly by who does not; any text is a command. */
import { describe, expect, test } from 'vitest';
import { LADDER } from '../ladder';
import { containsPhrase } from '../phrase';
import { playByExpert } from '../play.fixture';
import { SPLITS, type Task } from '../task';
import { NOTHING_HAPPENS, perform } from './commands';
import { houseInstance } from './environment';
import { houseFamily } from './family';
import { HouseState } from './house';

const SEEDS = process.env.SOAK ? 400 : 40;
const tasks = SPLITS.flatMap((split) =>
  LADDER.flatMap((difficulty) =>
    Array.from({ length: SEEDS }, (_, seed) => houseFamily.generate(seed, split, difficulty)),
  ),
);

const play = (task: Task, remembered: readonly string[]): number =>
  playByExpert(houseFamily, task, remembered).metrics.success;

const told = (task: Task) => task.messages.map(({ content }) => content);
const mean = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

describe('alfworld family', () => {
  test('the same arguments give the same task', () => {
    for (const { seed, split, difficulty } of tasks.filter((_, i) => i % 40 === 0)) {
      expect(houseFamily.generate(seed, split, difficulty)).toEqual(
        houseFamily.generate(seed, split, difficulty),
      );
    }
  });

  test.each(LADDER)('%s: who remembers does at least 95 in 100, who does not clearly fewer', (difficulty) => {
    const own = tasks.filter((task) => task.difficulty === difficulty);
    expect(mean(own.map((task) => play(task, told(task))))).toBeGreaterThanOrEqual(0.95);
    expect(mean(own.map((task) => play(task, [])))).toBeLessThan(0.5);
  });

  test('facts stand in their messages as whole words, and never in the opening', () => {
    for (const task of tasks) {
      for (const { id, subject, value } of task.facts) {
        const said = task.messages.filter(({ factIds }) => factIds.includes(id)).at(-1)?.content ?? '';
        expect(containsPhrase(said, subject) && containsPhrase(said, value), said).toBe(true);
        expect(containsPhrase(task.query, subject)).toBe(false);
      }
    }
  });

  test('houses hold other things too, of no kind that is asked for, in the open and out of sight', () => {
    const places = tasks.flatMap((task) => {
      const { house, told: asked } = houseInstance(task);
      const wanted = asked.flatMap(({ subject, value, beside }) => (beside ? [subject, value] : [subject]));
      const others = Object.entries(house.objects).filter(([name]) => !wanted.includes(name));
      expect(others.length).toBeGreaterThanOrEqual(3);
      const kinds = new Set(wanted.map((name) => name.replace(/ \d+$/, '')));
      for (const [name] of others) expect(kinds.has(name.replace(/ \d+$/, '')), name).toBe(false);
      return others.map(([, thing]) => Boolean(house.receptacles[thing.in[0]]?.openable));
    });
    const hidden = places.filter(Boolean).length / places.length;
    expect(hidden).toBeGreaterThan(0.3);
    expect(hidden).toBeLessThan(0.9);
  });

  test('not everything fits everywhere: who puts a thing into some place is often refused, and still holds it', () => {
    let refused = 0;
    let tried = 0;
    for (const task of tasks.filter(({ difficulty }) => difficulty === 'one-fact')) {
      const { receptacles, place, target } = houseInstance(task);
      const [{ subject, value }] = task.facts;
      for (const name of receptacles) {
        const state = new HouseState(houseInstance(task).house);
        for (const command of [
          `go to ${value}`,
          `open ${value}`,
          `take ${subject} from ${value}`,
          `go to ${name}`,
          `open ${name}`,
        ])
          perform(state, command);
        const said = perform(state, `put ${subject} in/on ${name}`);
        tried++;
        if (said === NOTHING_HAPPENS) refused++;
        expect(state.holding).toBe(said === NOTHING_HAPPENS ? subject : null);
        // Where it lay and where it belongs it fits.
        if (name === value || name === `${place} 1`) expect(said, `${target} ${name}`).toContain('You put');
      }
    }
    expect(refused / tried).toBeGreaterThan(0.25);
    expect(refused / tried).toBeLessThan(0.75);
  });

  test('any text is a command: answered, never thrown', () => {
    const texts = [
      '',
      'go to',
      'go to nowhere 1',
      'take x from y',
      'put  in/on ',
      'look',
      '🙂',
      'x'.repeat(9999),
    ];
    for (const task of tasks.slice(0, 30)) {
      const environment = houseFamily.createEnvironment(task);
      for (const text of texts) {
        const { observation, done, score } = environment.act(text);
        expect(done ? score : observation).toBeDefined();
      }
    }
  });

  test('the picture says where everything is, what is open and what is held', () => {
    const task = tasks[0];
    const environment = houseFamily.createEnvironment(task);
    const [{ subject, value }] = task.facts;
    for (const command of [`go to ${value}`, `open ${value}`]) environment.act(command);
    const picture = environment.picture?.();
    if (picture?.kind !== 'rooms') throw new Error('no rooms');
    const place = picture.places.find(({ name }) => name === value);
    expect(place).toMatchObject({ here: true, state: 'open' });
    expect(place?.things).toContainEqual({ name: subject, state: '' });
    environment.act(`take ${subject} from ${value}`);
    const later = environment.picture?.();
    expect(later?.kind === 'rooms' && later.holding).toEqual([subject]);
  });
});
