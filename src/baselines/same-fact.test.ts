import { expect, test } from 'vitest';
import { readSentence } from './read-sentence';
import { factOf, reconcile } from './reconcile';
import { standing } from './same-fact';

test.each([
  ['Mira lives in Rome.', 'Mira has a flat in Rome.', 'same'],
  ['Mira lives in Rome.', 'Mira has moved to Oslo.', 'replaces'],
  ['Mira likes tea.', 'Mira likes green tea.', 'richer'],
  ['Mira likes green tea.', 'Mira likes tea.', 'same'],
  ['Mira is a baker.', 'Mira no longer works as a baker but a waiter.', 'replaces'],
  ['Mira likes tea.', 'Mira does not like tea any more.', 'takes-back'],
  ['The red key is behind the blue door.', 'The red key was moved behind the green door.', 'replaces'],
  ['The guest with the red glass wants tea.', 'The red glass is for coffee.', 'replaces'],
  ['Punch is mixed from rum and tea.', 'The recipe changed: punch is now rum and milk.', 'replaces'],
  // Nothing of one another.
  ['Mira lives in Rome.', 'Mira has a tent.', 'other'],
  ['Mira lives in Rome.', 'Mira is a baker.', 'other'],
  ["Mira's boss is Tom.", 'Mira has moved to Oslo.', 'other'],
  ['Mira lives in Rome.', 'Tom lives in Oslo.', 'other'],
  ['Mira lives in Rome.', 'In a novel, Mira lives in Paris.', 'other'],
  ['Bring the red ball to the attic.', 'Bring the grey ball to the attic.', 'other'],
  ['The mug 1 is in the drawer 1.', 'The mug 2 is in the drawer 1.', 'other'],
])('%s then %s: %s', (held, fresh, expected) => {
  const fact = readSentence(fresh);
  expect(fact && standing(factOf(held), fact).standing).toBe(expected);
});

test('a correction that repeats the value corrects of whom it was said', () => {
  const held = [
    { id: 'm1', text: 'Tom runs the shop.' },
    { id: 'm2', text: 'Tom runs the bar.' },
  ];
  const fact = readSentence('No, Ann runs the shop.');
  expect(fact && reconcile(held, fact)).toMatchObject({ event: 'UPDATE', id: 'm1' });
  const plain = readSentence('Ann runs the shop.');
  expect(plain && reconcile(held, plain)).toMatchObject({ event: 'ADD' });
});

test('what is held already only has its rival removed', () => {
  const held = [
    { id: 'm1', text: 'Mira lives in Rome.' },
    { id: 'm2', text: 'Mira lives in Oslo.' },
  ];
  const fact = readSentence('Mira lives in Oslo, not Rome.');
  expect(fact && reconcile(held, fact)).toMatchObject({ event: 'DELETE', ids: ['m1'] });
});
