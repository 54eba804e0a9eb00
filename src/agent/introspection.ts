/**
 * Introspective retrieval (Alg. 3 of the paper): before it acts, the policy is shown the entries most
 * similar to the newest message, with their ids, so that it can update or delete instead of storing twice.
 * [D] By default they stand last in the prompt and for one step only: C stays small, and the prompt before
 * them is the same as without, so a KV cache can be reused. In stages where retrieval takes the place of a tool they can be
 * told as a look-up of the policy's own, the form in which it knows results.
 */
import type { LongTermMemory, ScoredEntry } from '../memory/memory';
import type { EpisodeConfig } from './config';
import type { ShortTermMemory } from './context';
import type { Stage } from './events';
import type { ChatMessage } from './policy';
import { formatCompletion } from './protocol';
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
  const cost = (): number =>
    shownMessages({ query, shown }, stage, config).reduce(
      (sum, { role, content }) => sum + context.cost(role, content),
      0,
    );
  while (shown.length > 0 && cost() > room) shown = shown.slice(0, -1);
  return { query, shown };
}

/** The messages that show them: one that names them as related, or a look-up and its result. None where nothing is shown. */
export function shownMessages(
  { query, shown }: Related,
  stage: Stage,
  config: EpisodeConfig,
): readonly ChatMessage[] {
  if (shown.length === 0) return [];
  const lines = entryLines(shown.map(({ entry }) => entry));
  if (!config.lookedUpStages.includes(stage)) return [{ role: 'tool', content: `related: ${lines}` }];
  return [
    { role: 'assistant', content: lookUp(query) },
    { role: 'tool', content: lines },
  ];
}

/** What a policy with tools would have written to look the query up. */
export function lookUp(query: string): string {
  return formatCompletion('look it up', {
    kind: 'tool-calls',
    calls: [{ name: 'Retrieve_memory', arguments: { query } }],
  });
}
