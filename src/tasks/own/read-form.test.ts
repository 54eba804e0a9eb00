import { describe, expect, it } from 'vitest';
import { createRandom } from '../random';
import { LIMITS } from './form';
import { KESTREL, randomTask } from './own.fixture';
import { readForm } from './read-form';

const places = (value: unknown) => readForm(value).problems?.map(({ field }) => field);
/** The kestrel with something else in the place of a part. */
const but = (part: object) => ({ ...KESTREL, ...part });
const fact = (part: object, says = 'Zorvane has a kestrel called Ibbo.') =>
  but({ messages: [{ says, states: [{ about: 'Zorvane', value: 'Ibbo', needed: true, ...part }] }] });

describe('a task as it is written down', () => {
  it('is read, and read again from what came out', () => {
    const { task } = readForm(KESTREL);
    expect(task).toEqual(KESTREL);
    expect(readForm(task).task).toEqual(task);
  });

  it('may leave out names of facts and what is false', () => {
    const { task } = readForm(
      but({
        messages: [
          { says: 'Ede likes figs.', states: [{ about: 'Ede', value: 'figs' }] },
          { says: 'Ulm likes plums.', states: [{ id: 'f1', about: 'Ulm', value: 'plums', needed: true }] },
        ],
      }),
    );
    expect(task?.messages.map(({ states }) => states?.[0])).toEqual([
      { id: 'f2', about: 'Ede', value: 'figs', needed: false },
      { id: 'f1', about: 'Ulm', value: 'plums', needed: true },
    ]);
  });

  it.each([
    ['nothing', null, ''],
    ['a list', [], ''],
    ['a field that is not known', but({ awnsers: ['x'] }), 'awnsers'],
    ['no question', but({ question: undefined }), 'question'],
    ['an empty question', but({ question: ' \n' }), 'question'],
    ['no answer', but({ answers: [] }), 'answers'],
    ['an answer of which nothing is compared', but({ answers: ['The!'] }), 'answers[0]'],
    ['too many answers', but({ answers: Array(LIMITS.answers + 1).fill('x') }), 'answers'],
    ['no message', but({ messages: [] }), 'messages'],
    ['a message that is a text', but({ messages: ['hello'] }), 'messages[0]'],
    ['too many messages', but({ messages: Array(LIMITS.messages + 1).fill({ says: 'x' }) }), 'messages'],
    ['a text that is too long', but({ question: 'x'.repeat(LIMITS.text + 1) }), 'question'],
    ['no fact', but({ messages: [{ says: 'Hello.' }] }), 'messages'],
    ['no fact that is needed', fact({ needed: false }), 'messages'],
    ['need as a text', fact({ needed: 'yes' }), 'messages[0].states[0].needed'],
    ['a value the message does not say', fact({ value: 'Umlo' }), 'messages[0].states[0].value'],
    ['a part of a word', fact({ value: 'Ibb' }), 'messages[0].states[0].value'],
    ['somebody the message does not name', fact({ about: 'Ede' }), 'messages[0].states[0].about'],
    ['a value that is whom it is about', fact({ value: 'zorvane' }), 'messages[0].states[0].value'],
    ['distractors that are none', but({ distractors: 'none' }), 'distractors'],
    ['an empty distractor', but({ distractors: [''] }), 'distractors[0]'],
  ])('%s is refused at its place', (_, value, place) => {
    const problems = readForm(value).problems ?? [];
    expect(problems[0]?.field).toBe(place);
    expect(problems[0].message).toMatch(/[.!]$/);
  });

  it.each([
    ['of a fact nobody stated', { id: 'owl', value: 'Umlo' }, 'Zorvane has Umlo.', 'id'],
    ['to what it is already', { id: 'kestrel', value: 'ibbo' }, 'Zorvane has Ibbo.', 'value'],
    ['that does not say the value', { id: 'kestrel', value: 'Umlo' }, 'Zorvane has another.', 'value'],
    ['that does not name whom it is about', { id: 'kestrel', value: 'Umlo' }, 'It is Umlo now.', 'id'],
  ])('a correction %s is refused', (_, correction, says, place) => {
    const [stated] = KESTREL.messages;
    expect(places(but({ messages: [stated, { says, corrects: [correction] }] }))).toEqual([
      `messages[1].corrects[0].${place}`,
    ]);
  });

  it('a correction before its fact is refused: the order of messages counts', () => {
    const [stated, , corrected] = KESTREL.messages;
    expect(places(but({ messages: [corrected, stated] }))).toContain('messages[0].corrects[0].id');
  });

  it('two facts of one name are refused', () => {
    const [stated] = KESTREL.messages;
    expect(places(but({ messages: [stated, stated] }))).toEqual(['messages[1].states[0].id']);
  });

  it('tells all that is wrong at once', () => {
    expect(
      places({ question: '', answers: [1], messages: [{ says: 'x', states: [{ about: 'y', value: 'x' }] }] }),
    ).toEqual(['question', 'answers[0]', 'messages[0].states[0].about']);
  });

  it('names of the language itself are names like others', () => {
    const value = JSON.parse(
      JSON.stringify(KESTREL).replaceAll('kestrel"', '__proto__"').replaceAll('Zorvane', 'constructor'),
    );
    expect(readForm(value).task?.messages[0].states?.[0].about).toBe('constructor');
  });

  it('reads whatever is thrown at it without falling over, and what it takes it takes again', () => {
    for (let seed = 0; seed < (process.env.SOAK ? 20_000 : 1_000); seed++) {
      const random = createRandom('read-form', seed);
      const task = randomTask(random);
      expect(readForm(task).task, JSON.stringify(task)).toEqual(task);
      const read = readForm(mutated(task, random));
      if (read.task) expect(readForm(read.task).task).toEqual(read.task);
      else expect(read.problems.length).toBeGreaterThan(0);
    }
  });
});

const ODD: readonly unknown[] = [null, 0, -1, true, '', ' ', 'x', [], {}, [null], { says: 1 }, 'ﬁ', '\ud800'];

/** The same with one value somewhere in it replaced or taken out. */
function mutated(value: unknown, random: ReturnType<typeof createRandom>): unknown {
  if (typeof value !== 'object' || value === null || random.chance(0.2)) return random.pick(ODD);
  const copy = structuredClone(value) as Record<string, unknown>;
  const keys = Object.keys(copy);
  if (keys.length === 0) return random.pick(ODD);
  const key = random.pick(keys);
  if (random.chance(0.1)) delete copy[key];
  else copy[key] = mutated(copy[key], random);
  return copy;
}
