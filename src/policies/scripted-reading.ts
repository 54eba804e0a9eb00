/**
 * What the demonstrator reads out of an episode's state. It knows the task's gold data, so it knows
 * which message is a fact and what a question is after; but the value of an answer it takes only
 * from memory entries it can see. With an empty memory even the perfect demonstrator knows nothing,
 * which is what makes it a fair upper control.
 */
import type { ContextMessage } from '../agent/events';
import type { EpisodeState } from '../agent/policy';
import type { Fact, Task, TaskMessage } from '../tasks/task';

/** An entry as far as the demonstrator cares. */
export interface SeenEntry {
  readonly id: string;
  readonly content: string;
}

const WORDS = /[\p{L}\p{N}]+/gu;

/** Lower-case words of a text. */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(WORDS) ?? [];
}

/** Whether the words of `phrase` stand in `text`, next to one another. */
export function mentions(text: string, phrase: string): boolean {
  return ` ${wordsOf(text).join(' ')} `.includes(` ${wordsOf(phrase).join(' ')} `);
}

/** The plain statement worth storing: "Mira lives in Oslo". */
export function statementOf(fact: Fact, value: string): string {
  return `${fact.subject} ${fact.relation} ${value}`;
}

/** The newest message the policy is to react to, with the task's own record of it. */
export function newestTaskMessage(
  state: EpisodeState,
): { readonly message: TaskMessage; readonly index: number } | undefined {
  const newest = state.context.findLast(
    ({ origin }) => origin.kind === 'task' || origin.kind === 'distractor',
  );
  if (!newest || (newest.origin.kind !== 'task' && newest.origin.kind !== 'distractor')) return undefined;
  const list = newest.origin.kind === 'task' ? state.task.messages : state.task.distractors;
  const message = list[newest.origin.index];
  // Distractors of a rollout's own are not in the task; their text is all there is to know.
  return message
    ? { message, index: newest.origin.index }
    : { message: { content: newest.content, kind: 'distractor', factIds: [] }, index: newest.origin.index };
}

/** The fact a message of stage 1 states, with the value it has just then. */
export function statedFact(
  task: Task,
  index: number,
): { readonly fact: Fact; readonly value: string } | undefined {
  const id = task.messages[index]?.factIds[0];
  const fact = task.facts.find((candidate) => candidate.id === id);
  if (!fact) return undefined;
  const earlier = task.messages.slice(0, index).filter((message) => message.factIds.includes(fact.id)).length;
  return { fact, value: [...fact.superseded, fact.value][earlier] ?? fact.value };
}

/** Entries retrieved so far in this stage, oldest look-up first; an entry retrieved twice appears once. */
export function retrievedEntries(context: readonly ContextMessage[]): readonly SeenEntry[] {
  const byId = new Map<string, SeenEntry>();
  for (const { origin } of context) {
    if (origin.kind !== 'retrieval') continue;
    for (const { id, content } of origin.entries) byId.set(id, { id, content });
  }
  return [...byId.values()];
}

/** Age of an entry by its id (m2 is younger than m1); entries of other naming count as oldest. */
const age = (entry: SeenEntry): number => Number(entry.id.replace(/^\D+/, '')) || 0;

/** Values that entries give for "subject relation …", oldest entry first. */
export function valuesFor(
  entries: readonly SeenEntry[],
  subject: string,
  relation: string,
): readonly string[] {
  const prefix = `${subject} ${relation} `.toLowerCase();
  return [...entries]
    .sort((a, b) => age(a) - age(b))
    .filter((entry) => entry.content.toLowerCase().startsWith(prefix))
    .map((entry) => entry.content.slice(prefix.length).trim());
}

/** How far the needed chain of facts can be followed through the entries. */
export interface ChainReading {
  /** The value at the end; absent if a link is missing. */
  readonly value?: string;
  /** Candidates at the last hop, oldest first (more than one: a stale entry is among them). */
  readonly candidates: readonly string[];
  /** The first link that is missing: whom and what to look up. */
  readonly missing?: { readonly subject: string; readonly relation: string; readonly hop: number };
}

/** Follows `neededFactIds` from the question's subject, reading each value from the entries. */
export function followChain(task: Task, entries: readonly SeenEntry[]): ChainReading {
  const facts = task.neededFactIds
    .map((id) => task.facts.find((fact) => fact.id === id))
    .filter((fact) => fact !== undefined);
  let subject = facts[0]?.subject ?? '';
  let candidates: readonly string[] = [];
  for (const [hop, fact] of facts.entries()) {
    candidates = valuesFor(entries, subject, fact.relation);
    const value = candidates.at(-1);
    if (value === undefined) return { candidates: [], missing: { subject, relation: fact.relation, hop } };
    subject = value;
  }
  return { value: subject, candidates };
}

/** A distractor without its frame ("In a novel, ") and full stop: what Filter_context is asked to drop. */
export function topicOf(content: string): string {
  const framed = /^[^,:]*[,:] (.*)$/.exec(content);
  return (framed?.[1] ?? content).replace(/[.!?]$/, '');
}
