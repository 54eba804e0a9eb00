/**
 * The world of the interactive family: a house with a hall, a few rooms and closed boxes. One can
 * go to a room, look around and open a box that stands there. Nothing in the hall tells where a box
 * is, and there is time for a single mistake, so whoever does not remember mostly fails.
 *
 * Limits: every room is one step from every other, and opening the wrong box does nothing.
 */
import type { EnvironmentOutcome, Task, TaskEnvironment } from './task';

export interface RoomsWorld {
  readonly rooms: readonly string[];
  /** Box (for example "red box") to the room it stands in. */
  readonly boxes: Readonly<Record<string, string>>;
  readonly target: string;
}

/** The task does not carry the world its environment needs. */
export class TaskWorldError extends Error {
  constructor(taskId: string) {
    super(`Task "${taskId}" carries no house: generate it with the "rooms" family before playing it.`);
    this.name = 'TaskWorldError';
  }
}

export const START_ROOM = 'hall';
/** Actions needed by somebody who knows where the box is: go there, open it. */
const SHORTEST = 2;
/** The episode is over after this many actions. */
export const ACTION_LIMIT = SHORTEST + 1;
/** What each action beyond the shortest way costs. */
const COST_OF_DETOUR = 0.5;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The house of a task; throws `TaskWorldError` if it has none. */
export function roomsWorld(task: Task): RoomsWorld {
  const { world } = task;
  if (
    isRecord(world) &&
    Array.isArray(world.rooms) &&
    isRecord(world.boxes) &&
    typeof world.target === 'string'
  ) {
    return world as unknown as RoomsWorld;
  }
  throw new TaskWorldError(task.id);
}

/** "Go to the Kitchen." and "go kitchen" are the same action. */
function normaliseAction(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s]/gu, ' ')
    .replace(/\b(the|to|a|an)\b/g, ' ')
    .trim()
    .replace(/\s+/g, ' ');
}

/** Stage 3 of one episode. Score 1 for the shortest way, 0.5 less for each action more, else 0. */
export function createRoomsEnvironment(task: Task): TaskEnvironment {
  const { rooms, boxes, target } = roomsWorld(task);
  let place = START_ROOM;
  let actions = 0;
  let done = false;

  const look = (): string => {
    const seen = Object.keys(boxes).filter((box) => boxes[box] === place);
    return `In the ${place} you see ${seen.length > 0 ? seen.join(', ') : 'nothing'}.`;
  };
  const roomList = rooms.join(', ');

  function perform(action: string): { readonly opened: boolean; readonly text: string } {
    const [verb, ...rest] = normaliseAction(action).split(' ');
    const object = rest.join(' ');
    if (verb === 'look' && object === '') return { opened: false, text: look() };
    if (verb === 'go' && (rooms.includes(object) || object === START_ROOM)) {
      place = object;
      return { opened: false, text: look() };
    }
    if (verb === 'open' && boxes[object] !== undefined) {
      if (boxes[object] !== place) return { opened: false, text: `There is no ${object} here. ${look()}` };
      return { opened: object === target, text: `The ${object} is empty.` };
    }
    return { opened: false, text: `Say "look", "go" and a room (${roomList}), or "open" and a box.` };
  }

  return {
    interactive: true,
    get done() {
      return done;
    },
    observe: () => `${task.query} Rooms: ${roomList}.`,
    act(action): EnvironmentOutcome {
      if (done) return { done: true, score: 0 };
      actions++;
      const { opened, text } = perform(action);
      if (opened) {
        done = true;
        return { done, score: Math.max(0, 1 - COST_OF_DETOUR * (actions - SHORTEST)) };
      }
      if (actions >= ACTION_LIMIT) {
        done = true;
        return { done, score: 0 };
      }
      return { done, observation: text };
    },
  };
}
