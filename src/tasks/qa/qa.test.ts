import { describe, expect, it } from 'vitest';
import { DEFAULT_MIX, LADDER, sampleTask } from '../ladder';
import { SPLITS, type Task } from '../task';
import { createQaFamily, qaFamily } from './family';
import { HOP_PHRASES } from './relations';
import { scoreAnswer } from './score';

const SEEDS = process.env.SOAK ? 3000 : 150;
const ALL: readonly Task[] = SPLITS.flatMap((split) =>
  LADDER.flatMap((difficulty) =>
    Array.from({ length: SEEDS }, (_, seed) => qaFamily.generate(seed, split, difficulty)),
  ),
);
const padded = (text: string): string => ` ${(text.toLowerCase().match(/[a-z0-9]+/g) ?? []).join(' ')} `;
const says = (text: string, phrase: string): boolean => padded(text).includes(padded(phrase));

describe('question-answering tasks', () => {
  it('state every fact once and every revision once, in order', () => {
    for (const task of ALL) {
      for (const fact of task.facts) {
        const history = [...fact.superseded, fact.value];
        const messages = task.messages.filter(({ factIds }) => factIds.includes(fact.id));
        expect(messages.map(({ kind }) => kind)).toEqual(
          history.map((_, i) => (i === 0 ? 'fact' : 'revision')),
        );
        for (const [i, message] of messages.entries()) {
          expect(says(message.content, fact.subject), message.content).toBe(true);
          expect(says(message.content, history[i]), message.content).toBe(true);
        }
      }
      const stated = task.messages.filter(({ kind }) => kind === 'fact' || kind === 'revision');
      expect(stated).toHaveLength(task.facts.reduce((sum, fact) => sum + 1 + fact.superseded.length, 0));
    }
  });

  it('leave no slot unfilled and repeat no message', () => {
    for (const task of ALL) {
      const texts = [...task.messages, ...task.distractors].map(({ content }) => content);
      expect(new Set(texts).size).toBe(texts.length);
      for (const text of [...texts, task.query]) expect(text).not.toMatch(/[{}]|undefined|\s{2}/);
    }
  });

  it('can be answered from the needed facts alone, one hop after the other', () => {
    for (const task of ALL) {
      const chain = task.neededFactIds.map((id) => task.facts.find((fact) => fact.id === id));
      expect(chain.length).toBe(task.difficulty === 'two-hops' ? 2 : 1);
      expect(says(task.query, chain[0]?.subject ?? '?')).toBe(true);
      if (chain.length === 2) {
        expect(chain[1]?.subject).toBe(chain[0]?.value);
        // The bridge is not given away.
        expect(says(task.query, chain[0]?.value ?? '')).toBe(false);
      }
      expect(task.answers).toEqual([chain.at(-1)?.value]);
      expect(task.keyItems).toEqual(chain.map((fact) => fact?.value));
    }
  });

  it('ask for something only one fact answers', () => {
    for (const task of ALL) {
      for (const fact of task.facts) {
        const rivals = task.facts.filter(
          (other) => other.subject === fact.subject && other.relation === fact.relation,
        );
        expect(rivals).toHaveLength(1);
      }
    }
  });

  it('never let small talk, distractors or the question give a value away', () => {
    for (const task of ALL) {
      const others = [...task.messages.filter(({ kind }) => kind === 'chatter'), ...task.distractors].map(
        ({ content }) => content,
      );
      const values = task.facts
        .filter(({ relation }) => !relation.startsWith('has '))
        .flatMap((fact) => [fact.value, ...fact.superseded]);
      for (const text of [...others, task.query])
        for (const value of values) expect(says(text, value), `${text} / ${value}`).toBe(false);
    }
  });

  it('keep distractors about strangers, or say nothing of the asked relation', () => {
    for (const task of ALL.filter(({ split }) => split === 'train')) {
      const people = task.facts.map(({ subject }) => subject);
      for (const { content, kind, factIds } of task.distractors) {
        expect([kind, factIds.length]).toEqual(['distractor', 0]);
        if (!people.some((person) => says(content, person))) continue;
        expect(content).not.toMatch(/ (lives|works|likes|loves|owns|born|birthday|home is|job) /);
      }
    }
  });

  it('stay within the shape of each rung', () => {
    for (const task of ALL) {
      const revised = task.facts.filter(({ superseded }) => superseded.length > 0).length;
      expect(task.messages.length).toBeGreaterThanOrEqual(2);
      expect(task.messages.length).toBeLessThanOrEqual(4);
      expect(task.distractors.length).toBeGreaterThanOrEqual(task.difficulty === 'tight-context' ? 4 : 1);
      expect(task.distractors.length).toBeLessThanOrEqual(task.difficulty === 'tight-context' ? 4 : 2);
      if (task.difficulty === 'revisions' || task.difficulty === 'tight-context') expect(revised).toBe(1);
      if (task.difficulty === 'one-fact' || task.difficulty === 'several') expect(revised).toBe(0);
    }
  });

  it('use generated names in the asked share', () => {
    const ordinary = createQaFamily({ shares: { syllables: 0, freeForm: 0 } });
    const generated = createQaFamily({ shares: { syllables: 1, freeForm: 0 } });
    const subjects = (family: typeof ordinary): Set<string> =>
      new Set(
        Array.from(
          { length: 400 },
          (_, seed) => family.generate(seed, 'train', 'one-fact').facts[0]?.subject ?? '',
        ),
      );
    expect(subjects(ordinary).size).toBeLessThan(70);
    expect(subjects(generated).size).toBeGreaterThan(350);
    expect(generated.generate(1, 'train', 'one-fact').id).not.toBe(
      qaFamily.generate(1, 'train', 'one-fact').id,
    );
  });

  it('draw the rungs in the shares of the mix', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 2000; seed++) {
      const { difficulty } = sampleTask(seed, 'train');
      counts.set(difficulty, (counts.get(difficulty) ?? 0) + 1);
    }
    for (const rung of LADDER) {
      const expected = 2000 * (DEFAULT_MIX[rung] ?? 0);
      expect(Math.abs((counts.get(rung) ?? 0) - expected)).toBeLessThan(5 * Math.sqrt(expected));
    }
    expect(sampleTask(3, 'train', { 'two-hops': 1 }).difficulty).toBe('two-hops');
    expect(() => sampleTask(3, 'train', {})).toThrow(RangeError);
  });

  it('end with the first answer, scored against the gold one', () => {
    const task = qaFamily.generate(5, 'train', 'several');
    const environment = qaFamily.createEnvironment(task);
    expect(environment.observe()).toBe(task.query);
    expect([environment.interactive, environment.done]).toEqual([false, false]);
    expect(environment.act(`  The ${task.answers[0]}. `)).toEqual({ done: true, score: 1 });
    expect(environment.done).toBe(true);
    expect(qaFamily.createEnvironment(task).act('unknown')).toEqual({ done: true, score: 0 });
  });

  it('has two ways to name the far end of a hop, both without the bridge', () => {
    expect(HOP_PHRASES.every((phrase) => phrase.includes('{s}') && phrase.includes('{n}'))).toBe(true);
  });
});

describe('scoreAnswer', () => {
  it('is 1 for an exact match after normalisation and token F1 otherwise', () => {
    expect(scoreAnswer('a Baker!', ['baker'])).toBe(1);
    expect(scoreAnswer('12 may', ['12 May'])).toBe(1);
    expect(scoreAnswer('13 May', ['12 May'])).toBeCloseTo(0.5, 12);
    expect(scoreAnswer('in Oslo', ['Oslo'])).toBeCloseTo(2 / 3, 12);
    expect(scoreAnswer('', ['Oslo'])).toBe(0);
    expect(scoreAnswer('Bergen', ['Oslo', 'Bergen'])).toBe(1);
    expect(scoreAnswer('Oslo', [])).toBe(0);
  });
});
