import { expect, test } from 'vitest';
import { PRESETS } from '../presets';
import type { AblationHead, AblationLine } from './ablation';
import { KeptAblationError, keptOf, readAblation } from './kept-ablation';

const HEAD: AblationHead = {
  ablation: {
    model: 'public/policy',
    family: 'qa',
    backend: 'wasm',
    steps: 2,
    tasksPerStep: 4,
    groupSize: 8,
    episodes: 100,
    config: PRESETS.lab.config,
  },
};
const step = (number: number): AblationLine => ({
  kind: 'step',
  method: 'agemem',
  seed: 1,
  step: number,
  values: { score: 0.5 },
});
const HELD_OUT: AblationLine = {
  kind: 'held-out',
  method: 'agemem',
  seed: 1,
  environment: 'qa',
  values: { score: 0.5 },
};
const text = (...values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

test('lines are read back, but for the head of evidence and a line that was cut off', () => {
  const read = readAblation(`${text({ command: 'npm' }, HEAD, step(1), HELD_OUT)}{"kind":"st`, HEAD);
  expect(read).toEqual([step(1), HELD_OUT]);
  expect(readAblation('', HEAD)).toEqual([]);
});

test('a file of other settings or of something else is refused', () => {
  const other = { ablation: { ...HEAD.ablation, episodes: 20 } };
  expect(() => readAblation(text(other, step(1)), HEAD)).toThrow(KeptAblationError);
  expect(() => readAblation(text(step(1)), HEAD)).toThrow(KeptAblationError);
  expect(() => readAblation('not json\n', HEAD)).toThrow(/^Line 1 /);
});

test('a variant on a seed is kept when all its steps and environments are there', () => {
  const whole = [step(1), step(2), HELD_OUT];
  expect(keptOf(whole, 'agemem', 1, 2, ['qa'])).toEqual(whole);
  expect(keptOf(whole.slice(1), 'agemem', 1, 2, ['qa'])).toBeNull();
  expect(keptOf(whole, 'agemem', 1, 2, ['qa', 'hotpotqa'])).toBeNull();
  expect(keptOf(whole, 'agemem', 2, 2, ['qa'])).toBeNull();
  expect(keptOf(whole, 'lt-rl', 1, 2, ['qa'])).toBeNull();
});
