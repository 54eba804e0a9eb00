/**
 * How the scripted demonstrator errs. The bundled policy is cloned from these errors, so they are
 * its character before reinforcement learning: fluent in the format, undecided in its choices, and
 * having tried every tool, since learning can only strengthen what is tried now and then.
 *
 * Every rate is a probability for one decision. `DEMONSTRATOR_ERRORS` is what the corpus is made
 * with; `PERFECT` is the perfect agent used as upper control and in the reward's tests.
 */

export interface DemonstratorErrors {
  /** A fact is told and not stored. */
  readonly missFact: number;
  /** Small talk is stored as if it were a fact. */
  readonly storeChatter: number;
  /** A revision of a stored fact does not lead to an update of the entry. */
  readonly skipUpdate: number;
  /** Of the skipped updates: the new value is added beside the stale one; otherwise nothing is done. */
  readonly addInsteadOfUpdate: number;
  /** Of the updates made: delete and add in one step in place of Update_memory. */
  readonly deleteAndAdd: number;
  /** On small talk with a useless entry in view (stored small talk): that entry is deleted. */
  readonly deleteUseless: number;
  /** On small talk with any entry in view: one is deleted for no reason. */
  readonly deleteAnything: number;
  /** On small talk in stage 1: Filter_context drops it. */
  readonly filterChatter: number;
  /** A distractor in stage 2 is left in the context, with an acknowledgement or something worse. */
  readonly keepDistractor: number;
  /** A distractor not kept, in a context where a summary would save more: filtered all the same. */
  readonly filterWhenCrowded: number;
  /** A distractor kept: Summary_context instead. */
  readonly summarise: number;
  /** A distractor kept: stored in long-term memory. */
  readonly storeDistractor: number;
  /** The question is answered without looking into memory. */
  readonly skipRetrieve: number;
  /** A query names the relation only, not whom it is about. */
  readonly poorQuery: number;
  /** The second look-up that a two-hop question wants is left out. */
  readonly skipSecondRetrieve: number;
  /** Another retrieved entry is copied into the answer. */
  readonly wrongEntry: number;
  /** Of two entries for one fact the older is believed. */
  readonly staleEntry: number;
  /** Not knowing, it guesses from what stands in the context; otherwise it says "unknown". */
  readonly guess: number;
  /** An action in a world has a name in it wrong, so that the world refuses it (`scripted-slips.ts`). */
  readonly slip: number;
  /** The completion is not well-formed: cut off, or without its tags. */
  readonly malformed: number;
}

export const PERFECT: DemonstratorErrors = {
  missFact: 0,
  storeChatter: 0,
  skipUpdate: 0,
  addInsteadOfUpdate: 0,
  deleteAndAdd: 0,
  deleteUseless: 0,
  deleteAnything: 0,
  filterChatter: 0,
  keepDistractor: 0,
  filterWhenCrowded: 0,
  summarise: 0,
  storeDistractor: 0,
  skipRetrieve: 0,
  poorQuery: 0,
  skipSecondRetrieve: 0,
  wrongEntry: 0,
  staleEntry: 0,
  guess: 0,
  slip: 0,
  malformed: 0,
};

/** The rates of the pretraining corpus. Chosen so that the task score lies near 0.3 and no tool below 2% of episodes. */
export const DEMONSTRATOR_ERRORS: DemonstratorErrors = {
  missFact: 0.35,
  storeChatter: 0.3,
  skipUpdate: 0.6,
  addInsteadOfUpdate: 0.5,
  deleteAndAdd: 0.25,
  deleteUseless: 0.15,
  deleteAnything: 0.02,
  filterChatter: 0.04,
  keepDistractor: 0.85,
  filterWhenCrowded: 0.9,
  summarise: 0.07,
  storeDistractor: 0.05,
  skipRetrieve: 0.4,
  poorQuery: 0.08,
  skipSecondRetrieve: 0.4,
  wrongEntry: 0.12,
  staleEntry: 0.5,
  guess: 0.5,
  slip: 0,
  malformed: 0.005,
};
