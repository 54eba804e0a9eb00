/** The task families by id. */
import { qaFamily } from './qa/family';
import { roomsFamily } from './rooms';
import type { TaskFamily } from './task';

/** No family of this name; the message lists those there are. */
export class UnknownTaskFamilyError extends Error {
  constructor(id: string) {
    super(
      `No task family is called "${id}". There are: ${taskFamilies.map((family) => family.id).join(', ')}.`,
    );
    this.name = 'UnknownTaskFamilyError';
  }
}

export const taskFamilies: readonly TaskFamily[] = [qaFamily, roomsFamily];

/** The family of `Task.family`. Throws `UnknownTaskFamilyError`. */
export function taskFamily(id: string): TaskFamily {
  const found = taskFamilies.find((family) => family.id === id);
  if (!found) throw new UnknownTaskFamilyError(id);
  return found;
}
