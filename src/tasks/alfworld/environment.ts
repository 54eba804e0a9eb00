/**
 * Stage 3 in a house: the task as ALFWorld words it, the first look, and its answers to commands. Over when the goal
 * holds or the commands are used up: what somebody needs who knows where everything is, and two more, which opens one
 * wrong place. The score is success, as the original counts.
 */
import type { RoomsPicture } from '../picture';
import type { EnvironmentOutcome, Task, TaskEnvironment } from '../task';
import { firstLook, perform } from './commands';
import { goalProgress } from './goal';
import { HouseState } from './house';
import type { HouseInstance } from './instances';

/** The task does not carry the house its environment needs. */
export class HouseTaskError extends Error {
  constructor(taskId: string) {
    super(`Task "${taskId}" carries no house: generate it with the "alfworld" family before playing it.`);
    this.name = 'HouseTaskError';
  }
}

/** @throws HouseTaskError */
export function houseInstance({ id, world }: Task): HouseInstance {
  if (typeof world === 'object' && world !== null && 'house' in world) return world as HouseInstance;
  throw new HouseTaskError(id);
}

/** Commands beyond those that are needed. */
const SPARE = 2;

export class HouseEnvironment implements TaskEnvironment {
  readonly interactive = true;
  private readonly made: HouseInstance;
  private readonly state: HouseState;
  readonly actionLimit: number;
  private commands = 0;

  constructor(task: Task) {
    this.made = houseInstance(task);
    this.state = new HouseState(this.made.house);
    this.actionLimit = shortest(this.made) + SPARE;
  }

  get done(): boolean {
    return this.commands >= this.actionLimit || goalProgress(this.state).reached;
  }

  observe(): string {
    return `${firstLook(this.state)} Your task is to: ${this.made.task}`;
  }

  act(action: string): EnvironmentOutcome {
    if (!this.done) {
      const observation = perform(this.state, action);
      this.commands++;
      if (!this.done) return { observation, done: false };
    }
    return { done: true, score: this.metrics().success };
  }

  metrics(): { readonly success: number } {
    return { success: goalProgress(this.state).reached ? 1 : 0 };
  }

  picture(): RoomsPicture {
    const { state } = this;
    return {
      kind: 'rooms',
      places: this.made.receptacles.map((name) => ({
        name,
        here: state.isHere(name),
        state: state.receptacle(name)?.openable ? (state.isOpen(name) ? 'open' : 'closed') : '',
        things: state.contents(name).map((thing) => ({ name: thing, state: qualities(state, thing) })),
      })),
      ways: [],
      holding: state.holding === null ? [] : [withQualities(state, state.holding)],
      goals: [{ text: this.made.task, holds: goalProgress(state).reached }],
    };
  }
}

function qualities(state: HouseState, thing: string): string {
  const words = { isclean: 'clean', ishot: 'hot', iscool: 'cold', istoggled: 'on' } as const;
  return (Object.keys(words) as (keyof typeof words)[])
    .filter((quality) => state.has(quality, thing))
    .map((quality) => words[quality])
    .join(', ');
}

function withQualities(state: HouseState, thing: string): string {
  const words = qualities(state, thing);
  return words === '' ? thing : `${thing} (${words})`;
}

/** Commands of somebody who knows where everything is: for each thing go, open, take, [go, treat,] go, put. */
function shortest({ place, count, treatment }: HouseInstance): number {
  if (place === null) return 6; // go, open, take; go, open, use
  return count * (3 + (treatment ? 2 : 0) + 2);
}
