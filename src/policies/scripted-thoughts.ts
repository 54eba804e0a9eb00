/**
 * What the demonstrator decided, and what it says about it inside `<think>`. A thought is a few
 * words and its first word tells the decision from its alternatives, so that a cloned policy's whole
 * choice lies in one or two tokens: easy to explore, easy to credit, easy to show.
 */
import type { Random } from '../tasks/random';

const THOUGHTS = {
  'store-fact': ['new fact', 'worth keeping', 'keep this'],
  'store-chatter': ['new fact', 'worth keeping', 'keep this'],
  'store-distractor': ['new fact', 'worth keeping'],
  'miss-fact': ['small talk', 'not needed', 'nothing new'],
  'pass-chatter': ['small talk', 'not needed', 'just chat'],
  update: ['changed', 'changed value', 'update this'],
  replace: ['replace it', 'outdated entry'],
  'add-beside-stale': ['new fact', 'worth keeping', 'keep this'],
  'miss-revision': ['small talk', 'not needed', 'nothing new'],
  delete: ['useless entry', 'drop it'],
  filter: ['off topic', 'distracting'],
  summarise: ['too long', 'shorten this'],
  'pass-distractor': ['nothing new', 'not needed', 'just chat'],
  retrieve: ['need memory', 'look it up'],
  'retrieve-poorly': ['need memory', 'look it up'],
  'retrieve-next-hop': ['one more hop', 'look further'],
  answer: ['found it', 'clear now'],
  'answer-wrong-entry': ['found it', 'clear now'],
  guess: ['maybe', 'a guess'],
  unknown: ['no idea', 'cannot tell'],
  go: ['go there', 'known place'],
  explore: ['try a room', 'search'],
  open: ['open it', 'here it is'],
  act: ['next step', 'go on'],
  slip: ['next step', 'go on'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** One kind of choice at one step; counted by the statistics of the demonstrations. */
export type DecisionKind = keyof typeof THOUGHTS;

export const DECISION_KINDS = Object.keys(THOUGHTS) as readonly DecisionKind[];

/** All of them, each once. */
export const ALL_THOUGHTS: readonly string[] = [...new Set<string>(Object.values(THOUGHTS).flat())];

/** A short reason for the decision. */
export function thoughtFor(kind: DecisionKind, random: Random): string {
  return random.pick<string>(THOUGHTS[kind]);
}
