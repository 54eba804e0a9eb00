/**
 * A level of somebody's own (`level-file.ts`) as a task. What stage 1 tells is read off the map: of each thing that the
 * mission names, and of the key to each locked door on the way, behind which door it is, or that it is in the room
 * where the agent starts ("the first room"). Nothing is revised; distractors tell of another maze.
 *
 * Limits: things of one name are told of once, the nearest; what is inside boxes is not told; the limit of actions is
 * twice what the expert needs, or AgentBoard's 50 where it finds no way (`expert.ts` says which levels it knows).
 */
import { fill } from '../qa/draft';
import { createRandom } from '../random';
import type { Fact, Split, Task, TaskMessage } from '../task';
import { actionsNeeded } from './draw-level';
import type { BabyAiWorld } from './environment';
import { Game } from './game';
import { Grid } from './grid';
import type { Level } from './level';
import { readLevel } from './level-file';
import { clausesOf, descriptionsOf, meant } from './mission';
import { COLOURS, type Position, STEPS, type WorldObject } from './objects';
import { BABYAI_PATTERNS, BEHIND, IN_FIRST_ROOM } from './patterns';
import { TextGame } from './text-game';

/** AgentBoard's `max_episode_steps`. */
const ACTION_LIMIT = 50;
/** Distractors for each fact, at most. */
const DISTRACTORS = 3;

export interface OwnLevelPlace {
  /** Names the set, e.g. by its hash. */
  readonly set: string;
  /** Place in it, from 0. */
  readonly index: number;
  readonly split: Extract<Split, 'train' | 'evaluation'>;
}

/** Throws `LevelFileError`. */
export function ownLevelTask(text: string, { set, index, split }: OwnLevelPlace): Task {
  const level = readLevel(text);
  const random = createRandom('own-level', text);
  const { place, frame, goal } = BABYAI_PATTERNS;
  const facts = toldOf(level).map(
    ({ object, door }, i): Fact => ({
      id: `f${i + 1}`,
      subject: `${object.colour} ${object.type}`,
      relation: door ? BEHIND : IN_FIRST_ROOM,
      value: door ? `${door.colour} door` : 'first room',
      superseded: [],
      worthKeeping: true,
    }),
  );
  const behind = (subject: string, door: string): string =>
    fill(random.pick(place.train), { s: subject, v: door });
  const messages = facts.map(
    ({ id, subject, relation, value }): TaskMessage => ({
      content: relation === BEHIND ? behind(subject, value) : `The ${subject} ${relation} ${value}.`,
      kind: 'fact',
      factIds: [id],
    }),
  );
  const distractors = facts.slice(0, DISTRACTORS).map(({ subject }): TaskMessage => {
    const doors = COLOURS.map((colour) => `${colour} door`);
    const wrong = doors.filter((door) => !facts.some(({ value }) => value === door));
    const said = behind(subject, random.pick(wrong.length > 0 ? wrong : doors));
    return {
      content: random.pick(frame.train) + said.charAt(0).toLowerCase() + said.slice(1),
      kind: 'distractor',
      factIds: [],
    };
  });
  const opening = (mission: string): string => fill(goal.train[0], { g: mission });
  const known = facts.map(({ subject, relation, value }) => `The ${subject} ${relation} ${value}.`);
  const way = actionsNeeded(new Game(level), known, opening, ACTION_LIMIT);
  const world: BabyAiWorld = {
    level: text,
    limit: way === null ? ACTION_LIMIT : 2 * way,
    subgoals: [...facts.map(({ subject }) => `There is a ${subject}`), 'The task is completed'],
  };
  return {
    id: `own/${set}/${index + 1}`,
    family: 'babyai',
    split,
    difficulty: facts.length > 1 ? 'two-hops' : 'one-fact',
    seed: index,
    messages,
    distractors,
    query: opening(new TextGame(new Game(level)).goal),
    answers: [],
    facts,
    neededFactIds: facts.map(({ id }) => id),
    keyItems: facts.map(({ value }) => value),
    world,
  };
}

interface Told {
  readonly object: WorldObject;
  /** Null: no door is between it and the agent. */
  readonly door: WorldObject | null;
}

function toldOf(level: Level): readonly Told[] {
  const grid = new Grid(level.width, level.height, level.cells);
  const doorsTo = doorsFrom(grid, level.start.at);
  const told = new Map<string, Told>();
  const tell = (objects: readonly WorldObject[]): void => {
    const ways = objects
      .flatMap((object) => {
        const doors = object.position && doorsTo(object.position);
        return doors ? [{ object, doors }] : [];
      })
      .sort((a, b) => a.doors.length - b.doors.length);
    if (ways.length === 0) return;
    const [{ object, doors }] = ways;
    const name = `${object.colour} ${object.type}`;
    if (object.portable && !told.has(name)) told.set(name, { object, door: doors.at(-1) ?? null });
    else if (object.type !== 'door') return;
    for (const door of new Set([...doors, object])) {
      if (door.type !== 'door' || door.state !== 'locked' || told.has(`${door.colour} key`)) continue;
      tell(
        [...grid.objects()].flatMap(([one]) =>
          one.type === 'key' && one.colour === door.colour ? [one] : [],
        ),
      );
    }
  };
  for (const description of clausesOf(level.mission).flatMap(descriptionsOf)) {
    tell(meant(description, grid, level.start));
  }
  return [...told.values()];
}

/** The doors between a start and a cell, in order, locked ones only where there is no other way; null: no way. */
function doorsFrom(grid: Grid, start: Position): (cell: Position) => readonly WorldObject[] | null {
  const keyOf = ({ x, y }: Position) => y * grid.width + x;
  const found = new Map<number, readonly WorldObject[]>();
  let open: { readonly cell: Position; readonly doors: readonly WorldObject[] }[] = [
    { cell: start, doors: [] },
  ];
  let later: typeof open = [];
  while (open.length > 0) {
    for (const { cell, doors } of open) {
      const object = grid.at(cell.x, cell.y);
      if (object?.type === 'wall' || found.has(keyOf(cell))) continue;
      found.set(keyOf(cell), doors);
      const through = object?.type === 'door' ? [...doors, object] : doors;
      for (const { x, y } of STEPS) {
        const next = { cell: { x: cell.x + x, y: cell.y + y }, doors: through };
        const isLocked = grid.at(next.cell.x, next.cell.y)?.state === 'locked';
        (isLocked ? later : open).push(next);
      }
    }
    [open, later] = [later, []];
  }
  return (cell) => found.get(keyOf(cell)) ?? null;
}
