/** In which settings runs differ: every field of what they are trained with, by its path. */
import type { RunCurves } from '../../worker/runs-protocol';

export interface SettingDifference {
  /** As the configuration names it, e.g. `loss.beta`. */
  readonly field: string;
  /** One for each run; an empty text where it has no such field. */
  readonly values: readonly string[];
}

export function differencesOf(
  runs: readonly Pick<RunCurves, 'settings' | 'config'>[],
): readonly SettingDifference[] {
  // What the settings repeat of the configuration is there once.
  const flattened = runs.map(({ settings, config }) => {
    const { preset, seed, evaluateEvery = 0, taskSet = '', taskFamily = 'qa' } = settings;
    return new Map([...leaves({ preset, seed, evaluateEvery, taskSet, taskFamily }), ...leaves(config)]);
  });
  const fields = [...new Set(flattened.flatMap((run) => [...run.keys()]))];
  return fields
    .map((field) => ({ field, values: flattened.map((run) => run.get(field) ?? '') }))
    .filter(({ values }) => new Set(values).size > 1);
}

function leaves(value: object, path = ''): readonly (readonly [field: string, value: string])[] {
  return Object.entries(value).flatMap(([name, part]: [string, unknown]) => {
    const field = path === '' ? name : `${path}.${name}`;
    if (Array.isArray(part)) return [[field, part.join(' ')] as const];
    if (typeof part === 'object' && part !== null) return leaves(part, field);
    return [[field, part === null ? '–' : String(part)] as const];
  });
}
