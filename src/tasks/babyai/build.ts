/**
 * A map for a plan: a hall with a room on its left, on its right and below it, all of one size, a door in each wall
 * between. Where things, doors and the agent are is drawn; rooms that are told nothing of may hold something too.
 *
 *   #############
 *   #...#...#...#
 *   #...a.^.b..r#
 *   #...#...#...#
 *   #####c#######
 *       #...#
 */
import type { Random } from '../random';
import type { Level } from './level';
import { defaultSteps } from './level-file';
import type { Colour, Direction, ObjectForm, Position } from './objects';
import { nameOf, type Plan } from './plan';

const WALL: ObjectForm = { type: 'wall', colour: 'grey' };

interface Arm {
  readonly door: Position;
  /** The room's cells but the one behind the door, where a thing would be in the way. */
  readonly cells: readonly Position[];
}

/**
 * @param size of a room with its walls, 5 or more
 * @param colours of the things nobody spoke of
 */
export function buildLevel(random: Random, plan: Plan, size: number, colours: readonly Colour[]): Level {
  const width = 3 * (size - 1) + 1;
  const height = 2 * (size - 1) + 1;
  const cells: (ObjectForm | null)[] = Array(width * height).fill(WALL);
  const put = ({ x, y }: Position, form: ObjectForm | null): void => {
    cells[y * width + x] = form;
  };
  const inside = (column: number, row: number): readonly Position[] =>
    Array.from({ length: (size - 2) ** 2 }, (_, at) => ({
      x: column * (size - 1) + 1 + (at % (size - 2)),
      y: row * (size - 1) + 1 + Math.floor(at / (size - 2)),
    }));
  const along = () => 1 + random.int(size - 2);
  const arms: readonly Arm[] = [
    arm({ x: size - 1, y: along() }, inside(0, 0)),
    arm({ x: 2 * (size - 1), y: along() }, inside(2, 0)),
    arm({ x: size - 1 + along(), y: size - 1 }, inside(1, 1)),
  ];
  const hall = inside(1, 0);
  for (const cell of [...hall, ...inside(0, 0), ...inside(2, 0), ...inside(1, 1)]) put(cell, null);

  const names = new Set(plan.things.map(nameOf));
  plan.doors.forEach((colour, i) => {
    const { door, cells: room } = arms[i];
    put(door, { type: 'door', colour, state: colour === plan.locked ? 'locked' : 'closed' });
    const free = random.shuffle(room);
    const things = plan.things.filter(({ doors }) => doors.at(-1) === colour);
    for (const { type, colour } of things) put(free.pop() ?? door, { type, colour });
    const decoy = { type: random.pick(['ball', 'box'] as const), colour: random.pick(colours) };
    if (things.length > 0 || random.chance(0.5) || names.has(nameOf(decoy))) return;
    names.add(nameOf(decoy));
    put(free.pop() ?? door, decoy);
  });
  return {
    width,
    height,
    cells,
    start: { at: random.pick(hall), facing: random.int(4) as Direction },
    carrying: null,
    mission: plan.mission,
    maxSteps: defaultSteps(plan.mission, width, height),
  };
}

function arm(door: Position, room: readonly Position[]): Arm {
  const beside = ({ x, y }: Position) => Math.abs(x - door.x) + Math.abs(y - door.y) === 1;
  return { door, cells: room.filter((cell) => !beside(cell)) };
}
