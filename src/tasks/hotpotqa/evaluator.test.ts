/** Against recorded runs of the original evaluator: every figure to 1e-12. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { linesOf, recordsOf } from '../records.fixture';
import {
  answerFigures,
  evaluateHotpot,
  type HotpotFigures,
  type HotpotGold,
  type HotpotPrediction,
  jointFigures,
  normaliseHotpot,
  type SupportingFact,
  supportFigures,
} from './evaluator';

const records = recordsOf('hotpotqa');
/** Kept here with their notice, so that they are compared everywhere. */
const kept = (file: string): string => readFileSync(new URL(`./fixtures/${file}`, import.meta.url), 'utf8');
const lines = <T>(file: string): readonly T[] => linesOf<T>(kept(file));

interface CaseRecord {
  readonly id: string;
  readonly prediction: string;
  readonly gold: string;
  readonly sp_prediction: readonly SupportingFact[];
  readonly sp_gold: readonly SupportingFact[];
  readonly normalised: readonly [string, string];
  readonly expected: HotpotFigures;
}
interface FileRecord {
  readonly id: string;
  readonly prediction: HotpotPrediction;
  readonly gold: readonly HotpotGold[];
  readonly expected: HotpotFigures;
}

function sameFigures(id: string, ours: HotpotFigures, expected: HotpotFigures): number {
  for (const [name, value] of Object.entries(expected)) {
    const figure = ours[name as keyof HotpotFigures];
    expect(Math.abs(figure - value), `${id}: ${name} is ${figure}, not ${value}`).toBeLessThanOrEqual(1e-12);
  }
  return Object.keys(expected).length;
}

describe('the original evaluator', () => {
  test.skipIf(!records.there)('the kept records are the recorded ones, to the byte', () => {
    for (const file of ['cases.jsonl', 'files.jsonl']) expect(kept(file) === records.text(file)).toBe(true);
  });

  test('178 cases: normal forms and twelve figures each, 2,136 in all', () => {
    let figures = 0;
    for (const one of lines<CaseRecord>('cases.jsonl')) {
      expect([normaliseHotpot(one.prediction), normaliseHotpot(one.gold)], one.id).toEqual(one.normalised);
      const answer = answerFigures(one.prediction, one.gold);
      const support = supportFigures(one.sp_prediction, one.sp_gold);
      const all = { ...answer, ...support, ...jointFigures(answer, support) };
      figures += sameFigures(one.id, all, one.expected);
    }
    expect(figures).toBe(2136);
  });

  test('12 files: means over the gold list, parts missing, 144 figures', () => {
    let figures = 0;
    for (const { id, prediction, gold, expected } of lines<FileRecord>('files.jsonl')) {
      figures += sameFigures(id, evaluateHotpot(prediction, gold), expected);
    }
    expect(figures).toBe(144);
  });
});

test('what Python and JavaScript tell apart', () => {
  // "é" is a letter: no word ends before it. U+FEFF is no white space, U+0085 is.
  expect(normaliseHotpot('aé a')).toBe('aé');
  expect(normaliseHotpot('x\ufeffy\u0085z')).toBe('x\ufeffy z');
  expect(normaliseHotpot('The "river".')).toBe('river');
  expect(normaliseHotpot('“river”')).toBe('“river”');
});

test('an empty gold list gives zeros, not NaN', () => {
  expect(Object.values(evaluateHotpot({ answer: {}, sp: {} }, [])).every((figure) => figure === 0)).toBe(
    true,
  );
});
