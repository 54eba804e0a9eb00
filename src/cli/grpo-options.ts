/** Options of the commands that train: sizes, a preset, and every switch of the algorithm (`rl/switches.ts`). */
import { type GrpoConfig, PRESETS, type PresetName } from '../rl/presets';
import { applySwitches, SWITCHES } from '../rl/switches';
import type { Arguments, OptionSpec } from './arguments';

const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];

export const GRPO_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  steps: { type: 'string', help: 'GRPO steps' },
  tasks: { type: 'string', help: 'tasks (groups) a step' },
  group: { type: 'string', help: 'rollouts of one task' },
  preset: { type: 'string', help: PRESET_NAMES.join(' | '), default: 'lab' },
  ...Object.fromEntries(
    SWITCHES.map(({ name, help, choices }) => [
      name,
      { type: 'string', help: `${help}${choices ? `: ${choices.join(' | ')}` : ''}` },
    ]),
  ),
};

/** The preset with what was given otherwise. Throws `UsageError`, `SwitchError`. */
export function grpoConfigIn(args: Arguments): GrpoConfig {
  const base = PRESETS[args.choice('preset', PRESET_NAMES)].config;
  const given = new Map(
    SWITCHES.flatMap(({ name }) => {
      const text = args.text(name);
      return text === undefined ? [] : [[name, text] as const];
    }),
  );
  return applySwitches(
    {
      ...base,
      steps: args.text('steps') === undefined ? base.steps : args.whole('steps', 1),
      tasksPerStep: args.text('tasks') === undefined ? base.tasksPerStep : args.whole('tasks', 1),
      groupSize: args.text('group') === undefined ? base.groupSize : args.whole('group', 2),
    },
    given,
  );
}
