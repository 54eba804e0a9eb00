/**
 * The game itself: a grid, an agent, seven actions. After Minigrid's `minigrid_env.py` and BabyAI's
 * `roomgrid_level.py` (Farama-Foundation/Minigrid, Apache-2.0; written anew). Success pays 1 - 0.9 * steps / limit.
 */
import { Grid } from './grid';
import type { Level } from './level';
import { missionText } from './mission';
import { type Direction, type Position, STEPS, WorldObject } from './objects';
import { createVerifier, type Verifier } from './verify';
import { lookAt, type View } from './view';

/** In the order of their numbers, 0 to 6. */
export const ACTIONS = ['left', 'right', 'forward', 'pickup', 'drop', 'toggle', 'done'] as const;
export type Action = (typeof ACTIONS)[number];

export interface StepResult {
  readonly reward: number;
  /** The mission is done or failed, or the agent reached a goal or lava. */
  readonly terminated: boolean;
  /** The limit of steps is reached. */
  readonly truncated: boolean;
}

export class Game {
  readonly grid: Grid;
  readonly mission: string;
  readonly maxSteps: number;
  agent: Position;
  facing: Direction;
  carrying: WorldObject | null;
  steps = 0;
  private readonly verifier: Verifier;
  /** Of the moment; nothing but `step` changes a game. */
  private seen: View | null = null;

  constructor(private readonly level: Level) {
    this.grid = new Grid(level.width, level.height, level.cells);
    this.agent = level.start.at;
    this.facing = level.start.facing;
    this.carrying = level.carrying ? new WorldObject(level.carrying) : null;
    this.maxSteps = level.maxSteps;
    this.mission = missionText(level.mission, this.grid, level.start);
    this.verifier = createVerifier(level.mission, this, level.start);
  }

  /** The cell before the agent. */
  get front(): Position {
    const { x, y } = STEPS[this.facing];
    return { x: this.agent.x + x, y: this.agent.y + y };
  }

  view(): View {
    this.seen ??= lookAt(this.grid, this.agent, this.facing, this.carrying, this.level.seeThroughWalls);
    return this.seen;
  }

  /** Carries out one action; also after the end, which the caller may overlook as the original's wrapper does. */
  step(action: Action): StepResult {
    this.steps++;
    this.seen = null;
    const moved = this.move(action);
    if (action === 'drop') this.verifier.somethingMoved();
    const verdict = this.verifier.verify(action);
    return {
      reward:
        verdict === 'success' || (verdict === 'continue' && moved === 'goal') ? this.rewardAt(this.steps) : 0,
      terminated: verdict !== 'continue' || moved !== null,
      truncated: this.steps >= this.maxSteps,
    };
  }

  /** What success pays after so many steps. */
  rewardAt(steps: number): number {
    return 1 - 0.9 * (steps / this.maxSteps);
  }

  private move(action: Action): 'goal' | 'lava' | null {
    const { front } = this;
    const object = this.grid.at(front.x, front.y);
    switch (action) {
      case 'left':
        this.facing = ((this.facing + 3) % 4) as Direction;
        break;
      case 'right':
        this.facing = ((this.facing + 1) % 4) as Direction;
        break;
      case 'forward':
        if (!object || object.passable) this.agent = front;
        if (object?.type === 'goal' || object?.type === 'lava') return object.type;
        break;
      case 'pickup':
        if (!object?.portable || this.carrying) break;
        this.carrying = object;
        object.position = null;
        this.grid.set(front, null);
        break;
      case 'drop':
        if (object || !this.carrying) break;
        this.grid.set(front, this.carrying);
        this.carrying.position = front;
        this.carrying = null;
        break;
      case 'toggle':
        if (object?.type === 'box') this.grid.set(front, object.contains);
        else if (object?.type === 'door') this.toggleDoor(object);
        break;
      case 'done':
        break;
    }
    return null;
  }

  private toggleDoor(door: WorldObject): void {
    if (door.state !== 'locked') {
      door.state = door.state === 'open' ? 'closed' : 'open';
    } else if (this.carrying?.type === 'key' && this.carrying.colour === door.colour) {
      door.state = 'open';
    }
  }
}
