/**
 * How episodes are played with the model that acts: by what rules, and how completions are drawn. Everything that plays
 * reads it here, so that what is compared (an episode, its group, a fork, a held-out task) was played alike.
 */
import { BUNDLED_EPISODE_CONFIG, BUNDLED_MAX_NEW_TOKENS, type EpisodeConfig } from '../../agent/config';
import { PRESETS } from '../../rl/presets';

export interface Play {
  readonly episode: EpisodeConfig;
  readonly temperature: number;
  /** Longest completion, tokens. */
  readonly maxNewTokens: number;
}

export const BUNDLED_PLAY: Play = {
  episode: BUNDLED_EPISODE_CONFIG,
  temperature: PRESETS.lab.config.temperature,
  maxNewTokens: BUNDLED_MAX_NEW_TOKENS,
};
