/**
 * The policies that are part of this site: where each lies, by what rules it is played and what it was taught. Whoever
 * opens one reads it here, the page's worker and the commands alike; so a policy acts in the window it was made for
 * wherever it is opened.
 *
 * A model of any other folder is played as the bundled policy is, unless whoever opens it knows better.
 */
import { BUNDLED_EPISODE_CONFIG, type EpisodeConfig, WORLDS_EPISODE_CONFIG } from '../agent/config';

export interface SitePolicy {
  /** In the list of models, in links and in event logs' notes; stable from version to version. */
  readonly id: string;
  readonly title: string;
  /** As event logs name it. */
  readonly name: string;
  /** Folders of the site: the model, and the adapter trained from it. */
  readonly folder: string;
  readonly adapterFolder: string;
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
  episode: WORLDS_EPISODE_CONFIG,
  taught: ['qa', 'rooms', 'hotpotqa', 'babyai', 'pddl', 'alfworld', 'scienceworld'],
};

export const SITE_POLICIES: readonly SitePolicy[] = [BUNDLED_POLICY, WORLDS_POLICY];

/** What is known of it before it is opened; undefined: no policy of the site has this id. */
export function sitePolicy(id: string): SitePolicy | undefined {
  return SITE_POLICIES.find((policy) => policy.id === id);
}

/** How a model in this folder is played, by the folder's name: a copy of a site's policy keeps it. */
export function episodeConfigOf(folder: string): EpisodeConfig {
  const name = folder.split(/[\\/]+/).findLast((part) => part !== '' && part !== '.');
  return (SITE_POLICIES.find((policy) => policy.folder === name) ?? BUNDLED_POLICY).episode;
}
