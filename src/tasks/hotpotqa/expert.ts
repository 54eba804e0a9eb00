/**
 * Reads remembered sentences by the patterns they were written in, follows them to the answer, and says "no" or
 * nothing where they do not lead there. It knows how things are asked, not what is so.
 */
import type { Expert, Task } from '../task';
import { type ArticleRelation, CORRECTIONS, QUESTIONS, STATEMENTS } from './patterns';

interface Read {
  readonly subject: string;
  readonly relation: ArticleRelation;
  readonly value: string;
  readonly corrects: boolean;
}

const NAME = '([\\p{L}\\p{N}]+)';

/** Said when nothing is known. */
const UNKNOWN = 'unknown';

const READERS = (Object.keys(STATEMENTS) as ArticleRelation[]).flatMap((relation) =>
  both(STATEMENTS[relation]).map((pattern) => ({ relation, ...compiled(pattern, ['s', 'v']) })),
);
const ASKED = (Object.keys(QUESTIONS) as (keyof typeof QUESTIONS)[]).flatMap((kind) =>
  both(QUESTIONS[kind]).map((pattern) => ({ kind, ...compiled(pattern, ['a', 'b']) })),
);

export function createHotpotExpert(_task: Task): Expert {
  return { act: (question, remembered) => answer(question, remembered.flatMap(readText)) };
}

function answer(question: string, known: readonly Read[]): string {
  const asked = ASKED.map(({ kind, expression, slots }) => {
    const match = expression.exec(question);
    return match && { kind, names: slots.map((_, i) => match[i + 1]) };
  }).find((one) => one !== null);
  if (!asked) return UNKNOWN;
  const [a = '', b = ''] = asked.names;
  const value = (subject: string | undefined, relation: ArticleRelation): string | undefined => {
    const said = known.filter((one) => one.subject === subject && one.relation === relation);
    return (said.find(({ corrects }) => corrects) ?? said[0])?.value;
  };
  switch (asked.kind) {
    case 'single':
      return value(a, 'lives') ?? UNKNOWN;
    case 'bridge':
      return value(value(a, 'made'), 'shown') ?? UNKNOWN;
    case 'first': {
      const [first, second] = [value(a, 'born'), value(b, 'born')];
      if (first === undefined || second === undefined) return UNKNOWN;
      return Number(first) < Number(second) ? a : b;
    }
    case 'same': {
      const [first, second] = [value(a, 'lives'), value(b, 'lives')];
      if (first === undefined || second === undefined) return UNKNOWN;
      return first === second ? 'yes' : 'no';
    }
  }
}

function readText(text: string): Read[] {
  const corrects = both(CORRECTIONS).some((opening) => text.includes(opening));
  return READERS.flatMap(({ relation, expression, slots }) => {
    const match = expression.exec(text);
    if (!match) return [];
    const named = Object.fromEntries(slots.map((slot, i) => [slot, match[i + 1]]));
    return [{ subject: named.s, relation, value: named.v, corrects }];
  });
}

function both(set: { readonly train: readonly string[]; readonly unseen: readonly string[] }): string[] {
  return [...set.train, ...set.unseen];
}

/** The pattern as an expression, and its slots in the order of their groups. */
function compiled(pattern: string, names: readonly string[]) {
  const slots = [...pattern.matchAll(/\{(\w)\}/g)]
    .map(([, slot]) => slot)
    .filter((slot) => names.includes(slot));
  // A note in memory may do without the full stop.
  const source = pattern
    .replace(/\.$/, '')
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{\w\}/g, NAME);
  return { expression: new RegExp(`(?<![\\p{L}\\p{N}])${source}`, 'u'), slots };
}
