/**
 * What there is to ask a judge about an episode, read from its log. Where there is nothing to judge (no answer, nothing
 * retrieved, nothing stored) nothing is asked, and what the rules say of such an episode stays.
 */
import type { EventLog } from '../../agent/events';
import type { Task } from '../../tasks/task';
import { effectOf, readLedger, survivors } from '../ledger';
import type { JudgeQuestion } from './judge-prompts';

export function questionsAbout(log: EventLog, task: Task): readonly JudgeQuestion[] {
  return [...aboutAnswer(log, task), ...aboutRetrieval(log, task), ...aboutStorage(log, task)];
}

function aboutAnswer(log: EventLog, task: Task): readonly JudgeQuestion[] {
  const answered = log.findLast(
    (event) => event.type === 'answered' && event.stage === 3 && event.text.trim() !== '',
  );
  if (answered?.type !== 'answered' || task.answers.length === 0) return [];
  return [{ part: 'task', query: task.query, expected: task.answers, given: answered.text }];
}

/** S_LLM(retrieved set, q): each entry once, as it was when it was last retrieved. */
function aboutRetrieval(log: EventLog, task: Task): readonly JudgeQuestion[] {
  const retrieved = new Map<string, string>();
  for (const event of log) {
    const effect = effectOf(event);
    if (effect?.kind !== 'retrieved' || event.stage === 1) continue;
    for (const { entry } of effect.results) retrieved.set(entry.id, entry.content);
  }
  if (retrieved.size === 0) return [];
  return [{ part: 'relevance', query: task.query, retrieved: [...retrieved.values()] }];
}

/** Entries added in stage 1 that are still there, each as it ended up. */
function aboutStorage(log: EventLog, task: Task): readonly JudgeQuestion[] {
  const kept = survivors(readLedger(log, task)).filter((entry) => entry.addedIn === 1);
  const said = task.messages.map(({ content }) => content);
  return kept.map(({ id, content }, index) => ({
    part: 'storage',
    entry: { id, content },
    said,
    others: kept.slice(0, index).map((other) => other.content),
  }));
}
