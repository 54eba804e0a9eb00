import { describe, expect, it } from 'vitest';
import { createRandom } from '../random';
import { isHotpot, readHotpot } from './hotpot';
import { ownTask } from './own-task';
import { readSetFile, TaskFileError, tasksFromText, tasksText } from './set-file';

/** In the form of the public files; the words are ours. */
const PUBLIC = {
  _id: '5a8b57f25542995d1e6f1371',
  question: 'In which town was the founder of Kelp Bay Radio born?',
  answer: 'Ostrey',
  type: 'bridge',
  level: 'hard',
  supporting_facts: [
    ['Kelp Bay Radio', 0],
    ['Ida Holm (engineer)', 1],
  ],
  context: [
    ['Umlo', ['Umlo is a river.', ' It is short.']],
    ['Kelp Bay Radio', ['Kelp Bay Radio was founded by Ida Holm.', ' It plays at night.']],
    ['Ida Holm (engineer)', ['Ida Holm is an engineer.', ' She was born in Ostrey in 1931.']],
  ],
};

/** The same as hubs have it. */
const HUB = {
  id: PUBLIC._id,
  question: PUBLIC.question,
  answer: PUBLIC.answer,
  supporting_facts: { title: ['Kelp Bay Radio', 'Ida Holm (engineer)'], sent_id: [0, 1] },
  context: { title: PUBLIC.context.map(([title]) => title), sentences: PUBLIC.context.map(([, all]) => all) },
};

/** As lists of objects, which some exports make of structs. */
const OBJECTS = {
  ...HUB,
  supporting_facts: PUBLIC.supporting_facts.map(([title, sent_id]) => ({ title, sent_id })),
  context: PUBLIC.context.map(([title, sentences]) => ({ title, sentences })),
};

const but = (part: object) => readHotpot({ ...PUBLIC, ...part });

describe('HotpotQA', () => {
  it.each([
    ['the public files', PUBLIC],
    ['copies on hubs', HUB],
    ['lists of objects', OBJECTS],
  ])('is read in the form of %s', (_, entry) => {
    expect(isHotpot(entry)).toBe(true);
    expect(readHotpot(entry).task).toEqual({
      question: PUBLIC.question,
      answers: ['Ostrey'],
      messages: [
        {
          says: 'Kelp Bay Radio: Kelp Bay Radio was founded by Ida Holm. It plays at night.',
          states: [
            {
              id: 'f1',
              about: 'Kelp Bay Radio',
              value: 'Kelp Bay Radio was founded by Ida Holm.',
              needed: true,
            },
          ],
        },
        {
          says: 'Ida Holm (engineer): Ida Holm is an engineer. She was born in Ostrey in 1931.',
          states: [
            {
              id: 'f2',
              about: 'Ida Holm (engineer)',
              value: 'She was born in Ostrey in 1931.',
              needed: true,
            },
          ],
        },
      ],
      distractors: ['Umlo: Umlo is a river. It is short.'],
      key: ['Ostrey'],
    });
  });

  it('asks for the titles where no sentence says the answer', () => {
    expect(but({ answer: 'yes' }).task?.key).toEqual(['Kelp Bay Radio', 'Ida Holm (engineer)']);
  });

  it('needs both facts, which makes it a task of two hops', () => {
    const { task } = readHotpot(PUBLIC);
    const made = task && ownTask(task, { set: 's', index: 0, split: 'train' });
    expect(made).toMatchObject({ difficulty: 'two-hops', neededFactIds: ['f1', 'f2'] });
  });

  it.each([
    ['of a test file', { answer: undefined, supporting_facts: undefined }, /no answer/],
    ['whose paragraph is not there', { supporting_facts: [['Nowhere', 0]] }, /Nowhere/],
    ['whose sentence is not there', { supporting_facts: [['Umlo', 2]] }, /Sentence 2 of “Umlo”/],
    ['that needs nothing', { supporting_facts: [] }, /not among/],
  ])('a task %s is left out, and why is said', (_, part, words) => {
    expect(but(part).leftOut).toMatch(words);
  });

  it.each([
    ['context', { context: [['Umlo']] }],
    ['context', { context: { title: ['Umlo'], sentences: [] } }],
    ['context', { context: null }],
    ['question', { question: 3 }],
    ['answer', { answer: ['Ostrey'] }],
    ['supporting_facts', { supporting_facts: [['Umlo', '0']] }],
    ['supporting_facts', { supporting_facts: { title: ['Umlo'], sent_id: [] } }],
  ])('%s of another shape is refused at its field', (field, part) => {
    expect(but(part).problems?.map((problem) => problem.field)).toEqual([field]);
  });

  it('is told from a task of one’s own in a file, counted, and kept as such a task', () => {
    const bad = { ...PUBLIC, supporting_facts: [['Nowhere', 0]] };
    const read = readSetFile(JSON.stringify([PUBLIC, bad, PUBLIC]));
    expect(read.tasks).toHaveLength(2);
    expect(read.notes[0]).toMatch(
      /^1 of 3 tasks are left out\. entry 2 \(line 1, column \d+\): Sentence 0 of “Nowhere”/,
    );
    expect(tasksFromText(tasksText(read.tasks))).toEqual(read.tasks);
    expect(readSetFile(`${JSON.stringify(HUB)}\n${JSON.stringify(HUB)}`).tasks).toHaveLength(2);
    expect(() => readSetFile(JSON.stringify([bad]))).toThrow(TaskFileError);
  });

  it('of any shape is read, left out or refused', () => {
    const odd: readonly unknown[] = [
      null,
      0,
      '',
      'x',
      [],
      {},
      [[]],
      [['Umlo', 0]],
      { title: [] },
      -1,
      [null],
    ];
    for (let seed = 0; seed < (process.env.SOAK ? 20_000 : 1_000); seed++) {
      const random = createRandom('hotpot', seed);
      const entry: Record<string, unknown> = { ...random.pick<object>([PUBLIC, HUB, OBJECTS]) };
      for (let i = 0; i <= random.int(2); i++) entry[random.pick(Object.keys(entry))] = random.pick(odd);
      const read = readHotpot(entry);
      expect([read.task, read.leftOut, read.problems].filter(Boolean)).toHaveLength(1);
    }
  });
});
