/**
 * A set is its content: with a task more, less or changed it is another one, and the one it was is let go of. An
 * address that names it goes along, so that Reset, a reload and Train find what they are asked for.
 */
import type { OwnCalls, TaskSetInfo } from '../../worker/own-protocol';
import type { Address } from './address';

/** What was done to a set. */
export type SetChange = OwnCalls['changeTaskSet']['args'];

/**
 * What changes in an address when `change` made `to` of a set; nothing where it names another. The task on view keeps
 * its place among the others; where it is the one that was left out, the next one stands there.
 * @param to null: no task is left
 */
export function followSet(
  { set, seed, on }: Pick<Address, 'set' | 'seed' | 'on'>,
  { set: from, form, at }: SetChange,
  to: TaskSetInfo | null,
): Partial<Pick<Address, 'set' | 'seed' | 'on'>> {
  if (from === null || from === to?.hash) return {};
  const training = on?.startsWith(`${from}~`) ? { on: to && `${to.hash}${on.slice(from.length)}` } : {};
  if (set !== from) return training;
  if (!to) return { ...training, set: null };
  const tasks = form === null ? to.tasks + 1 : at === null ? to.tasks - 1 : to.tasks;
  // Numbers go round and round a set, so its length is part of what a number means.
  const index = (((seed - 1) % tasks) + tasks) % tasks;
  const before = form === null && at !== null && at < index ? 1 : 0;
  return { ...training, set: to.hash, seed: ((index - before) % to.tasks) + 1 };
}
