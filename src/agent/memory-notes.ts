/** What an episode says in the memory's journal of the changes it makes. Nothing of it is seen by a policy. */
import type { Note } from '../memory/journal';
import type { EpisodeStart } from './episode-start';

/** Of a tool call: which weights acted, in which step, and what they thought. */
export function noteOfStep(
  { policyId, adapter = '', run = '', episodeId }: EpisodeStart,
  step: number,
  think: string,
): Note {
  return { by: { kind: 'policy', policy: policyId, adapter, run, episode: episodeId, step }, why: think };
}

/** Of the control `wipeMemoryAtReset`, which no policy asked for. */
export const NOTE_OF_WIPE: Note = {
  by: { kind: 'lab' },
  why: 'the configuration empties the memory between stages 1 and 2',
};

/** Of an entry taken out by hand in a branch of an episode. */
export const NOTE_OF_FORGETTING: Note = {
  by: { kind: 'lab' },
  why: 'taken out by hand to see what the policy does without it',
};
