/**
 * The actions that AgentBoard's wrapper offers, each with the primitive actions it stands for, and what it says to
 * those it does not offer. After `babyai_env.py` (hkust-nlp/AgentBoard, Apache-2.0; written anew); every sentence is
 * the interface's own, letter for letter. Order matters: it is the order in which the actions are listed.
 *
 * Kept as they are: numbers count the things that can be reached, so "go to red ball 2" may be the third one named;
 * doors are counted by name whether reached or not; where a closed door cannot be reached, the wrapper prints its
 * whole table of counts in place of the number.
 */

import { STEPS } from './objects';
import { type Ways, waysIn } from './path';
import { colourIn, isDoor, isGoal, isSolid, isWall, type Sight, type Thing } from './sight';

export interface Offers {
  /** Action to primitive actions by number, in the order of the list. */
  readonly actions: ReadonlyMap<string, readonly number[]>;
  readonly refusals: ReadonlyMap<string, string>;
}

const PICKUP = 3;
const DROP = 4;
const TOGGLE = 5;
const FORWARD = 2;

/** Asks for the list of actions. */
export const CHECK = 'check available actions';

export function offersIn(sight: Sight): Offers {
  const actions = new Map<string, readonly number[]>([
    ['turn left', [0]],
    ['turn right', [1]],
  ]);
  const refusals = new Map<string, string>();
  const offers = { actions, refusals };
  const ways = waysIn(sight);
  const [nearest] = sight.barriers;
  if (!nearest || nearest.ahead > 1) actions.set('move forward', [FORWARD]);
  else refusals.set('move forward', "There is a barrier in front of you, you can't move forward.");
  if (!sight.carrying) {
    const portable = sight.things.filter((thing) => !isWall(thing) && !isDoor(thing) && !isGoal(thing));
    offerReachable('pickup', portable, ways, [PICKUP], offers);
  }
  offerDrop(sight, offers);
  offerDoors(sight, ways, offers);
  for (const thing of sight.things.filter(isGoal)) {
    const way = ways.onto(thing.at);
    if (way) actions.set('go to goal', way);
    else refusals.set('go to goal', 'You cannot go to the goal, as there is no path leading to it.');
  }
  const named = sight.things.filter((thing) => !isWall(thing) && !isGoal(thing));
  offerReachable('go to', named, ways, [], offers);
  actions.set(CHECK, []);
  return offers;
}

interface Tables {
  readonly actions: Map<string, readonly number[]>;
  readonly refusals: Map<string, string>;
}

/** "pickup red ball 1", "go to red ball 1": numbered among those of the name that can be reached. */
function offerReachable(
  verb: string,
  things: readonly Thing[],
  ways: Ways,
  then: readonly number[],
  { actions, refusals }: Tables,
): void {
  const reached = new Map<string, number>();
  for (const { name, at } of things) {
    const action = `${verb} ${name} ${(reached.get(name) ?? 0) + 1}`;
    const way = ways.before(at);
    if (way) {
      reached.set(name, (reached.get(name) ?? 0) + 1);
      actions.set(action, [...way, ...then]);
    } else {
      refusals.set(action, `You cannot ${action}, as there is no path leading to it.`);
    }
  }
}

function offerDrop({ carrying, things, agent, facing }: Sight, { actions, refusals }: Tables): void {
  if (!carrying) {
    refusals.set('drop', 'You cannot drop the object, as you are not carrying anything.');
    return;
  }
  const [x, y] = [agent.x + STEPS[facing].x, agent.y + STEPS[facing].y];
  const blocked = things.some((thing) => thing.at.x === x && thing.at.y === y && isSolid(thing));
  if (!blocked) actions.set('drop', [DROP]);
  else {
    refusals.set('drop', 'You cannot drop the object, as there is already an object in front of you.');
  }
}

function offerDoors(sight: Sight, ways: Ways, { actions, refusals }: Tables): void {
  const counts = new Map<string, number>();
  const { carrying } = sight;
  for (const { name, at } of sight.things.filter(isDoor)) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const door = `${name} ${counts.get(name)}`;
    const through = `go through ${door}`;
    const toggleAndThrough = `toggle and go through ${door}`;
    if (name.includes('open door')) {
      const way = ways.onto(at);
      if (way) actions.set(through, way);
      else refusals.set(through, `You cannot ${through}, as there is no path leading to it.`);
      continue;
    }
    if (name.includes('locked door')) {
      if (carrying?.type !== 'key') {
        refusals.set(toggleAndThrough, `You cannot ${toggleAndThrough}, as you are not carrying a key.`);
        continue;
      }
      if (carrying.colour !== colourIn(name)) {
        refusals.set(
          toggleAndThrough,
          `You cannot ${toggleAndThrough}, as the color of the key you are carrying does not match the color of door.`,
        );
        continue;
      }
    }
    const way = ways.before(at);
    if (way) actions.set(toggleAndThrough, [...way, TOGGLE, FORWARD]);
    else {
      const table = [...counts].map(([key, count]) => `'${key}': ${count}`).join(', ');
      refusals.set(
        toggleAndThrough,
        `You cannot toggle and go through ${name} {${table}}, as there is no path leading to it.`,
      );
    }
    if (way?.length === 0) actions.set('toggle', [TOGGLE]);
    if (name.includes('closed door')) {
      refusals.set(through, `You cannot ${through}, as it is closed. You should toggle it first.`);
    }
  }
}
