/**
 * The five worlds keep their splits apart as the other families do: no task twice, no name of `unseen-names` in any text
 * of another split of the family, no statement of `evaluation` among those of `train`.
 */
import { describe, expect, test } from 'vitest';
import { LADDER } from './ladder';
import { SPLITS, type Split, type Task } from './task';
import { benchmarkFamilies } from './worlds';

const SEEDS = process.env.SOAK ? 400 : 25;

const words = (text: string): string => ` ${(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ')} `;
const textsOf = (task: Task): string[] => [
  ...task.messages.map(({ content }) => content),
  ...task.distractors.map(({ content }) => content),
  task.query,
];
const statementsOf = (task: Task): string[] =>
  task.facts.map(({ subject, relation, value }) => `${subject}|${relation}|${value}`);

describe.each(benchmarkFamilies.map((family) => [family.id, family] as const))('%s', (_, family) => {
  const bySplit = new Map(
    SPLITS.map((split) => [
      split,
      LADDER.flatMap((difficulty) =>
        Array.from({ length: SEEDS }, (__, seed) => family.generate(seed, split, difficulty)),
      ),
    ]),
  );
  const tasks = (split: Split): readonly Task[] => bySplit.get(split) ?? [];

  test('no task is in two splits', () => {
    const ids = SPLITS.flatMap((split) => tasks(split).map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('no subject of unseen-names stands in a text of another split', () => {
    const unseen = new Set(
      tasks('unseen-names').flatMap(({ facts }) => facts.map(({ subject }) => words(subject))),
    );
    expect(unseen.size).toBeGreaterThan(1);
    const others = SPLITS.filter((split) => split !== 'unseen-names')
      .flatMap((split) => tasks(split).flatMap(textsOf))
      .map(words)
      .join('|');
    // The lamp is part of every house, as the fridge is.
    const shared = [...unseen].filter(
      (subject) => others.includes(subject) && !subject.startsWith(' desklamp '),
    );
    expect(shared).toEqual([]);
  });

  test('evaluation states what training never states', () => {
    const train = new Set(tasks('train').flatMap(statementsOf));
    expect(
      tasks('evaluation')
        .flatMap(statementsOf)
        .filter((one) => train.has(one)),
    ).toEqual([]);
  });
});
