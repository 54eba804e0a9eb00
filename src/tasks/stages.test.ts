import { describe, expect, test } from 'vitest';
import { HOUSE_PATTERNS } from './alfworld/told';
import { BABYAI_PATTERNS } from './babyai/patterns';
import { pddlFamily } from './pddl/family';
import { TOLD_PATTERNS } from './pddl/told';
import type { PatternSet } from './qa/relations';
import { LAB_PATTERNS } from './scienceworld/told';
import { admits, drawFitting, factsOf, isCorrection, lastWord, NothingFitsSplitError, tell } from './stages';

const MIRA = { subject: 'the key', relation: 'is in', value: 'c', superseded: ['a', 'b'] };
const ZORB = { subject: 'the lamp', relation: 'is on', value: 'd', superseded: [] };

describe('stage 1', () => {
  test('a statement is a thread of messages: told, then corrected', () => {
    const threads = tell([MIRA, ZORB], (i, value, corrects) => `${i}${corrects ? '!' : ''} ${value}`);
    expect(threads.map((thread) => thread.map(({ content }) => content))).toEqual([
      ['0 a', '0! b', '0! c'],
      ['1 d'],
    ]);
    expect(threads[0].map(({ kind }) => kind)).toEqual(['fact', 'revision', 'revision']);
    const ids = factsOf([MIRA, ZORB]).map(({ id }) => id);
    expect(threads.map((thread) => [...new Set(thread.flatMap(({ factIds }) => factIds))])).toEqual(
      ids.map((id) => [id]),
    );
  });

  test('a world is drawn until it fits, or that is refused by name', () => {
    let n = 0;
    expect(
      drawFitting(
        'train',
        () => ++n,
        (world) => world > 3,
      ),
    ).toBe(4);
    expect(() =>
      drawFitting(
        'evaluation',
        () => 0,
        () => false,
      ),
    ).toThrow(NothingFitsSplitError);
  });

  test.each([35, 36])(
    'three statements that all fit evaluation are found, however rare: pddl, seed %i',
    (seed) => {
      const { facts } = pddlFamily.generate(seed, 'evaluation', 'two-hops');
      expect(facts).toHaveLength(3);
      for (const { subject, relation, value } of facts) {
        expect(admits('evaluation', subject, relation, value)).toBe(true);
        expect(admits('train', subject, relation, value)).toBe(false);
      }
    },
  );
});

describe('corrections', () => {
  const all = (set: PatternSet) => [...set.train, ...set.unseen];
  const { place, beside, move } = HOUSE_PATTERNS;
  const labKinds = Object.entries(LAB_PATTERNS).filter(([kind]) => kind !== 'frame');
  const ofLab = (corrects: boolean) =>
    labKinds.filter(([kind]) => kind.endsWith('-later') === corrects).map(([, set]) => set);
  const told = Object.values(TOLD_PATTERNS);
  const first = [place, beside, BABYAI_PATTERNS.place, ...ofLab(false), ...told.map((one) => one.first)];
  const later = [move, BABYAI_PATTERNS.move, ...ofLab(true), ...told.map((one) => one.later)];

  test('are told by their words in every world, and nothing else is taken for one', () => {
    expect(later.flatMap(all).filter((text) => !isCorrection(text))).toEqual([]);
    expect(first.flatMap(all).filter(isCorrection)).toEqual([]);
    expect([first.length, later.length]).toEqual([16, 11]);
  });

  test('have the last word, in whatever order texts come; of two texts of a kind the first', () => {
    const read = (text: string) => /\d/.exec(text)?.[0] ?? null;
    expect(lastWord(['It is 1.', 'Correction: it is 2.', 'No, it is 3.'], read)).toBe('2');
    expect(lastWord(['No, it is 3.', 'It is 1.'], read)).toBe('3');
    expect(lastWord(['It is 1.', 'It is 4.', 'Correction: nothing.'], read)).toBe('1');
    expect(lastWord([], read)).toBe(null);
  });
});
