/** What an observation of the text game says, read back: what somebody who sees only the words knows of the moment. */
import { COLOURS, type Colour, DOOR_STATES, type DoorState, type ObjectType } from './objects';

export interface SeenThing {
  /** As actions name it: "red ball 1", "blue closed door 2". */
  readonly label: string;
  readonly type: ObjectType;
  readonly colour: Colour;
  /** Of doors. */
  readonly state: DoorState | null;
  /** Steps ahead. */
  readonly ahead: number;
  /** Steps to the right; negative: to the left. */
  readonly right: number;
}

export interface Scene {
  /** Nearest first. */
  readonly things: readonly SeenThing[];
  /** What is carried. */
  readonly carrying: { readonly type: ObjectType; readonly colour: Colour } | null;
  /** Steps to the wall or box straight ahead; null: none is in sight. */
  readonly barrier: number | null;
}

const ONE_OF = (words: readonly string[]) => `(${words.join('|')})`;
const THING = new RegExp(
  `There is a ${ONE_OF(COLOURS)} (?:${ONE_OF(DOOR_STATES)} )?(\\w+) (\\d+) ` +
    '(?:right in front of you (\\d+) steps away|(\\d+) steps in front of you and (\\d+) steps to your (right|left))\\.',
  'g',
);

/** Null if the text describes no moment: it is a refusal, or a list of actions. */
export function sceneIn(observation: string): Scene | null {
  if (!observation.includes('The room has walls around you.')) return null;
  const things = [...observation.matchAll(THING)].map(
    ([, colour, state, type, number, straight, ahead, aside, side]): SeenThing => ({
      label: `${colour} ${state ? `${state} ` : ''}${type} ${number}`,
      type: type as ObjectType,
      colour: colour as Colour,
      state: (state as DoorState | undefined) ?? null,
      ahead: Number(straight ?? ahead),
      right: straight ? 0 : side === 'right' ? Number(aside) : -Number(aside),
    }),
  );
  const carried = /You are carrying a (\w+) (\w+)\./.exec(observation);
  const barrier = /You are facing a \w+ (\d+) steps away/.exec(observation);
  return {
    things,
    carrying: carried ? { colour: carried[1] as Colour, type: carried[2] as ObjectType } : null,
    barrier: barrier ? Number(barrier[1]) : null,
  };
}
