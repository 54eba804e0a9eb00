/**
 * Whether an `<answer>` was one. Where tasks are questions it ends the episode; in a world it is an action, the last one
 * too. What the environment made of it says which: nothing is read from the text.
 */
import type { EpisodeEvent, EventLog } from '../../worker/protocol';

type EnvironmentActed = Extract<EpisodeEvent, { type: 'environment-acted' }>;

/** @param environment what it made of the step; null where it was not asked */
export const actsInWorld = (environment: EnvironmentActed | null): boolean =>
  // Logs from before the field tell it of all actions but the last.
  environment !== null && (environment.interactive === true || !environment.done);

const after = (log: EventLog, step: number, is: (event: EnvironmentActed) => boolean): boolean =>
  log.some((event) => event.type === 'environment-acted' && event.step === step && is(event));

/** The same of a step of a log, or of the events of its moment. A cap that ends the episode is no doing of the action. */
export const actsInWorldAt = (log: EventLog, step: number): boolean => after(log, step, actsInWorld);

/** Whether the episode goes on behind the action of this step. */
export const goesOnAfter = (log: EventLog, step: number): boolean => after(log, step, ({ done }) => !done);
