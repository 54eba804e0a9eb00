import { expect, test } from 'vitest';
import { BY_RULE, story } from './baselines.fixture';
import { costOf } from './controller';
import { createMem0Graph } from './mem0-graph';
import { namesIn } from './query-names';

const graphOf = (controller: ReturnType<typeof createMem0Graph>): readonly string[] => {
  const { nodes, edges } = controller.view().graph ?? { nodes: [], edges: [] };
  const name = (id: string) => nodes.find((node) => node.id === id)?.name;
  return edges.map(({ from, relation, to }) => `${name(from)} | ${relation} | ${name(to)}`);
};

test('a story: relations are added once, contradicted edges go, nodes stay', async () => {
  const graph = createMem0Graph(BY_RULE);
  await story(graph, ['Mira lives in Rome.', "Mira's boss is Tom.", 'Tom is the boss of Mira.']);
  expect(graphOf(graph)).toEqual(['Mira | lives in | Rome', 'Mira | has boss | Tom']);
  const told = await story(graph, ['Mira has moved to Oslo.', 'Mira no longer has a boss.']);
  expect(told[0]).toEqual([
    { kind: 'UPDATE', before: 'Mira lives in Rome', after: 'Mira lives in Oslo' },
    { kind: 'DELETE', before: 'Mira lives in Rome', after: null },
    { kind: 'ADD', before: null, after: 'Mira lives in Oslo' },
  ]);
  expect(graphOf(graph)).toContain('Mira | lives in | Oslo');
  expect(graph.view().graph?.nodes.map(({ name }) => name)).toEqual(['Mira', 'Rome', 'Tom', 'Oslo']);
});

test('edges that a message is held against are told with their cosine, and a contradicted one with the reason', async () => {
  const graph = createMem0Graph(BY_RULE);
  await story(graph, ['Mira lives in Rome.', 'Tom likes jazz.']);
  const { lookUps, operations } = await graph.write('Mira has moved to Oslo.');
  expect(lookUps.at(-1)).toEqual({
    what: 'edges around the names of the message, by cosine of the names',
    query: 'Mira, Oslo',
    found: [{ id: 'e1', content: 'Mira lives in Rome', score: expect.closeTo(1, 6) }],
  });
  expect(operations.find(({ id }) => id === 'e1')).toMatchObject({
    kind: 'DELETE',
    why: 'same subject and topic, "Oslo" for "Rome"',
  });
});

test('what is told of elsewhere is an edge of its own and contradicts nothing here', async () => {
  const graph = createMem0Graph(BY_RULE);
  await story(graph, ['Mira lives in Rome.', 'In a novel, Mira lives in Paris.']);
  expect(graphOf(graph)).toEqual(['Mira | lives in | Rome', 'Mira | In a novel, lives in | Paris']);
});

test('names that are spelt alike become one node, and the merge says how close they were', async () => {
  const message = 'I keep the coffee grinder 2 in the drawer.';
  const merging = createMem0Graph({ ...BY_RULE, mergeAt: 0.5 });
  await story(merging, ['I keep the coffee grinder 1 in the cupboard.']);
  const [told] = await story(merging, [message]);
  expect(told.filter(({ kind }) => kind === 'MERGE')).toEqual([
    { kind: 'MERGE', before: 'coffee grinder 2', after: 'coffee grinder 1' },
  ]);
  const strict = createMem0Graph({ ...BY_RULE, mergeAt: 0.99 });
  await story(strict, ['I keep the coffee grinder 1 in the cupboard.', message]);
  expect(strict.view().graph?.nodes).toHaveLength(4);
});

test('reading: memories by cosine, then triples around the names of the query by BM25', async () => {
  const graph = createMem0Graph({ ...BY_RULE, topK: 2 });
  await story(graph, ['Mira adores tea.', 'Mira lives in Rome.', 'Tom lives in Rome.', 'Ann likes jazz.']);
  const read = await graph.read('Mira lives in which town?');
  // Cosine goes by the name above all, BM25 by the words of the question.
  expect(read.entries.map(({ content }) => content)).toEqual([
    'Mira likes tea',
    'Mira lives in Rome',
    'Mira lives in Rome',
    'Mira likes tea',
  ]);
  expect(read.lookUps[1]).toMatchObject({ query: 'Mira' });
  // Nothing around the name of somebody unknown.
  expect((await graph.read('Where does Zoe live?')).lookUps[1].found).toEqual([]);
});

test('costs: three calls more than Mem0 for a message, one for a question', async () => {
  const graph = createMem0Graph(BY_RULE);
  const write = await graph.write('Mira lives in Rome.');
  expect(write.calls.map(({ purpose }) => purpose)).toEqual([
    'extract facts',
    'bring the store up to date',
    'find entities',
    'find relations',
    'find contradicted edges',
  ]);
  expect(costOf([write])).toEqual({ calls: 5, promptTokens: 10, replyTokens: 5, failures: 0 });
  expect(costOf([await graph.read('Where does Mira live?')])).toMatchObject({ calls: 1 });
});

test.each([
  ['Where does Mira live?', ['Mira']],
  ['Open the red box. Rooms: attic, hall.', ['red box']],
  ['Heat some apple 2 and put it in the fridge.', ['apple 2', 'fridge']],
])('names in %j', (query, names) => {
  expect(namesIn(query)).toEqual(names);
});
