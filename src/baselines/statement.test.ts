import { expect, test } from 'vitest';
import { readSentence } from './read-sentence';
import { lastingRelation, statementOf } from './statement';

test.each([
  ['Mira has moved to Oslo.', 'Mira lives in Oslo'],
  ['By the way, the job of Mira is baker.', 'Mira works as a baker'],
  ['Mira is mad about tea.', 'Mira likes tea'],
  ["No, Mira's birthday is 7 March, not 24 October.", 'Mira was born on 7 March'],
  ['Mira bought a tent.', 'Mira owns a tent'],
  ['Tom is the boss of Mira.', 'Mira has boss Tom'],
  // Not sure, or no relation of people: as it was said.
  ['Rex is a dog.', 'Rex is a dog'],
  ['I have moved the mug 1 to the drawer 2.', 'I have moved the mug 1 to the drawer 2'],
  ['In a novel, Mira has moved to Oslo.', 'In a novel, Mira has moved to Oslo'],
  ['Mira does not live in Oslo.', 'Mira does not live in Oslo'],
])('%s', (sentence, statement) => {
  const fact = readSentence(sentence);
  expect(fact && statementOf(fact)).toBe(statement);
});

test.each([
  ['keep in', 'is in'],
  ['look for in', 'is in'],
  ['find behind', 'is behind'],
  ['put on', 'belongs on'],
  ['fill with', 'is filled with'],
  ['wherever', 'is next to'],
  ['works as a', 'works as a'],
  ['is in the', 'is in the'],
])('%s lasts as %s', (relation, lasting) => expect(lastingRelation(relation)).toBe(lasting));
