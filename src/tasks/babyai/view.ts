/**
 * What the agent sees: the seven by seven cells before it, turned so that it looks up, less what walls and closed
 * doors hide. The shadows are cast as Minigrid's `Grid.process_vis` does (Apache-2.0; written anew): row by row away
 * from the agent, once to the right and once to the left, a lit cell that lets light through lights its neighbours to
 * that side, ahead, and diagonally ahead.
 *
 * Column `i` runs from left to right, row `j` from far to near; the agent stands at (3, 6).
 */
import type { Grid } from './grid';
import { type Code, codeOf, type Direction, type Position, STEPS, UNSEEN, type WorldObject } from './objects';

export const VIEW_SIZE = 7;
const AGENT_COLUMN = 3;
const AGENT_ROW = 6;

export interface View {
  /** `[i * 7 + j]`: the order in which observations are recorded. */
  readonly codes: readonly Code[];
  /** Cell of the grid that is seen in column `i`, row `j`; it may lie outside of it. */
  cellAt(i: number, j: number): Position;
}

/** In this cell of the view the agent sees what it carries. */
export function lookAt(
  grid: Grid,
  agent: Position,
  facing: Direction,
  carrying: WorldObject | null,
  seeThroughWalls = false,
): View {
  const ahead = STEPS[facing];
  const right = STEPS[(facing + 1) % 4];
  const cellAt = (i: number, j: number): Position => ({
    x: agent.x + ahead.x * (AGENT_ROW - j) + right.x * (i - AGENT_COLUMN),
    y: agent.y + ahead.y * (AGENT_ROW - j) + right.y * (i - AGENT_COLUMN),
  });
  const objects = Array.from({ length: VIEW_SIZE * VIEW_SIZE }, (_, at) => {
    const { x, y } = cellAt(Math.floor(at / VIEW_SIZE), at % VIEW_SIZE);
    return grid.at(x, y);
  });
  const lit = seeThroughWalls ? objects.map(() => true) : castLight(objects);
  const codes = objects.map((object, at) => (lit[at] ? codeOf(object) : UNSEEN));
  codes[AGENT_COLUMN * VIEW_SIZE + AGENT_ROW] = codeOf(carrying);
  return { codes, cellAt };
}

function castLight(objects: readonly (WorldObject | null)[]): boolean[] {
  const lit = objects.map(() => false);
  lit[AGENT_COLUMN * VIEW_SIZE + AGENT_ROW] = true;
  const spread = (i: number, j: number, side: 1 | -1): void => {
    const at = i * VIEW_SIZE + j;
    if (!lit[at] || objects[at]?.transparent === false) return;
    lit[at + side * VIEW_SIZE] = true;
    if (j === 0) return;
    lit[at + side * VIEW_SIZE - 1] = true;
    lit[at - 1] = true;
  };
  for (let j = AGENT_ROW; j >= 0; j--) {
    for (let i = 0; i < VIEW_SIZE - 1; i++) spread(i, j, 1);
    for (let i = VIEW_SIZE - 1; i > 0; i--) spread(i, j, -1);
  }
  return lit;
}

/** Whether two views show the same. */
export function sameView(a: View, b: View): boolean {
  return a.codes.every((code, at) => code.every((number, part) => number === b.codes[at][part]));
}
