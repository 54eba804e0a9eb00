import { expect, test } from 'vitest';
import { createAMem } from './a-mem';
import { BY_RULE, byModel, embedder, saying, story } from './baselines.fixture';
import { costOf } from './controller';

test('a story: every message is a note; notes are tied, and older ones evolve and stay', async () => {
  const notes = createAMem(BY_RULE);
  const told = await story(notes, [
    'Mira lives in Rome.',
    'Good morning!',
    'Mira has moved to Oslo.',
    'Oslo is cold.',
  ]);
  expect(told.map((operations) => operations.map(({ kind }) => kind))).toEqual([
    ['ADD'],
    ['ADD'],
    ['ADD', 'LINK', 'EVOLVE'],
    ['ADD', 'LINK'],
  ]);
  const [first, , third, fourth] = notes.view().entries;
  expect(first).toEqual({
    id: 'm1',
    content: 'Mira lives in Rome.',
    details: {
      context: 'superseded by m3',
      keywords: ['Mira', 'Rome'],
      tags: ['home', 'superseded'],
      links: [],
    },
  });
  expect(third.details).toMatchObject({
    keywords: ['Mira', 'Oslo'],
    tags: ['home', 'whereabouts', 'a change'],
    links: ['m1'],
  });
  expect(fourth.details.links).toEqual(['m3']);
});

test('reading: the nearest notes, each followed by those it is tied to; an evolved one shows its context', async () => {
  const notes = createAMem({ ...BY_RULE, topK: 1 });
  await story(notes, ['Mira lives in Rome.', 'Mira has moved to Oslo.']);
  const read = await notes.read('Mira moved to Oslo');
  expect(read.lookUps[0].found.map(({ id }) => id)).toEqual(['m2']);
  expect(read.entries).toEqual([
    { id: 'm2', content: 'Mira has moved to Oslo.' },
    { id: 'm1', content: 'Mira lives in Rome. (superseded by m2)' },
  ]);
});

test('costs: one call for the first note, two for each further one, none for reading', async () => {
  const notes = createAMem(BY_RULE);
  const writes = [await notes.write('Mira lives in Rome.'), await notes.write('Good morning!')];
  expect(writes.map((trace) => costOf([trace]))).toEqual([
    { calls: 1, promptTokens: 2, replyTokens: 1, failures: 0 },
    { calls: 2, promptTokens: 4, replyTokens: 2, failures: 0 },
  ]);
  expect(costOf([await notes.read('Mira')]).calls).toBe(0);
});

test('a model ties and rewrites what it was shown, and nothing else', async () => {
  const analysed = '{"keywords":["tea"],"context":"drinks","tags":["taste"]}';
  const { policy } = saying(
    analysed,
    analysed,
    '{"evolve":true,"links":["m1","m7"],"tags":["habit"],"neighbours":[{"id":"m1","context":"drinks of the past","tags":["taste"]},{"id":"m7","context":"","tags":[]}]}',
  );
  const notes = createAMem({ embedder, caller: byModel(policy) });
  const told = await story(notes, ['I drink tea.', 'I drink coffee now.']);
  expect(told[1].map(({ kind }) => kind)).toEqual(['ADD', 'LINK', 'EVOLVE']);
  expect(notes.view().entries.map(({ details }) => details.links)).toEqual([[], ['m1']]);
  expect(notes.view().entries[0].details.context).toBe('drinks of the past');
});
