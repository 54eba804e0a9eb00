/** A level as data: everything a game begins with. */
import type { Mission, Start } from './mission';
import type { ObjectForm } from './objects';

export interface Level {
  readonly width: number;
  readonly height: number;
  /** Row by row, `[height * width]`; the agent's own cell is empty. The edge is all wall. */
  readonly cells: readonly (ObjectForm | null)[];
  readonly start: Start;
  readonly carrying: ObjectForm | null;
  readonly mission: Mission;
  readonly maxSteps: number;
  /** Default: false. */
  readonly seeThroughWalls?: boolean;
}
