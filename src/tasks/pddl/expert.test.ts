/** The expert in states that it did not bring about: others act now and then, and it goes on from what they did. */
import { describe, expect, test } from 'vitest';
import { LADDER } from '../ladder';
import { createRandom } from '../random';
import { domainOf, nameOf, pddlWorld } from './environment';
import { createPddlExpert } from './expert';
import { pddlFamily } from './family';
import { StripsWorld } from './strips-world';
import { TextWorld } from './text-world';

const SEEDS = process.env.SOAK ? 60 : 4;
/** Of the actions, those of somebody else. */
const OTHERS = 0.3;
const MOST_ACTIONS = 120;
const NO_ACTIONS = ['stack', 'go to the moon', 'check valid actions', 'look around', ''];

const tasks = LADDER.flatMap((difficulty) =>
  Array.from({ length: SEEDS }, (_, seed) => pddlFamily.generate(seed, 'train', difficulty)),
);

describe.each(tasks.map((task) => [task.id, task] as const))('%s', (id, task) => {
  test('what others do, it takes for done: none of its own actions is refused, and the goal is reached', () => {
    const made = pddlWorld(task);
    const strips = new StripsWorld(domainOf(made), made.problem);
    const world = new TextWorld(strips, nameOf(made));
    const remembered = task.messages.map(({ content }) => content);
    const expert = createPddlExpert(task);
    const random = createRandom('others', id);
    let shown = task.query;
    for (let actions = 0; actions < MOST_ACTIONS && !world.done; actions++) {
      const meant = expert.act(shown, remembered);
      const other = random.chance(OTHERS);
      const done = other
        ? random.pick(random.chance(0.5) ? world.validActions() : [...NO_ACTIONS, 'move a to b'])
        : meant;
      const step = world.step(done);
      if (!other) expect(step.valid, `${meant} after ${shown}`).toBe(true);
      shown = step.observation;
      if (other && done !== meant && !expert.refused?.(shown)) expert.did?.(done);
      // As the demonstrator leads it: an answer that says nothing was done is left out.
      if (other && expert.refused?.(shown)) {
        const again = world.step(meant);
        expect(again.valid, `${meant} once more`).toBe(true);
        shown = again.observation;
      }
    }
    expect(world.done).toBe(true);
  });
});

describe.each(tasks.map((task) => [task.id, task] as const))('%s with nothing remembered', (_, task) => {
  test('it guesses until the world ends and never asks what it could do', () => {
    const made = pddlWorld(task);
    const world = new TextWorld(new StripsWorld(domainOf(made), made.problem), nameOf(made));
    const expert = createPddlExpert(task);
    let shown = task.query;
    for (let actions = 0; actions < MOST_ACTIONS && !world.done; actions++) {
      const action = expert.act(shown, []);
      expect(action).not.toContain('check');
      shown = world.step(action).observation;
    }
  });
});
