/**
 * Whether an `<answer>` was one. Where tasks are questions it ends the episode; in a world it is an action, and most
 * actions have others after them. What the environment made of it says which: nothing is read from the text.
 */
import type { EpisodeEvent, EventLog } from '../../worker/protocol';

type EnvironmentActed = Extract<EpisodeEvent, { type: 'environment-acted' }>;

/** @param environment what it made of the step; null where it was not asked */
export const goesOn = (environment: EnvironmentActed | null): boolean =>
  environment !== null && !environment.done;

/** The same of a step of a log, or of the events of its moment. A cap that ends the episode is no doing of the action. */
export function goesOnAfter(log: EventLog, step: number): boolean {
  return log.some((event) => event.type === 'environment-acted' && event.step === step && goesOn(event));
}
