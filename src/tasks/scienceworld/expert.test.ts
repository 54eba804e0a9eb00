/** The expert in states that it did not bring about: others act now and then, and it goes on from what they did. */
import { expect, test } from 'vitest';
import { LADDER } from '../ladder';
import { createRandom, type Random } from '../random';
import type { Task } from '../task';
import { labInstance, openingOf } from './environment';
import { createLabExpert } from './expert';
import { scienceFamily } from './family';
import type { LabInstance } from './instances';
import { performInLab } from './lab-actions';
import { LabState } from './lab-world';

const SEEDS = process.env.SOAK ? 100 : 12;
/** Of the first actions, those of somebody else. */
const OTHERS = 0.4;
const ACTIONS_OF_OTHERS = 12;
const MOST_ACTIONS = 80;

// A life goes by with every action: who was held up has lost its first stage, and nothing is to be reached any more.
const tasks = LADDER.flatMap((difficulty) =>
  Array.from({ length: SEEDS }, (_, seed) => scienceFamily.generate(seed, 'train', difficulty)),
).filter(({ query }) => !query.includes('life stages of'));

/** Whatever can be done but to focus, which ends an episode: things carried off, devices switched on and off. */
function anything(state: LabState, { lab }: LabInstance, random: Random): string {
  const devices = lab.devices.map(({ name }) => name);
  const things = lab.things.map((thing) => state.nameOf(thing));
  const device = random.pick(devices);
  const thing = random.pick(things);
  return random.pick([
    `go to ${random.pick([lab.lab, ...lab.rooms])}`,
    `pick up ${thing}`,
    `take ${thing}`,
    `put down ${thing}`,
    `put ${thing} on ${device}`,
    `activate ${device}`,
    `turn off ${device}`,
    `deactivate ${device}`,
    'inventory',
    'wait1',
    'fly away',
  ]);
}

/** What is asked for is so; by what others did it may be lost, as what was heated until it was gone. */
function stands({ goal }: LabInstance, state: LabState): 'reached' | 'lost' | 'open' {
  if (goal.kind === 'focus') return state.focus === goal.on[0] ? 'reached' : 'open';
  const thing = state.thing(goal.what);
  if (!thing) return 'lost';
  const [wanted, lost] =
    goal.kind === 'melt'
      ? (['liquid', state.wasEver(goal.what, 'gas')] as const)
      : (['solid', state.wasEver(goal.notThe, 'solid')] as const);
  if (lost) return 'lost';
  return state.stateOf(thing) === wanted ? 'reached' : 'open';
}

/** Plays a task to its goal or to what spoils it. */
function played(task: Task): ReturnType<typeof stands> {
  const made = labInstance(task);
  const state = new LabState(made.lab);
  const remembered = task.messages.map(({ content }) => content);
  const expert = createLabExpert(task);
  const random = createRandom('others', task.id);
  let shown = openingOf(made);
  let meant = expert.act(shown, remembered);
  for (let actions = 0; actions < MOST_ACTIONS && stands(made, state) === 'open'; actions++) {
    const other = actions < ACTIONS_OF_OTHERS && random.chance(OTHERS);
    const done = other ? anything(state, made, random) : meant;
    shown = performInLab(state, done);
    const refused = expert.refused?.(shown) ?? false;
    if (!other) expect(refused, `${task.id}, ${done}: ${shown}`).toBe(false);
    if (other && refused) continue;
    if (other && done !== meant) expert.did?.(done);
    meant = expert.act(shown, remembered);
  }
  return stands(made, state);
}

test.each(LADDER)(
  '%s: whatever others did, none of its own actions is refused, and the goal is reached unless they spoilt it',
  (difficulty) => {
    const ends = tasks.filter((task) => task.difficulty === difficulty).map(played);
    expect(ends).not.toContain('open');
    expect(ends.filter((end) => end === 'lost').length).toBeLessThan(ends.length / 4);
  },
);
