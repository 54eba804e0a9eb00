/**
 * How episodes are played with the model that acts: by what rules, and how completions are drawn. Everything that plays
 * reads it here, so that what is compared (an episode, its group, a fork, a held-out task) was played alike.
 *
 * A policy of the site is played by the rules it was made for. Of other models a large window is played by the paper's
 * rules, in the tokens that the setup leaves; a small one by those of the bundled policy.
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

/**
 * Tokens that a setup leaves: for a prompt, and (T_max) for the context in it.
 * @param own rules that say which share of the longest prompt that is. Default: the bundled policy's
 */
export function roomOf(
  { contextTokens, maxNewTokens }: ActingSetup,
  own: EpisodeConfig = BUNDLED_EPISODE_CONFIG,
): { readonly prompt: number; readonly context: number } {
  const prompt = contextTokens - maxNewTokens;
  const share = own.maxContextTokens / own.hardPromptTokens;
  return { prompt, context: Math.min(PAPER_EPISODE_CONFIG.maxContextTokens, Math.floor(share * prompt)) };
}

export function systemPrompt(prompt: ActingSetup['prompt']): string {
  return prompt === 'full' ? instructionPrompt() : BUNDLED_SYSTEM_PROMPT;
}

/**
 * @param overhead tokens of a prompt that are no messages: what the template puts before the reply
 * @param own the rules it was made for. Default: by its window
 */
export function episodeOf(setup: ActingSetup, overhead: number, own?: EpisodeConfig): EpisodeConfig {
  const byWindow = setup.contextTokens >= LARGE_WINDOW ? PAPER_EPISODE_CONFIG : BUNDLED_EPISODE_CONFIG;
  const rules = own ?? byWindow;
  const room = roomOf(setup, own);
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
