/**
 * How faithfully a policy copies: of what it wrote to memory in answer to a stated fact, the share that
 * repeats that fact letter for letter. Reading the log and the task's gold data, never a similarity.
 *
 * What counts: every successful Add or Update of stage 1 whose newest message states or revises a fact. It
 * is exact if it holds that fact's subject and the value the message has just stated, each as a whole
 * phrase ("12 May" is not "May 12", "Ann" is not in "Anna"). Where a message names the old value and the
 * new one, the new one is what there is to store. Letter case does not matter, since a sentence may begin
 * with a value; the relation is free. What else an entry holds is judged by storage precision, not here.
 */
import { containsPhrase } from '../tasks/phrase';
import type { Fact, Task } from '../tasks/task';
import type { Rollout } from './rollouts';

export interface CopyCounts {
  /** Entries written in answer to a stated fact. */
  readonly stored: number;
  /** Of them, those that repeat it. */
  readonly exact: number;
}

/** Share of stored values copied exactly, over all rollouts; 0 when nothing was stored, which copies nothing. */
export function copiedExactly(rollouts: readonly Pick<Rollout, 'log' | 'task'>[]): number {
  const counts = rollouts.map(copyCounts);
  const stored = counts.reduce((sum, count) => sum + count.stored, 0);
  return counts.reduce((sum, count) => sum + count.exact, 0) / Math.max(1, stored);
}

/** The counts of one episode. */
export function copyCounts({ log, task }: Pick<Rollout, 'log' | 'task'>): CopyCounts {
  let stated: readonly StatedFact[] = [];
  let stored = 0;
  let exact = 0;
  for (const event of log) {
    if (event.type === 'message-added' && event.message.origin.kind === 'task') {
      stated = statedFacts(task, event.message.origin.index);
    }
    if (event.type !== 'tool-called' || !event.outcome.ok || event.stage !== 1) continue;
    const { effect } = event.outcome;
    const written = effect.kind === 'added' ? effect.entry : effect.kind === 'updated' ? effect.after : null;
    if (!written || stated.length === 0) continue;
    stored++;
    const repeats = ({ fact, value }: StatedFact) =>
      containsPhrase(written.content, fact.subject) && containsPhrase(written.content, value);
    if (stated.some(repeats)) exact++;
  }
  return { stored, exact };
}

interface StatedFact {
  readonly fact: Fact;
  /** The value it has as of this message. */
  readonly value: string;
}

/** What message number `index` of stage 1 says: the n-th message about a fact gives its n-th value. */
function statedFacts(task: Task, index: number): readonly StatedFact[] {
  return task.facts
    .filter((fact) => task.messages[index]?.factIds.includes(fact.id))
    .map((fact) => {
      const earlier = task.messages.slice(0, index).filter(({ factIds }) => factIds.includes(fact.id)).length;
      return { fact, value: [...fact.superseded, fact.value][earlier] ?? fact.value };
    });
}
