/**
 * How episodes are played with the model that acts: by what rules, and how completions are drawn. Everything that plays
 * reads it here, so that what is compared (an episode, its group, a fork, a held-out task) was played alike.
 *
 * A large window is played by the paper's rules, in the tokens that the setup leaves; a small one by those that the
 * bundled policy was made for.
 */
import { BUNDLED_EPISODE_CONFIG, type EpisodeConfig, PAPER_EPISODE_CONFIG } from '../../agent/config';
import { BUNDLED_SYSTEM_PROMPT, instructionPrompt } from '../../agent/prompts';
import type { ActingSetup } from '../models-protocol';

export interface Play {
  readonly episode: EpisodeConfig;
  readonly temperature: number;
  /** Longest completion, tokens. */
  readonly maxNewTokens: number;
  /** Rollouts that act together, where memory bounds them. */
  readonly batchRollouts?: number;
}

/** Tokens of context from which on the paper's rules hold. */
export const LARGE_WINDOW = 1024;
/** From which on the full prompt (about 900 tokens) leaves room for an episode. */
export const FULL_PROMPT_WINDOW = 2048;

/** T_max as a share of the longest prompt, as in the bundled policy's rules. */
const SHARE = BUNDLED_EPISODE_CONFIG.maxContextTokens / BUNDLED_EPISODE_CONFIG.hardPromptTokens;

/** Tokens that a setup leaves: for a prompt, and (T_max) for the context in it. */
export function roomOf({ contextTokens, maxNewTokens }: ActingSetup): {
  readonly prompt: number;
  readonly context: number;
} {
  const prompt = contextTokens - maxNewTokens;
  const { maxContextTokens } = PAPER_EPISODE_CONFIG;
  return { prompt, context: Math.min(maxContextTokens, Math.floor(SHARE * prompt)) };
}

export function systemPrompt(prompt: ActingSetup['prompt']): string {
  return prompt === 'full' ? instructionPrompt() : BUNDLED_SYSTEM_PROMPT;
}

/** @param overhead tokens of a prompt that are no messages: what the template puts before the reply */
export function episodeOf(setup: ActingSetup, overhead: number): EpisodeConfig {
  const rules = setup.contextTokens >= LARGE_WINDOW ? PAPER_EPISODE_CONFIG : BUNDLED_EPISODE_CONFIG;
  const room = roomOf(setup);
  return {
    ...rules,
    systemPrompt: systemPrompt(setup.prompt),
    // That of the embedder: rollouts are remembered by spelling, for which the paper's 0.6 was not meant.
    filterThreshold: null,
    hardPromptTokens: room.prompt,
    maxContextTokens: room.context,
    promptOverheadTokens: Math.max(rules.promptOverheadTokens, overhead),
  };
}
