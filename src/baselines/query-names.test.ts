/** Names in questions and first looks: things, people and numbers; no first words of sentences, no parts and relations. */
import { expect, test } from 'vitest';
import { LADDER } from '../tasks/ladder';
import { taskFamily } from '../tasks/registry';
import { benchmarkFamilies } from '../tasks/worlds';
import { namesIn } from './query-names';

test.each([
  ['When is the birthday of Jonas?', ['Jonas']],
  ['Where is the work of Aisha shown?', ['Aisha']],
  ['Which town does Wilnel call home?', ['Wilnel']],
  [
    'You are in the middle of a room. Looking quickly around you, you see a fridge 1, and a tub 1.',
    ['room', 'fridge 1', 'tub 1'],
  ],
  ['Robby is at movault. Left is free.', ['Robby', 'Left']],
  ['Find the animal tolum and focus on it.', ['animal tolum']],
  ['', []],
])('%s', (query, names) => expect(namesIn(query)).toEqual(names));

test('of generated tasks: each name stands in the query, none is a first word that nothing is said of', () => {
  for (const { id } of benchmarkFamilies) {
    for (const difficulty of LADDER) {
      const { query } = taskFamily(id).generate(3, 'evaluation', difficulty);
      const names = namesIn(query);
      expect(names.length, query).toBeGreaterThan(0);
      for (const name of names) {
        expect(query.includes(name), `${name} in ${query}`).toBe(true);
        expect(name).not.toMatch(/^(?:Looking|Bring|Your|There|middle|birthday)$/);
      }
    }
  }
});
