/** Figures of retrieval: known ones for embedders that know everything or nothing, and data that has one answer. */
import { describe, expect, test } from 'vitest';
import { NgramEmbedder } from '../memory/embedders/ngram-embedder';
import { exactIndex } from '../memory/index/exact-index';
import { voyIndex } from '../memory/index/voy-index';
import type { Embedder } from '../memory/memory';
import { embedderLines, lexicalLines, type RetrievalLine } from './retrieval';
import { factCase, paraphraseCase, type RetrievalCase } from './retrieval-data';

const SETTING = { seed: 1, quick: true, runtime: 'node' } as const;
const exact = { name: 'exact', make: exactIndex };

async function linesOf(embedder: Embedder, indices = [exact]): Promise<readonly RetrievalLine[]> {
  const lines: RetrievalLine[] = [];
  await embedderLines(embedder, indices, SETTING, (line) => lines.push(line));
  return lines;
}

/** The place of each text's answer as a one-hot vector, `shift` places off. */
function oracle(shift: number): Embedder {
  const dimension = 200;
  const places = new Map<string, number>();
  for (const { entries, questions } of [factCase(200, 1), paraphraseCase()]) {
    entries.forEach(({ content }, i) => {
      places.set(content, (i + shift) % dimension);
      places.set(`${questions[i].text}`, i);
    });
  }
  const embed = async (texts: readonly string[]) =>
    texts.map((text) => {
      const vector = new Float32Array(dimension);
      vector[places.get(text) ?? 0] = 1;
      return vector;
    });
  return { id: `oracle-${shift}`, dimension, threshold: 0.5, embed };
}

describe('the data', () => {
  test.each<[string, RetrievalCase]>([
    ['facts', factCase(500, 3)],
    ['paraphrases', paraphraseCase()],
  ])('%s: every question has one answer', (_, { entries, questions }) => {
    expect(questions.length).toBe(entries.length);
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    expect(new Set(questions.map(({ answer }) => answer)).size).toBe(entries.length);
  });

  test('is the same for the same seed, longer ones begin with the shorter, other seeds are others', () => {
    expect(factCase(50, 1)).toEqual(factCase(50, 1));
    expect(factCase(100, 1).entries.slice(0, 50)).toEqual(factCase(50, 1).entries);
    expect(factCase(50, 2).entries).not.toEqual(factCase(50, 1).entries);
  });
});

describe('the figures', () => {
  test('who knows the answers finds all of them; who is always wrong none', async () => {
    for (const line of await linesOf(oracle(0))) {
      if (line.mode === 'dense') expect([line.recall_at_1, line.recall_at_5, line.mrr]).toEqual([1, 1, 1]);
    }
    const [wrong] = await linesOf(oracle(1));
    expect(wrong.recall_at_1).toBe(0);
    // All others have score 0 and come by id, so a few right ones are near the front by chance.
    expect(wrong.mrr).toBeLessThan(0.05);
  });

  test('voy finds what the exact scan finds', async () => {
    const lines = await linesOf(new NgramEmbedder(), [exact, { name: 'voy', make: await voyIndex() }]);
    const figures = ({ split, mode, recall_at_1, recall_at_5, mrr }: RetrievalLine) => [
      split,
      mode,
      recall_at_1,
      recall_at_5,
      mrr,
    ];
    const of = (index: string) => lines.filter((line) => line.index === index).map(figures);
    expect(of('voy')).toEqual(of('exact'));
    expect(of('voy').length).toBe(4);
  });

  test('words alone are measured alike', async () => {
    const lines: RetrievalLine[] = [];
    await lexicalLines(SETTING, (line) => lines.push(line));
    expect(lines.map(({ embedder, index, mode, split, n }) => [embedder, index, mode, split, n])).toEqual([
      [null, 'words', 'lexical', 'facts', 200],
      [null, 'words', 'lexical', 'paraphrases', 120],
    ]);
    for (const { recall_at_1, recall_at_5, mrr } of lines) {
      expect(recall_at_5).toBeGreaterThan(recall_at_1);
      expect(mrr).toBeGreaterThan(recall_at_1);
    }
  });
});
