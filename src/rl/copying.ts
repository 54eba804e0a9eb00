/**
 * How faithfully a policy copies: of the entries it added to memory, the share that repeats a fact's
 * subject or value letter for letter, among those that are about a fact at all.
 */
import type { Rollout } from './rollouts';

const WORD = /[\p{L}\p{N}]+/gu;

/** Words of the user's messages up to the step that wrote an entry. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

/**
 * Share of stored values copied exactly. An addition counts if the message it answers states a fact;
 * it is exact if that fact's subject and stated value both occur in the entry as whole words.
 * 1 when nothing was stored.
 */
export function copiedExactly(rollouts: readonly Rollout[]): number {
  let stored = 0;
  let exact = 0;
  for (const { log, task } of rollouts) {
    let message = -1;
    for (const event of log) {
      if (event.type === 'message-added' && event.message.origin.kind === 'task') {
        message = event.message.origin.index;
      }
      if (event.type !== 'tool-called' || !event.outcome.ok || event.stage !== 1) continue;
      const effect = event.outcome.effect;
      const written =
        effect.kind === 'added' ? effect.entry : effect.kind === 'updated' ? effect.after : null;
      if (!written || message < 0) continue;
      const source = task.messages[message];
      const sourceWords = new Set(wordsOf(source.content));
      const facts = task.facts.filter((fact) => source.factIds.includes(fact.id));
      if (facts.length === 0) continue;
      stored++;
      const entry = new Set(wordsOf(written.content));
      const stated = facts.some((fact) =>
        [fact.value, ...fact.superseded].some((value) => {
          const words = [...wordsOf(fact.subject), ...wordsOf(value)];
          return words.every((word) => sourceWords.has(word) && entry.has(word));
        }),
      );
      if (stated) exact++;
    }
  }
  return stored === 0 ? 1 : exact / stored;
}
