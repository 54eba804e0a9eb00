/**
 * The task families by id. Two are always there, what the bundled policy was made from; the worlds are a script of their
 * own (`worlds.ts`), which a page loads when somebody chooses one: `openTaskFamily`, wherever a task is first named.
 */
import { qaFamily } from './qa/family';
import { roomsFamily } from './rooms';
import type { TaskFamily } from './task';

/** No family of this name; the message lists those there are. */
export class UnknownTaskFamilyError extends Error {
  constructor(id: string) {
    super(`No task family is called "${id}". There are: ${[...opened.keys(), ...unopened()].join(', ')}.`);
    this.name = 'UnknownTaskFamilyError';
  }
}

/** A world was asked for before its script was there. */
export class TaskFamilyNotOpenError extends Error {
  constructor(id: string) {
    super(
      `The task family "${id}" is not open. Await openTaskFamily("${id}") first, or import tasks/worlds.`,
    );
    this.name = 'TaskFamilyNotOpenError';
  }
}

/** What the bundled policy was made and is trained on. */
export const taskFamilies: readonly TaskFamily[] = [qaFamily, roomsFamily];

/** The five benchmarks of the paper, small; ScienceWorld is a subset. */
export const BENCHMARKS = ['hotpotqa', 'babyai', 'pddl', 'alfworld', 'scienceworld'] as const;

const WORLDS: readonly string[] = [...BENCHMARKS, 'errands'];
const opened = new Map(taskFamilies.map((family) => [family.id, family]));
const unopened = (): readonly string[] => WORLDS.filter((id) => !opened.has(id));

/** For `worlds.ts`. */
export function addTaskFamilies(families: readonly TaskFamily[]): void {
  for (const family of families) opened.set(family.id, family);
}

/** The family, its script loaded. Throws `UnknownTaskFamilyError`, and what loading throws. */
export async function openTaskFamily(id: string): Promise<TaskFamily> {
  if (unopened().includes(id)) await import('./worlds');
  return taskFamily(id);
}

/** The family of `Task.family`. Throws `UnknownTaskFamilyError`, `TaskFamilyNotOpenError`. */
export function taskFamily(id: string): TaskFamily {
  const found = opened.get(id);
  if (found) return found;
  throw WORLDS.includes(id) ? new TaskFamilyNotOpenError(id) : new UnknownTaskFamilyError(id);
}

/** All there are, opened or not: the two first, then the worlds. */
export function taskFamilyIds(): readonly string[] {
  return [...taskFamilies.map(({ id }) => id), ...WORLDS];
}
