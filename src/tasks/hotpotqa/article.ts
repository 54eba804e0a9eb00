/**
 * Small articles in HotpotQA's distractor setting: paragraphs of a title and sentences, a question that needs two of
 * them, and which sentences it needs. All made from a seed; no text of the data set is here.
 *
 *   one-fact       one paragraph answers (not in the original, which always needs two)
 *   several        comparison: who of two was born first
 *   revisions      bridge: a person, what they made, where it is shown; the place is corrected later
 *   two-hops       bridge
 *   tight-context  whether two people live in the same town, with four paragraphs that are of no use
 */
import type { Inventory } from '../inventory';
import { patternsFor } from '../qa/draft';
import type { Random } from '../random';
import type { Difficulty, Split } from '../task';
import { type ArticleRelation, CORRECTIONS, FILLERS, QUESTIONS, STATEMENTS } from './patterns';

export interface Statement {
  readonly subject: string;
  readonly relation: ArticleRelation;
  readonly value: string;
}

export interface Paragraph {
  readonly title: string;
  readonly sentences: readonly string[];
  /** What its first sentence states; the others are fillers. */
  readonly states: Statement;
  readonly supporting: boolean;
}

export interface Article {
  readonly question: string;
  readonly answer: string;
  readonly paragraphs: readonly Paragraph[];
  /** A later text that corrects the value of one paragraph, by its place. */
  readonly correction: { readonly of: number; readonly text: string; readonly value: string } | null;
}

const YEARS = { from: 1850, count: 150 };

/** Draws one article. `statement` decides whether a statement belongs to the split. */
export function buildArticle(
  random: Random,
  split: Split,
  difficulty: Difficulty,
  inventory: Inventory,
  admits: (subject: string, relation: string, value: string) => boolean,
): Article {
  const say = (set: Parameters<typeof patternsFor>[0]): string => random.pick(patternsFor(set, split));
  const value = (subject: string, relation: ArticleRelation): string =>
    relation === 'born'
      ? yearFor(random, (year) => admits(subject, relation, year))
      : inventory.draw(relation === 'made' ? 'object' : 'place', (word) =>
          admits(subject, relation, titled(word)),
        );
  const state = (subject: string, relation: ArticleRelation, given?: string): Statement => {
    return { subject, relation, value: titled(given ?? value(subject, relation)) };
  };
  const paragraph = (states: Statement, supporting: boolean): Paragraph => ({
    title: states.subject,
    sentences: [sentenceOf(say(STATEMENTS[states.relation]), states), say(FILLERS)],
    states,
    supporting,
  });
  const person = (): string => inventory.draw('person');
  const useless = (relations: readonly ArticleRelation[]): Paragraph =>
    paragraph(state(person(), random.pick(relations)), false);
  const ask = (kind: keyof typeof QUESTIONS, a: string, b = ''): string =>
    say(QUESTIONS[kind]).replace('{a}', a).replace('{b}', b);

  switch (difficulty) {
    case 'one-fact': {
      const asked = state(person(), 'lives');
      const paragraphs = [paragraph(asked, true), useless(['lives'])];
      return { question: ask('single', asked.subject), answer: asked.value, paragraphs, correction: null };
    }
    case 'several': {
      const first = state(person(), 'born');
      let second = state(person(), 'born');
      while (second.value === first.value) second = state(second.subject, 'born');
      const older = Number(first.value) < Number(second.value) ? first : second;
      return {
        question: ask('first', first.subject, second.subject),
        answer: older.subject,
        paragraphs: [paragraph(first, true), paragraph(second, true), useless(['born', 'lives'])],
        correction: null,
      };
    }
    case 'revisions':
    case 'two-hops': {
      const maker = person();
      const made = state(maker, 'made');
      const shown = state(made.value, 'shown');
      const paragraphs = [paragraph(made, true), paragraph(shown, true), useless(['made', 'lives'])];
      const question = ask('bridge', maker);
      if (difficulty === 'two-hops') return { question, answer: shown.value, paragraphs, correction: null };
      const later = state(made.value, 'shown');
      const text = say(CORRECTIONS) + sentenceOf(say(STATEMENTS.shown), later);
      return { question, answer: later.value, paragraphs, correction: { of: 1, text, value: later.value } };
    }
    case 'tight-context': {
      const first = state(person(), 'lives');
      const other = person();
      const same = random.chance(0.5) && admits(other, 'lives', first.value);
      const second = state(other, 'lives', same ? first.value : undefined);
      return {
        question: ask('same', first.subject, second.subject),
        answer: same ? 'yes' : 'no',
        paragraphs: [
          paragraph(first, true),
          paragraph(second, true),
          ...Array.from({ length: 4 }, () => useless(['lives', 'made', 'born'])),
        ],
        correction: null,
      };
    }
  }
}

export const paragraphText = ({ title, sentences }: Pick<Paragraph, 'title' | 'sentences'>): string =>
  `${title}: ${sentences.join(' ')}`;

function yearFor(random: Random, admits: (year: string) => boolean): string {
  for (let tries = 0; tries < 500; tries++) {
    const year = String(YEARS.from + random.int(YEARS.count));
    if (admits(year)) return year;
  }
  throw new RangeError('no year fits the split: widen the range of years');
}

function sentenceOf(pattern: string, { subject, value }: Statement): string {
  return pattern.replace('{s}', subject).replace('{v}', value);
}

/** Works are titles; names are so already. */
function titled(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
