/**
 * The wrapper's search for a way (AgentBoard's `find_path`, Apache-2.0; written anew): breadth first over cells and
 * directions, forward before left before right. A state is marked when it is taken from the queue, not when it is put
 * there; until then a later neighbour may take it over, which decides between ways of equal length. Cells not seen
 * count as free, doors as well.
 */

import { type Direction, type Position, STEPS } from './objects';
import { isSolid, type Sight } from './sight';

interface Pose {
  readonly at: Position;
  readonly facing: Direction;
}

const SEARCHED = [2, 0, 1] as const;

const keyOf = ({ at, facing }: Pose) => `${at.x},${at.y},${facing}`;

function after({ at, facing }: Pose, action: 0 | 1 | 2): Pose {
  if (action === 0) return { at, facing: ((facing + 3) % 4) as Direction };
  if (action === 1) return { at, facing: ((facing + 1) % 4) as Direction };
  const { x, y } = STEPS[facing];
  return { at: { x: at.x + x, y: at.y + y }, facing };
}

/**
 * Numbers of the actions (0 left, 1 right, 2 forward) that lead in front of a cell, or onto it; null: none do.
 * @param arrive onto the cell, in any direction
 */
export function findPath(sight: Sight, goal: Position, arrive: boolean): readonly number[] | null {
  const { xRange, yRange } = sight;
  const solid = new Set(sight.things.filter(isSolid).map(({ at }) => `${at.x},${at.y}`));
  const start: Pose = { at: sight.agent, facing: sight.facing };
  const cameFrom = new Map<string, { readonly from: Pose; readonly action: number }>();
  const visited = new Set<string>();
  const queue: Pose[] = [start];
  for (let next = 0; next < queue.length; next++) {
    const pose = queue[next];
    visited.add(keyOf(pose));
    const target = arrive ? pose.at : after(pose, 2).at;
    if (target.x === goal.x && target.y === goal.y) return wayTo(pose, start, cameFrom);
    for (const action of SEARCHED) {
      const reached = after(pose, action);
      const { x, y } = reached.at;
      const within = x >= xRange[0] && x <= xRange[1] && y >= yRange[0] && y <= yRange[1];
      if (!within || visited.has(keyOf(reached)) || solid.has(`${x},${y}`)) continue;
      queue.push(reached);
      cameFrom.set(keyOf(reached), { from: pose, action });
    }
  }
  return null;
}

function wayTo(
  end: Pose,
  start: Pose,
  cameFrom: ReadonlyMap<string, { readonly from: Pose; readonly action: number }>,
): readonly number[] {
  const way: number[] = [];
  for (let pose = end; keyOf(pose) !== keyOf(start); ) {
    const step = cameFrom.get(keyOf(pose));
    if (!step) break;
    way.unshift(step.action);
    pose = step.from;
  }
  return way;
}
