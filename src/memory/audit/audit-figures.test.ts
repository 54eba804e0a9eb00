/**
 * How right the audit is, measured on this project's tasks and printed: `npx vitest run audit-figures`. The
 * rules were made on `train`; `unseen-patterns` has sentences no rule was made for. SOAK measures on more seeds.
 */
import { expect, test } from 'vitest';
import { SPLITS, type Split } from '../../tasks/task';
import { fillIn } from '../embedders/calibration';
import { LANGUAGE_SAMPLES } from '../embedders/calibration-pairs';
import { contradiction } from './contradictions';
import { JUNK, judge } from './junk';
import { entryOf, type Form, labelledEntries, wordingPairs } from './labelled-tasks.fixture';
import { Likeness, NEAR_DUPLICATE, sameWords } from './near-duplicates';
import { readEntry } from './reading';

const SEEDS = process.env.SOAK ? 2000 : 200;
const seeds = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

class Figures {
  right = 0;
  wrong = 0;
  missed = 0;
  count(found: boolean, truth: boolean): void {
    if (found && truth) this.right++;
    else if (found) this.wrong++;
    else if (truth) this.missed++;
  }
  get precision() {
    return this.right / (this.right + this.wrong);
  }
  get recall() {
    return this.right / (this.right + this.missed);
  }
  print(what: string): void {
    console.log(
      `${what}: precision ${this.precision.toFixed(3)}, recall ${this.recall.toFixed(3)} (${this.right} right, ${this.wrong} wrong, ${this.missed} missed)`,
    );
  }
}

test.each<[Split, number, number]>([
  ['train', 0.99, 0.7],
  ['evaluation', 0.99, 0.7],
  ['unseen-names', 0.99, 0.7],
  ['unseen-patterns', 0.97, 0.4],
])('junk: chatter and hearsay against facts and revisions, %s', (split, precision, recall) => {
  const all = labelledEntries(split, seeds(0, SEEDS), { distractors: true });
  const figures = new Figures();
  const parts = { chatter: new Figures(), distractor: new Figures() };
  for (const { entry, kind } of all) {
    const found = judge(entry.content).score >= JUNK;
    figures.count(found, kind === 'chatter' || kind === 'distractor');
    if (kind === 'chatter' || kind === 'distractor') parts[kind].count(found, true);
  }
  figures.print(`junk, ${split}`);
  console.log(
    `  recall of chatter ${parts.chatter.recall.toFixed(3)}, of hearsay ${parts.distractor.recall.toFixed(3)}`,
  );
  expect(figures.precision).toBeGreaterThan(precision);
  expect(figures.recall).toBeGreaterThan(recall);
  // What a tidy policy stores is never taken for chatter.
  const plain = labelledEntries(split, seeds(0, SEEDS), { form: 'plain' });
  expect(plain.filter(({ entry }) => judge(entry.content).score >= JUNK)).toEqual([]);
});

/** What people say of themselves, in sentences that no sample has. */
const OF_ONESELF = [
  'I am allergic to peanuts.',
  'I am vegan.',
  'I am afraid of dogs.',
  'I am on a diet.',
  'I am moving to Leeds next month.',
  'I have been to Japan twice.',
  'I was in the army for two years.',
  'I take my coffee black.',
  'I usually run in the morning.',
  'I quit smoking last year.',
  'I met Clara at the museum in 2012.',
  'I like the rain.',
  'I sleep with the window open.',
  'I can only meet in the afternoon.',
  'I cycle to the office.',
  'I still owe Ben twenty euros.',
  'My knee hurts when it rains.',
  'My son Tom starts school in August.',
  'My train pass ends in May.',
  'My neighbour has a key to the flat.',
  'My mother lives with us.',
  'Our dog is afraid of thunder.',
  'We are getting married in June.',
  'Do not call me before nine.',
];

test('junk: what people say of themselves is worth keeping, in words no sample has', () => {
  expect(OF_ONESELF.filter((content) => judge(content).score >= JUNK)).toEqual([]);
});

/** Every two entries of twenty tasks, pair by pair: the truth is another value of the same subject and relation. */
function contradictionFigures(split: Split, form: Form): Figures {
  const figures = new Figures();
  for (let block = 0; block < SEEDS; block += 4) {
    const all = labelledEntries(split, seeds(block, 4), { form })
      .filter(({ entry }) => judge(entry.content).score < JUNK)
      .map((labelled) => ({ ...labelled, ...readEntry(labelled.entry) }));
    for (const [i, older] of all.entries()) {
      for (const newer of all.slice(i + 1)) {
        const truth = older.about !== '' && older.about === newer.about && older.value !== newer.value;
        figures.count(contradiction(older, newer) !== null, truth);
      }
    }
  }
  return figures;
}

test.each<[Split, number, number]>([
  ['train', 0.97, 0.5],
  ['evaluation', 0.97, 0.5],
  ['unseen-names', 0.97, 0.5],
  ['unseen-patterns', 0.9, 0.4],
])('contradictions: revisions against everything else in twenty tasks, %s', (split, precision, recall) => {
  const plain = contradictionFigures(split, 'plain');
  plain.print(`contradicted, ${split}, "subject relation value"`);
  const messages = contradictionFigures(split, 'message');
  messages.print(`contradicted, ${split}, the user's words`);
  expect(plain.precision).toBeGreaterThan(0.98);
  expect(plain.recall).toBeGreaterThan(0.98);
  expect(messages.precision).toBeGreaterThan(precision);
  expect(messages.recall).toBeGreaterThan(recall);
});

/** Endings stick to the value, or where a word ends cannot be told. */
const HARDER = ['ja', 'ko', 'hi', 'th'];

test.each(LANGUAGE_SAMPLES)('contradictions in one sentence pattern: $language', (sample) => {
  const all = sample.relations.flatMap(({ statement, values }, r) =>
    sample.subjects.flatMap((subject) =>
      values.map((value) => {
        const read = readEntry(entryOf(fillIn(statement, subject, value), 0));
        return { ...read, about: `${subject} ${r}` };
      }),
    ),
  );
  const figures = new Figures();
  for (const [i, older] of all.entries()) {
    for (const newer of all.slice(i + 1)) {
      figures.count(contradiction(older, newer) !== null, older.about === newer.about);
    }
  }
  figures.print(`contradicted, ${sample.language}`);
  const hard = HARDER.includes(sample.language);
  expect(figures.precision).toBeGreaterThan(0.99);
  expect(figures.recall).toBeGreaterThan(hard ? 0.1 : 0.99);
});

test.each(SPLITS)('near-duplicates: the same fact in other wording, %s', (split) => {
  const likeness = new Likeness();
  const figures = new Figures();
  const least = { right: 1, wrong: 0 };
  for (const { left, right, same } of wordingPairs(split, SEEDS)) {
    const cosine = likeness.of(left, right);
    const words = sameWords(readEntry(entryOf(left, 0)), readEntry(entryOf(right, 1)));
    figures.count(words && cosine >= NEAR_DUPLICATE, same);
    if (words && same) least.right = Math.min(least.right, cosine);
    if (words && !same) least.wrong = Math.max(least.wrong, cosine);
  }
  figures.print(`near-duplicate, ${split}`);
  console.log(
    `  of pairs with the same words: least cosine of the same fact ${least.right.toFixed(3)}, most of another ${least.wrong.toFixed(3)}`,
  );
  expect(figures.precision).toBeGreaterThan(0.99);
  expect(figures.recall).toBeGreaterThan(0.3);
});
