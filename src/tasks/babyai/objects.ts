/**
 * What stands in a cell of the grid, and the numbers by which Minigrid's observations name it.
 *
 * After Minigrid's `core/world_object.py` and `core/constants.py` (Farama-Foundation/Minigrid, Apache-2.0), written
 * anew. Objects have identity: a mission follows the very ball it meant at the start, wherever it is carried.
 */

export const COLOURS = ['red', 'green', 'blue', 'purple', 'yellow', 'grey'] as const;
export type Colour = (typeof COLOURS)[number];

/** In the order of their numbers, 0 to 9. The first two never stand for an object. */
const TYPES = ['unseen', 'empty', 'wall', 'floor', 'door', 'key', 'ball', 'box', 'goal', 'lava'] as const;
export type ObjectType = Exclude<(typeof TYPES)[number], 'unseen' | 'empty'>;

/** In the order of their numbers. Objects other than doors are in state 0, whose word is "open". */
export const DOOR_STATES = ['open', 'closed', 'locked'] as const;
export type DoorState = (typeof DOOR_STATES)[number];

/** 0 right, 1 down, 2 left, 3 up; y grows downwards. */
export type Direction = 0 | 1 | 2 | 3;

export interface Position {
  readonly x: number;
  readonly y: number;
}

/** Unit steps by direction. */
export const STEPS: readonly Position[] = [
  { x: 1, y: 0 },
  { x: 0, y: 1 },
  { x: -1, y: 0 },
  { x: 0, y: -1 },
];

/** An object as data. */
export interface ObjectForm {
  readonly type: ObjectType;
  readonly colour: Colour;
  /** Of doors; left out: closed. */
  readonly state?: DoorState;
  /** Of boxes. */
  readonly contains?: ObjectForm;
}

export class WorldObject {
  readonly type: ObjectType;
  readonly colour: Colour;
  /** Of doors; `open`, number 0, for all else. */
  state: DoorState;
  readonly contains: WorldObject | null;
  /** Where it was put last; null while it is carried. */
  position: Position | null = null;

  constructor({ type, colour, state, contains }: ObjectForm) {
    this.type = type;
    this.colour = colour;
    this.state = type === 'door' ? (state ?? 'closed') : 'open';
    this.contains = contains ? new WorldObject(contains) : null;
  }

  get portable(): boolean {
    return this.type === 'key' || this.type === 'ball' || this.type === 'box';
  }

  /** Whether the agent may stand where it is. */
  get passable(): boolean {
    return (
      this.type === 'floor' ||
      this.type === 'goal' ||
      this.type === 'lava' ||
      (this.type === 'door' && this.state === 'open')
    );
  }

  /** Whether one sees what is behind it. */
  get transparent(): boolean {
    return this.type !== 'wall' && !(this.type === 'door' && this.state !== 'open');
  }
}

/** Type, colour, state. */
export type Code = readonly [type: number, colour: number, state: number];

export const UNSEEN: Code = [0, 0, 0];
const EMPTY: Code = [1, 0, 0];

/** Of what stands in a cell; null: nothing does. */
export function codeOf(object: WorldObject | null): Code {
  if (!object) return EMPTY;
  return [TYPES.indexOf(object.type), COLOURS.indexOf(object.colour), DOOR_STATES.indexOf(object.state)];
}

/** The object of a code, or null for an empty or unseen cell and for numbers that name none. */
export function objectOf([type, colour, state]: Code): ObjectForm | null {
  const name = TYPES[type];
  if (name === undefined || name === 'unseen' || name === 'empty' || COLOURS[colour] === undefined)
    return null;
  return { type: name, colour: COLOURS[colour], ...(name === 'door' && { state: DOOR_STATES[state] }) };
}
