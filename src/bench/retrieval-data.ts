/**
 * What retrieval is measured on: memories with a question for each entry, whose answer is that entry and no other.
 *
 * `facts`: statements and questions of the project's own tasks, one for each pair of person and relation; people
 * recur, so the memory holds other facts of the one asked about, and each relation of many others. `paraphrases`: the
 * hand-made pairs, whose questions use other words than their facts.
 */
import { PARAPHRASES } from '../memory/embedders/paraphrases';
import { qaFamily } from '../tasks/qa/family';

export interface RetrievalCase {
  readonly split: 'facts' | 'paraphrases';
  readonly entries: readonly { readonly id: string; readonly content: string }[];
  readonly questions: readonly { readonly text: string; readonly answer: string }[];
}

const idOf = (place: number) => `m${place + 1}`;

/** `n` facts of tasks from this seed on; same arguments, same memory. */
export function factCase(n: number, seed: number): RetrievalCase {
  const entries: { id: string; content: string }[] = [];
  const questions: { text: string; answer: string }[] = [];
  const taken = new Set<string>();
  for (let task = seed * 1_000_000; entries.length < n; task++) {
    const { messages, facts, query } = qaFamily.generate(task, 'evaluation', 'one-fact');
    const [{ subject, relation }] = facts;
    const statement = messages.find(({ kind }) => kind === 'fact');
    const about = `${subject} ${relation}`.toLowerCase();
    // A second value for the same person and relation would be as right an answer.
    if (!statement || taken.has(about)) continue;
    taken.add(about);
    const id = idOf(entries.length);
    entries.push({ id, content: statement.content });
    questions.push({ text: query, answer: id });
  }
  return { split: 'facts', entries, questions };
}

export function paraphraseCase(): RetrievalCase {
  return {
    split: 'paraphrases',
    entries: PARAPHRASES.map(({ fact }, i) => ({ id: idOf(i), content: fact })),
    questions: PARAPHRASES.map(({ question }, i) => ({ text: question, answer: idOf(i) })),
  };
}
