/**
 * The splits are apart: words, statements, sentence patterns and task ids, over thousands of tasks of
 * both families. The tests look at finished texts, not at the generator's own bookkeeping.
 */
import { describe, expect, it } from 'vitest';
import { isEvaluationStatement, isUnseenWord } from './inventory';
import { LADDER } from './ladder';
import { patternsFor } from './qa/draft';
import { HOP_PHRASES, type PatternSet, RELATIONS } from './qa/relations';
import { CHATTER, FRAMES, OPENERS } from './qa/small-talk';
import { taskFamilies } from './registry';
import { ROOM_PATTERNS } from './rooms';
import { SPLITS, type Split, type Task } from './task';
import * as WORD_LISTS from './word-lists';

/** Seeds for each split, family and rung. */
const SEEDS = process.env.SOAK ? 5000 : 200;

function tasksOf(split: Split): Task[] {
  return taskFamilies.flatMap((family) =>
    LADDER.flatMap((difficulty) =>
      Array.from({ length: SEEDS }, (_, seed) => family.generate(seed, split, difficulty)),
    ),
  );
}

const TASKS = new Map(SPLITS.map((split) => [split, tasksOf(split)]));
const tasks = (split: Split): Task[] => TASKS.get(split) ?? [];

const textsOf = (task: Task): string[] => [
  ...task.messages.map(({ content }) => content),
  ...task.distractors.map(({ content }) => content),
  task.query,
  ...task.answers,
];
const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
/** " a b c " for phrase search at word boundaries. */
const padded = (text: string): string => ` ${wordsOf(text).join(' ')} `;
const valuesOf = (task: Task): string[] =>
  task.facts
    .flatMap((fact) => [fact.subject, fact.value, ...fact.superseded])
    .map((word) => word.replace(/ box$/, ''));

/** A pattern as an expression over finished text; openings optional. */
function expressionFor(pattern: string, openings: readonly string[]): RegExp {
  const quote = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const slots: Readonly<Record<string, string>> = {
    s: `(?:${[...HOP_PHRASES.map((phrase) => quote(phrase).replace(/\\\{.\\\}/g, '[\\w]+')), '[\\w]+(?: box)?'].join('|')})`,
    v: '(?:\\d+ )?\\w+',
    o: '(?:\\d+ )?\\w+',
    p: '\\w+',
    t: '\\w+',
    f: '\\w+',
  };
  const body = quote(pattern).replace(/\\\{(\w)\\\}/g, (_, slot: string) => slots[slot] ?? '\\w+');
  const first = pattern.startsWith('{')
    ? body
    : `[${pattern.charAt(0)}${pattern.charAt(0).toLowerCase()}]${body.slice(1)}`;
  return new RegExp(`^(?:${openings.map(quote).join('|')})?${first}$`);
}

function expressions(side: keyof PatternSet): RegExp[] {
  const split: Split = side === 'train' ? 'train' : 'unseen-patterns';
  const openings = [OPENERS, FRAMES, ROOM_PATTERNS.frame].flatMap((set) => patternsFor(set, split));
  const sets = [
    ...RELATIONS.flatMap((r) => [
      r.statements,
      r.questions,
      r.misleading,
      ...(r.revisions ? [r.revisions] : []),
    ]),
    CHATTER,
    ROOM_PATTERNS.place,
    ROOM_PATTERNS.move,
    ROOM_PATTERNS.beside,
    ROOM_PATTERNS.goal,
  ];
  return [...new Set(sets.flatMap((set) => set[side]))].map((pattern) => expressionFor(pattern, openings));
}

describe('splits', () => {
  it('share no task id', () => {
    const ids = SPLITS.flatMap((split) => tasks(split).map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(SPLITS)('%s: same arguments, same task', (split) => {
    for (const family of taskFamilies) {
      for (const difficulty of LADDER) {
        expect(family.generate(7, split, difficulty)).toEqual(family.generate(7, split, difficulty));
      }
    }
  });

  it('no name or value of unseen-names stands in any text of another split', () => {
    const unseen = new Set(
      tasks('unseen-names')
        .flatMap(valuesOf)
        .map((value) => padded(value)),
    );
    expect(unseen.size).toBeGreaterThan(SEEDS);
    const oneWord = new Set(
      [...unseen].filter((value) => value.trim().split(' ').length === 1).map((v) => v.trim()),
    );
    const phrases = [...unseen].filter((value) => value.trim().includes(' '));
    for (const split of SPLITS.filter((name) => name !== 'unseen-names')) {
      const texts = tasks(split).flatMap(textsOf);
      const words = new Set(texts.flatMap(wordsOf));
      expect([...oneWord].filter((word) => words.has(word))).toEqual([]);
      const all = texts.map(padded).join('|');
      expect(phrases.filter((phrase) => all.includes(phrase))).toEqual([]);
    }
  });

  it('about a quarter of the ordinary words is unseen, of each kind some', () => {
    const lists = Object.values(WORD_LISTS);
    for (const list of lists) expect(list.some(isUnseenWord)).toBe(true);
    const all = lists.flat();
    const share = all.filter(isUnseenWord).length / all.length;
    expect(share).toBeGreaterThan(0.18);
    expect(share).toBeLessThan(0.32);
  });

  it('evaluation asks about statements that training never makes', () => {
    const stated = (split: Split): Set<string> =>
      new Set(
        tasks(split).flatMap((task) =>
          task.facts.flatMap((fact) =>
            [fact.value, ...fact.superseded].map((value) => `${fact.subject}|${fact.relation}|${value}`),
          ),
        ),
      );
    const train = stated('train');
    const evaluation = stated('evaluation');
    // "is next to the" places boxes beside things and is the only relation without a class of its own.
    const overlap = [...evaluation].filter(
      (statement) => train.has(statement) && !statement.includes('is next to the'),
    );
    expect(overlap).toEqual([]);
    for (const task of tasks('evaluation')) {
      for (const fact of task.facts) {
        if (fact.relation === 'is next to the') continue;
        expect(isEvaluationStatement(fact.subject, fact.relation, fact.value)).toBe(true);
      }
    }
  });

  it('every sentence matches a pattern of its own split and none of the other side', () => {
    const train = expressions('train');
    const unseen = expressions('unseen');
    const sentences = (split: Split): string[] =>
      tasks(split).flatMap((task) =>
        [...task.messages, ...task.distractors].map(({ content }) => content).concat(task.query),
      );
    const check = (split: Split, own: readonly RegExp[], other: readonly RegExp[]): void => {
      for (const sentence of new Set(sentences(split))) {
        expect(
          own.some((pattern) => pattern.test(sentence)),
          `${split}: ${sentence}`,
        ).toBe(true);
        expect(
          other.some((pattern) => pattern.test(sentence)),
          `${split}: ${sentence}`,
        ).toBe(false);
      }
    };
    check('train', train, unseen);
    check('unseen-patterns', unseen, train);
  });

  it('no word of the inventories stands literally in a pattern', () => {
    const inventory = new Set(
      Object.values(WORD_LISTS)
        .flat()
        .map((word) => word.toLowerCase()),
    );
    const sets: PatternSet[] = [
      ...RELATIONS.flatMap((r) => [
        r.statements,
        r.questions,
        r.misleading,
        ...(r.revisions ? [r.revisions] : []),
      ]),
      CHATTER,
      OPENERS,
      FRAMES,
      ...Object.values(ROOM_PATTERNS),
    ];
    const literal = sets
      .flatMap((set) => [...set.train, ...set.unseen])
      .flatMap((pattern) => wordsOf(pattern.replace(/\{\w\}/g, ' ')));
    expect(literal.filter((word) => inventory.has(word))).toEqual([]);
  });
});
