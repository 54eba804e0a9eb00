import { expect, test } from 'vitest';
import { PRESETS } from '../presets';
import type { AblationHead, AblationLine } from './ablation';
import { KeptAblationError, ownOf, readAblation } from './kept-ablation';

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

const elsewhere: AblationLine = { ...HELD_OUT, environment: 'hotpotqa' };
const again = (line: AblationLine): AblationLine => ({ ...line, values: { score: 0.75 } });

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

test.each([
  { what: 'whole', file: [step(1), step(2), HELD_OUT], kept: [step(1), step(2), HELD_OUT] },
  { what: 'not played yet', file: [step(1), step(2)], kept: [step(1), step(2)] },
  { what: 'a step missing', file: [step(2), HELD_OUT], kept: [] },
  { what: 'cut off while it was written', file: [step(1)], kept: [] },
  {
    what: 'trained twice',
    file: [step(1), step(2), HELD_OUT, again(step(1)), again(step(2)), again(HELD_OUT), elsewhere],
    kept: [again(step(1)), again(step(2)), again(HELD_OUT), elsewhere],
  },
  {
    what: 'cut off, and trained again',
    file: [step(1), again(step(1)), again(step(2)), HELD_OUT],
    kept: [again(step(1)), again(step(2)), HELD_OUT],
  },
  {
    what: 'trained, and cut off when trained again',
    file: [step(1), step(2), HELD_OUT, again(step(1))],
    kept: [step(1), step(2), HELD_OUT],
  },
  {
    what: 'played twice',
    file: [step(1), step(2), HELD_OUT, elsewhere, again(HELD_OUT)],
    kept: [step(1), step(2), elsewhere, again(HELD_OUT)],
  },
])('each step and world counts once, of the last training that is whole: $what', ({ file, kept }) => {
  const other: AblationLine = { ...HELD_OUT, method: 'lt' };
  const { lines } = readAblation(text(HEAD, other, ...file), HEAD);
  expect(lines).toEqual([other, ...kept]);
  expect(ownOf(lines, 'agemem', 1)).toEqual(kept);
  expect(ownOf(lines, 'agemem', 2)).toEqual([]);
});
