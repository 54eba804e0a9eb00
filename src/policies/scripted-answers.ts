/**
 * The demonstrator's choices in stage 3: look into memory, follow the chain of facts the question
 * wants, answer; in a world, walk to where memory says and act. It answers from entries it has
 * retrieved and from nothing else; without them it guesses or says that it does not know.
 */
import type { ToolCall } from '../agent/events';
import type { EpisodeState } from '../agent/policy';
import type { Random } from '../tasks/random';
import { taskFamily } from '../tasks/registry';
import { roomsWorld } from '../tasks/rooms-world';
import { call, type Decision, say } from './scripted-decisions';
import { decideByExpert } from './scripted-expert';
import type { DemonstratorErrors } from './scripted-noise';
import {
  type ChainReading,
  followChain,
  retrievedEntries,
  type SeenEntry,
  wordsOf,
} from './scripted-reading';

/** Said when nothing is known. */
export const UNKNOWN = 'unknown';

/** In a world the context has to hold observations as well, so no entry more than needed. */
const retrieve = (state: EpisodeState, query: string): ToolCall => ({
  name: 'Retrieve_memory',
  arguments: state.task.family === 'rooms' ? { query, top_k: state.task.neededFactIds.length } : { query },
});

/** One step of stage 3. */
export function decideInStage3(state: EpisodeState, errors: DemonstratorErrors, random: Random): Decision {
  const { createExpert } = taskFamily(state.task.family);
  if (createExpert) return decideByExpert(state, createExpert, errors, random);
  const entries = retrievedEntries(state.context);
  const reading = followChain(state.task, entries);
  const lookUp = decideOnLookUp(state, reading, errors, random);
  if (lookUp) return lookUp;
  return state.task.family === 'rooms'
    ? decideOnAction(state, reading, random)
    : decideOnAnswer(state, reading, entries, errors, random);
}

/** Look-ups made in this stage; the query message is the first of the stage. */
function lookUps(state: EpisodeState): number {
  return state.context.filter(({ origin }) => origin.kind === 'retrieval').length;
}

function decideOnLookUp(
  state: EpisodeState,
  reading: ChainReading,
  errors: DemonstratorErrors,
  random: Random,
): Decision | undefined {
  const { missing } = reading;
  const acted = state.context.some(({ origin }) => origin.kind === 'observation');
  if (!missing || acted || lookUps(state) > missing.hop) return undefined;
  if (lookUps(state) === 0) {
    if (random.chance(errors.skipRetrieve)) return undefined;
    if (random.chance(errors.poorQuery)) return call('retrieve-poorly', retrieve(state, missing.relation));
    return call('retrieve', retrieve(state, `${missing.subject} ${missing.relation}`));
  }
  if (random.chance(errors.skipSecondRetrieve)) return undefined;
  return call('retrieve-next-hop', retrieve(state, `${missing.subject} ${missing.relation}`));
}

function decideOnAnswer(
  state: EpisodeState,
  reading: ChainReading,
  entries: readonly SeenEntry[],
  errors: DemonstratorErrors,
  random: Random,
): Decision {
  const stale = reading.candidates.slice(0, -1);
  if (stale.length > 0 && random.chance(errors.staleEntry))
    return say('answer-wrong-entry', random.pick(stale));
  if (reading.value !== undefined) {
    const others = entries.map(lastWord).filter((value) => value !== '' && !reading.value?.endsWith(value));
    if (others.length > 0 && random.chance(errors.wrongEntry))
      return say('answer-wrong-entry', random.pick(others));
    return say('answer', reading.value);
  }
  if (random.chance(errors.guess)) {
    const seen = [
      ...entries.map(lastWord),
      ...state.context.filter(({ origin }) => origin.kind === 'distractor').map(lastWord),
    ].filter((word) => word !== '');
    if (seen.length > 0) return say('guess', random.pick(seen));
  }
  return say('unknown', UNKNOWN);
}

/** Values stand last in statements; good enough for a guess. */
function lastWord({ content }: { readonly content: string }): string {
  return /([\p{L}\p{N}]+)\W*$/u.exec(content)?.[1] ?? '';
}

/** In a house: open the box if it is in view, else go where memory says, else try a room not yet seen. */
function decideOnAction(state: EpisodeState, reading: ChainReading, random: Random): Decision {
  const { rooms, target } = roomsWorld(state.task);
  const visits = state.context
    .filter(({ origin }) => origin.kind === 'observation')
    .map(({ content }) => content);
  const inView = visits.at(-1);
  if (inView && /you see (.*)\.$/.exec(inView)?.[1]?.split(', ').includes(target))
    return say('open', `open ${target}`);
  const unseen = rooms.filter((room) => !visits.some((text) => wordsOf(text).includes(room)));
  if (reading.value !== undefined && unseen.includes(reading.value)) return say('go', `go ${reading.value}`);
  return say('explore', `go ${random.pick(unseen.length > 0 ? unseen : rooms)}`);
}
