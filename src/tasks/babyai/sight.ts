/**
 * What AgentBoard's text wrapper makes of a view before it says anything: a list of the things in sight, the barriers
 * straight ahead, and how far paths are searched. After `agentboard/environment/babyai_env.py` (hkust-nlp/AgentBoard,
 * Apache-2.0; written anew). Its peculiarities are the interface and are kept:
 *
 * - walls are things too, though they are never named;
 * - only boxes and walls straight ahead count as barriers, not balls, keys and closed doors;
 * - the range of paths is one cell wider on the side where coordinates fall;
 * - cells left of or above the grid are left out, cells right of and below it are not.
 */
import type { Game } from './game';
import { COLOURS, type Direction, objectOf, type Position, STEPS } from './objects';
import { VIEW_SIZE } from './view';

export interface Thing {
  /** As it is printed: "red ball", "blue closed door". */
  readonly name: string;
  readonly at: Position;
  /** Steps in the two axes together. */
  readonly distance: number;
  /** Steps ahead. */
  readonly ahead: number;
  /** Steps to the right; negative: to the left. */
  readonly right: number;
}

export interface Barrier {
  readonly name: 'wall' | 'box';
  readonly ahead: number;
}

export interface Sight {
  readonly agent: Position;
  readonly facing: Direction;
  /** "key" and the like with its colour; null: nothing is carried. */
  readonly carrying: { readonly type: string; readonly colour: string } | null;
  /** Nearest first. */
  readonly things: readonly Thing[];
  /** Nearest first. */
  readonly barriers: readonly Barrier[];
  /** Paths are searched from the first to the last of these, both included. */
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
}

export function sightOf(game: Game): Sight {
  const { agent, facing, carrying } = game;
  const ahead = STEPS[facing];
  const right = STEPS[(facing + 1) % 4];
  const view = game.view();
  const things: Thing[] = [];
  const barriers: Barrier[] = [];
  for (let j = 0; j < VIEW_SIZE; j++) {
    for (let i = 0; i < VIEW_SIZE; i++) {
      const at = view.cellAt(i, j);
      const seen = objectOf(view.codes[i * VIEW_SIZE + j]);
      const [dx, dy] = [at.x - agent.x, at.y - agent.y];
      const distance = Math.abs(dx) + Math.abs(dy);
      if (at.x < 0 || at.y < 0 || distance === 0 || !seen || seen.type === 'floor') continue;
      const name = seen.type === 'door' ? `${seen.colour} ${seen.state} door` : `${seen.colour} ${seen.type}`;
      const toAhead = dx * ahead.x + dy * ahead.y;
      const toRight = dx * right.x + dy * right.y;
      things.push({ name, at, distance, ahead: toAhead, right: toRight });
      if ((seen.type === 'box' || seen.type === 'wall') && toRight === 0) {
        barriers.push({ name: seen.type, ahead: toAhead });
      }
    }
  }
  const corner = view.cellAt(0, 0);
  return {
    agent,
    facing,
    carrying,
    things: things.sort((a, b) => a.distance - b.distance),
    barriers: barriers.sort((a, b) => a.ahead - b.ahead),
    xRange: range(corner.x, right.x - ahead.x),
    yRange: range(corner.y, right.y - ahead.y),
  };
}

function range(from: number, step: number): readonly [number, number] {
  const end = from + VIEW_SIZE * step;
  return end < from ? [end, from] : [from, end - 1];
}

export const isWall = ({ name }: Thing) => name.includes('wall');
export const isGoal = ({ name }: Thing) => name.includes('goal');
export const isDoor = ({ name }: Thing) => name.includes('door');

/** What one cannot walk or drop things on. */
export const isSolid = ({ name }: Thing) => /wall|box|lava|ball|key/.test(name);

/** "blue closed door" is blue. */
export const colourIn = (name: string) => COLOURS.find((colour) => name.startsWith(`${colour} `));
