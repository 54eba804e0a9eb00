/** The presets as the page shows them: what can be set, and every field in words with its source. */
import { type GrpoConfig, PRESETS, type PresetName } from '../rl/presets';
import { presetFor, type Trained } from './acting/presets';
import type { PresetFacts } from './protocol';

/** For the model that acts. */
export function presetFacts(model: Trained): readonly PresetFacts[] {
  return (Object.keys(PRESETS) as PresetName[]).map((name) => {
    const { config, sources } = presetFor(name, model);
    return {
      name,
      settings: {
        preset: name,
        steps: config.steps,
        tasksPerStep: config.tasksPerStep,
        groupSize: config.groupSize,
        lr: config.lr,
        seed: 1,
        advantageMode: config.advantage.mode,
        reward: config.reward,
        evaluateEvery: 5,
        taskSet: '',
      },
      fields: (Object.keys(config) as (keyof GrpoConfig)[]).map((field) => ({
        field,
        value: inWords(config[field]),
        source: sources[field],
      })),
    };
  });
}

function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(inWords).join(', ');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([key, part]) => `${key} ${inWords(part)}`)
      .join('; ');
  }
  return value === null ? 'none' : String(value);
}
