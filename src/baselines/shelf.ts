/** Texts with their vectors, found by cosine: what the vector store is to the originals. Ids are m1, m2, … never given twice. */
import { ExactIndex } from '../memory/index/exact-index';
import type { Embedder } from '../memory/memory';
import type { Found, LookUp } from './controller';

export class Shelf {
  readonly #texts = new Map<string, string>();
  readonly #index: ExactIndex;
  #given = 0;

  /** @param letter with which ids begin */
  constructor(
    readonly embedder: Embedder,
    private readonly letter = 'm',
  ) {
    this.#index = new ExactIndex({ embedderId: embedder.id, dimension: embedder.dimension });
  }

  get size(): number {
    return this.#texts.size;
  }

  /** In the order they came. */
  entries(): readonly { readonly id: string; readonly content: string }[] {
    return [...this.#texts].map(([id, content]) => ({ id, content }));
  }

  text(id: string): string | undefined {
    return this.#texts.get(id);
  }

  /** @param searched what is embedded in place of the text itself */
  async add(content: string, searched = content): Promise<string> {
    this.#given++;
    const id = `${this.letter}${this.#given}`;
    await this.set(id, content, searched);
    return id;
  }

  /** Replaces text and vector of an id that is there. */
  async set(id: string, content: string, searched = content): Promise<void> {
    const [vector] = await this.embedder.embed([searched]);
    this.#texts.set(id, content);
    this.#index.upsert(id, vector);
  }

  remove(id: string): void {
    this.#texts.delete(id);
    this.#index.remove(id);
  }

  /** Best first, at most k; ties by id. */
  async nearest(query: string, k: number): Promise<readonly Found[]> {
    if (this.size === 0) return [];
    const [vector] = await this.embedder.embed([query]);
    return this.#index
      .search(vector, k)
      .map(({ id, score }) => ({ id, score, content: this.#texts.get(id) ?? '' }));
  }

  async lookUp(what: string, query: string, k: number): Promise<LookUp> {
    return { what, query, found: await this.nearest(query, k) };
  }
}
