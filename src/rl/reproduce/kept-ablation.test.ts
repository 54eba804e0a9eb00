import { expect, test } from 'vitest';
import type { AblationLine } from '../../evidence/ablation-lines';
import { PRESETS } from '../presets';
import type { AblationHead } from './ablation';
import { KeptAblationError, readAblation } from './kept-ablation';

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
  const read = readAblation(`${text({ command: 'npm' }, HEAD, step(1), step(2), HELD_OUT)}{"kind":"st`, HEAD);
  expect(read).toEqual({ head: HEAD, lines: [step(1), step(2), HELD_OUT] });
  expect(readAblation('', HEAD)).toEqual({ head: HEAD, lines: [] });
});

test('a file of other settings or of something else is refused', () => {
  const other = { ablation: { ...HEAD.ablation, episodes: 20 } };
  expect(() => readAblation(text(other, step(1)), HEAD)).toThrow(KeptAblationError);
  expect(() => readAblation(text(step(1)), HEAD)).toThrow(KeptAblationError);
  expect(() => readAblation('not json\n', HEAD)).toThrow(/^Line 1 /);
});

test('a file of other weights is refused; an older one that does not tell them is taken, and its head stays', () => {
  const now = (weights: string): AblationHead => ({ ablation: { ...HEAD.ablation, weights } });
  expect(readAblation(text(now('0123abcd')), now('0123abcd')).head).toEqual(now('0123abcd'));
  expect(readAblation(text(HEAD), now('0123abcd')).head).toEqual(HEAD);
  expect(() => readAblation(text(now('0123abcd')), now('89ef4567'))).toThrow(
    /weights 0123abcd, and public\/policy holds 89ef4567/,
  );
  const other = { ablation: { ...HEAD.ablation, episodes: 20 } };
  expect(() => readAblation(text(other), now('0123abcd'))).toThrow(KeptAblationError);
});

test('a file of another version is refused; one that does not tell it is of version 2', () => {
  const of = (version: number): AblationHead => ({ ablation: { ...HEAD.ablation, version } });
  expect(readAblation(text(of(3), step(1), step(2)), of(3))).toEqual({
    head: of(3),
    lines: [step(1), step(2)],
  });
  expect(() => readAblation(text(of(4)), of(3))).toThrow(KeptAblationError);
  expect(() => readAblation(text(HEAD), of(3))).toThrow(
    /of version 2 of tasks and scores, and 3 is played now/,
  );
  expect(readAblation(text(HEAD), of(2)).head).toEqual(HEAD);
});
