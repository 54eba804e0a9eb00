/**
 * A world of somebody's own, as it is kept in a set: the texts of its files, unchanged, in one JSON object.
 *
 *   {"pddl": {"domain": "(define (domain …) …)", "problem": "(define (problem …) …)"}}
 *   {"babyai": "mission: go to the red ball\nb = red ball\nmap:\n…"}
 *
 * It is read as a task is: whatever is wrong is told with its place, here the line and column in the text. The rules by
 * which it is read come with the script of the worlds (`world-reader.ts`), which is loaded where `mayHoldWorlds`.
 */
import type { Task } from '../task';
import type { FormProblem, OwnTask } from './form';
import type { OwnPlace } from './own-task';

export type OwnWorld =
  | { readonly pddl: { readonly domain: string; readonly problem: string } }
  | { readonly babyai: string };

export type ReadWorld =
  | { readonly task: OwnWorld; readonly problems?: undefined }
  | { readonly task?: undefined; readonly problems: readonly FormProblem[] };

/** Told from a task in words by its fields. */
export function isWorld(value: OwnTask | OwnWorld): value is OwnWorld;
export function isWorld(value: unknown): value is { readonly [field: string]: unknown };
export function isWorld(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('pddl' in value || 'babyai' in value);
}

/** Its fields in one order. */
export function worldInOrder(world: OwnWorld): OwnWorld {
  if ('babyai' in world) return { babyai: world.babyai };
  const { domain, problem } = world.pddl;
  return { pddl: { domain, problem } };
}

/** Whether a text of a set, in whatever order its fields are, may have worlds in it. */
export const mayHoldWorlds = (text: string): boolean => /"(?:pddl|babyai)"\s*:/.test(text);

export interface WorldReader {
  readWorld(entry: { readonly [field: string]: unknown }): ReadWorld;
  /** Throws what `readWorld` tells; of a world that was read, nothing. */
  worldTask(world: OwnWorld, place: OwnPlace): Task;
  /** What the world is called in a list, as its own text has it. */
  worldTitle(world: OwnWorld): string;
}

/** A world is to be read before its script is there. */
export class WorldsNotOpenError extends Error {
  constructor() {
    super('The script that reads worlds is not here yet. Await openTaskFamily("pddl") first.');
    this.name = 'WorldsNotOpenError';
  }
}

let known: WorldReader | null = null;

/** For `tasks/worlds.ts`. */
export function addWorldReader(reader: WorldReader): void {
  known = reader;
}

/** Throws `WorldsNotOpenError`. */
export function worldReader(): WorldReader {
  if (!known) throw new WorldsNotOpenError();
  return known;
}
