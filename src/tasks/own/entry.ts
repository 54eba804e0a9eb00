/** What a set is made of: tasks in somebody's own words (`form.ts`), and worlds (`own-world.ts`). */
import type { Task } from '../task';
import type { FormProblem, OwnTask } from './form';
import { isHotpot, readHotpot } from './hotpot';
import { type OwnPlace, ownTask } from './own-task';
import { isWorld, type OwnWorld, worldReader } from './own-world';
import { readForm } from './read-form';

export type OwnEntry = OwnTask | OwnWorld;

export interface ReadEntry {
  readonly task?: OwnEntry;
  readonly problems?: readonly FormProblem[];
  /** Whole, but nothing can be asked: why. */
  readonly leftOut?: string;
}

/** Reads one entry of a file, whatever it is. One of the three comes out. Throws `WorldsNotOpenError`. */
export function readEntry(value: unknown): ReadEntry {
  if (isWorld(value)) return worldReader().readWorld(value);
  return isHotpot(value) ? readHotpot(value) : readForm(value);
}

export function entryTask(entry: OwnEntry, place: OwnPlace): Task {
  return isWorld(entry) ? worldReader().worldTask(entry, place) : ownTask(entry, place);
}
