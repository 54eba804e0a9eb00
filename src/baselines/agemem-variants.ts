/**
 * AgeMem's own variants, as settings of the real episode: the same stages and limits, some things changed.
 *
 * - `agemem`: the weights trained with all rewards. The paper's `+LT/ST/RL`.
 * - `agemem-no-rl`: the weights they were trained from. Every difference in the table is against this one.
 * - `agemem-rag`: retrieval in place of the tools that change the context. Before each prompt of stage 3 the entries nearest
 *   to the newest message are shown, without a call; `Filter_context` and `Summary_context` are refused in words. The
 *   weights are AgeMem's, which were trained with those tools: a handicap.
 * - `answer-only`: AgeMem's episode with weights trained with the reward for the answer alone.
 * - `no-tools`, `lt`, `lt-rl`: the component ablation. All six tools are refused; or the three for short-term memory, the
 *   paper's `Retrieve` among them, with RAG in their place, shown as a look-up and its result, since the policy knows no other
 *   form of reading in stage 3; and the same with weights that were trained so. The paper's `Base` is no agent with refused
 *   tools but no memory at all: that is the table's `no-memory` [D].
 *
 * The paper's RAG appends what it finds at every step [P, C.3]; here it is shown for one step, in the stages where the
 * newest message is one to look things up for [D].
 */
import type { EpisodeConfig } from '../agent/config';
import type { ToolName } from '../agent/events';
import { TOOL_NAMES } from '../agent/tool-schemas';

export const AGEMEM_IDS = [
  'agemem-no-rl',
  'agemem',
  'agemem-rag',
  'answer-only',
  'no-tools',
  'lt',
  'lt-rl',
] as const;
export type AgeMemId = (typeof AGEMEM_IDS)[number];

export interface AgeMemVariant {
  /** Those it starts from, AgeMem's own, or those trained as the variant of that name. */
  readonly weights: 'base' | 'trained' | 'answer-only' | 'lt-rl';
  readonly refusedTools: readonly ToolName[];
  /** The configuration of an episode, from the one all methods share. */
  readonly config: (shared: EpisodeConfig) => EpisodeConfig;
}

const unchanged = (shared: EpisodeConfig): EpisodeConfig => shared;
const rag = (shared: EpisodeConfig): EpisodeConfig => ({
  ...shared,
  introspection: 'last',
  introspectionStages: [1, 3],
});
const ragAsLookedUp = (shared: EpisodeConfig): EpisodeConfig => ({ ...rag(shared), lookedUpStages: [3] });

/** The tools the paper counts to short-term memory [P, table 3]. */
const SHORT_TERM_TOOLS: readonly ToolName[] = ['Retrieve_memory', 'Summary_context', 'Filter_context'];

export const AGEMEM_VARIANTS: Readonly<Record<AgeMemId, AgeMemVariant>> = {
  'agemem-no-rl': { weights: 'base', refusedTools: [], config: unchanged },
  agemem: { weights: 'trained', refusedTools: [], config: unchanged },
  'agemem-rag': { weights: 'trained', refusedTools: ['Filter_context', 'Summary_context'], config: rag },
  'answer-only': { weights: 'answer-only', refusedTools: [], config: unchanged },
  'no-tools': { weights: 'base', refusedTools: TOOL_NAMES, config: unchanged },
  lt: { weights: 'base', refusedTools: SHORT_TERM_TOOLS, config: ragAsLookedUp },
  'lt-rl': { weights: 'lt-rl', refusedTools: SHORT_TERM_TOOLS, config: ragAsLookedUp },
};
