/**
 * Looking for entries: every entry scored for a query, neighbours of an entry, the map. Vectors and words of the
 * memory looked at last are kept until it changes or another one is looked at.
 */
import { decayAt } from '../../memory/ageing';
import { UnknownMemoryError } from '../../memory/errors';
import { compareHits } from '../../memory/index/ranking';
import { cosineAt } from '../../memory/index/unit-vectors';
import type { EntryText, IndexHit } from '../../memory/memory';
import { onPlane } from '../../memory/plane';
import type { MemoryRows, NamespaceRecord, NamespaceVectors } from '../../memory/rows/rows';
import { LexicalIndex } from '../../memory/search/lexical-index';
import { fuseRankings } from '../../memory/search/rank-fusion';
import type { MemoryMap, SearchMode, SearchView } from '../memory-protocol';

interface Copy extends NamespaceVectors {
  readonly entries: ReadonlyMap<string, EntryText>;
  /** Made when first asked for. */
  words: LexicalIndex | null;
}

export class Searching {
  private copy: Copy | null = null;

  constructor(private readonly rows: MemoryRows) {}

  /** `vector`: of the query, by the embedder in force. */
  async search(
    name: string,
    query: string,
    vector: Float32Array,
    mode: SearchMode,
    now: number,
  ): Promise<SearchView['scores']> {
    const copy = await this.copyOf(name);
    const { ids, vectors, record, entries } = copy;
    const cosines = ids.map((_, i) => cosineAt(vector, vectors, i * record.dimension));
    const words = this.wordsOf(copy).scores(query);
    const faded = ids.map((id, i): IndexHit => {
      const entry = entries.get(id);
      const decay = entry ? decayAt(entry, record.ageing, now) : 1;
      // Decay lets newer entries pass; what is opposite to the query must not gain by it.
      return { id, score: cosines[i] > 0 ? cosines[i] * decay : cosines[i] };
    });
    const lexical = ids.map((id): IndexHit => ({ id, score: words.get(id) ?? 0 }));
    const order = orderBy(mode, faded, lexical);
    const place = new Map(ids.map((id, i) => [id, i]));
    return order.map(({ id, score }) => {
      const i = place.get(id) ?? 0;
      return { id, score, cosine: cosines[i], lexical: lexical[i].score };
    });
  }

  /** Nearest first, the entry itself left out. Throws `UnknownMemoryError`. */
  async neighbours(
    name: string,
    id: string,
    count: number,
  ): Promise<readonly { readonly id: string; readonly cosine: number }[]> {
    const { ids, vectors, record } = await this.copyOf(name);
    const at = ids.indexOf(id);
    if (at < 0) throw new UnknownMemoryError(id, name);
    const own = vectors.subarray(at * record.dimension, (at + 1) * record.dimension);
    return ids
      .map((other, i): IndexHit => ({ id: other, score: cosineAt(own, vectors, i * record.dimension) }))
      .filter((hit) => hit.id !== id)
      .sort(compareHits)
      .slice(0, Math.max(0, count))
      .map((hit) => ({ id: hit.id, cosine: hit.score }));
  }

  async map(name: string): Promise<MemoryMap> {
    const { ids, vectors, record } = await this.copyOf(name);
    const { points, explained } = onPlane(vectors, record.dimension);
    return { points: ids.map((id, i) => ({ id, x: points[2 * i], y: points[2 * i + 1] })), explained };
  }

  private async copyOf(name: string): Promise<Copy> {
    for (;;) {
      const record = await this.rows.record(name);
      if (this.copy && sameState(this.copy.record, record)) return this.copy;
      this.copy = null;
      const [vectors, texts] = [await this.rows.vectors(name), await this.rows.texts(name)];
      // Two reads; somebody may have written in between.
      if (!sameState(vectors.record, texts.record)) continue;
      const entries = new Map(texts.entries.map((entry) => [entry.id, entry]));
      this.copy = { ...vectors, entries, words: null };
      return this.copy;
    }
  }

  private wordsOf(copy: Copy): LexicalIndex {
    if (!copy.words) {
      copy.words = new LexicalIndex();
      for (const { id, content } of copy.entries.values()) copy.words.upsert(id, content);
    }
    return copy.words;
  }
}

function sameState(a: NamespaceRecord, b: NamespaceRecord): boolean {
  return a.name === b.name && a.incarnation === b.incarnation && a.revision === b.revision;
}

/** All entries, best first. */
function orderBy(
  mode: SearchMode,
  dense: readonly IndexHit[],
  lexical: readonly IndexHit[],
): readonly IndexHit[] {
  const sorted = (hits: readonly IndexHit[]) => [...hits].sort(compareHits);
  if (mode === 'dense') return sorted(dense);
  if (mode === 'lexical') return sorted(lexical);
  // An entry without a common word has no rank among those that have one.
  return fuseRankings([sorted(dense), sorted(lexical.filter(({ score }) => score > 0))]);
}
