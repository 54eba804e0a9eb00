/** The part of the protocol that shows the worlds of stage 3 as pictures. Types only. */
import type { EventLog } from '../agent/events';
import type { WorldPicture } from '../tasks/picture';
import type { Task } from '../tasks/task';

export type {
  GridPicture,
  PagePicture,
  PageSentence,
  PictureColour,
  PictureGoal,
  PlanPicture,
  RoomsPicture,
  WorldPicture,
} from '../tasks/picture';

/** The world at a moment of an episode. */
export interface WorldMoment {
  /** Of the event after which it looks so; -1: before the episode began. */
  readonly seq: number;
  readonly picture: WorldPicture;
  /** The figures of the original benchmark, under its names. */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface WorldsCalls {
  /**
   * The world of the task as it is at the start and after each action in the log, in order; the actions are carried out
   * in a world of their own. Null: the family of the task has no picture.
   */
  worldMoments: {
    readonly args: { readonly task: Task; readonly log: EventLog };
    readonly result: readonly WorldMoment[] | null;
  };
}
