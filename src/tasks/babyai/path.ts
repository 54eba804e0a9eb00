/**
 * The wrapper's search for a way (AgentBoard's `find_path`, Apache-2.0; written anew): breadth first over cells and
 * directions, forward before left before right. A state is marked when it is taken from the queue, not when it is put
 * there; until then a later neighbour may take it over, which decides between ways of equal length. Cells not seen
 * count as free, doors as well.
 *
 * The original searches anew for each thing and stops there. Here one search goes on to its end and answers for all
 * things: what comes later in it changes no way to a state that was taken.
 */
import { type Position, STEPS } from './objects';
import { isSolid, type Sight } from './sight';

const LEFT = 0;
const RIGHT = 1;
const FORWARD = 2;
const SEARCHED = [FORWARD, LEFT, RIGHT] as const;

/** Ways as numbers of actions: 0 left, 1 right, 2 forward; null where there is none. */
export interface Ways {
  /** To stand before a cell, looking at it. */
  before(cell: Position): readonly number[] | null;
  /** To stand on a cell. */
  onto(cell: Position): readonly number[] | null;
}

export function waysIn(sight: Sight): Ways {
  // One row and column of cells around the range: one may look there, not go there.
  const [left, top] = [sight.xRange[0] - 1, sight.yRange[0] - 1];
  const columns = sight.xRange[1] - left + 2;
  const rows = sight.yRange[1] - top + 2;
  const cellOf = ({ x, y }: Position): number =>
    x < left || x >= left + columns || y < top || y >= top + rows ? -1 : (y - top) * columns + (x - left);
  const closed = new Uint8Array(columns * rows).fill(1);
  for (let row = 1; row < rows - 1; row++) closed.fill(0, row * columns + 1, (row + 1) * columns - 1);
  for (const thing of sight.things) {
    const cell = cellOf(thing.at);
    if (cell >= 0 && isSolid(thing)) closed[cell] = 1;
  }

  // A state is a cell and a direction: 4 * cell + direction.
  const states = 4 * columns * rows;
  const cameFrom = new Int32Array(states).fill(-1);
  const byAction = new Uint8Array(states);
  const taken = new Uint8Array(states);
  const firstBefore = new Int32Array(columns * rows).fill(-1);
  const firstOnto = new Int32Array(columns * rows).fill(-1);
  const ahead = STEPS.map(({ x, y }) => y * columns + x);
  const start = 4 * cellOf(sight.agent) + sight.facing;
  const queue = [start];
  for (let next = 0; next < queue.length; next++) {
    const state = queue[next];
    const direction = state % 4;
    const cell = (state - direction) / 4;
    const front = cell + ahead[direction];
    if (!taken[state]) {
      taken[state] = 1;
      if (firstOnto[cell] < 0) firstOnto[cell] = state;
      if (firstBefore[front] < 0) firstBefore[front] = state;
    }
    for (const action of SEARCHED) {
      const to = action === FORWARD ? front : cell;
      const facing = action === FORWARD ? direction : (direction + (action === LEFT ? 3 : 1)) % 4;
      const reached = 4 * to + facing;
      if (closed[to] || taken[reached]) continue;
      queue.push(reached);
      cameFrom[reached] = state;
      byAction[reached] = action;
    }
  }

  function wayTo(end: number): readonly number[] | null {
    if (end < 0) return null;
    const way: number[] = [];
    for (let state = end; state !== start; state = cameFrom[state]) way.push(byAction[state]);
    return way.reverse();
  }
  return {
    before: (cell) => wayTo(firstBefore[cellOf(cell)] ?? -1),
    onto: (cell) => wayTo(firstOnto[cellOf(cell)] ?? -1),
  };
}
