/**
 * The presets of training as they are for the model that acts. For a policy of the site they are what the table says; a
 * larger model learns by a smaller rate from completions as long as it is set up to write, and a step of the lab's own
 * preset is one that a tab can take.
 */
import { sitePolicy } from '../../policies/site-policies';
import { PRESETS, type Preset, type PresetName } from '../../rl/presets';
import type { ActiveModel } from '../models-protocol';
import type { ActorSize } from './actor';
import type { Play } from './play';

/** Parameters above which the rate tuned for the bundled policy is too large. */
const LARGE_PARAMETERS = 10e6;
const LARGE_RATE = 1e-4;

export interface Trained {
  readonly active: ActiveModel;
  readonly play: Play;
  readonly size: ActorSize;
}

export function presetFor(name: PresetName, { active, play, size }: Trained): Preset {
  const preset = PRESETS[name];
  if (sitePolicy(active.id)) return preset;
  const { config, sources } = preset;
  const drawn: Preset = {
    config: { ...config, maxNewTokens: play.maxNewTokens },
    sources: { ...sources, maxNewTokens: '[D] as the model is set up' },
  };
  if (name === 'official' || name === 'trl') return drawn;
  const played: Preset = {
    config: { ...drawn.config, temperature: play.temperature },
    sources: { ...drawn.sources, temperature: '[D] as the model is set up' },
  };
  if ((size.parameters ?? 0) <= LARGE_PARAMETERS) return played;
  const slowly: Preset = {
    config: { ...played.config, lr: LARGE_RATE },
    sources: { ...played.sources, lr: '[D] usual for LoRA on models of hundreds of millions of parameters' },
  };
  if (name === 'paper') return slowly;
  return {
    config: { ...slowly.config, tasksPerStep: 1, groupSize: 4, steps: 10, iterations: 1 },
    sources: {
      ...slowly.sources,
      tasksPerStep: '[D] one: a step takes as long as its rollouts',
      groupSize: '[D] four, for the same reason; [P] K = 8',
      steps: '[D] as many as an evening in a tab has',
      iterations: '[D] one update on a batch',
    },
  };
}
