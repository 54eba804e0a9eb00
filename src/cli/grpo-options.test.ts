import { expect, test } from 'vitest';
import { PRESETS, type PresetName } from '../rl/presets';
import { applySwitches, SWITCHES, SwitchError } from '../rl/switches';
import { Arguments, UsageError } from './arguments';
import { GRPO_OPTIONS, grpoConfigIn } from './grpo-options';

const NAMES = Object.keys(PRESETS) as readonly PresetName[];

function config(...given: readonly string[]) {
  const args = Arguments.parse(given, 'Train.', GRPO_OPTIONS);
  if (!args) throw new Error('Help was asked for.');
  return grpoConfigIn(args);
}

test('without options it is the preset of the lab; with a preset it is that preset', () => {
  expect(config()).toEqual(PRESETS.lab.config);
  for (const name of NAMES) expect(config('--preset', name)).toEqual(PRESETS[name].config);
});

test.each(NAMES)('%s: sizes change what they name and nothing else', (preset) => {
  const given = config('--preset', preset, '--steps', '7', '--tasks', '3', '--group', '5');
  expect(given).toEqual({ ...PRESETS[preset].config, steps: 7, tasksPerStep: 3, groupSize: 5 });
});

test.each(SWITCHES.map(({ name, choices }) => [name, choices?.at(-1) ?? '0.5'] as const))(
  '--%s is the switch of that name, on any preset',
  (name, value) => {
    for (const preset of NAMES) {
      expect(config('--preset', preset, `--${name}`, value)).toEqual(
        applySwitches(PRESETS[preset].config, new Map([[name, value]])),
      );
    }
  },
);

test('switches are applied together, whatever their order', () => {
  const parts = [
    ['--loss', 'dapo'],
    ['--scale-rewards', 'none'],
    ['--steps', '2'],
  ];
  const one = config(...parts.flat());
  expect(config(...parts.toReversed().flat())).toEqual(one);
  expect(one).toMatchObject({ steps: 2, loss: { lossType: 'dapo' }, advantage: { scale: 'none' } });
});

test('a preset is not changed by what a command asks for', () => {
  const before = JSON.stringify(PRESETS);
  config('--loss', 'dapo', '--steps', '3', '--step-weight', '0.25');
  expect(JSON.stringify(PRESETS)).toBe(before);
});

test.each([
  ['--steps', '0'],
  ['--steps', '2.5'],
  ['--tasks', 'many'],
  ['--group', '1'],
  ['--preset', 'mine'],
])('%s %s is refused with the option in words', (name, value) => {
  expect(() => config(name, value)).toThrow(UsageError);
  expect(() => config(name, value)).toThrow(name);
});

test('a value that a switch does not take is refused by the switch', () => {
  expect(() => config('--loss', 'nonsense')).toThrow(SwitchError);
  expect(() => config('--no-such-switch', '1')).toThrow(UsageError);
});

test('every switch is an option with its help and the values it takes, and none hides another', () => {
  for (const { name, help, choices } of SWITCHES) {
    expect(GRPO_OPTIONS[name].help).toContain(help);
    for (const choice of choices ?? []) expect(GRPO_OPTIONS[name].help).toContain(choice);
  }
  // Sizes and the preset beside them.
  expect(Object.keys(GRPO_OPTIONS)).toHaveLength(SWITCHES.length + 4);
});
