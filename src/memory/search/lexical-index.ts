/**
 * Search by words: BM25 over the tokens of the entries. An entry scores for each word of the query that it
 * holds, more for words that few entries hold (idf), less and less for repetitions (k1), and less in a long
 * entry (b):
 *
 *     score = sum over words  idf * f (k1 + 1) / (f + k1 (1 - b + b length / mean length))
 *     idf   = ln(1 + (N - n + 1/2) / (n + 1/2))
 *
 * f: how often the word stands in the entry, n: how many of the N entries hold it. It finds what an embedder
 * blurs, a rare name or number to the letter, and nothing that is said in other words.
 *
 * Tokens are those of the n-gram embedder (`text-features.ts`), so scripts without spaces are found by pairs of
 * characters. A list of entries is kept for each token; adding and removing an entry touch its own tokens only,
 * a search those of the query.
 *
 * Source: Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond"; the idf that is
 * never negative, and the defaults of k1 and b, are Lucene's.
 */
import { NGRAM_FEATURES } from '../embedders/ngram-embedder';
import { weightedTokens } from '../embedders/text-features';
import { checkCount, compareHits } from '../index/ranking';
import type { IndexHit } from '../memory';

export interface Bm25Options {
  /** How soon repetitions stop counting; 0: at once. Default 1.2. */
  readonly k1?: number;
  /** How much length counts against an entry, 0 to 1. Default 0.75. */
  readonly b?: number;
}

interface Counted {
  readonly token: string;
  readonly count: number;
}

interface IndexedText {
  readonly tokens: readonly Counted[];
  /** Tokens with repetitions. */
  readonly length: number;
}

function read(text: string): IndexedText {
  const tokens = weightedTokens(text, NGRAM_FEATURES).map(({ key, count }) => ({ token: key, count }));
  return { tokens, length: tokens.reduce((sum, { count }) => sum + count, 0) };
}

/** See the head of the file. */
export class LexicalIndex {
  readonly #k1: number;
  readonly #b: number;
  readonly #texts = new Map<string, IndexedText>();
  /** By token, then by entry: how often. */
  readonly #postings = new Map<string, Map<string, number>>();
  #totalLength = 0;

  constructor({ k1 = 1.2, b = 0.75 }: Bm25Options = {}) {
    this.#k1 = k1;
    this.#b = b;
  }

  get size(): number {
    return this.#texts.size;
  }

  /** Adds an entry, or replaces the text it had. */
  upsert(id: string, text: string): void {
    this.remove(id);
    const indexed = read(text);
    this.#texts.set(id, indexed);
    this.#totalLength += indexed.length;
    for (const { token, count } of indexed.tokens) {
      const posting = this.#postings.get(token);
      if (posting) posting.set(id, count);
      else this.#postings.set(token, new Map([[id, count]]));
    }
  }

  /** Unknown ids are ignored. */
  remove(id: string): void {
    const indexed = this.#texts.get(id);
    if (!indexed) return;
    this.#texts.delete(id);
    this.#totalLength -= indexed.length;
    for (const { token } of indexed.tokens) {
      const posting = this.#postings.get(token);
      posting?.delete(id);
      if (posting?.size === 0) this.#postings.delete(token);
    }
  }

  /** Scores of the entries that share a word with the query, all above 0, in no order. */
  scores(query: string): ReadonlyMap<string, number> {
    const scores = new Map<string, number>();
    const mean = this.#totalLength / this.#texts.size;
    for (const { token, count: asked } of read(query).tokens) {
      const posting = this.#postings.get(token);
      if (!posting) continue;
      const idf = Math.log1p((this.#texts.size - posting.size + 0.5) / (posting.size + 0.5));
      for (const [id, count] of posting) {
        // A token in a posting has its entry among the texts.
        const { length } = this.#texts.get(id)!;
        const norm = this.#k1 * (1 - this.#b + (this.#b * length) / mean);
        const gain = (asked * idf * count * (this.#k1 + 1)) / (count + norm);
        scores.set(id, (scores.get(id) ?? 0) + gain);
      }
    }
    return scores;
  }

  /** Best first, at most `k` (k >= 1), equal scores by id; entries without a common word are left out. */
  search(query: string, k: number): readonly IndexHit[] {
    checkCount(k);
    return [...this.scores(query)]
      .map(([id, score]) => ({ id, score }))
      .sort(compareHits)
      .slice(0, k);
  }
}
