/** The expert in states that it did not bring about: others act now and then, and it goes on from what they did. */
import { describe, expect, test } from 'vitest';
import { LADDER } from '../ladder';
import { createRandom, type Random } from '../random';
import { firstLook, perform } from './commands';
import { houseInstance } from './environment';
import { createHouseExpert } from './expert';
import { houseFamily } from './family';
import { goalProgress } from './goal';
import { HouseState } from './house';
import { APPLIANCES } from './instances';

const SEEDS = process.env.SOAK ? 100 : 8;
/** Of the actions, those of somebody else, while they last. */
const OTHERS = 0.3;
const ACTIONS_OF_OTHERS = 30;
const MOST_ACTIONS = 120;

const tasks = LADDER.flatMap((difficulty) =>
  Array.from({ length: SEEDS }, (_, seed) => houseFamily.generate(seed, 'train', difficulty)),
);

/** Whatever can be done here, decoys in the hand, things put where they do not belong and doors shut among it. */
function anything(state: HouseState, receptacles: readonly string[], random: Random): string {
  const here = receptacles.find((name) => state.isHere(name)) ?? receptacles[0];
  const { holding } = state;
  return random.pick([
    `go to ${random.pick(receptacles)}`,
    `open ${here}`,
    `close ${here}`,
    ...state.contents(here).map((name) => `take ${name} from ${here}`),
    ...(holding === null ? [] : [`put ${holding} in/on ${here}`, `put ${holding} in/on ${here}`]),
    ...Object.entries(APPLIANCES).map(([verb, { name }]) => `${verb} ${holding ?? 'nothing'} with ${name}`),
    'look',
    'fly away',
  ]);
}

describe.each(tasks.map((task) => [task.id, task] as const))('%s', (id, task) => {
  test('whatever others did, none of its own actions is refused, and the goal is reached', () => {
    const made = houseInstance(task);
    const state = new HouseState(made.house);
    const remembered = task.messages.map(({ content }) => content);
    const expert = createHouseExpert(task);
    const random = createRandom('others', id);
    let shown = `${firstLook(state)} Your task is to: ${made.task}`;
    let meant = expert.act(shown, remembered);
    for (let actions = 0; actions < MOST_ACTIONS && !goalProgress(state).reached; actions++) {
      const other = actions < ACTIONS_OF_OTHERS && random.chance(OTHERS);
      const done = other ? anything(state, made.receptacles, random) : meant;
      shown = perform(state, done);
      if (!other) expect(expert.refused?.(shown), `${done}: ${shown}`).toBe(false);
      // As the demonstrator leads it: an answer that says nothing was done is left out.
      if (!expert.refused?.(shown)) meant = expert.act(shown, remembered);
    }
    expect(goalProgress(state).reached).toBe(true);
  });
});
