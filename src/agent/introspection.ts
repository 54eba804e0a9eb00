/**
 * Introspective retrieval (Alg. 3 of the paper): before it acts, the policy is shown the entries most
 * similar to the newest message, with their ids, so that it can update or delete instead of storing twice.
 * [D] By default they stand last in the prompt and for one step only: C stays small, and the prompt before
 * them is the same as without, so a KV cache can be reused.
 */
import type { LongTermMemory, ScoredEntry } from '../memory/memory';
import type { EpisodeConfig } from './config';
import type { ShortTermMemory } from './context';
import type { Stage } from './events';
import type { ChatMessage } from './policy';
import { entryLines } from './tools';

export interface Related {
  /** The newest user message. */
  readonly query: string;
  /** Best first; empty where there is nothing to show. */
  readonly shown: readonly ScoredEntry[];
}

/** Entries to show with a step: above the least score, and as many as fit into `room` tokens. */
export async function relatedEntries(
  memory: LongTermMemory,
  context: ShortTermMemory,
  stage: Stage,
  config: EpisodeConfig,
  room: number,
): Promise<Related> {
  const query = context.messages.findLast((message) => message.role === 'user')?.content;
  const wanted = config.introspection !== 'off' && config.introspectionStages.includes(stage);
  if (!wanted || query === undefined) return { query: query ?? '', shown: [] };
  // Without a note, so not journaled: nobody asked for it, it happens at every step, and entries that are only
  // shown so must still count as never retrieved. The event log has it.
  const found = await memory.search(query, { topK: config.introspectionTopK });
  let shown = found.filter(({ score }) => score >= config.introspectionMinScore);
  while (shown.length > 0 && context.cost('tool', introspectionMessage(shown).content) > room) {
    shown = shown.slice(0, -1);
  }
  return { query, shown };
}

/** The message that shows them. */
export function introspectionMessage(shown: readonly ScoredEntry[]): ChatMessage {
  return { role: 'tool', content: `related: ${entryLines(shown.map(({ entry }) => entry))}` };
}
