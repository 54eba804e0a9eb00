import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type AblationLine, AblationLineError, ownOf, readAblationLines } from './ablation-lines';

const HEAD = {
  ablation: {
    model: 'public/policy',
    family: 'qa',
    backend: 'wasm',
    steps: 2,
    tasksPerStep: 4,
    groupSize: 8,
    episodes: 100,
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
const elsewhere: AblationLine = { ...HELD_OUT, environment: 'hotpotqa' };
const again = (line: AblationLine): AblationLine => ({ ...line, values: { score: 0.75 } });
const read = (...values: readonly unknown[]) =>
  readAblationLines(values.map((value) => JSON.stringify(value)));

test('settings come first, after the head of evidence; a file without is another one', () => {
  const found = read({ command: 'npm run ablation' }, HEAD, step(1), step(2), HELD_OUT);
  expect(found).toEqual({ settings: HEAD.ablation, lines: [step(1), step(2), HELD_OUT] });
  expect(read(step(1), HEAD)).toBeNull();
  expect(readAblationLines([])).toBeNull();
});

test('a line that is none is told by its number', () => {
  const lines = [JSON.stringify({ command: 'npm' }), JSON.stringify(HEAD), '{"kind":"st'];
  expect(() => readAblationLines(lines)).toThrow(new AblationLineError(3));
  expect(() => readAblationLines(['null'])).toThrow(new AblationLineError(1));
});

test('of the recorded ablation nothing is left out', () => {
  const url = new URL('../../docs/evidence/ablation-bundled.jsonl', import.meta.url);
  const lines = readFileSync(url, 'utf8').trim().split('\n');
  // Two of them are heads.
  expect(readAblationLines(lines)?.lines).toHaveLength(lines.length - 2);
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
  const lines = read(HEAD, other, ...file)?.lines ?? [];
  expect(lines).toEqual([other, ...kept]);
  expect(ownOf(lines, 'agemem', 1)).toEqual(kept);
  expect(ownOf(lines, 'agemem', 2)).toEqual([]);
});
