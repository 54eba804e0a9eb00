/**
 * Missions as data, and their words. After the instructions of Minigrid's `envs/babyai/core/verifier.py` (Apache-2.0;
 * written anew): the sentences are the original's, letter for letter.
 */
import type { Grid } from './grid';
import { type Colour, type Direction, type Position, STEPS, type WorldObject } from './objects';

export type Place = 'left' | 'right' | 'front' | 'behind';

/** Which objects are meant; null: any. */
export interface Description {
  readonly type: 'box' | 'ball' | 'key' | 'door' | null;
  readonly colour: Colour | null;
  /** Seen from where the agent starts, and only in its room. */
  readonly place: Place | null;
}

/** `strict`: touching the wrong thing ends the mission in failure. */
export type Clause =
  | { readonly op: 'goto'; readonly what: Description }
  | { readonly op: 'pickup' | 'open'; readonly what: Description; readonly strict: boolean }
  | {
      readonly op: 'putnext';
      readonly what: Description;
      readonly beside: Description;
      readonly strict: boolean;
    };

export interface Both {
  readonly op: 'and';
  readonly a: Clause;
  readonly b: Clause;
  readonly strict: boolean;
}

/** `before`: first a, then b. `after`: a after b. `strict`: the wrong order fails. */
export interface Ordered {
  readonly op: 'before' | 'after';
  readonly a: Clause | Both;
  readonly b: Clause | Both;
  readonly strict: boolean;
}

export type Mission = Clause | Both | Ordered;

/** The clauses in the order in which the sentence names them. */
export function clausesOf(mission: Mission): readonly Clause[] {
  return 'what' in mission ? [mission] : [...clausesOf(mission.a), ...clausesOf(mission.b)];
}

export function descriptionsOf(clause: Clause): readonly Description[] {
  return clause.op === 'putnext' ? [clause.what, clause.beside] : [clause.what];
}

/** Where the agent stands at the start. */
export interface Start {
  readonly at: Position;
  readonly facing: Direction;
}

/** The objects that a description means at the start of a mission, column by column. */
export function meant(description: Description, grid: Grid, start: Start): readonly WorldObject[] {
  const room = description.place ? grid.roomAround(start.at) : null;
  const found: WorldObject[] = [];
  for (const [object, { x, y }] of grid.objects()) {
    if (description.type !== null && object.type !== description.type) continue;
    if (description.colour !== null && object.colour !== description.colour) continue;
    if (room && (x < room.from.x || x > room.to.x || y < room.from.y || y > room.to.y)) continue;
    if (description.place && !liesIn(description.place, { x, y }, start)) continue;
    found.push(object);
  }
  return found;
}

function liesIn(place: Place, { x, y }: Position, { at, facing }: Start): boolean {
  const ahead = STEPS[facing];
  const right = STEPS[(facing + 1) % 4];
  const along = (axis: Position) => (x - at.x) * axis.x + (y - at.y) * axis.y;
  switch (place) {
    case 'left':
      return along(right) < 0;
    case 'right':
      return along(right) > 0;
    case 'front':
      return along(ahead) > 0;
    case 'behind':
      return along(ahead) < 0;
  }
}

const PLACES: Readonly<Record<Place, string>> = {
  left: ' on your left',
  right: ' on your right',
  front: ' in front of you',
  behind: ' behind you',
};

/** "the red ball", "a door on your left": the article tells whether one or several are meant. */
export function describe({ type, colour, place }: Description, several: boolean): string {
  const noun = `${colour === null ? '' : `${colour} `}${type ?? 'object'}`;
  return `${several ? 'a' : 'the'} ${noun}${place ? PLACES[place] : ''}`;
}

/** The mission as a sentence, e.g. "go to the red ball, then open a door". */
export function missionText(mission: Mission, grid: Grid, start: Start): string {
  const name = (description: Description) =>
    describe(description, meant(description, grid, start).length > 1);
  switch (mission.op) {
    case 'goto':
      return `go to ${name(mission.what)}`;
    case 'pickup':
      return `pick up ${name(mission.what)}`;
    case 'open':
      return `open ${name(mission.what)}`;
    case 'putnext':
      return `put ${name(mission.what)} next to ${name(mission.beside)}`;
  }
  const [a, b] = [missionText(mission.a, grid, start), missionText(mission.b, grid, start)];
  if (mission.op === 'and') return `${a} and ${b}`;
  return mission.op === 'before' ? `${a}, then ${b}` : `${a} after you ${b}`;
}
