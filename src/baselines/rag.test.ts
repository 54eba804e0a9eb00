import { expect, test } from 'vitest';
import { BY_RULE, held, story } from './baselines.fixture';
import { costOf } from './controller';
import { chunksOf, createRag } from './rag';

test('every message becomes a chunk, old and new alike, and the nearest come first', async () => {
  const rag = createRag({ ...BY_RULE, topK: 2 });
  const told = await story(rag, ['Mira lives in Rome.', 'Good morning!', 'Mira has moved to Oslo.']);
  expect(told.flat().map(({ kind }) => kind)).toEqual(['ADD', 'ADD', 'ADD']);
  expect(held(rag)).toEqual(['Mira lives in Rome.', 'Good morning!', 'Mira has moved to Oslo.']);
  const read = await rag.read('Where does Mira live?');
  expect(read.entries.map(({ id }) => id)).toEqual(['m1', 'm3']);
  expect(read.lookUps[0].found[0].score).toBeGreaterThan(read.lookUps[0].found[1].score);
  expect(costOf([read])).toEqual({ calls: 0, promptTokens: 0, replyTokens: 0, failures: 0 });
});

test('long messages are cut at sentence ends, with one sentence of overlap', () => {
  const sentence = (n: number) => `S${n} ${'word '.repeat(14).trim()}.`;
  const [a, b, c] = [sentence(1), sentence(2), sentence(3)];
  expect(chunksOf(`${a} ${b} ${c}`)).toEqual([`${a} ${b}`, `${b} ${c}`]);
  expect(chunksOf('word '.repeat(100)).map((chunk) => chunk.split(' ').length)).toEqual([40, 40, 20]);
  expect(chunksOf('  ')).toEqual([]);
});
