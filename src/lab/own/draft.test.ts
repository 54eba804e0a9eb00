import { expect, test } from 'vitest';
import { KESTREL, randomTask } from '../../tasks/own/own.fixture';
import { readForm } from '../../tasks/own/read-form';
import { createRandom } from '../../tasks/random';
import {
  BLANK,
  changeMessage,
  draftOf,
  EXAMPLE,
  formOf,
  moveUp,
  placeWords,
  withMessage,
  withoutMessage,
} from './draft';

test('the example is a task as it stands, the blank form is none', () => {
  expect(readForm(formOf(EXAMPLE)).task?.answers).toEqual(['Ostrey']);
  expect(readForm(formOf(BLANK)).problems?.map(placeWords)).toEqual([
    'The question',
    'The answers',
    'Message 1, what it says',
    'Message 1, whom or what it is about',
    'Message 1, the value',
  ]);
});

test('a task in the form comes out as it went in, but for the names of its facts', () => {
  const named = draftOf(KESTREL);
  expect(JSON.stringify(readForm(named && formOf(named)).task).replaceAll('f1', 'kestrel')).toBe(
    JSON.stringify(readForm(KESTREL).task),
  );
  for (let seed = 0; seed < 300; seed++) {
    const task = randomTask(createRandom('draft', seed));
    const draft = draftOf(task);
    expect(draft === null).toBe(task.key !== undefined);
    const again = draft && readForm(formOf(draft)).task;
    if (again) {
      expect({ ...again, messages: again.messages.map(({ says }) => says) }).toEqual({
        ...task,
        messages: task.messages.map(({ says }) => says),
      });
      expect(draftOf(again)).toEqual(draft);
    }
  }
});

test('a task with two facts in a message has no place in the form', () => {
  const [message] = KESTREL.messages;
  const states = [...(message.states ?? []), { id: 'x', about: 'Ibbo', value: 'Zorvane', needed: false }];
  expect(draftOf({ ...KESTREL, messages: [{ ...message, states }] })).toBe(null);
});

test('messages come, change, move and go; a correction knows its fact as long as it is there', () => {
  let draft = withMessage(BLANK, 'correction');
  expect(draft.messages.map(({ key, of }) => [key, of])).toEqual([
    [1, null],
    [2, 1],
  ]);
  draft = changeMessage(draft, 2, { says: 'No.' });
  expect(draft.messages[1].says).toBe('No.');
  expect(moveUp(draft, 2).messages.map(({ key }) => key)).toEqual([2, 1]);
  expect(moveUp(draft, 1)).toBe(draft);
  expect(withoutMessage(draft, 1).messages).toEqual([{ ...draft.messages[1], of: null }]);
  expect(withMessage(withMessage(BLANK, 'fact'), 'correction').messages[2].of).toBe(null);
});

test('problems are named as the form names its fields', () => {
  expect(placeWords({ field: 'messages[2].states[0].value' })).toBe('Message 3, the value');
  expect(placeWords({ field: 'messages[0].corrects[0].id' })).toBe('Message 1, which fact it corrects');
  expect(placeWords({ field: 'answers[1]' })).toBe('The answers');
  expect(placeWords({ field: '' })).toBe('');
});
