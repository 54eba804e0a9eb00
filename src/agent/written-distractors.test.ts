/** Distractors by a model: what the rules let pass, what they keep out, and that the task's own stand in for it. */
import { describe, expect, test } from 'vitest';
import { sampleTask } from '../tasks/ladder';
import { containsPhrase } from '../tasks/phrase';
import { createRandom } from '../tasks/random';
import type { Task } from '../tasks/task';
import { MIRA_TASK, textPolicy } from './playing.fixture';
import { QuestionsAbortedError } from './questions';
import { broken, distractorPrompt, writeDistractors } from './written-distractors';

const TASK: Task = { ...MIRA_TASK, distractors: [...MIRA_TASK.distractors, ...MIRA_TASK.distractors] };
const write = (texts: readonly string[], options = {}) => {
  let n = 0;
  const policy = textPolicy(() => texts[n++ % texts.length]);
  return writeDistractors(TASK, { policy, window: null, seed: 1, ...options });
};

test('what passes is a distractor like any other, in its place', async () => {
  const made = await write([
    '<message>Ben has moved to Kiel.</message>',
    '<message>Ida is a nurse.</message>',
  ]);
  expect(made).toEqual({
    messages: [
      { content: 'Ben has moved to Kiel.', kind: 'distractor', factIds: [] },
      { content: 'Ida is a nurse.', kind: 'distractor', factIds: [] },
    ],
    model: 'text',
    tried: [
      { text: 'Ben has moved to Kiel.', failure: null },
      { text: 'Ida is a nurse.', failure: null },
    ],
  });
});

describe('what breaks a rule', () => {
  test.each([
    ['', 'format'],
    ['Ben lives in Kiel.', 'format'],
    ['<message></message>', 'format'],
    ['<message>Ben lives in Kiel.</message> Done.', 'format'],
    ['<message>Ben.\nIda.</message>', 'format'],
    ['<message>Ben lives in <b>Kiel</b>.</message>', 'format'],
    ['<message>Ben has moved to OSLO.</message>', 'gives-away'],
    ['<message>Ben was born in Rome.</message>', 'gives-away'],
    ['<message>Ida plays the cello too.</message>', 'gives-away'],
    ['<message>Mira lives in Kiel.</message>', 'on-the-subject'],
    ['<message>Lovely weather today.</message>', 'repeats'],
    [`<message>${'Ben likes Kiel. '.repeat(9)}</message>`, 'too-long'],
  ])('%j', async (text, failure) => {
    const made = await write([text]);
    expect(made.tried[0].failure).toBe(failure);
    expect(made.messages[0]).toBe(TASK.distractors[0]);
  });

  test('one that repeats the one before it', async () => {
    const made = await write(['<message>Ben has moved to Kiel.</message>']);
    expect(made.tried.map(({ failure }) => failure)).toEqual([null, 'repeats']);
    expect(made.messages[1]).toBe(TASK.distractors[1]);
  });

  test('a prompt too long for the window is not put', async () => {
    const made = await write(['<message>Ben has moved to Kiel.</message>'], { window: 50 });
    expect(made.tried.map(({ failure }) => failure)).toEqual(['prompt-too-long', 'prompt-too-long']);
    expect(made.messages).toEqual(TASK.distractors);
  });
});

test('cancelled is cancelled', async () => {
  await expect(write([''], { signal: AbortSignal.abort() })).rejects.toThrow(QuestionsAbortedError);
});

test('of tasks and texts of every kind: nothing that passes holds a gold value or a subject', async () => {
  let passed = 0;
  for (let seed = 0; seed < (process.env.SOAK ? 2000 : 150); seed++) {
    const task = sampleTask(seed, 'train');
    const random = createRandom('distractors', seed);
    const words = [
      'Ben',
      'Kiel',
      'moved',
      'to',
      'the',
      'plays',
      'piano',
      ...task.facts.flatMap(({ subject, value, superseded }) => [subject, value, ...superseded]),
    ];
    const text = Array.from({ length: 2 + random.int(5) }, () => random.pick(words)).join(' ');
    if (broken(text, task, []) !== null) continue;
    passed++;
    for (const { subject, value, superseded } of task.facts) {
      for (const gold of [subject, value, ...superseded, ...task.answers]) {
        expect(containsPhrase(text, gold), `${gold} in ${text}`).toBe(false);
      }
    }
  }
  expect(passed).toBeGreaterThan(5);
});

test('each place has an example of its own, and the question is told to be left alone', () => {
  const [first] = distractorPrompt(TASK, 0);
  const [second] = distractorPrompt(TASK, 1);
  expect(first.content).toContain('"Mira lives in Rome."');
  expect(second.content).toContain('"Tom plays the cello."');
  expect(second.content).toContain('"Where does Mira live?"');
});
