/**
 * A task in somebody's own words as a `Task`: questions and answers of the family `qa`, so that everything that plays,
 * pays and trains on those does so on these.
 */
import { containsPhrase } from '../phrase';
import { qaFamily } from '../qa/family';
import { createRandom } from '../random';
import type { Difficulty, Fact, Split, Task, TaskMessage } from '../task';
import type { OwnTask } from './form';

/** Distractors of the lab that a task gets that has none of its own. */
export const LENT_DISTRACTORS = 2;

export interface OwnPlace {
  /** Names the set, e.g. by its hash. */
  readonly set: string;
  /** Place in it, from 0. */
  readonly index: number;
  readonly split: Extract<Split, 'train' | 'evaluation'>;
}

export function ownTask(form: OwnTask, { set, index, split }: OwnPlace): Task {
  const facts = factsOf(form);
  const needed = facts.filter(({ id }) => isNeeded(form, id));
  const id = `own/${set}/${index + 1}`;
  const distractors = form.distractors ?? lentDistractors(form);
  return {
    id,
    family: qaFamily.id,
    split,
    difficulty: difficultyOf(facts, needed),
    seed: index,
    messages: form.messages.map(
      ({ says, states = [], corrects = [] }): TaskMessage => ({
        content: says,
        kind: corrects.length > 0 ? 'revision' : states.length > 0 ? 'fact' : 'chatter',
        factIds: [...new Set([...states, ...corrects].map((one) => one.id))],
      }),
    ),
    distractors: distractors.map((content) => ({ content, kind: 'distractor', factIds: [] })),
    query: form.question,
    answers: form.answers,
    facts,
    neededFactIds: needed.map((fact) => fact.id),
    keyItems: form.key ?? needed.map(({ value }) => value),
  };
}

/** Every fact with the value it has in the end. */
function factsOf({ messages }: OwnTask): readonly Fact[] {
  const facts = new Map<string, Fact>();
  for (const { says, states = [], corrects = [] } of messages) {
    for (const { id, value } of corrects) {
      const before = facts.get(id);
      if (before) facts.set(id, { ...before, value, superseded: [...before.superseded, before.value] });
    }
    for (const { id, about, value } of states) {
      const relation = wordsBetween(says, about, value);
      facts.set(id, { id, subject: about, relation, value, superseded: [], worthKeeping: true });
    }
  }
  return [...facts.values()];
}

function isNeeded({ messages }: OwnTask, id: string): boolean {
  return messages.some(({ states = [] }) => states.some((fact) => fact.id === id && fact.needed));
}

/** What the sentence says between subject and value; a dash where the value comes first or next to nothing lies between. */
function wordsBetween(says: string, about: string, value: string): string {
  const from = says.indexOf(about);
  const to = from < 0 ? -1 : says.indexOf(value, from + about.length);
  const between = to < 0 ? '' : says.slice(from + about.length, to).trim();
  return between.length > 0 && between.length <= 60 ? between : '–';
}

function difficultyOf(facts: readonly Fact[], needed: readonly Fact[]): Difficulty {
  if (needed.length > 1) return 'two-hops';
  if (facts.some(({ superseded }) => superseded.length > 0)) return 'revisions';
  return facts.length > 1 ? 'several' : 'one-fact';
}

/** Of made-up tasks, chosen by what this task says; none of them names anything that it is about. */
function lentDistractors(form: OwnTask): readonly string[] {
  const names = form.messages.flatMap(({ states = [], corrects = [] }) => [
    ...states.flatMap(({ about, value }) => [about, value]),
    ...corrects.map(({ value }) => value),
  ]);
  const random = createRandom('own-distractors', form.question, ...form.messages.map(({ says }) => says));
  const lent: string[] = [];
  // Each made-up task has one or more, and hardly ever a name in common: the bound is never met in practice.
  for (let tries = 0; lent.length < LENT_DISTRACTORS && tries < 100; tries++) {
    const { distractors } = qaFamily.generate(random.int(2 ** 31), 'train', 'several');
    const [{ content }] = distractors;
    if (!names.some((name) => containsPhrase(content, name))) lent.push(content);
  }
  return lent;
}
