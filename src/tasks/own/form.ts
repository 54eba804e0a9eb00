/**
 * A task in somebody's own words, as it is written down: one JSON object. A line each makes a set (`set-file.ts`).
 *
 *   {"question": "What is Zorvane's kestrel called?",
 *    "answers": ["Umlo"],
 *    "messages": [
 *      {"says": "Zorvane has a kestrel called Ibbo.",
 *       "states": [{"id": "kestrel", "about": "Zorvane", "value": "Ibbo", "needed": true}]},
 *      {"says": "What a wet morning."},
 *      {"says": "Correction: Zorvane's kestrel is called Umlo.",
 *       "corrects": [{"id": "kestrel", "value": "Umlo"}]}],
 *    "distractors": ["In a film, Ede has a kestrel called Pim."]}
 *
 * What a message is follows from what it has: `corrects` makes it a correction, `states` a fact, neither of them small
 * talk. Rewards look for `about` and `value` as whole words in what is stored, so both stand in the message. Which
 * facts the answer needs is told (`needed`), never guessed.
 */

export interface OwnTask {
  /** Stage 3. */
  readonly question: string;
  /** Acceptable answers; the first is canonical. */
  readonly answers: readonly string[];
  /** Stage 1, one after the other. */
  readonly messages: readonly OwnMessage[];
  /** Stage 2. Left out: some of the lab's own. */
  readonly distractors?: readonly string[];
  /** Strings whose presence in C at the end counts as preservation. Left out: the values of the needed facts. */
  readonly key?: readonly string[];
}

export interface OwnMessage {
  readonly says: string;
  readonly states?: readonly OwnFact[];
  readonly corrects?: readonly OwnCorrection[];
}

export interface OwnFact {
  /** Names it within the task; left out, "f1" and so on. */
  readonly id: string;
  /** Whom or what it is about, as the message says it. */
  readonly about: string;
  /** What is said of it, as the message says it. */
  readonly value: string;
  /** Whether the answer needs it. */
  readonly needed: boolean;
}

export interface OwnCorrection {
  /** Of a fact that an earlier message states. */
  readonly id: string;
  /** As this message says it; the same as in the fact. */
  readonly value: string;
}

/** How much a task may hold. Tokens are another matter: they depend on the policy that reads. */
export const LIMITS = {
  /** Of stage 1, and of stage 2. */
  messages: 32,
  answers: 10,
  /** Characters of a message, a question. */
  text: 20_000,
  /** Characters of an answer, a name, a value. */
  phrase: 2_000,
  facts: 128,
} as const;

/** What is wrong, and where. */
export interface FormProblem {
  /** e.g. `messages[2].states[0].value`; empty: the task as a whole. */
  readonly field: string;
  /** A sentence that says what to do. */
  readonly message: string;
}
