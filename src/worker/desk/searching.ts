/**
 * Looking for entries: every entry scored for a query, neighbours of an entry, the map. Vectors are those of the open
 * memory's index; the words of the memory looked at last are kept, and brought in step when it has changed.
 */
import { decayAt, decayedScore } from '../../memory/ageing';
import { UnknownMemoryError } from '../../memory/errors';
import { compareHits } from '../../memory/index/ranking';
import type { CurrentVectors, OpenedMemory } from '../../memory/long-term-memory';
import type { EntryText, IndexHit } from '../../memory/memory';
import { onPlane } from '../../memory/plane';
import { isState } from '../../memory/rows/plan-write';
import type { MemoryRows, NamespaceRecord } from '../../memory/rows/rows';
import { LexicalIndex } from '../../memory/search/lexical-index';
import { fuseRankings } from '../../memory/search/rank-fusion';
import type { MemoryMap, SearchMode, SearchView } from '../memory-protocol';

/** Entries of one state, and their words. */
interface KnownTexts {
  readonly record: NamespaceRecord;
  readonly entries: ReadonlyMap<string, EntryText>;
  readonly words: LexicalIndex;
}

export class Searching {
  private texts: KnownTexts | null = null;

  constructor(private readonly rows: MemoryRows) {}

  /** Its words are not kept any longer. */
  forget(name: string): void {
    if (this.texts?.record.name === name) this.texts = null;
  }

  /** All entries, best first. */
  async search(
    memory: OpenedMemory,
    query: string,
    mode: SearchMode,
    now: number,
  ): Promise<SearchView['scores']> {
    const [vector] = await memory.embedder.embed([query]);
    const { record, index, entries, words } = await this.inStep(memory);
    const ids = index.ids();
    const cosines = index.scores(vector);
    const found = words.scores(query);
    const dense = ids.map((id, i): IndexHit => {
      const entry = entries.get(id);
      const decay = entry ? decayAt(entry, record.ageing, now) : 1;
      return { id, score: decayedScore(cosines[i], decay) };
    });
    const lexical = ids.map((id): IndexHit => ({ id, score: found.get(id) ?? 0 }));
    const order = orderBy(mode, dense, lexical);
    const place = new Map(ids.map((id, i) => [id, i]));
    return order.map(({ id, score }) => {
      const i = place.get(id) ?? 0;
      return { id, score, cosine: cosines[i], lexical: lexical[i].score };
    });
  }

  /** Nearest first, the entry itself left out. Throws `UnknownMemoryError`. */
  async neighbours(
    memory: OpenedMemory,
    id: string,
    count: number,
  ): Promise<readonly { readonly id: string; readonly cosine: number }[]> {
    const { index } = await memory.current();
    const own = index.vector(id)?.slice();
    if (!own) throw new UnknownMemoryError(id, memory.namespace);
    return index
      .search(own, Math.max(0, Math.floor(count)) + 1)
      .filter((hit) => hit.id !== id)
      .slice(0, Math.max(0, count))
      .map((hit) => ({ id: hit.id, cosine: hit.score }));
  }

  async map(memory: OpenedMemory): Promise<MemoryMap> {
    const { index } = await memory.current();
    // In an order of their own, so that a picture does not depend on what was deleted before.
    const ids = [...index.ids()].sort((a, b) => compareHits({ id: a, score: 0 }, { id: b, score: 0 }));
    const { points, explained } = onPlane(ids.map((id) => index.vector(id)!)); /* they are the index's own */
    return { points: ids.map((id, i) => ({ id, x: points[2 * i], y: points[2 * i + 1] })), explained };
  }

  /** Vectors and texts of one state, valid until the next wait. */
  private async inStep(memory: OpenedMemory): Promise<CurrentVectors & KnownTexts> {
    for (;;) {
      const current = await memory.current();
      const known = this.texts;
      if (known?.record.name === memory.namespace && isState(known.record, current.record)) {
        return { ...known, ...current };
      }
      this.texts = await this.read(memory.namespace, known);
    }
  }

  /** Words are taken from before where they can be: an edit changes those of one entry. */
  private async read(name: string, before: KnownTexts | null): Promise<KnownTexts> {
    const { record, entries: list } = await this.rows.texts(name);
    const same = before?.record.name === name && before.record.incarnation === record.incarnation;
    const { words, entries: old } =
      same && before ? before : { words: new LexicalIndex(), entries: new Map() };
    const entries = new Map(list.map((entry) => [entry.id, entry]));
    for (const id of old.keys()) if (!entries.has(id)) words.remove(id);
    for (const { id, content } of list) {
      if (old.get(id)?.content !== content) words.upsert(id, content);
    }
    return { record, entries, words };
  }
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
