/**
 * `retrieval`: how often the right entry is found. A memory is filled with facts, each is asked for, and the rank of the
 * right one counts: `recall_at_1` and `recall_at_5` are the shares of questions whose answer is first or among the
 * first five, `mrr` the mean of 1 / rank (0 beyond the first hundred). `median_ms` is what a search for five takes, the
 * question's embedding included.
 *
 * `mode`: `dense` by the embedder through the index named, `lexical` by BM25 (no embedder, index `words`), `hybrid` by
 * both, their rankings fused. voy and the exact scan should find the same; that they do is one thing the lines show.
 */
import type { IndexFactory } from '../memory/index/exact-index';
import type { Embedder, IndexHit } from '../memory/memory';
import { LexicalIndex } from '../memory/search/lexical-index';
import { fuseRankings } from '../memory/search/rank-fusion';
import { median } from './figure';
import { factCase, paraphraseCase, type RetrievalCase } from './retrieval-data';

export interface RetrievalLine {
  readonly bench: 'retrieval';
  /** Id of the embedder; null for words alone. */
  readonly embedder: string | null;
  readonly index: string;
  readonly split: RetrievalCase['split'];
  /** Entries of the memory, and questions. */
  readonly n: number;
  readonly recall_at_1: number;
  readonly recall_at_5: number;
  readonly mrr: number;
  readonly median_ms: number;
  readonly mode: 'dense' | 'lexical' | 'hybrid';
  readonly dim: number | null;
  readonly theta: number | null;
  readonly runtime: 'browser' | 'node';
  readonly seed: number;
  readonly date: string;
}

export interface NamedIndex {
  readonly name: string;
  readonly make: IndexFactory;
}

interface Setting {
  readonly seed: number;
  readonly quick: boolean;
  readonly runtime: RetrievalLine['runtime'];
}

/** Ranks further down count as not found. */
const DEPTH = 100;
const TOP_K = 5;
const SIZES = [200, 2000];

export function retrievalCases({ seed, quick }: Pick<Setting, 'seed' | 'quick'>): readonly RetrievalCase[] {
  const sizes = quick ? SIZES.slice(0, 1) : SIZES;
  return [...sizes.map((n) => factCase(n, seed)), paraphraseCase()];
}

type Search = (question: string, k: number) => Promise<readonly IndexHit[]>;

/** BM25 alone. */
export async function lexicalLines(setting: Setting, emit: (line: RetrievalLine) => void): Promise<void> {
  for (const memory of retrievalCases(setting)) {
    const words = wordsOf(memory);
    const facts = { embedder: null, index: 'words', mode: 'lexical', dim: null, theta: null } as const;
    emit({
      ...facts,
      ...(await measured(memory, setting, async (question, k) => words.search(question, k))),
    });
  }
}

/** One embedder with each index, by itself and together with words. */
export async function embedderLines(
  embedder: Embedder,
  indices: readonly NamedIndex[],
  setting: Setting,
  emit: (line: RetrievalLine) => void,
): Promise<void> {
  for (const memory of retrievalCases(setting)) {
    const words = wordsOf(memory);
    const vectors = await embedder.embed(memory.entries.map(({ content }) => content));
    for (const { name, make } of indices) {
      const index = make({ embedderId: embedder.id, dimension: embedder.dimension });
      memory.entries.forEach(({ id }, i) => {
        index.upsert(id, vectors[i]);
      });
      const dense: Search = async (question, k) => {
        const [vector] = await embedder.embed([question]);
        return index.search(vector, k);
      };
      const hybrid: Search = async (question, k) =>
        fuseRankings([await dense(question, DEPTH), words.search(question, DEPTH)]).slice(0, k);
      const facts = {
        embedder: embedder.id,
        index: name,
        dim: embedder.dimension,
        theta: embedder.threshold,
      };
      emit({ ...facts, mode: 'dense', ...(await measured(memory, setting, dense)) });
      emit({ ...facts, mode: 'hybrid', ...(await measured(memory, setting, hybrid)) });
    }
  }
}

function wordsOf(memory: RetrievalCase): LexicalIndex {
  const words = new LexicalIndex();
  for (const { id, content } of memory.entries) words.upsert(id, content);
  return words;
}

async function measured({ split, entries, questions }: RetrievalCase, setting: Setting, search: Search) {
  const ranks: number[] = [];
  const times: number[] = [];
  for (const { text, answer } of questions) {
    const place = (await search(text, Math.min(DEPTH, entries.length))).findIndex(({ id }) => id === answer);
    ranks.push(place < 0 ? Number.POSITIVE_INFINITY : place + 1);
    const start = performance.now();
    await search(text, TOP_K);
    times.push(performance.now() - start);
  }
  const share = (most: number) => rounded(ranks.filter((rank) => rank <= most).length / ranks.length);
  return {
    bench: 'retrieval',
    split,
    n: entries.length,
    recall_at_1: share(1),
    recall_at_5: share(TOP_K),
    mrr: rounded(ranks.reduce((sum, rank) => sum + 1 / rank, 0) / ranks.length),
    median_ms: rounded(median(times)),
    runtime: setting.runtime,
    seed: setting.seed,
    date: new Date().toISOString(),
  } as const;
}

const rounded = (value: number) => Math.round(value * 10_000) / 10_000;
