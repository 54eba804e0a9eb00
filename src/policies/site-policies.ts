/**
 * The policies that are part of this site: where each lies, by what rules it is played and what it was taught. Whoever
 * opens one reads it here, the page's worker and the commands alike; so a policy acts in the window it was made for
 * wherever it is opened.
 *
 * A model of any other folder is played as the one of them that fits it best, unless whoever opens it knows better.
 */
import {
  BUNDLED_EPISODE_CONFIG,
  BUNDLED_MAX_NEW_TOKENS,
  type EpisodeConfig,
  WORLDS_EPISODE_CONFIG,
} from '../agent/config';

export interface SitePolicy {
  /** In the list of models, in links and in event logs' notes; stable from version to version. */
  readonly id: string;
  readonly title: string;
  /** As event logs name it. */
  readonly name: string;
  /** Folders of the site: the model, and the adapter trained from it. */
  readonly folder: string;
  readonly adapterFolder: string;
  /** How that adapter was trained, as the table tells weights apart: as AgeMem is, or as the variant of that name. */
  readonly trainedAs: 'trained' | 'answer-only' | 'lt-rl';
  readonly episode: EpisodeConfig;
  /** Families of tasks that its demonstrations were of. */
  readonly taught: readonly string[];
}

/** Opened first, and again when another is closed. */
export const BUNDLED_POLICY = {
  id: 'bundled',
  title: 'The bundled policy',
  name: 'bundled',
  folder: 'policy',
  adapterFolder: 'adapter',
  trainedAs: 'trained',
  episode: BUNDLED_EPISODE_CONFIG,
  taught: ['qa'],
} as const satisfies SitePolicy;

/** Reads people and the five worlds, in a window four times as large; its adapter was trained on questions alone. */
export const WORLDS_POLICY: SitePolicy = {
  id: 'engine:site/worlds-policy',
  title: 'The worlds policy',
  name: 'worlds',
  folder: 'worlds-policy',
  adapterFolder: 'worlds-adapter',
  trainedAs: 'trained',
  episode: WORLDS_EPISODE_CONFIG,
  taught: ['qa', 'rooms', 'hotpotqa', 'babyai', 'pddl', 'alfworld', 'scienceworld'],
};

/** The bundled policy's base with another adapter beside it: what the reward, and the tools in reach, make of it. */
export const ANSWER_ONLY_POLICY: SitePolicy = {
  ...BUNDLED_POLICY,
  id: 'engine:site/answer-only',
  title: 'The bundled policy, trained for the answer alone',
  name: 'answer-only',
  adapterFolder: 'answer-only-adapter',
  trainedAs: 'answer-only',
};

export const LONG_TERM_POLICY: SitePolicy = {
  ...BUNDLED_POLICY,
  id: 'engine:site/long-term',
  title: 'The bundled policy, trained with long-term tools alone',
  name: 'long-term',
  adapterFolder: 'long-term-adapter',
  trainedAs: 'lt-rl',
};

export const SITE_POLICIES: readonly SitePolicy[] = [
  BUNDLED_POLICY,
  WORLDS_POLICY,
  ANSWER_ONLY_POLICY,
  LONG_TERM_POLICY,
];

/** What is known of it before it is opened; undefined: no policy of the site has this id. */
export function sitePolicy(id: string): SitePolicy | undefined {
  return SITE_POLICIES.find((policy) => policy.id === id);
}

/**
 * As which of them a model is played that takes this many tokens, prompt and completion together: that with the largest
 * window it can fill, and the bundled one where it can fill none. What its folder is called tells nothing: a copy keeps its
 * rules under any name, and every training writes to a `policy` of its own.
 */
export function playedLike(maxPositions: number): SitePolicy {
  const windowOf = ({ episode }: SitePolicy): number => episode.hardPromptTokens + BUNDLED_MAX_NEW_TOKENS;
  return SITE_POLICIES.filter((policy) => windowOf(policy) <= maxPositions).reduce<SitePolicy>(
    (largest, policy) => (windowOf(policy) > windowOf(largest) ? policy : largest),
    BUNDLED_POLICY,
  );
}
