/** What the view of worlds needs of the worker. The lab's controller is one; tests bring their own. */
import type { EventLog, Task } from '../../worker/protocol';
import type { WorldMoment } from '../../worker/worlds-protocol';

export interface WorldsLine {
  /** Rejects with the worker's error; null: there is nothing to see. */
  moments(task: Task, log: EventLog): Promise<readonly WorldMoment[] | null>;
}
