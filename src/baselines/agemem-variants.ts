/**
 * AgeMem's own variants, as settings of the real episode: the same tools, stages and limits, one thing changed.
 *
 * - `agemem`: the weights trained with all rewards.
 * - `agemem-no-rl`: the weights they were trained from. Every difference in the table is against this one.
 * - `agemem-rag`: retrieval in place of the tools for short-term memory. Before each prompt of stage 3 the entries nearest
 *   to the newest message are shown, without a call; `Filter_context` and `Summary_context` are refused in words. The
 *   weights are AgeMem's, which were trained with those tools: a handicap the paper's variant may not have had [D].
 * - `answer-only`: AgeMem's episode with weights trained with the reward for the answer alone.
 */
import type { EpisodeConfig } from '../agent/config';
import type { ToolName } from '../agent/events';

export const AGEMEM_IDS = ['agemem-no-rl', 'agemem', 'agemem-rag', 'answer-only'] as const;
export type AgeMemId = (typeof AGEMEM_IDS)[number];

export interface AgeMemVariant {
  readonly weights: 'base' | 'trained' | 'answer-only';
  readonly refusedTools: readonly ToolName[];
  /** The configuration of an episode, from the one all methods share. */
  readonly config: (shared: EpisodeConfig) => EpisodeConfig;
}

const unchanged = (shared: EpisodeConfig): EpisodeConfig => shared;

export const AGEMEM_VARIANTS: Readonly<Record<AgeMemId, AgeMemVariant>> = {
  'agemem-no-rl': { weights: 'base', refusedTools: [], config: unchanged },
  agemem: { weights: 'trained', refusedTools: [], config: unchanged },
  'agemem-rag': {
    weights: 'trained',
    refusedTools: ['Filter_context', 'Summary_context'],
    config: (shared) => ({ ...shared, introspection: 'last', introspectionStages: [1, 3] }),
  },
  'answer-only': { weights: 'answer-only', refusedTools: [], config: unchanged },
};
